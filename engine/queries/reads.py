"""Who saw personal data of whom: the read log as a report, newest first.

Administrators and the operator's command read all of it, an inspector (role ``monitor``) that of the dossiers that they
may see.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from engine.errors import Forbidden
from engine.rules.period import moments_of
from engine.store.detached import months_said
from engine.store.dossier_parts import names_of_people
from engine.store.read_log import Looked, looks
from engine.store.visibility import visible_dossiers
from engine.transaction import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One reading of unmasked personal data: ``name`` is that of the member of staff who read."""

    id: int
    at: dt.datetime
    person: int | None
    name: str | None
    code: str
    what: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LookPage:
    """A page of looks, newest first; ``next`` is the ``before`` of the next page, None on the last one.

    ``away`` are the detached months (``2024-01``, ``before``): looks at dossiers that began then are not here.
    """

    lines: tuple[Look, ...]
    next: int | None
    away: tuple[str, ...] = ()


def looks_at(
    unit: UnitOfWork,
    *,
    code: str | None = None,
    person: int | None = None,
    start: dt.date | None = None,
    end: dt.date | None = None,
    before: int | None = None,
    limit: int = 100,
) -> LookPage:
    """The looks at a dossier, by a person, on the civil days ``start`` to ``end``. Raises Forbidden, InvalidInput."""
    actor = unit.actor
    sees_all = actor.admin or actor.kind == "system"
    if not sees_all and not actor.monitored_provinces(unit.today):
        raise Forbidden(
            why_vi="chỉ người quản trị hoặc người giám sát cấp tỉnh", why_en="only administrators and inspectors"
        )
    visible = None if sees_all else visible_dossiers(actor, unit.today)
    first = moments_of(start, start)[0] if start else None
    last = moments_of(end, end)[1] if end else None
    wanted = Looked(code, None if person is None else f"staff:{person}", first, last)
    rows = looks(unit.reader(), visible, wanted, before, limit + 1)
    names = names_of_people(unit.reader(), {number for row in rows if (number := _person(row.actor)) is not None})
    lines = tuple(
        Look(
            id=row.id,
            at=row.at,
            person=_person(row.actor),
            name=names.get(_person(row.actor) or 0),
            code=row.code,
            what=row.what,
            reason=row.reason,
        )
        for row in rows[:limit]
    )
    away = tuple(months_said(unit.reader(), "reads"))
    return LookPage(lines=lines, next=lines[-1].id if len(rows) > limit else None, away=away)


def _person(label: str) -> int | None:
    kind, _, number = label.partition(":")
    return int(number) if kind == "staff" and number.isdigit() else None
