"""Who is away in the demonstration, and who stands in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from cli.demo.history import words
from cli.demo.history.office import Office
from engine.acts.staff.people import add_substitute
from engine.clock import civil_day
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.transaction import UnitOfWork

_AWAY = (("lanhdao.saigon", "photruong.saigon", 70, 10), ("xaydung.saigon", "chuyenvien.saigon", 2, 9))
"""(absent, deputy, how many days before the end of the history, for how many days)."""


def absences(office: Office, until: dt.datetime) -> list[Iterator[dt.datetime]]:
    """The absences, each a life of its own: the assignment is made in the evening before."""
    return [
        _absence(office, until - dt.timedelta(days=ago), absent, deputy, days) for absent, deputy, ago, days in _AWAY
    ]


def _absence(office: Office, starts: dt.datetime, absent: str, deputy: str, days: int) -> Iterator[dt.datetime]:
    yield starts - dt.timedelta(days=1)

    def act(unit: UnitOfWork) -> None:
        first = civil_day(starts)
        last = first + dt.timedelta(days=days)
        add_substitute(unit, office.number(absent), office.number(deputy), first, last, words.ABSENT)

    office.do(SYSTEM_ACTOR, act)
