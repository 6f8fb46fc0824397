"""The report on variants: the ways that the dossiers of a procedure really took, and where they left the main path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from engine.queries.histories import Taken, track_of, worked_minutes
from engine.rules.history.variants import Track, Walk, WaysTaken, ways_taken
from engine.rules.procedure.definition import Release
from engine.text import Text
from engine.transaction import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """The variants of a procedure. ``main`` is the main path of the newest release that any of the dossiers ended
    under, () if there are none. ``names`` has the name of every state that is told."""

    main: tuple[str, ...]
    found: WaysTaken
    names: Mapping[str, Text]


def ways(unit: UnitOfWork, taken: Iterable[Taken]) -> Ways:
    """The variants of the dossiers of ``taken_ways``, most frequent first.

    A duration is in working minutes from filing to the end, with the time that an office waited for the applicant.
    Raises InvalidInput.
    """
    releases: dict[str, Release] = {}
    found = ways_taken(_walks(unit, taken, releases))
    by_version = sorted(releases.values(), key=lambda one: one.version)
    return Ways(
        main=track_of(by_version[-1]).main if by_version else (),
        found=found,
        names={key: state.name for one in by_version for key, state in one.states.items()},
    )


def _walks(unit: UnitOfWork, taken: Iterable[Taken], releases: dict[str, Release]) -> Iterator[Walk]:
    """The walks, one dossier after the other; ``releases`` gets each release that one ended under."""
    tracks: dict[str, Track] = {}
    for one in taken:
        head = one.head
        releases[head.release] = one.release
        if head.release not in tracks:
            tracks[head.release] = track_of(one.release)
        minutes = worked_minutes(unit, one.release, head.handler_office, head.filed_at, head.finished_at or unit.now)
        yield Walk(head.code, tuple(visit.state for visit in one.visits), minutes, tracks[head.release])
