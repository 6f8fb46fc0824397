"""What an answer says about time beside the due moment: its warnings, and the limit of intake with its trace."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.dossier.case import Case
from engine.rules.deadlines.calendar_end import provisional
from engine.rules.deadlines.due import remaining_in_words
from engine.rules.deadlines.intake import intake_explained, intake_overdue
from engine.rules.deadlines.timing import is_overdue
from engine.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """A warning that an answer carries beside its result. The act was done; ``code`` is stable."""

    code: str
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeView:
    """The limit within which an online filing is received, refused or asked about, with its own trace."""

    since: dt.datetime
    due_at: dt.datetime
    done_at: dt.datetime | None
    overdue: bool
    remaining_minutes: int | None
    time_left: Text | None
    provisional: bool
    trace: Sequence[Mapping[str, Any]]


def warnings_of(case: Case) -> tuple[Warned, ...]:
    """What the reader of an answer must know beside it: a provisional or missed due moment, an action too often."""
    row, found = case.row, []
    if row["clock"] == "running" and (words := provisional(case.calendar, row["due_at"])):
        found.append(Warned(code="due-provisional", text=words))
    if row["warned_at"] == case.unit.now:
        text = Text(
            "thao tác đã làm nhiều hơn số lần quy trình dự kiến", "taken more often than the procedure foresees"
        )
        found.append(Warned(code="taken-too-often", text=text))
    if is_overdue(row["clock"], row["due_at"], case.unit.now) and case.reception is not None:
        text = Text("hồ sơ nhập muộn đã quá hạn", "the dossier that was entered later is overdue already")
        found.append(Warned(code="entered-overdue", text=text))
    return tuple(found)


def intake_of(case: Case) -> IntakeView | None:
    """The limit of intake; None for a dossier that never had one."""
    row, now, calendar = case.row, case.unit.now, case.counter_calendar
    found = intake_explained(row, calendar, now)
    if found is None or row["intake_from"] is None or row["intake_due_at"] is None:
        return None
    waits = row["intake_done_at"] is None
    return IntakeView(
        since=row["intake_from"],
        due_at=row["intake_due_at"],
        done_at=row["intake_done_at"],
        overdue=intake_overdue(row["intake_due_at"], row["intake_done_at"], now),
        remaining_minutes=found.remaining,
        time_left=remaining_in_words(calendar, row["intake_due_at"], now) if waits else None,
        provisional=found.provisional,
        trace=found.to_data()["trace"],
    )
