"""Compares this side with the national portal: both lists are read as streams sorted by code and merged.

A dossier whose fingerprints are equal costs nothing more. Of the others both sides are read again, since a telling may
have arrived meanwhile, and each difference is written with whose turn it is. A comparison works in slices, so that a
long one survives the end of a process: the next slice goes on behind the last code.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection

from engine.acts.portal.again import NoPortal
from engine.connection_ports import Portal, PortalFailed, Telling
from engine.errors import Refusal
from engine.portal.facts import present_tellings
from engine.portal_settings import PortalSettings
from engine.rules.portal.differences import DUPLICATE, MISSING_HERE, MISSING_THERE, Difference, differing
from engine.rules.portal.merge import Pair, merged
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.portal_comparing import (
    Code,
    Found,
    Unsent,
    begin_comparison,
    break_off,
    codes_after,
    count_up,
    end_comparison,
    last_sent,
    open_comparison,
    own_by_code,
    told_late,
    unsent_of,
    write_found,
)
from engine.transaction import Runtime, UnitOfWork, in_transaction

T = TypeVar("T")
CODES, BATCH = 20_000, 1_000
NOT_MAPPED = "not mapped"
"""In place of our fingerprint where the mapping file lacks a code."""
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How far a comparison has come: its number, whether it has ended, and what it counted in this slice."""

    number: int
    ended: bool
    pairs: int
    differing: int
    gone: int


def compare_with_portal(runtime: Runtime, portal: Portal, *, seconds: float = 50.0) -> Comparison:
    """Goes on with the open comparison, or begins one, for up to ``seconds``. Raises NoPortal, PortalFailed, NotSorted.

    A failure of the portal leaves the comparison open for the next slice; a list that cannot be compared ends it.
    """
    if runtime.settings.portal is None:
        raise NoPortal()

    def begin(unit: UnitOfWork) -> tuple[int, dt.datetime, str]:
        row = open_comparison(unit.begin())
        if row is not None:
            return row.id, row.started_at, row.reached or ""
        return begin_comparison(unit.begin(), unit.now), unit.now, ""

    number, started, reached = in_transaction(runtime, SYSTEM_ACTOR, begin)
    run = _Slice(runtime, portal, runtime.settings.portal, number, started, time.monotonic() + seconds)
    try:
        return run.go(reached)
    except Refusal as refusal:
        why = refusal.sentence("en")
        if not (isinstance(refusal, PortalFailed) and refusal.cause == "network"):
            in_transaction(runtime, SYSTEM_ACTOR, lambda unit: break_off(unit.begin(), number, why))
        raise


class _Slice:
    """One slice of a comparison."""

    def __init__(
        self,
        runtime: Runtime,
        portal: Portal,
        settings: PortalSettings,
        number: int,
        started: dt.datetime,
        latest: float,
    ) -> None:
        self._runtime, self._portal, self._settings = runtime, portal, settings
        self._number, self._started, self._latest = number, started, latest
        self._own: dict[str, int] = {}
        self._elsewhere: set[str] = set()

    def go(self, after: str) -> Comparison:
        pairs: list[Pair] = []
        total = differ = 0
        theirs = ((one.code, one.fingerprint) for one in self._portal.listed(after))
        for pair in merged(self._ours(after), theirs):
            pairs.append(pair)
            if len(pairs) == BATCH:
                differ, total = differ + self._settle(pairs), total + len(pairs)
                pairs = []
                if time.monotonic() > self._latest:
                    return Comparison(number=self._number, ended=False, pairs=total, differing=differ, gone=0)
        differ, total = differ + self._settle(pairs), total + len(pairs)
        gone = in_transaction(
            self._runtime,
            SYSTEM_ACTOR,
            lambda unit: end_comparison(unit.begin(), self._number, self._started, unit.now),
        )
        return Comparison(number=self._number, ended=True, pairs=total, differing=differ, gone=gone)

    def _ours(self, after: str) -> Iterator[tuple[str, str]]:
        """Our codes with their fingerprints; those of other systems are passed over."""
        while codes := self._read(partial(codes_after, after=after, limit=CODES)):
            after = codes[-1].code
            for at in range(0, len(codes), BATCH):
                yield from self._fingerprints(codes[at : at + BATCH])

    def _fingerprints(self, codes: Sequence[Code]) -> Iterator[tuple[str, str]]:
        self._elsewhere |= {one.code for one in codes if one.elsewhere}
        known = {one.code: one.id for one in codes if not one.elsewhere}
        tellings = self._present(list(known))
        self._own |= known
        for one in codes:
            if one.code in tellings:
                yield one.code, self._fingerprint(tellings[one.code])

    def _fingerprint(self, telling: Telling) -> str:
        try:
            return self._portal.fingerprint(telling)
        except PortalFailed:
            return NOT_MAPPED

    def _present(self, codes: Sequence[str]) -> dict[str, Telling]:
        catalogue = self._runtime.catalogue

        def read(connection: Connection) -> dict[str, Telling]:
            return present_tellings(connection, catalogue, own_by_code(connection, codes))

        return self._read(read)

    def _settle(self, pairs: Sequence[Pair]) -> int:
        """Counts a batch, and writes what differs in it; returns how many dossiers."""
        pairs = [one for one in pairs if one.code not in self._elsewhere]
        same = [one for one in pairs if one.theirs == (one.ours,)]
        suspects = [one for one in pairs if one.theirs != (one.ours,)]
        found, under_way = self._examined(suspects)
        counts = Counter(here=sum(one.ours is not None for one in pairs), there=sum(len(one.theirs) for one in pairs))
        counts |= Counter(same=len(same), under_way=under_way, differing=len({one.code for one in found}))
        own = {one.code: self._own.pop(one.code) for one in pairs if one.ours is not None}
        ids = [own[one.code] for one in same]

        def write(unit: UnitOfWork) -> None:
            connection = unit.begin()
            late = told_late(connection, ids, unit.now - _DAY, unit.now, self._settings.on_time) if ids else set()
            write_found(connection, found, unit.now)
            if pairs:
                count_up(connection, self._number, counts | Counter(on_time=len(same) - len(late)), pairs[-1].code)

        in_transaction(self._runtime, SYSTEM_ACTOR, write)
        return counts["differing"]

    def _examined(self, suspects: Sequence[Pair]) -> tuple[list[Found], int]:
        """The differences of suspects on a second look, and how many are only under way."""
        if not suspects:
            return [], 0
        now, codes = self._runtime.now(), [one.code for one in suspects]
        rows = {row["code"]: row["id"] for row in self._read(lambda connection: own_by_code(connection, codes))}
        tellings, ids = self._present(codes), list(rows.values())
        unsent = self._read(lambda connection: unsent_of(connection, ids))
        sent = self._read(lambda connection: last_sent(connection, ids))
        found: list[Found] = []
        under_way = 0
        for one in suspects:
            number = rows.get(one.code)
            waiting, told = (unsent.get(number), sent.get(number)) if number is not None else (None, None)
            if waiting and not waiting.parked and waiting.cause is None and now - waiting.since < self._settings.grace:
                under_way += 1
                continue
            fault = _fault(waiting, told is not None)
            differences = self._differences(one, tellings.get(one.code), told)
            since = waiting.since if waiting else None
            found += [Found(one.code, number, _judged(each, fault), fault, since) for each in differences]
        return found, under_way

    def _differences(self, pair: Pair, telling: Telling | None, told: dt.datetime | None) -> Sequence[Difference]:
        if not pair.theirs and (told is None or told < self._started):
            return (Difference(kind=MISSING_THERE, ours=None, theirs=None, safe=True),)
        records = self._portal.held(pair.code)
        if telling is None:
            return (Difference(kind=MISSING_HERE, ours=None, theirs=None, safe=False),) if records else ()
        if not records:
            return (Difference(kind=MISSING_THERE, ours=None, theirs=None, safe=True),)
        if len(records) > 1:
            return (Difference(kind=DUPLICATE, ours="1", theirs=str(len(records)), safe=False),)
        try:
            return differing(self._portal.compared(telling), records[0])
        except PortalFailed as missing:
            return (Difference(kind="office", ours=str(missing.facts["why"])[:200], theirs=None, safe=False),)

    def _read(self, reading: Callable[[Connection], T]) -> T:
        with self._runtime.database.connect().execution_options(motcua_read_only=True) as connection:
            return reading(connection)


def _fault(waiting: Unsent | None, told: bool) -> str:
    if waiting is None:
        return "theirs" if told else "untold"
    return waiting.cause or "waiting"


def _judged(difference: Difference, fault: str) -> Difference:
    """A resend settles nothing while the mapping file lacks the code."""
    return replace(difference, safe=False) if fault == "mapping" else difference
