"""The act ``expire_clock``: a due clock sends a reminder or warning, marks the dossier overdue, or takes an action.

The sweep (``engine.jobs.schedule``) brings each due clock here, perhaps twice, perhaps late. The clock is checked once
more under the dossier's lock, so each fires once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, cast

from sqlalchemy import ColumnElement, and_, select, update

from engine.acts.perform_action import take
from engine.acts.recount import recount_case
from engine.dossier.case import Case, lock_case_by_id
from engine.dossier.notices import clock_notices, facts_of, message_row
from engine.dossier.record import add_clocks, record, send
from engine.errors import Refusal
from engine.rules.deadlines.timing import Clock, is_overdue, next_reminder, wanted_clocks
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.clocks import clocks
from engine.store.dossiers import verifications
from engine.store.rows import VerificationRow
from engine.transaction import UnitOfWork

NOT_YET, GONE, VOID, MOVED, DONE = "not-yet", "gone", "void", "moved", "done"
"""Outcomes beside the code of a refusal. NOT_YET: the clock is not due. GONE: it has fired or was removed. VOID: it no
longer fits the dossier. MOVED: it is due later, since the calendar changed after it was armed. DONE: it worked."""

PUBLISHED_SINCE = {"what": "calendar", "vi": "lịch làm việc đã thay đổi", "en": "the working calendar has changed"}


def expire_clock(unit: UnitOfWork, dossier_id: int, kind: str, subject: str, due_at: dt.datetime) -> str:
    """Fires one clock and returns the outcome. GONE and NOT_YET change nothing; every other outcome marks it as fired.

    A refused automatic action leaves the refusal's code as outcome. It is not retried: a person has to settle the
    cause, such as a guard or an undecided office. Raises NotFound when there is no such dossier.
    """
    case = lock_case_by_id(unit, dossier_id)
    this = _key(dossier_id, kind, subject, due_at)
    if unit.begin().execute(select(clocks.c.kind).where(this, clocks.c.fired_at.is_(None))).first() is None:
        return GONE
    if due_at > unit.now:
        return NOT_YET
    clock = Clock(kind, subject, due_at)
    # Marked before it acts: recording a step removes the clocks that have not fired.
    _mark(unit, this, DONE)
    outcome = _counted_otherwise(case, clock) or _standing(case, clock) or _FIRE[kind](case, clock)
    if outcome != DONE:
        _mark(unit, this, outcome)
    return outcome


def give_up_clock(unit: UnitOfWork, dossier_id: int, kind: str, subject: str, due_at: dt.datetime, why: str) -> None:
    """Marks a clock as fired without acting, so that a failing clock is not retried for ever.

    ``why``, cut at 40 characters, becomes the outcome.
    """
    _mark(unit, and_(_key(dossier_id, kind, subject, due_at), clocks.c.fired_at.is_(None)), why[:40])


def ring_overdue(case: Case) -> None:
    """Rings the clock of a locked case that is late already, before an act gives it another due moment.

    So the journal tells of the lateness whether the sweep came before the act or not.
    """
    row, unit = case.row, case.unit
    if row["due_at"] is None or not is_overdue(row["clock"], row["due_at"], unit.now):
        return
    clock = Clock("overdue", "", row["due_at"])
    this = and_(_key(case.id, clock.kind, clock.subject, clock.due_at), clocks.c.fired_at.is_(None))
    if unit.begin().execute(select(clocks.c.kind).where(this)).first() is not None:
        _mark(unit, this, DONE)
        _overdue(case, clock)


def _key(dossier_id: int, kind: str, subject: str, due_at: dt.datetime) -> ColumnElement[bool]:
    return and_(
        clocks.c.dossier_id == dossier_id,
        clocks.c.kind == kind,
        clocks.c.subject == subject,
        clocks.c.due_at == due_at,
    )


def _mark(unit: UnitOfWork, which: ColumnElement[bool], outcome: str) -> None:
    unit.begin().execute(update(clocks).where(which).values(fired_at=unit.now, outcome=outcome))


def _counted_otherwise(case: Case, clock: Clock) -> str | None:
    """MOVED where the calendar was published otherwise since the clock was armed, and it rings at another moment now.

    The other moment has a clock of its own, also where it is past: the same overdue moment never rings twice.
    """
    if case.row["finished_at"] is not None or not recount_case(case, PUBLISHED_SINCE):
        return None
    if clock.kind == "verify":
        return None if _open_question(case, clock) is not None else MOVED
    wanted = {(one.kind, one.subject, one.due_at) for one in wanted_clocks(case.row, case.release, case.calendar)}
    return None if (clock.kind, clock.subject, clock.due_at) in wanted or clock.kind == "remind" else MOVED


def _standing(case: Case, clock: Clock) -> str | None:
    """None when the dossier still needs this clock; else VOID, or MOVED after the later clock was armed."""
    if clock.kind == "verify":
        return None if _open_question(case, clock) is not None else VOID
    if clock.kind == "remind":
        reminds = case.row["state"] == clock.subject and case.release.states[clock.subject].remind
        return None if reminds else VOID
    for wanted in wanted_clocks(case.row, case.release, case.calendar):
        if (wanted.kind, wanted.subject) == (clock.kind, clock.subject):
            if wanted.due_at <= case.unit.now:
                return None
            add_clocks(case, [wanted])
            return MOVED
    return VOID


def _tell(case: Case, clock: Clock) -> str:
    send(case.unit, clock_notices(case, clock.kind, clock.subject or None, clock.due_at))
    return DONE


def _overdue(case: Case, clock: Clock) -> str:
    """Records the fact in the journal, since the apology (Form 04) and the control slip (Form 06) rest on it."""
    forms = sorted({one.form for one in case.release.notify if one.event == "overdue" and one.form})
    record(case, "overdue", data={"due_at": clock.due_at, "forms": forms}, by=SYSTEM_ACTOR)
    return _tell(case, clock)


def _intake(case: Case, clock: Clock) -> str:
    """Records that an online filing waits too long, and notifies the centre that has to receive or refuse it."""
    number = record(case, "intake_overdue", data={"due_at": clock.due_at})
    if case.row["holder_office"]:
        data = facts_of(case, number) | {"due": clock.due_at.isoformat(), "limit": "intake"}
        row = message_row(
            case,
            channel="inbox",
            recipient=_holder(case),
            template="qua-gio-tiep-nhan",
            occasion=f"intake:{clock.due_at.isoformat()}",
            data=data,
        )
        send(case.unit, [row])
    return DONE


def _remind(case: Case, clock: Clock) -> str:
    """Sends one reminder and arms the next one after now, so that missed reminders are not sent all at once."""
    _tell(case, clock)
    if every := case.release.states[clock.subject].remind:
        then = next_reminder(case.row, every, case.calendar, case.unit.now)
        add_clocks(case, [Clock("remind", clock.subject, then)])
    return DONE


def _act(case: Case, clock: Clock) -> str:
    try:
        with case.unit.savepoint():
            take(case, clock.subject)
    except Refusal as refusal:
        return refusal.code[:40]
    return DONE


def _verify(case: Case, clock: Clock) -> str:
    """Notifies the queried office and the holder of the dossier that the answer is late."""
    question = _open_question(case, clock)
    if question is None:
        return VOID
    told = [f"office:{question.office}/specialist"]
    if case.row["holder_id"] or case.row["holder_office"]:
        told.append(_holder(case))
    data = {"due": clock.due_at.isoformat(), "office": question.office, "verification": question.id}
    send(
        case.unit,
        [
            message_row(
                case,
                channel="inbox",
                recipient=recipient,
                template="xac-minh-qua-han",
                occasion=f"verify:{question.id}",
                data=_facts(case) | data,
            )
            for recipient in told
        ],
    )
    return DONE


def _open_question(case: Case, clock: Clock) -> VerificationRow | None:
    if not clock.subject.isdecimal():
        return None
    this = and_(verifications.c.id == int(clock.subject), verifications.c.dossier_id == case.id)
    unanswered = and_(verifications.c.answered_at.is_(None), verifications.c.due_at == clock.due_at)
    found = case.unit.begin().execute(select(verifications).where(this, unanswered)).one_or_none()
    return cast(VerificationRow | None, found)


def _holder(case: Case) -> str:
    if case.row["holder_id"]:
        return f"person:{case.row['holder_id']}"
    return f"office:{case.row['holder_office']}/{case.row['holder_role']}"


def _facts(case: Case) -> dict[str, Any]:
    row = case.row
    return {key: row[key] for key in ("code", "procedure", "release", "state", "portal")}


_FIRE: dict[str, Callable[[Case, Clock], str]] = {
    "warn": _tell,
    "due_in": _tell,
    "overdue": _overdue,
    "intake": _intake,
    "step": _tell,
    "remind": _remind,
    "after": _act,
    "verify": _verify,
}
