"""Who sees which dossiers, and the pages that queues are read in."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from engine.store.dossier_counts import queue_counts
from engine.store.dossier_lists import list_dossiers
from engine.store.dossiers import dossiers
from engine.store.list_filters import Filters
from engine.store.visibility import visible_dossiers
from tests.installation.short_releases import COPIES, LAND
from tests.installation.world import APPLICANT, BRANCH, FIELDS, LONG_KHANH, PEOPLE, World
from tests.plain_sight import sees


@pytest.fixture
def busy(world: World) -> dict[str, str]:
    """Dossiers of several offices, places and states, by what is special about them."""
    far = {"applicant": APPLICANT | {"commune": "26740", "name": "Trần Thị Bé"}, "intake_office": "TT-26740"}
    return {
        "accepted": world.land_at("accepted"),
        "checking": world.land_at("checking"),
        "biên hòa": world.file(
            "other_counter", intake_office="TT-26020", fields=FIELDS | {"land.commune": "26020"}
        ).case.code,
        "sài gòn": world.file("far_counter", procedure=COPIES, fields={"pages": 1}, documents=[], **far).case.code,
    }


@pytest.mark.parametrize("who", [*PEOPLE, "system"])
def test_the_database_and_the_rules_agree_on_what_is_visible(world: World, busy: dict[str, str], who: str) -> None:
    actor, today = world.actor(who), world.now.date()
    with world.reading() as connection:
        shown = set(connection.execute(select(dossiers.c.code).where(visible_dossiers(actor, today))).scalars())
    assert shown == {code for code in busy.values() if sees(actor, world.row(code), today, world.seen_by(code))}


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("counter", {"accepted", "checking"}),
        ("specialist", {"accepted", "checking"}),
        ("other_counter", {"biên hòa"}),
        ("province_specialist", {"biên hòa"}),
        ("far_counter", {"sài gòn"}),
        ("monitor", {"accepted", "checking", "biên hòa"}),
        ("tax", {"accepted", "checking", "biên hòa"}),
        ("asked", set()),
        ("admin", set()),
        ("system", {"accepted", "checking", "biên hòa", "sài gòn"}),
    ],
)
def test_everybody_sees_their_own_offices_dossiers(
    world: World, busy: dict[str, str], who: str, names: set[str]
) -> None:
    assert set(codes(world, who)) == {busy[name] for name in names}


def test_a_citizen_sees_the_one_of_the_link(world: World, busy: dict[str, str]) -> None:
    with world.reading() as connection:
        shown = list_dossiers(connection, world.citizen(busy["checking"]), Filters(), world.now)
    assert [row["code"] for row in shown] == [busy["checking"]]


def test_a_membership_that_has_ended_shows_nothing(world: World, busy: dict[str, str]) -> None:
    assert codes(world, "deputy") == codes(world, "specialist")
    actor, later = world.actor("counter"), world.now.date().replace(year=2025, month=6)
    with world.reading() as connection:
        assert connection.execute(select(dossiers.c.id).where(visible_dossiers(actor, later))).all() == []


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({"state": "checking"}, {"checking"}),
        ({"portal": 1}, {"biên hòa", "sài gòn"}),
        ({"procedure": COPIES}, {"sài gòn"}),
        ({"procedure": LAND, "state": "new"}, {"biên hòa"}),
        ({"office": BRANCH}, {"accepted", "checking"}),
        ({"holder_office": LONG_KHANH}, {"accepted"}),
        ({"holder": 1}, set()),
    ],
)
def test_filters(world: World, busy: dict[str, str], filters: dict[str, Any], names: set[str]) -> None:
    assert set(codes(world, "system", **filters)) == {busy[name] for name in names}


def test_overdue_means_running_and_past_its_moment(world: World, busy: dict[str, str]) -> None:
    assert codes(world, "system", overdue=True) == []
    world.do("specialist", busy["checking"], "ask", reason="thiếu")
    world.at("2026-03-06 17:01")
    assert codes(world, "system", overdue=True) == [busy["accepted"]]
    assert busy["checking"] in codes(world, "system", overdue=False)
    assert codes(world, "system", due_before=world.now) == [busy["accepted"]]


@pytest.mark.parametrize("by_due", [True, False])
def test_pages_follow_each_other_without_gap_or_double(world: World, busy: dict[str, str], by_due: bool) -> None:
    system, whole, pages = world.actor("system"), list[str](), list[str]()
    with world.reading() as connection:
        whole = [row["code"] for row in list_dossiers(connection, system, Filters(), world.now, by_due=by_due)]
        after = None
        while rows := list_dossiers(connection, system, Filters(), world.now, after=after, by_due=by_due, limit=1):
            pages += [row["code"] for row in rows]
            after = (rows[-1]["due_at"], rows[-1]["id"])
    assert pages == whole and len(whole) == 4
    if by_due:
        assert set(whole[:2]) == {busy["accepted"], busy["checking"]}  # those with a due moment first


def test_counts_by_state(world: World, busy: dict[str, str]) -> None:
    world.land_at("checking")
    world.at("2026-03-09 08:00")
    with world.reading() as connection:
        rows = queue_counts(connection, world.actor("specialist"), BRANCH, world.now)
        assert [(row.state, row.number, row.overdue) for row in rows] == [("checking", 2, 2)]
        assert queue_counts(connection, world.actor("far_counter"), BRANCH, world.now) == []


def codes(world: World, who: str, **filters: Any) -> list[str]:
    with world.reading() as connection:
        return [row["code"] for row in list_dossiers(connection, world.actor(who), Filters(**filters), world.now)]
