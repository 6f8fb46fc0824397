"""Tells the national portal what waits in its outbox: leases, tells outside of any transaction, writes the results.

Several lanes take the leased dossiers one after another; what is due of a dossier leaves in one lane, in its order.
A telling leaves at least once, under a key that never changes. What failed is tried again after 10 seconds, 20, 40, …
up to an hour; what the portal refuses, or what has no code in the mapping file, is parked with the cause. Within a
dossier nothing passes what is not sent yet.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import groupby
from queue import SimpleQueue

from engine.acts.notices.deliver import PARK_AFTER, backoff
from engine.connection_ports import Portal, PortalFailed, Telling
from engine.errors import in_log
from engine.portal.facts import tellings_from
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.portal_queue import FAR, Leased, Told, lease, renew, write_results
from engine.transaction import Runtime, UnitOfWork, in_transaction

LEASE = dt.timedelta(seconds=20)
RENEW_EVERY = 2.0  # seconds; results are written as often, too
LANES = 8
GIVE_UP = 16  # failures of the network in a row after which the portal rests
SHORTEST_REST, LONGEST_REST = 5.0, 60.0  # seconds


@dataclass(slots=True)
class Line:
    """A circuit breaker in the memory of one process: while the portal does not answer, nothing is tried.

    ``until`` is a moment of ``time.monotonic``.
    """

    failures: int = 0
    rest: float = SHORTEST_REST
    until: float = 0.0

    @property
    def resting(self) -> bool:
        return time.monotonic() < self.until

    def answered(self) -> None:
        self.failures, self.rest = 0, SHORTEST_REST

    def failed(self) -> None:
        self.failures += 1
        if self.failures >= GIVE_UP and not self.resting:
            self.until, self.rest = time.monotonic() + self.rest, min(self.rest * 2, LONGEST_REST)


@dataclass(slots=True)
class Tally:
    """The numbers of tellings of a batch, by result."""

    taken: int = 0
    sent: int = 0
    waiting: int = 0
    parked: int = 0


def tell_portal(
    runtime: Runtime, portal: Portal, limit: int = 500, *, seconds: float = 20.0, line: Line | None = None
) -> Tally:
    """Tells what is due of up to ``limit`` dossiers, and begins no telling after ``seconds``."""
    line = line or Line()
    if line.resting:
        return Tally()
    return _Batch(runtime, portal, line, time.monotonic() + seconds).run(limit)


class _Batch:
    """One batch: leased, told and written."""

    def __init__(self, runtime: Runtime, portal: Portal, line: Line, latest: float) -> None:
        self._runtime, self._portal, self._line, self._latest = runtime, portal, line, latest
        self._chains: deque[list[tuple[Leased, Telling]]] = deque()
        self._results: SimpleQueue[Told] = SimpleQueue()
        self._tally = Tally()

    def run(self, limit: int) -> Tally:
        def take(unit: UnitOfWork) -> list[tuple[Leased, Telling]]:
            rows = lease(unit.begin(), unit.now, unit.now + LEASE, limit)
            return list(zip(rows, tellings_from(unit.begin(), unit.catalogue, rows), strict=True)) if rows else []

        taken = in_transaction(self._runtime, SYSTEM_ACTOR, take)
        self._tally.taken = len(taken)
        unfinished = {row.id for row, _ in taken}
        self._chains.extend(list(chain) for _, chain in groupby(taken, lambda one: one[0].dossier_id))
        lanes = min(LANES, len(self._chains))
        pool = ThreadPoolExecutor(max(lanes, 1), thread_name_prefix="portal")
        try:
            running: set[Future[None]] = {pool.submit(self._lane) for _ in range(lanes)}
            while running:
                done, running = wait(running, RENEW_EVERY)
                for future in done:
                    future.result()
                self._write(unfinished)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        return self._tally

    def _lane(self) -> None:
        """Tells dossier by dossier until none is left; of each nothing behind a telling that was not sent."""
        while True:
            try:
                chain = self._chains.popleft()
            except IndexError:
                return
            until: dt.datetime | None = None
            for row, telling in chain:
                told = self._attempt(row, telling) if until is None else _untried(row, until)
                if until is None and told.status != "sent":
                    until = FAR if told.status == "parked" else told.next_attempt_at
                self._results.put(told)

    def _attempt(self, row: Leased, telling: Telling) -> Told:
        now, tries = self._runtime.now(), row.attempts + 1
        if self._line.resting or time.monotonic() > self._latest:
            return _untried(row, now + dt.timedelta(seconds=max(0.0, self._line.until - time.monotonic())))
        try:
            reference = self._portal.tell(telling)
        except PortalFailed as failure:
            if failure.cause == "network":
                self._line.failed()
            return self._failed(row, failure.cause, failure.sentence("en"))
        except Exception as error:  # a fault of the adapter must not stop the others, and is tried again
            return self._failed(row, "network", in_log(error))
        self._line.answered()
        return Told(row.id, row.dossier_id, tries, "sent", now, reference=reference)

    def _failed(self, row: Leased, cause: str, why: str) -> Told:
        tries = row.attempts + 1
        status = "parked" if cause != "network" or tries >= PARK_AFTER else "waiting"
        later = self._runtime.now() + backoff(tries)
        return Told(row.id, row.dossier_id, tries, status, later, cause=cause, error=why)

    def _write(self, unfinished: set[int]) -> None:
        results = list(_emptied(self._results))
        unfinished.difference_update(one.id for one in results)

        def write(unit: UnitOfWork) -> None:
            write_results(unit.begin(), results, unit.now)
            renew(unit.begin(), unfinished, unit.now + LEASE)

        if results or unfinished:
            in_transaction(self._runtime, SYSTEM_ACTOR, write)
        for one in results:
            setattr(self._tally, one.status, getattr(self._tally, one.status) + 1)


def _untried(row: Leased, until: dt.datetime) -> Told:
    return Told(row.id, row.dossier_id, row.attempts + 1, "waiting", until, tried=False)


def _emptied(queue: SimpleQueue[Told]) -> Iterable[Told]:
    while not queue.empty():
        yield queue.get()
