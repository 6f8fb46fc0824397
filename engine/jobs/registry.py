"""The closed list of jobs that a worker runs. A job carries no data: it finds its work in the database.

A job may run twice, at the same time, or not at all; the next tick makes up for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import structlog

from engine.acts.batch_work import forget_batches, work_batches
from engine.acts.checkpoint import checkpoint_now
from engine.acts.count_paces import count_paces as count_paces_anew
from engine.acts.notices.deliver import Receivers, deliver_notices
from engine.acts.staff.idle_sessions import end_idle_sessions
from engine.acts.work_payments import work_payments
from engine.connection_ports import Portal
from engine.jobs import filings
from engine.jobs.indicator_facts import keep_facts_of_all
from engine.jobs.migration import migrate_due
from engine.jobs.months import tend_months
from engine.jobs.portal import Connected, compare_nightly, tell_waiting
from engine.jobs.recounting import recount_waiting
from engine.jobs.reform_drafts import make_plans
from engine.jobs.reforms import carry_out
from engine.jobs.remote_signing import sign_due
from engine.jobs.report_mails import mail_due_reports
from engine.jobs.schedule import (
    ANSWERS_KEPT,
    DRAFTS_KEPT,
    forget_drafts_before,
    forget_old_answers_before,
    sweep_all_due,
)
from engine.jobs.version_plans import apply_due
from engine.ports import Notifier
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.transaction import Runtime, in_transaction

BATCH = 500
SECONDS = 20.0
"""The time after which a job rings for the next one and ends, so that a worker stops soon after the signal."""
GATHER = 0.25
"""Debounce: how many seconds to wait for more notices before polling again. A busy hour then has a few batches a
second; a job and a batch for each act would cost more than the sending."""
LINGER = 2.0
"""Seconds after which a job that gets no full batch gives way to others, and rings for the next one."""

log = structlog.get_logger("motcua.jobs")


@dataclass(slots=True)
class AtHand:
    """The dependencies of the jobs in this process, set once at the worker's start."""

    runtime: Runtime
    notifier: Notifier
    receivers: Receivers = field(default_factory=Receivers)
    connected: Connected | None = None


_at_hand: list[AtHand] = []


def set_up_jobs(runtime: Runtime, notifier: Notifier, portal: Portal | None = None) -> None:
    """Sets the dependencies of the jobs in this process. ``portal``: None where none is set up."""
    _at_hand[:] = [AtHand(runtime, notifier, connected=Connected(portal) if portal else None)]


def drain_outbox() -> None:
    """Sends all due notices batch by batch, and those that come shortly after."""
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
    """Fires every due clock."""
    runtime, latest = _at_hand[0].runtime, time.monotonic() + SECONDS
    while (left := latest - time.monotonic()) > 0:
        if sweep_all_due(runtime, limit=BATCH, seconds=left).total() < BATCH:
            return


def forget_old_answers() -> None:
    """Deletes recorded answers older than ``ANSWERS_KEPT``, old drafts of intake, old batches, and ended sessions."""
    runtime = _at_hand[0].runtime
    forget_drafts_before(runtime, runtime.now() - DRAFTS_KEPT)
    forget_old_answers_before(runtime, runtime.now() - ANSWERS_KEPT)
    in_transaction(runtime, SYSTEM_ACTOR, end_idle_sessions)
    forget_batches(runtime)


def checkpoint_journal() -> None:
    """Signs the new entries of the journal; a long backlog continues at the next tick."""
    for made in checkpoint_now(_at_hand[0].runtime, seconds=SECONDS):
        log.info("checkpoint", number=made.number, entries=made.entries, size=made.size, root=made.root)


def migrate_dossiers() -> None:
    """Moves running dossiers to releases whose first day has come; a long backlog continues at the next tick."""
    for digest, done in migrate_due(_at_hand[0].runtime, seconds=SECONDS).items():
        log.info("migration", release=digest, moved=done.moved, left=len(done.left))
    for digest, tally in apply_due(_at_hand[0].runtime, seconds=SECONDS).items():
        log.info("version-plan", plan=digest, moved=tally.moved, stale=tally.stale, busy=tally.busy)


def recount_deadlines() -> None:
    """Counts open dossiers anew after a publication about working time; a long backlog continues at the next tick."""
    recount_waiting(_at_hand[0].runtime, SECONDS)


def count_paces() -> None:
    """Counts anew, once a day, how many working days finished dossiers took."""
    if counted := count_paces_anew(_at_hand[0].runtime):
        log.info("paces", counted=counted)


def work_on_batches() -> None:
    """Works on the batches that people asked for; a long one continues at the next tick."""
    if done := work_batches(_at_hand[0].runtime, SECONDS):
        log.info("batches", ended=done)


def carry_out_reforms() -> None:
    """Makes the reform plans that people asked for, applies and reverts those that they began; a long one continues at
    the next tick."""
    if made := make_plans(_at_hand[0].runtime, SECONDS):
        log.info("reform-plans", made=made)
    for digest, tally in carry_out(_at_hand[0].runtime, seconds=SECONDS).items():
        log.info("reform", plan=digest, moved=tally.moved, stale=tally.stale, busy=tally.busy)


def mail_reports() -> None:
    """Mails the reports whose week or month is over to those who asked for them; the next tick tries again."""
    done = mail_due_reports(_at_hand[0].runtime, _at_hand[0].notifier)
    if done.sent or done.failed:
        log.info("reports", sent=done.sent, failed=done.failed)


def keep_indicator_facts() -> None:
    """Keeps what indicators ask of the dossiers that have changed; a long backlog continues at the next tick."""
    if batches := keep_facts_of_all(_at_hand[0].runtime, SECONDS):
        log.info("indicator-facts", batches=batches)


def make_months() -> None:
    """Makes the partitions of the coming months."""
    if made := tend_months(_at_hand[0].runtime):
        log.info("months", made=made)


def work_on_payments() -> None:
    """Tells the payment gateway of charges and refunds, and asks it for payments whose callback never came."""
    if done := work_payments(_at_hand[0].runtime, SECONDS):
        log.info("payments", **dict(done))


def tell_national_portal() -> None:
    """Tells the national portal what waits; where none is set up, nothing waits."""
    if connected := _at_hand[0].connected:
        tell_waiting(_at_hand[0].runtime, connected, SECONDS)


def compare_national_portal() -> None:
    """Compares both sides once a night; a long comparison continues at the next tick."""
    if connected := _at_hand[0].connected:
        compare_nightly(_at_hand[0].runtime, connected.portal, SECONDS)


def pull_filings() -> None:
    """Reads what was filed with the other system, and opens the dossiers."""
    runtime = _at_hand[0].runtime
    if fresh := filings.pull_filings(runtime, SECONDS / 2):
        log.info("filings-pulled", new=fresh)
    take_filings()


def take_filings() -> None:
    """Opens the dossiers of filings that wait, also of those that were pushed."""
    if done := filings.take_filings(_at_hand[0].runtime, SECONDS):
        log.info("filings", **done)


def answer_filings() -> None:
    """Tells the other system what became of its filings."""
    if done := filings.answer_filings(_at_hand[0].runtime, SECONDS):
        log.info("filing-answers", **done)


def pull_mirrors() -> None:
    """Brings the mirrors of dossiers of other systems up to date."""
    if done := filings.pull_mirrors(_at_hand[0].runtime, SECONDS):
        log.info("mirrors", **done)


def sign_remotely() -> None:
    """Looks after the requests for remote signatures that are due."""
    if done := sign_due(_at_hand[0].runtime, SECONDS):
        log.info("remote-signing", requests=done)


_ALL = (
    drain_outbox,
    sweep_clocks,
    forget_old_answers,
    checkpoint_journal,
    migrate_dossiers,
    recount_deadlines,
    count_paces,
    work_on_batches,
    carry_out_reforms,
    mail_reports,
    keep_indicator_facts,
    make_months,
    work_on_payments,
    tell_national_portal,
    compare_national_portal,
    pull_filings,
    take_filings,
    answer_filings,
    pull_mirrors,
    sign_remotely,
)
JOBS: Mapping[str, Callable[[], None]] = {job.__name__: job for job in _ALL}
