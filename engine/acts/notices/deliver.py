"""Sends the due notices of the outbox: leases a batch, sends it outside of any transaction, and writes the results.

A notice is sent at least once. Its key never changes, so a receiver that de-duplicates gets it once. A failed notice is
retried after 10 seconds, 20, 40, … up to an hour. After ``PARK_AFTER`` tries, or at once when a retry cannot help, it
is parked with the reason.
"""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import NamedTuple

from engine.acts.notices.address import Refused, addressed
from engine.acts.notices.in_order import HELD, held_back
from engine.acts.notices.promised import OUTDATED, settled
from engine.errors import in_log
from engine.notices.cloud_event import STANDARD
from engine.ports import DeliveryFailed, Message, Notifier
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.delivery import Result, Taken, claim, renew, write_results
from engine.store.recipients import hand_to_members
from engine.transaction import Runtime, UnitOfWork, in_transaction

LEASE = dt.timedelta(seconds=6)
"""The time after which another process may take up the notices of a dead one."""
RENEW_EVERY = 2.5  # seconds
PARK_AFTER = 48  # tries: more than a day, by the waits below
DEADLY = 6  # senders that died with the same notice in hand: it is parked
FIRST_WAIT, LONGEST_WAIT = 10.0, 3600.0  # seconds
LANES = 8
GIVE_UP_LANE = 3  # failures in a row after which a receiver rests
REST = 20.0  # seconds


@dataclass(slots=True)
class Delivery:
    """The numbers of notices of a batch: ``taken``, and by outcome."""

    taken: int = 0
    sent: int = 0
    waiting: int = 0
    parked: int = 0
    dropped: int = 0

    def count(self, results: Iterable[Result]) -> None:
        for result in results:
            setattr(self, result.status, getattr(self, result.status) + 1)


@dataclass(slots=True)
class Receivers:
    """A circuit breaker: receivers that do not answer rest for ``REST`` seconds, so that they delay no other.

    It is kept in the memory of one process; its loss costs a few failed tries. ``resting`` maps a receiver to the end
    of its rest (``time.monotonic``).
    """

    resting: dict[str, float] = field(default_factory=dict)

    def rest(self, receiver: str) -> None:
        self.resting[receiver] = time.monotonic() + REST

    def rests(self, receiver: str) -> bool:
        return self.resting.get(receiver, 0.0) > time.monotonic()


class _Ready(NamedTuple):
    row: Taken
    message: Message

    @property
    def in_order(self) -> bool:
        """Whether the receiver asked for the events of a dossier in their order."""
        return self.message.form != STANDARD

    @property
    def lane(self) -> str:
        """The notices sent one after another: those of one webhook, or a share of one mail server or gateway."""
        if self.row.channel == "webhook":
            return self.row.recipient
        return f"{self.row.channel}/{self.row.dossier_id % (LANES // 2)}"


def deliver_notices(
    runtime: Runtime,
    notifier: Notifier,
    limit: int = 500,
    *,
    seconds: float = 20.0,
    receivers: Receivers | None = None,
) -> Delivery:
    """Sends up to ``limit`` due notices and begins none after ``seconds``. Safe to run in many processes."""
    return _Batch(runtime, notifier, receivers or Receivers(), time.monotonic() + seconds).run(limit)


class _Batch:
    """One batch of notices: leased, prepared, sent and written."""

    def __init__(self, runtime: Runtime, notifier: Notifier, receivers: Receivers, latest: float) -> None:
        self._runtime = runtime
        self._notifier = notifier
        self._receivers = receivers
        self._latest = latest
        self._results: SimpleQueue[Result] = SimpleQueue()
        self._delivery = Delivery()

    def run(self, limit: int) -> Delivery:
        def take(unit: UnitOfWork) -> tuple[list[_Ready], list[Result], int]:
            rows = claim(unit.reader(), unit.now, unit.now + LEASE, limit)
            return (*self._prepare(unit, rows), len(rows))

        ready, refused, self._delivery.taken = in_transaction(self._runtime, SYSTEM_ACTOR, take)
        for result in refused:
            self._results.put(result)
        unfinished = {one.row.id for one in ready}
        self._send(_lanes(one for one in ready if one.row.deaths < 2), unfinished)
        if unfinished:  # a notice that may kill the sender comes after all other results are written
            self._send(_lanes(one for one in ready if one.row.deaths > 1), unfinished)
        return self._delivery

    def _prepare(self, unit: UnitOfWork, rows: Iterable[Taken]) -> tuple[list[_Ready], list[Result]]:
        """Splits the rows into those ready to send and results. A notice to a role becomes one for each member."""
        ready, refused, single = [], [], []
        rows, outdated = settled(unit.begin(), rows, unit.now)
        refused += [_result(row, "dropped", unit.now, error=OUTDATED) for row in outdated]
        for row in rows:
            if row.deaths >= DEADLY:
                refused.append(_result(row, "parked", unit.now, error=f"{row.deaths} senders ended while sending it"))
            elif not (row.recipient.startswith("office:") and row.channel != "inbox"):
                single.append(row)
            elif count := hand_to_members(unit.begin(), row, unit.now, unit.today):
                refused.append(_result(row, "sent", unit.now, reference=f"{count} people"))
            else:
                refused.append(_result(row, "parked", unit.now, error="nobody has this role at the office today"))
        for row, answer in addressed(unit, single):
            if isinstance(answer, Refused):
                refused.append(_result(row, answer.status, unit.now, error=answer.why))
            else:
                ready.append(_Ready(row, answer))
        held = held_back(
            unit.begin(), sorted((one.row for one in ready if one.in_order), key=lambda row: row.id), unit.now
        )
        refused += [_held(one.row, held[one.row.id]) for one in ready if one.row.id in held]
        return [one for one in ready if one.row.id not in held], refused

    def _send(self, lanes: Mapping[str, list[_Ready]], unfinished: set[int]) -> None:
        """Runs the lanes in parallel; meanwhile writes results and renews the lease on the unfinished notices."""
        if not lanes:
            self._write(unfinished)
            return
        pool = ThreadPoolExecutor(min(LANES, len(lanes)), thread_name_prefix="notices")
        try:
            running: set[Future[None]] = {pool.submit(self._lane, name, lane) for name, lane in lanes.items()}
            while running:
                done, running = wait(running, RENEW_EVERY)
                for future in done:
                    future.result()
                self._write(unfinished)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _lane(self, name: str, lane: list[_Ready]) -> None:
        failures = 0
        waits: dict[int, dt.datetime] = {}
        for ready in lane:
            now = self._runtime.now()
            if ready.in_order and ready.row.dossier_id in waits:
                self._results.put(_held(ready.row, waits[ready.row.dossier_id]))
            elif time.monotonic() > self._latest:
                self._results.put(_result(ready.row, "waiting", now, tried=False))
                waits[ready.row.dossier_id] = now
            elif self._receivers.rests(name):
                later = now + dt.timedelta(seconds=random.uniform(REST / 2, REST))  # noqa: S311 — spreads tries, no secret
                self._results.put(
                    _result(ready.row, "waiting", later, tried=False, error="the receiver does not answer")
                )
                waits[ready.row.dossier_id] = later
            else:
                result, answers = self._attempt(ready)
                self._results.put(result)
                if result.status == "waiting":
                    waits[ready.row.dossier_id] = result.next_attempt_at
                failures = 0 if answers else failures + 1
                if failures == GIVE_UP_LANE:
                    self._receivers.rest(name)

    def _attempt(self, ready: _Ready) -> tuple[Result, bool]:
        """The result, and whether the receiver is reachable: a permanent refusal shows that it is."""
        try:
            reference = self._notifier.send(ready.message)
        except DeliveryFailed as failure:
            return self._failed(ready.row, failure.sentence("en"), failure.permanent), failure.permanent
        except Exception as error:  # a fault of an adapter must not stop the others, and is retried like any failure
            return self._failed(ready.row, in_log(error), False), True
        return _result(ready.row, "sent", self._runtime.now(), reference=reference), True

    def _failed(self, row: Taken, why: str, permanent: bool) -> Result:
        tries = row.attempts + 1
        status = "parked" if permanent or tries >= PARK_AFTER else "waiting"
        return _result(row, status, self._runtime.now() + backoff(tries), error=why)

    def _write(self, unfinished: set[int]) -> None:
        results = list(_emptied(self._results))
        unfinished.difference_update(result.id for result in results)
        if not results and not unfinished:
            return

        def write(unit: UnitOfWork) -> None:
            # The last results are one statement, which needs no transaction.
            alone = not unfinished and all(result.status == "sent" for result in results)
            connection = unit.reader() if alone else unit.begin()
            write_results(connection, results, unit.now)
            renew(connection, unfinished, unit.now + LEASE)

        in_transaction(self._runtime, SYSTEM_ACTOR, write)
        self._delivery.count(results)


def backoff(tries: int) -> dt.timedelta:
    """The wait after so many tries (1 or more): it doubles from 10 seconds to an hour, with a jitter of a fifth.

    The jitter keeps notices that failed together from being retried together.
    """
    plain = min(FIRST_WAIT * 2.0 ** min(tries - 1, 20), LONGEST_WAIT)
    return dt.timedelta(seconds=plain * random.uniform(0.8, 1.2))  # noqa: S311 — as above


def _lanes(ready: Iterable[_Ready]) -> dict[str, list[_Ready]]:
    lanes: dict[str, list[_Ready]] = {}
    for one in ready:
        lanes.setdefault(one.lane, []).append(one)
    for lane in lanes.values():
        if lane[0].in_order:  # as all of its lane, which is that of one receiver
            lane.sort(key=lambda one: one.row.id)
    return lanes


def _held(row: Taken, until: dt.datetime) -> Result:
    return _result(row, "waiting", until, tried=False, error=HELD)


def _emptied(results: SimpleQueue[Result]) -> Iterator[Result]:
    while not results.empty():
        yield results.get()


def _result(
    row: Taken,
    status: str,
    next_attempt_at: dt.datetime,
    *,
    reference: str | None = None,
    error: str | None = None,
    tried: bool = True,
) -> Result:
    return Result(row.id, row.dossier_id, row.attempts + 1, status, next_attempt_at, reference, error, tried)
