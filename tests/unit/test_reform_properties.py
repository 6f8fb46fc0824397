"""Properties of reform plans over random territories, successions, laws and dossiers, one reform after the other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.rules.offices.competence import Competence, competent
from engine.rules.offices.index import OfficeIndex
from engine.rules.offices.offices import Office
from engine.rules.offices.routing import Map
from engine.rules.reform.plan import Item, Live, Planner
from engine.rules.reform.policy import Policy, Reform
from engine.rules.reform.totals import Totals
from engine.rules.territory.territory import Territory
from engine.rules.territory.units import Level, Succession, Unit
from engine.text import Text
from tests.unit.test_territory_properties import DAYS, territories

ABOVE: Level = "province"
SUBJECTS = {"handler": "X", "tax": "tax"}
TEXT = Text("chính sách", "policy")


def _policy(level: Level, body: str, to: str, to_body: str | None = None) -> Policy:
    return Policy(f"{body}-{level}", level, body, to, "1/2025/X", TEXT, to_body=to_body)  # type: ignore[arg-type]


POLICIES = (
    _policy("commune", "authority", "competent"),
    _policy("commune", "one_stop", "successor", "centre"),
    _policy("commune", "centre", "successor"),
)


@dataclass(frozen=True)
class Country:
    known: Map
    offices: tuple[Office, ...]
    dossiers: tuple[Live, ...]


@st.composite
def countries(draw: st.DrawFn) -> Country:
    """Every commune has a committee and a counter; the counters of all are replaced by centres on the second day."""
    bare = draw(territories())
    units = [replace(unit, parent="p:01") for unit in bare.units()]
    edges: list[Succession] = list(bare.successions())
    province = Unit("01", ABOVE, "tinh", "Tỉnh", None, DAYS[0])
    territory = Territory([province, *units], edges)
    offices = [Office("UB-01", "authority", province.id, TEXT, "01", DAYS[0])]
    for unit in units:
        name = unit.id.replace(":", "-")
        offices.append(_office(f"UB-{name}", "authority", unit, unit.valid_from, unit.valid_to))
        for body, start, end in (("one_stop", DAYS[0], DAYS[1]), ("centre", DAYS[1], None)):
            first, last = max(start, unit.valid_from), min(end or dt.date.max, unit.valid_to or dt.date.max)
            if first < last:
                closes = last if last != dt.date.max else None
                offices.append(_office(f"{body}-{name}", body, unit, first, closes))
    laws = [law for subject in ("X", "tax") for law in _laws(draw, subject)]
    known = Map(territory, OfficeIndex(offices), laws)
    count = draw(st.integers(0, 12))
    return Country(known, tuple(offices), tuple(_dossier(draw, known, number + 1) for number in range(count)))


def _office(code: str, body: str, unit: Unit, start: dt.date, end: dt.date | None) -> Office:
    return Office(code, body, unit.id, Text(code, code), "01", start, end, receives=body != "authority")


def _laws(draw: st.DrawFn, subject: str) -> list[Competence]:
    """From each of the days on, the communes or the province decide."""
    spans = zip(DAYS, [*DAYS[1:], None], strict=True)
    levels: st.SearchStrategy[Level] = st.sampled_from(["commune", "province"])
    return [Competence(subject, None, draw(levels), "authority", start, end, f"{start}/L") for start, end in spans]


def _dossier(draw: st.DrawFn, known: Map, number: int) -> Live:
    day = draw(st.sampled_from(DAYS[:-1])) + dt.timedelta(days=draw(st.integers(0, 30)))
    unit = draw(st.sampled_from(known.territory.units("commune", day)))
    body = "one_stop" if day < DAYS[1] else "centre"
    counter = draw(st.sampled_from(known.territory.units("commune", day)))
    desks = {key: _competent(known, subject, unit, day)[0] for key, subject in SUBJECTS.items()}
    desks["intake"] = known.offices.serving("commune", body, counter, known.territory, day)[0].code
    return Live(number, f"D-{number}", 1, "X", "citizen", "01", unit.code, day, desks, SUBJECTS)


def _competent(known: Map, subject: str, unit: Unit, on: dt.date) -> list[str]:
    law = competent(known.competences, subject, "citizen", on)
    return [one.code for one in known.offices.serving(law.level, law.body, unit, known.territory, on)]


def _decided(planner: Planner, live: Live, item: Item, draw: st.DataObject) -> Item:
    """A person chooses communes until nothing is open."""
    for _ in range(4):
        if item.outcome != "person":
            break
        open_desks = [one for one in item.passages if one.candidates]
        communes = sorted({one.commune for one in open_desks[0].candidates})
        live = replace(live, chosen=(*live.chosen, draw.draw(st.sampled_from(communes))))
        item = planner.decide(live)
    return item


@given(countries(), st.data())
@settings(max_examples=80)
def test_through_every_reform_no_dossier_is_lost_doubled_or_left_without_an_office(
    country: Country, data: st.DataObject
) -> None:
    """Three reforms, each planned over what the one before left and over what came in since."""
    known = country.known
    standing: dict[int, Live] = {}
    for start, end in pairwise(DAYS):
        standing |= {one.id: one for one in country.dossiers if start <= one.placed_on < end}
        planner = Planner(Reform("r", end, TEXT, (), POLICIES), known)
        items = [planner.decide(one) for one in standing.values()]
        assert sorted(item.id for item in items) == sorted(standing)
        totals, lines = _whole_plan(planner._reform, items)
        assert sum(totals.outcomes.values()) == len(standing)
        assert len(lines) == totals.changes == len(standing) - totals.outcomes["stays"]
        assert totals.outcomes["without"] == 0
        for item in items:
            live = standing[item.id]
            _check_against_the_long_way(known, live, item, end)
            whole = _decided(planner, live, item, data)
            assert whole.outcome in ("stays", "moves")
            desks = dict(live.desks) | {one.desk: one.target or "" for one in whole.passages}
            assert desks.keys() == live.desks.keys()
            for code in desks.values():
                office = known.offices.get(code)
                assert office is not None and office.valid(end)
            moved = whole.outcome == "moves" and whole.place is not None
            standing[item.id] = replace(live, desks=desks, **(_placed(whole.place, end) if moved else {}))
            again = planner.decide(standing[item.id])
            assert again.outcome == "stays", "what was moved once is not moved again"


def _whole_plan(reform: Reform, items: Iterable[Item]) -> tuple[Totals, list[bytes]]:
    """The totals and lines of items that all fit into memory."""
    totals = Totals(reform)
    return totals, [line for item in items if (line := totals.add(item)) is not None]


def _placed(place: str | None, on: dt.date) -> dict[str, object]:
    return {"place": place, "placed_on": on, "chosen": ()}


def _check_against_the_long_way(known: Map, live: Live, item: Item, date: dt.date) -> None:
    """Where the handler and the tax office of a closing office go, worked out again without any of the planner."""
    unit = known.territory.at(live.place or "", "commune", live.placed_on)
    parts = [one.unit for one in known.territory.successors(unit.id, date)]
    for desk, subject in SUBJECTS.items():
        office = known.offices.get(live.desks[desk])
        assert office is not None
        passage = next((one for one in item.passages if one.desk == desk), None)
        wanted = {code for part in parts for code in _competent(known, subject, part, date)}
        if office.valid_to == date:
            assert passage is not None
            told = {passage.target} if passage.target else {one.office for one in passage.candidates}
            assert told == wanted
            assert (passage.target is not None) == (len(wanted) == 1), "one is taken, several are never guessed from"
        elif passage is None:
            assert office.code in wanted, "an office stays only where it is competent"
    if item.outcome == "moves" and len(parts) > 1:
        assert item.place is None, "which part the dossier's own commune became was not decided by anybody"


@given(countries())
@settings(max_examples=25)
def test_the_same_facts_give_the_same_plan(country: Country) -> None:
    reform = Reform("r", DAYS[1], TEXT, (), POLICIES)
    dossiers = [one for one in country.dossiers if one.placed_on < DAYS[1]]
    plans = []
    for turned in (False, True):
        planner = Planner(reform, country.known)
        items = [
            planner.decide(replace(one, desks=dict(sorted(one.desks.items(), reverse=turned)))) for one in dossiers
        ]
        totals, lines = _whole_plan(reform, items)
        plans.append((totals.digest, lines, totals.summary(), totals.groups_data()))
    assert plans[0] == plans[1]
    if dossiers and plans[0][1]:
        fewer, _ = _whole_plan(reform, [Planner(reform, country.known).decide(one) for one in dossiers[:-1]])
        last = Planner(reform, country.known).decide(dossiers[-1])
        assert (fewer.digest == plans[0][0]) == (last.outcome == "stays")
