"""Variants: the different ways that dossiers of one procedure took, how often and how long, and where they left the
main path."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from engine.rules.history.spread import Spread, spread_of

Way = tuple[str, str]
"""A step from one state to another."""
Kind = Literal["allowed", "unforeseen"]
"""``allowed``: an action of the release leads that way, aside of its main path. ``unforeseen``: none does."""


@dataclass(frozen=True, slots=True)
class Track:
    """What a release foresees: the states of its main path in order, and every way that an action leads."""

    main: tuple[str, ...]
    ways: frozenset[Way]


@dataclass(frozen=True, slots=True)
class Walk:
    """One dossier: the states in the order in which it came to them, and the working minutes from first to last."""

    code: str
    states: tuple[str, ...]
    minutes: int | None
    track: Track


@dataclass(frozen=True, slots=True)
class Variant:
    """One way. ``left_at`` is the state from which it first left the main path; None if it never did. ``sample`` are
    codes of dossiers that took it."""

    states: tuple[str, ...]
    dossiers: int
    taken: Spread | None
    left_at: str | None
    sample: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Aside:
    """A step beside the main path: how many dossiers took it, and how many times in all."""

    source: str
    target: str
    kind: Kind
    dossiers: int
    times: int
    sample: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WaysTaken:
    """What happened: the variants, most frequent first, and the steps beside the main path, most frequent first."""

    dossiers: int
    on_main_path: int
    variants: tuple[Variant, ...]
    asides: tuple[Aside, ...]


SAMPLE = 5
"""Codes that are kept of each variant and of each step aside."""


@dataclass(slots=True)
class _Kept:
    dossiers: int = 0
    minutes: list[int] = field(default_factory=list)
    left_at: str | None = None
    sample: list[str] = field(default_factory=list)


def ways_taken(walks: Iterable[Walk]) -> WaysTaken:
    """The variants of some dossiers. Memory grows with the variants, and by one number for each dossier."""
    kept: dict[tuple[str, ...], _Kept] = defaultdict(_Kept)
    asides: dict[tuple[Way, Kind], tuple[list[str], Counter[str]]] = {}
    total = straight = 0
    for walk in walks:
        total += 1
        steps = steps_aside(walk.states, walk.track)
        straight += not steps
        one = kept[walk.states]
        one.dossiers += 1
        one.left_at = one.left_at or (steps[0][0][0] if steps else None)
        one.minutes += [] if walk.minutes is None else [walk.minutes]
        one.sample += [walk.code] if len(one.sample) < SAMPLE else []
        for step, times in Counter(steps).items():
            sample, counted = asides.setdefault(step, ([], Counter()))
            sample += [walk.code] if len(sample) < SAMPLE else []
            counted.update(dossiers=1, times=times)
    return WaysTaken(total, straight, _variants(kept), _asides(asides))


def steps_aside(states: Sequence[str], track: Track) -> list[tuple[Way, Kind]]:
    """The steps of a walk that are not steps of the main path, in order.

    >>> track = Track(("new", "work", "done"), frozenset({("new", "work"), ("work", "asked"), ("work", "done")}))
    >>> steps_aside(("new", "work", "asked", "done"), track)
    [(('work', 'asked'), 'allowed'), (('asked', 'done'), 'unforeseen')]
    """
    main: Set[Way] = set(pairwise(track.main))
    return [(way, "allowed" if way in track.ways else "unforeseen") for way in pairwise(states) if way not in main]


def _variants(kept: Mapping[tuple[str, ...], _Kept]) -> tuple[Variant, ...]:
    made = [
        Variant(states, one.dossiers, spread_of(one.minutes), one.left_at, tuple(one.sample))
        for states, one in kept.items()
    ]
    return tuple(sorted(made, key=lambda one: (-one.dossiers, one.states)))


def _asides(found: Mapping[tuple[Way, Kind], tuple[list[str], Counter[str]]]) -> tuple[Aside, ...]:
    made = [
        Aside(source, target, kind, counted["dossiers"], counted["times"], tuple(sample))
        for ((source, target), kind), (sample, counted) in found.items()
    ]
    return tuple(sorted(made, key=lambda one: (-one.dossiers, one.source, one.target, one.kind)))
