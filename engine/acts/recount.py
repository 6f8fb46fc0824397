"""The act ``recount``: counts a dossier's due moments anew after the working time of an office was published otherwise.

Of two equal dossiers neither is late because of when the other was touched. What was published waits in the table
``recounts`` until every open dossier was looked at; a run that is interrupted goes on where it stopped. A clock that
rings counts its own dossier anew first, whether it was its turn or not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, insert, select, update

from engine.dossier.case import Case, lock_case_by_id
from engine.dossier.notices import NEW_APPOINTMENT, rows_of
from engine.dossier.record import add_clocks, arm, record, send
from engine.rules.deadlines.promise import automatic_stop
from engine.rules.deadlines.recounting import promise_moved, recounted
from engine.rules.deadlines.timing import Clock, term_end
from engine.store.clocks import clocks, recounts
from engine.store.dossiers import dossiers, verifications
from engine.store.running_at import running_at
from engine.transaction import UnitOfWork

Why = Mapping[str, Any]
"""What was published: ``what`` (calendar, closure, hours, reopened), where it applies, its words, and ``by`` whom."""


def ask_recount(unit: UnitOfWork, why: Why, *, calendar: str | None = None, office: str | None = None) -> None:
    """Notes in the same transaction as the publication that open dossiers are to be counted anew."""
    told = {**why, "by": unit.actor.label}
    row = {"calendar": calendar, "office": office, "why": told, "created_at": unit.now, "after": 0, "changed": 0}
    unit.begin().execute(insert(recounts), row)


def recount(unit: UnitOfWork, dossier_id: int, why: Why) -> bool:
    """Counts one dossier anew; returns whether a due moment changed. Raises NotFound.

    The applicant is notified where another appointment or another day of the automatic stop holds now.
    """
    case = lock_case_by_id(unit, dossier_id)
    if case.row["finished_at"] is not None:
        return False
    stop = _armed_stop(case)
    if recount_case(case, why, stop):
        return True
    arm(case)  # clocks that no column tells of: reminders and automatic actions
    if _stop_moved(case, stop):
        send(unit, rows_of(case, NEW_APPOINTMENT, f"stop:{_armed_key(case)}", case.row["version"]))
    return False


def recount_case(case: Case, why: Why, stop: Clock | None = None) -> bool:
    """The same for a locked case; leaves a dossier alone whose columns and questions are as they were."""
    counter = case.unit.catalogue.calendar(case.release.sla.calendar, case.counter)
    changes = recounted(case.row, case.release, case.calendar, counter)
    questions = _questions(case)
    if not changes and not questions:
        return False
    before = case.row.copy()
    case.change(**changes)
    _move_questions(case, questions)
    told: dict[str, Any] = {name: {"before": before[name], "after": moment} for name, moment in changes.items()}  # type: ignore[literal-required]
    data = {"why": dict(why), "moved": told, "verifications": {str(key): due for key, due in questions.items()}}
    number = record(case, "recount", data=data, private={"reason": why["vi"]} if why.get("vi") else None)
    if promise_moved(before, case.row, case.unit.now) or _stop_moved(case, stop):
        send(case.unit, rows_of(case, NEW_APPOINTMENT, f"{number}:recount", number))
    return True


def still_open(calendar: str | None, office: str | None) -> ColumnElement[bool]:
    """The dossiers that a publication for a calendar or an office may concern (None: all)."""
    return dossiers.c.finished_at.is_(None) if office is None else running_at(office, asked=True)


def note_progress(unit: UnitOfWork, number: int, after: int, changed: int, finished: bool) -> None:
    """Writes how far a recount has come; a run that is behind another changes nothing."""
    behind = and_(recounts.c.id == number, recounts.c.after <= after, recounts.c.finished_at.is_(None))
    values = {"after": after, "changed": recounts.c.changed + changed, "finished_at": unit.now if finished else None}
    unit.begin().execute(update(recounts).where(behind).values(values))


def _questions(case: Case) -> dict[int, Any]:
    """The open verifications that are due at another moment now, by id."""
    from engine.acts.verification import TERM  # late: it records acts, as this does

    own = and_(verifications.c.dossier_id == case.id, verifications.c.answered_at.is_(None))
    found = {}
    for row in case.unit.reader().execute(select(verifications).where(own)).all():
        calendar = case.unit.catalogue.calendar(case.release.sla.calendar, row.office)
        if (due := term_end(calendar, row.asked_at, TERM)) != row.due_at:
            found[int(row.id)] = due
    return found


def _move_questions(case: Case, questions: Mapping[int, Any]) -> None:
    for number, due in questions.items():
        case.unit.begin().execute(update(verifications).where(verifications.c.id == number).values(due_at=due))
        add_clocks(case, [Clock("verify", str(number), due)])


def _armed_stop(case: Case) -> Clock | None:
    """The armed clock of the automatic action that ends the dossier, before anything is counted anew."""
    waiting = and_(clocks.c.dossier_id == case.id, clocks.c.kind == "after", clocks.c.fired_at.is_(None))
    rows = case.unit.reader().execute(select(clocks).where(waiting).order_by(clocks.c.due_at)).all()
    return next((Clock(row.kind, row.subject, row.due_at) for row in rows), None)


def _stop_moved(case: Case, armed: Clock | None) -> bool:
    found = automatic_stop(case.row["state"], case.row["entered_at"], case.release, case.calendar)
    return found is not None and armed is not None and found.at != armed.due_at and found.action == armed.subject


def _armed_key(case: Case) -> str:
    found = automatic_stop(case.row["state"], case.row["entered_at"], case.release, case.calendar)
    return found.at.isoformat() if found else ""
