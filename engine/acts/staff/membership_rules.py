"""What is wrong with a role that somebody is to get at an office: one rule for the act and for the import."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from engine.rules.offices.offices import Office
from engine.rules.procedure.known_roles import why_unknown
from engine.text import Text

Days = tuple[dt.date, dt.date | None]
"""The first day, and the first day without; None: open."""


def membership_fault(
    office: Office, role: str, days: Days, roles: Collection[str], held: Iterable[Days]
) -> tuple[str, Text] | None:
    """The field that is wrong, and why; None for a role that may be given.

    ``held`` are the days on which the person has this role at this office already; ``roles`` are those published.
    """
    start, end = days
    code, first, last = office.code, office.valid_from, office.valid_to
    if end is not None and end <= start:
        return "end", Text("phải sau ngày bắt đầu", "must lie after the start")
    if start < first or (last is not None and start >= last):
        return "start", Text(
            f"cơ quan {code} hoạt động từ {first}" + (f" đến {last}" if last else ""),
            f"the office {code} is in being from {first}" + (f" to {last}" if last else ""),
        )
    unknown = why_unknown(role, roles)
    if unknown is not None:
        return "role", unknown
    if any((end is None or since < end) and (until or dt.date.max) > start for since, until in held):
        return "role", Text(
            f"người này đã giữ vai trò {role} tại {code} trong một số ngày đó",
            f"the person has the role {role} at {code} on some of these days already",
        )
    return None
