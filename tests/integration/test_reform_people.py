"""What a reform leaves to those who work: who goes on holding a dossier, whose membership follows, how many at once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import and_, delete, select, update

import engine.acts.reform.decide_many as decide_many_act
from engine.acts.hold import claim
from engine.acts.publish import publish_closure
from engine.acts.reform.apply import begin_applying
from engine.acts.reform.batches import apply_all, revert_all
from engine.acts.reform.decide import NotInTriage, decide
from engine.acts.reform.decide_many import Choice, decide_many
from engine.acts.reform.load import load_plan
from engine.acts.reform.run import NotReady, Run, open_run
from engine.acts.staff.people import add_membership, add_person
from engine.acts.verification import ask_verification
from engine.errors import Forbidden, InvalidInput
from engine.reform.document import read_plan
from engine.reform.planning import make_plan
from engine.rules.deadlines.office_hours import Closure
from engine.rules.reform.plan import Item
from engine.store.dossiers import verifications
from engine.store.people import memberships
from engine.store.plans import counts_by_status, reform_items
from engine.transaction import UnitOfWork
from tests.installation.june import DA_KAO, JULY, permit, prepare_june, reform_of
from tests.installation.world import World

NIGHT = dt.date(2025, 7, 1)


@pytest.fixture
def june(world: World) -> World:
    return prepare_june(world)


def applied(world: World, folder: Path) -> int:
    make_plan(world.runtime, reform_of(world), folder / "plan.json")
    world.at(JULY)
    return carried_out(world, folder)


def carried_out(world: World, folder: Path) -> int:
    number = load_plan(world.runtime, read_plan(folder / "plan.json"))
    apply_all(world.runtime, open_run(world.runtime, number))
    world.check()
    return number


def held_by(world: World, name: str) -> list[tuple[str, str, dt.date, dt.date | None]]:
    with world.reading() as connection:
        rows = connection.execute(select(memberships).where(memberships.c.person_id == world.person(name))).all()
    return sorted((row.office, row.role, row.valid_from, row.valid_to) for row in rows)


@pytest.mark.parametrize("role", ["specialist", "leader", None])
def test_who_works_at_the_new_office_in_that_role_goes_on_with_a_dossier(
    june: World, tmp_path: Path, role: str | None
) -> None:
    """Nobody of the district's authority follows by itself; one who has a role at the commune's from the day on may."""
    code = permit(june)
    june.act("district", claim, code)
    holder = june.person("district")
    assert june.row(code)["holder_id"] == holder
    if role != "specialist":
        assigned = and_(memberships.c.person_id == holder, memberships.c.office == "UB-26740")
        with june.database.begin() as connection:
            connection.execute(delete(memberships).where(assigned))
    if role == "leader":
        june.try_act("admin", add_membership, holder, "UB-26740", "leader", NIGHT)
    applied(june, tmp_path)
    row = june.row(code)
    assert row["holder_office"] == "UB-26740"
    assert row["holder_id"] == (holder if role == "specialist" else None)


def test_a_counter_follows_to_the_centre_and_comes_back(june: World, tmp_path: Path) -> None:
    before = held_by(june, "old_counter")
    assert before == [("MC-26740-C", "counter", dt.date(2024, 1, 1), None)]
    number = applied(june, tmp_path)
    assert held_by(june, "old_counter") == [
        ("MC-26740-C", "counter", dt.date(2024, 1, 1), NIGHT),
        ("TT-26740", "counter", NIGHT, None),
    ]
    revert_all(june.runtime, open_run(june.runtime, number), "thử")
    assert held_by(june, "old_counter") == before


@pytest.mark.parametrize(("end", "follows"), [(NIGHT, False), (NIGHT + dt.timedelta(days=1), True)])
def test_a_membership_that_was_ended_since_the_plan_does_not_follow(
    june: World, tmp_path: Path, end: dt.date, follows: bool
) -> None:
    make_plan(june.runtime, reform_of(june), tmp_path / "plan.json")
    mine = memberships.c.person_id == june.person("old_counter")
    with june.database.begin() as connection:
        connection.execute(update(memberships).where(mine).values(valid_to=end))
    june.at(JULY)
    carried_out(june, tmp_path)
    assert [one[0] for one in held_by(june, "old_counter")] == ["MC-26740-C", *(["TT-26740"] if follows else [])]


@pytest.mark.parametrize(("most", "done"), [(1, (1, 1, 2)), (2, (2, 2, 1)), (3, (3, 3, 0)), (4, (3, 3, 0))])
def test_a_decision_takes_so_many_dossiers_and_says_how_many_are_left(
    june: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, done: tuple[int, int, int]
) -> None:
    codes = [permit(june, DA_KAO) for _ in range(3)]
    run = open_run(june.runtime, applied(june, tmp_path))
    monkeypatch.setattr(decide_many_act, "MOST", most)
    leader = june.try_act("admin", add_person_of, "chu.tich", "UB-79", "leader")
    choice = Choice(target="26737", legal="QĐ 1", reason="Khu phố 1", commune=DA_KAO)
    answer = june.act(leader, decide_many, run, choice)
    assert (answer.asked, answer.moved, answer.left) == done
    assert [june.row(code)["handler_office"] for code in codes].count("UB-26737") == done[1]
    june.refuse(Forbidden, "counter", decide_many, run, choice)


def add_person_of(unit: UnitOfWork, name: str, office: str, role: str) -> str:
    add_membership(unit, add_person(unit, name, name), office, role, dt.date(2025, 7, 1))
    return name


def decided(world: World, run: Run, code: str, target: str, **said: str) -> Item:
    told = {"by": "staff:1", "legal": "QĐ 1", "reason": "Khu phố 1"} | said
    number = world.row(code)["id"]
    return world.act("system", lambda unit: decide(unit, run, number, target, **told))


def test_what_a_person_decides_gives_the_dossier_its_new_commune(june: World, tmp_path: Path) -> None:
    code = permit(june, DA_KAO)
    run = open_run(june.runtime, applied(june, tmp_path))
    number = june.row(code)["id"]
    for blank in ({"legal": " "}, {"reason": ""}):
        told = {"by": "staff:1", "legal": "QĐ 1", "reason": "Khu phố 1"} | blank
        refused = june.refuse(InvalidInput, "system", decide, run, number, "26740", **told)
        assert list(refused.errors) == ["legal"]
    refused = june.refuse(InvalidInput, "system", decide, run, number, "26743", by="x", legal="L", reason="R")
    assert list(refused.errors) == ["commune"] and "26737, 26740" in refused.sentence("en")
    item = decided(june, run, code, "26740")
    assert (item.outcome, item.place) == ("moves", "26740")
    assert (june.row(code)["place"], june.row(code)["handler_office"]) == ("26740", "UB-26740")
    june.refuse(NotInTriage, "system", decide, run, number, "26740", by="x", legal="L", reason="R")
    with june.reading() as connection:
        kept = connection.execute(select(reform_items).where(reform_items.c.dossier_id == number)).mappings().one()
    assert (kept["status"], kept["chosen"], kept["place"], kept["at"]) == ("done", ["26740"], "26740", june.now)


def test_the_due_moment_follows_the_closures_of_the_office_that_takes_over(june: World, tmp_path: Path) -> None:
    code, other = permit(june), permit(june, received=False)
    storm = Closure(dt.date(2025, 7, 3), dt.date(2025, 7, 3), "bão số 3", "storm no. 3", "Công điện 1")
    june.try_act("system", publish_closure, "UB-26740", storm)
    due = june.row(code)["due_at"]
    applied(june, tmp_path)
    assert june.row(code)["due_at"] == due + dt.timedelta(days=1), "a Tuesday becomes a Wednesday"
    assert june.row(other)["due_at"] is None
    assert june.armed(code)["overdue", ""] == june.row(code)["due_at"]


def test_a_plan_taken_back_before_it_moved_anything_is_taken_up_again(june: World, tmp_path: Path) -> None:
    code = permit(june)
    make_plan(june.runtime, reform_of(june), tmp_path / "plan.json")
    june.at(JULY)
    number = load_plan(june.runtime, read_plan(tmp_path / "plan.json"))
    june.try_act("system", begin_applying, open_run(june.runtime, number))
    revert_all(june.runtime, open_run(june.runtime, number), "thử")
    assert carried_out(june, tmp_path) == number
    assert june.row(code)["handler_office"] == "UB-26740"


def test_a_later_plan_replaces_what_an_earlier_one_has_not_moved(june: World, tmp_path: Path) -> None:
    permit(june), permit(june, DA_KAO)
    make_plan(june.runtime, reform_of(june), tmp_path / "first.json")
    first = load_plan(june.runtime, read_plan(tmp_path / "first.json"))
    permit(june)
    make_plan(june.runtime, reform_of(june), tmp_path / "second.json")
    second = load_plan(june.runtime, read_plan(tmp_path / "second.json"))
    assert load_plan(june.runtime, read_plan(tmp_path / "second.json")) == second != first
    with june.reading() as connection:
        assert counts_by_status(connection, first) == {"replaced": 2}
        assert counts_by_status(connection, second) == {"waiting": 2, "person": 1}


def test_an_open_question_passes_to_the_successor_and_comes_back(june: World, tmp_path: Path) -> None:
    code = permit(june)
    _, number = june.act("district", ask_verification, code, "UB-26740-C", "có quy hoạch không?")

    def asked() -> str:
        with june.reading() as connection:
            mine = verifications.c.id == number
            return str(connection.execute(select(verifications.c.office).where(mine)).scalar_one())

    reform = applied(june, tmp_path)
    assert asked() == "UB-26740"
    assert june.entries(code)[-1]["data"]["passages"][-1]["desk"] == f"verification:{number}"
    revert_all(june.runtime, open_run(june.runtime, reform), "thử")
    june.check()
    assert asked() == "UB-26740-C"
    assert june.row(code)["handler_office"] == "UB-760-C"


def test_a_plan_that_is_applied_is_not_begun_again_and_one_taken_back_is_not_applied(
    june: World, tmp_path: Path
) -> None:
    permit(june)
    run = open_run(june.runtime, applied(june, tmp_path))
    assert "in the state applied" in june.refuse(NotReady, "system", begin_applying, run).sentence("en")
    revert_all(june.runtime, run, "thử")
    assert "in the state reverted" in june.refuse(NotReady, "system", begin_applying, run).sentence("en")
    with pytest.raises(NotReady):
        revert_all(june.runtime, run, "thử")
