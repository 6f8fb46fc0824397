"""The indicators of Decision 766 agree with a recount from the journal, figure by figure and dossier by dossier."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from engine.clock import civil_day, midnight
from engine.errors import NotFound
from engine.queries.index_766 import weights_on
from engine.queries.indicator_words import INDICATORS, MISSING
from engine.queries.indicators import Report, Wanted, indicators, listed_dossiers, listed_procedures
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.dossiers import dossiers
from engine.store.indicator_rules import RULES
from engine.store.ratings import ratings
from engine.store.sight_of_many import seen_by_many
from engine.store.visibility import visible_dossiers
from tests.installation.lived import OVERSEER, STRANGER, asked, live
from tests.installation.short_releases import COPIES, LAND
from tests.installation.world import BRANCH, World, open_world
from tests.plain_indicators import Told, recounted, told

MONTH = Wanted(start=dt.date(2026, 3, 1), end=dt.date(2026, 3, 31))
PERIODS = (MONTH, Wanted(start=dt.date(2026, 3, 2), end=dt.date(2026, 3, 6)), Wanted(start=MONTH.end, end=MONTH.end))


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def lived(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with open_world(request.param, tmp_path_factory.mktemp("lived")) as made:
        yield live(made)


def journals_of(world: World) -> dict[str, Told]:
    with world.reading() as connection:
        codes = connection.execute(select(dossiers.c.code)).scalars().all()
    return {code: told(world.entries(code)) for code in codes}


def test_every_figure_and_both_lists_agree_with_a_recount_from_the_journal(lived: World) -> None:
    with lived.reading() as connection:
        given = select(dossiers.c.code, ratings.c.mark, ratings.c.at).join_from(ratings, dossiers)
        marks = {row.code: (row.mark, row.at) for row in connection.execute(given)}
    known, seen = journals_of(lived), dict.fromkeys(set(RULES) - {"synchronised"}, 0)
    for wanted in PERIODS:
        start, end = midnight(wanted.start), midnight(wanted.end + dt.timedelta(days=1))
        counted = recounted(known, start, end, lived.now, results={"ket_qua"}, fee_of={LAND, COPIES}, marks=marks)
        report: Report = asked(lived, OVERSEER, indicators, wanted)
        for figure in report.figures:
            key = figure.indicator.key
            if figure.indicator.kind == "procedures":
                continue
            if key == "synchronised":  # no portal here: tests/integration/test_synchronised.py
                assert (figure.part, figure.of) == (0, 0)
                continue
            part, of = counted[key]
            assert figure.of == len(of), (key, wanted)
            for side, codes in (("numerator", part), ("denominator", of)):
                page = asked(lived, OVERSEER, listed_dossiers, key, side, wanted, limit=100)
                assert {line.code for line in page.lines} == codes, (key, side, wanted)
            if figure.indicator.kind == "dossiers":
                assert figure.part == len(part), (key, wanted)
                seen[key] += 0 < len(part) < len(of)
            else:
                took = [known[code].moment("finished_at") - known[code].moment("received_at") for code in of]  # type: ignore[operator]  # both are set
                assert figure.part == round(sum(took, dt.timedelta()).total_seconds())
    assert min(seen.values()) > 0, f"every share is neither none nor all at least once: {seen}"


def test_who_sees_everything_counts_the_same_as_who_oversees_the_only_province(lived: World) -> None:
    """The system's sight is no condition at all, and an indicator may ask of other tables alone."""
    whole, all_ = (asked(lived, who, indicators, MONTH).figures for who in (OVERSEER, SYSTEM_ACTOR))
    assert [(one.part, one.of) for one in whole] == [(one.part, one.of) for one in all_]


@pytest.mark.parametrize("who", ["counter", "specialist", "tax", "far_counter", "monitor", "copier", "admin"])
def test_reports_see_what_lists_see(lived: World, who: str) -> None:
    actor, on = lived.actor(who), civil_day(lived.now)
    with lived.reading() as connection:
        for day in (on, on + dt.timedelta(days=400)):
            seen, listed = (
                set(connection.execute(select(dossiers.c.id).where(rule(actor, day))).scalars())
                for rule in (seen_by_many, visible_dossiers)
            )
            assert seen == listed
    assert bool(listed) == (who not in ("far_counter", "admin"))


def test_figures_by_office_add_up_and_follow_what_the_reader_may_see(lived: World) -> None:
    whole = {one.indicator.key: one for one in asked(lived, OVERSEER, indicators, MONTH).figures}
    for by in ("office", "procedure", "province"):
        for key in RULES:
            lines = [one for one in asked(lived, OVERSEER, indicators, MONTH, by).figures if one.indicator.key == key]
            assert sum(one.of for one in lines) == whole[key].of and sum(one.part for one in lines) == whole[key].part
            assert all(one.within for one in lines)
    own = Wanted(start=MONTH.start, end=MONTH.end, office=BRANCH, procedure=LAND)
    (here,) = [one for one in asked(lived, OVERSEER, indicators, own).figures if one.indicator.key == "on_time"]
    assert whole["on_time"].of > here.of > 0
    for nothing in (Wanted(start=MONTH.start, end=MONTH.end, office="UB-75"), MONTH):
        reader = OVERSEER if nothing.office else STRANGER
        figures = asked(lived, reader, indicators, nothing).figures
        assert {one.of for one in figures if one.indicator.key in RULES} == {0}
        assert {one.value for one in figures if one.indicator.key in RULES} == {None}


def test_procedures_are_counted_by_what_was_published_and_what_was_filed(lived: World) -> None:
    releases = [one.release for one in lived.runtime.catalogue.procedures(MONTH.end) if one.release.public]
    online = {one.procedure for one in releases if "portal" in one.channels}
    known = journals_of(lived)
    used = {one.row["procedure"] for one in known.values() if one.row["channel"] == "portal"}
    paid = {one.row["procedure"] for one in known.values() if any(paid.get("method") == "portal" for paid in one.paid)}
    expected = {
        "offered_online": (online, {one.procedure for one in releases}),
        "online_with_dossiers": (used & online, online),
        "procedures_paid_online": (paid, {LAND, COPIES}),
    }
    assert used and paid
    for key, (part, of) in expected.items():
        figure = next(one for one in asked(lived, OVERSEER, indicators, MONTH).figures if one.indicator.key == key)
        assert (figure.part, figure.of) == (len(part), len(of)), key
        for side, codes in (("numerator", part), ("denominator", of)):
            found = asked(lived, OVERSEER, listed_procedures, key, side, MONTH)
            assert {one.procedure for one in found} == codes, (key, side)
    begun = Wanted(start=min(one.effective.start for one in releases), end=MONTH.end)
    figures = {one.indicator.key: one for one in asked(lived, OVERSEER, indicators, begun).figures}
    assert (figures["published_on_time"].part, figures["published_on_time"].of) == (0, len(releases))
    with pytest.raises(NotFound):
        asked(lived, OVERSEER, listed_procedures, "on_time", "numerator", MONTH)
    with pytest.raises(NotFound):
        asked(lived, OVERSEER, listed_dossiers, "offered_online", "numerator", MONTH)


def test_points_follow_the_weights_of_the_day_and_every_group_is_told() -> None:
    now, before = weights_on(dt.date(2026, 10, 10)), weights_on(dt.date(2025, 6, 30))
    assert sum(now.groups.values()) == sum(before.groups.values()) == 100
    assert now.groups["online"] + now.groups["payment"] == before.groups["online"] == 22
    assert (now.group_of("payment"), before.group_of("payment")) == ("payment", "online")
    assert now.of("on_time", 9, 10) == (18.0, 20) and now.of("on_time", 0, 0) is None
    assert now.of("filed_online", 1, 4) == (3.0, 6) and now.of("filed_online", 9, 10) == (6.0, 6)
    assert now.of("satisfied", 45, 100) == (3.0, 6) and now.of("mean_time", 5, 10) is None
    told_of = {one.group for one in INDICATORS} | {one.group for one in MISSING}
    assert set(now.groups) <= told_of and set(now.points) <= {one.key for one in INDICATORS}
    for group, most in now.groups.items():
        counted = sum(now.points[one.key][0] for one in INDICATORS if one.group == group and one.key in now.points)
        complete = not any(one.group == group for one in MISSING)
        assert counted == most if complete else counted < most, group
