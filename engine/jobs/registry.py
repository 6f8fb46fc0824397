"""The closed list of what may stand in the queue. A job is a bell: all it works on is found in the database.

Each may run twice, at the same time, or not at all; the next tick makes up for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import structlog

from engine.acts.checkpoint import checkpoint_now
from engine.acts.notices.deliver import Receivers, deliver_notices
from engine.jobs.schedule import ANSWERS_KEPT, forget_old_answers_before, sweep_all_due
from engine.ports import Notifier
from engine.transaction import Runtime

BATCH = 500
SECONDS = 20.0
"""How long one job goes on before it rings for the next, so that a worker that is told to stop soon does."""
GATHER = 0.25
"""Seconds in which more notices may come before they are looked for again: in a busy hour a few batches a second, not a
job and a batch for each act, which would cost more than sending."""
LINGER = 2.0
"""Seconds after which a job that only gathers gives way to others, and rings for the next."""

log = structlog.get_logger("motcua.jobs")


@dataclass(slots=True)
class AtHand:
    """What the jobs of this process work with; set once by the worker's start-up."""

    runtime: Runtime
    notifier: Notifier
    receivers: Receivers = field(default_factory=Receivers)


_at_hand: list[AtHand] = []


def set_up_jobs(runtime: Runtime, notifier: Notifier) -> None:
    """Gives the jobs of this process what they need."""
    _at_hand[:] = [AtHand(runtime, notifier)]


def drain_outbox() -> None:
    """Sends everything that may be sent now, batch by batch, and what comes in the moments after."""
    with_, started = _at_hand[0], time.monotonic()
    while (left := started + SECONDS - time.monotonic()) > 0:
        done = deliver_notices(with_.runtime, with_.notifier, BATCH, seconds=left, receivers=with_.receivers)
        if not done.taken:
            return
        log.info("outbox", taken=done.taken, sent=done.sent, again=done.waiting, parked=done.parked)
        if done.taken < BATCH:
            if time.monotonic() > started + LINGER:
                break
            time.sleep(GATHER)
    with_.runtime.ring()


def sweep_clocks() -> None:
    """Lets every clock run out that is due."""
    runtime, latest = _at_hand[0].runtime, time.monotonic() + SECONDS
    while (left := latest - time.monotonic()) > 0:
        if sweep_all_due(runtime, limit=BATCH, seconds=left).total() < BATCH:
            return


def forget_old_answers() -> None:
    """Forgets the recorded answers of requests that nobody repeats any more."""
    runtime = _at_hand[0].runtime
    forget_old_answers_before(runtime, runtime.now() - ANSWERS_KEPT)


def checkpoint_journal() -> None:
    """Signs what is new in the journal; a long backlog goes on with the next tick."""
    for made in checkpoint_now(_at_hand[0].runtime, seconds=SECONDS):
        log.info("checkpoint", number=made.number, entries=made.entries, size=made.size, root=made.root)


JOBS: Mapping[str, Callable[[], None]] = {
    job.__name__: job for job in (drain_outbox, sweep_clocks, forget_old_answers, checkpoint_journal)
}
