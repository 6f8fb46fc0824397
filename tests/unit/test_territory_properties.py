"""Properties of succession over random graphs: merges, divisions, renamings, chains, codes that change hands."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.rules.territory.territory import Territory
from engine.rules.territory.units import Change, Succession, Unit

DAYS = [dt.date(2024, 1, 1), dt.date(2025, 7, 1), dt.date(2026, 4, 30), dt.date(2027, 1, 1)]


@st.composite
def territories(draw: st.DrawFn) -> Territory:
    """Communes over four reorganisations; each living unit goes on, or ends and passes to one, two or three others."""
    units: dict[str, Unit] = {}
    edges: list[Succession] = []
    living = [f"{n:05}" for n in range(draw(st.integers(1, 6)))]
    starts = dict.fromkeys(living, DAYS[0])
    for day in DAYS[1:]:
        going = [code for code in living if draw(st.booleans())]
        staying = [code for code in living if code not in going]
        # A new unit may take any code that is free, above all the code of another that ends on the same day.
        fresh = (f"9{n:04}" for n in range(30) if f"9{n:04}" not in living)
        free = draw(st.permutations([*going, *itertools.islice(fresh, 3)]))
        new = list(free[: draw(st.integers(1, 4))]) if going else []
        for code in going:
            key = f"c:{code}@{starts[code]}"
            units[key] = _unit(code, starts[code], day)
            targets = draw(st.lists(st.sampled_from([*new, *staying]), min_size=1, max_size=3, unique=True))
            edges += _edges(draw, key, [f"c:{t}@{day if t in new else starts[t]}" for t in targets], day)
        living = [*staying, *new]
        starts |= dict.fromkeys(new, day)
    for code in living:
        units[f"c:{code}@{starts[code]}"] = _unit(code, starts[code], None)
    return Territory(units.values(), edges)


def _unit(code: str, start: dt.date, end: dt.date | None) -> Unit:
    return Unit(code, "commune", "xa", f"Xã {code}", None, start, end)


def _edges(draw: st.DrawFn, source: str, targets: list[str], day: dt.date) -> list[Succession]:
    weights = [draw(st.integers(1, 9)) for _ in targets]
    known, default = draw(st.booleans()), draw(st.integers(0, len(targets)))
    kind: Change = "divided" if len(targets) > 1 else "merged"
    shares = [Fraction(w, sum(weights)) if known else None for w in weights]
    return [Succession(source, t, kind, day, shares[n], n == default) for n, t in enumerate(targets)]


@given(territories(), st.sampled_from(DAYS), st.sampled_from(DAYS))
@settings(max_examples=150)
def test_nothing_is_lost_and_nothing_doubled(territory: Territory, first: dt.date, second: dt.date) -> None:
    start, end = sorted((first, second))
    for unit in territory.units("commune", start):
        found = territory.successors(unit.id, end)
        assert found, "every unit is somewhere on every later day"
        assert all(s.unit.valid(end) for s in found)
        assert len({s.unit.id for s in found}) == len(found)
        if all(s.share is not None for s in found):
            assert sum(s.share or 0 for s in found) == 1
        assert sum(s.is_default for s in found) <= 1
        assert all(_is_chain(s.path, unit.id, s.unit.id) for s in found)


@given(territories(), st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS), st.sampled_from(DAYS)))
@settings(max_examples=150)
def test_resolving_in_two_steps_is_resolving_at_once(
    territory: Territory, days: tuple[dt.date, dt.date, dt.date]
) -> None:
    start, middle, end = sorted(days)
    for unit in territory.units("commune", start):
        shares: dict[str, Fraction | None] = defaultdict(Fraction)
        default: dict[str, bool] = defaultdict(bool)
        for half in territory.successors(unit.id, middle):
            for there in territory.successors(half.unit.id, end):
                so_far, here = shares[there.unit.id], there.unit.id
                known = None if half.share is None or there.share is None else half.share * there.share
                shares[here] = None if known is None or so_far is None else so_far + known
                default[here] |= half.is_default and there.is_default
        at_once = territory.successors(unit.id, end)
        assert {s.unit.id: (s.share, s.is_default) for s in at_once} == {i: (shares[i], default[i]) for i in shares}


@given(territories(), st.sampled_from(DAYS), st.sampled_from(DAYS))
@settings(max_examples=150)
def test_backwards_is_forwards_read_the_other_way(territory: Territory, first: dt.date, second: dt.date) -> None:
    start, end = sorted((first, second))
    forwards = {
        (unit.id, s.unit.id, s.share, s.is_default)
        for unit in territory.units("commune", start)
        for s in territory.successors(unit.id, end)
    }
    backwards = {
        (s.unit.id, unit.id, s.share, s.is_default)
        for unit in territory.units("commune", end)
        for s in territory.predecessors(unit.id, start, as_of=end)
    }
    assert forwards == backwards


@given(territories())
@settings(max_examples=50)
def test_random_territories_have_no_dead_ends(territory: Territory) -> None:
    assert territory.defects() == ()


def _is_chain(path: tuple[Succession, ...], start: str, end: str) -> bool:
    here = start
    for edge in path:
        if edge.from_id != here:
            return False
        here = edge.to_id
    return here == end
