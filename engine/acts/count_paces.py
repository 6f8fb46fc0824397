"""The act ``count_paces``: counts anew how many working days the dossiers of the last twelve months took.

It reads the finished dossiers and replaces what was counted before, so whatever changed meanwhile (a dossier reopened,
a calendar published) is in it. Nothing is kept beside the dossiers that could drift away from them.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable

from engine.catalogue import Catalogue
from engine.clock import civil_day, midnight
from engine.rules.deadlines.calendar import OutsideCalendar
from engine.rules.deadlines.pace import nine_of_ten, working_days_taken
from engine.rules.deadlines.timing import read_pauses
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.installation import known
from engine.store.paces import COUNTED, FinishedTime, Pace, finished_times, replace_paces
from engine.transaction import Runtime, UnitOfWork, in_transaction

YEAR = 364
"""Days before the last one that are counted with it: twelve months."""
Kind = tuple[str, str]
"""A procedure, and the centre that received the dossier."""


def count_paces(runtime: Runtime, *, anew: bool = False) -> int:
    """Counts the twelve months up to yesterday, unless they are counted already; returns the number of paces told.

    With ``anew`` it counts in any case.
    """
    until = civil_day(runtime.now()) - dt.timedelta(days=1)
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        if not anew and known(connection, COUNTED) == until.isoformat():
            return 0
        times: dict[Kind, Counter[int]] = defaultdict(Counter)
        start, end = midnight(until - dt.timedelta(days=YEAR)), midnight(until + dt.timedelta(days=1))
        _count(runtime.catalogue, finished_times(connection, start, end), times)
    rows = [
        Pace(procedure, office, days.total(), within, until)
        for (procedure, office), days in sorted(times.items())
        if (within := nine_of_ten(days)) is not None
    ]

    def write(unit: UnitOfWork) -> None:
        replace_paces(unit.begin(), rows, until)

    in_transaction(runtime, SYSTEM_ACTOR, write)
    return len(rows)


def _count(catalogue: Catalogue, found: Iterable[FinishedTime], times: dict[Kind, Counter[int]]) -> None:
    for one in found:
        sla = catalogue.workflow(one.release).release.sla
        try:
            calendar = catalogue.calendar(sla.calendar, one.handler_office)
            days = working_days_taken(calendar, one.started_at, one.finished_at, read_pauses(one.pauses))
        except OutsideCalendar:
            continue
        times[one.procedure, one.intake_office][days] += 1
