"""The filters of lists of dossiers, each as one SQL condition with a parameter of the same name.

The queues of the desk (``QUEUES``) are conditions too, so a count and the list behind it are one definition.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, exists, literal_column, or_

from engine.clock import civil_day, midnight
from engine.rules.procedure.portal_status import PortalStatus
from engine.store.dossiers import dossiers, mirrors
from engine.store.mirrors_differing import DIFFERS
from engine.store.overdue import intake_overdue_at, overdue_at
from engine.store.visibility import has_part


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """The filters of a list; None means no filter. ``text`` is searched without accents, word by word.

    ``desk`` keeps to the dossiers that the actor's offices must act on or wait for; ``queue`` is one of ``QUEUES``.
    ``due_from`` and ``due_before`` bound the due moment. ``posts`` are ``office/role`` pairs that must act while nobody
    but the person ``me`` holds the dossier. ``states`` are ``release/state`` pairs.
    """

    state: str | None = None
    portal: int | None = None
    office: str | None = None
    holder_office: str | None = None
    holder: int | None = None
    procedure: str | None = None
    channel: str | None = None
    overdue: bool | None = None
    intake_overdue: bool | None = None
    warned: bool | None = None
    unclaimed: bool | None = None
    mirrored: bool | None = None
    differing: bool | None = None
    due_before: dt.datetime | None = None
    due_from: dt.datetime | None = None
    text: str | None = None
    desk: bool = False
    queue: str | None = None
    posts: tuple[str, ...] | None = None
    me: int | None = None
    states: tuple[str, ...] | None = None


FLAGS = ("intake_overdue", "warned", "unclaimed", "mirrored", "differing")
"""The filters that are true or false; a page's shape has them as ``name=True``."""
FILTERS = {
    "state": "state",
    "portal": "portal",
    "holder_office": "holder_office",
    "holder": "holder_id",
    "procedure": "procedure",
    "channel": "channel",
    "office": "",
    "due_before": "",
    "due_from": "",
    "posts": "",
    "me": "",
    "states": "",
}
"""The filters that take a value, each with the column that must equal it; empty where the condition is another."""
WARNED = dossiers.c.warned_at.is_not(None)
"""An action was taken more often than the procedure foresees (``warn_after``)."""
UNHELD = and_(dossiers.c.holder_office.is_(None), dossiers.c.finished_at.is_(None))
"""No office must act, and the dossier goes on: it waits for the applicant or another body. Partial indexes serve it."""
DIFFERING = and_(dossiers.c.source.is_not(None), exists().where(mirrors.c.dossier_id == dossiers.c.id, DIFFERS))
"""Another system holds the dossier's truth, and what it said last differs from what is known here."""
UNCLAIMED = and_(dossiers.c.holder_office.is_not(None), dossiers.c.holder_id.is_(None))
"""An office must act, and nobody there has claimed the dossier."""
_SLASH: ColumnElement[str] = literal_column("'/'")
STATE_OF_RELEASE = dossiers.c.release.concat(_SLASH).concat(dossiers.c.state)
_POST = dossiers.c.holder_office.concat(_SLASH).concat(dossiers.c.holder_role)


def _in_status(*statuses: PortalStatus) -> ColumnElement[bool]:
    # Literals, not parameters: the conditions of several queues stand in one statement.
    return or_(*(dossiers.c.portal == literal_column(str(int(status))) for status in statuses))


def _due_today() -> ColumnElement[bool]:
    running = dossiers.c.clock == literal_column("'running'")
    return and_(running, dossiers.c.due_at >= bindparam("now"), dossiers.c.due_at < bindparam("day_end"))


QUEUES: Mapping[str, ColumnElement[bool]] = {
    "new": _in_status(PortalStatus.REGISTERED, PortalStatus.RECEIVED),
    "open": dossiers.c.finished_at.is_(None),
    "supplement": _in_status(PortalStatus.SUPPLEMENT),
    "soon": _due_today(),
    "overdue": overdue_at(bindparam("now")),
    "return": _in_status(PortalStatus.READY),
}
"""The queues of the desk by name: newly come, not ended, waiting for a supplement, due before the end of the day and
not overdue, overdue, and ready to be returned. Their parameters are ``now`` and ``day_end`` (``moments``)."""


def moments(now: dt.datetime) -> dict[str, dt.datetime]:
    """The values of the parameters about time: ``now``, and the first moment of the next civil day."""
    return {"now": now, "day_end": midnight(civil_day(now) + dt.timedelta(days=1))}


def at_desk() -> ColumnElement[bool]:
    """The condition behind the lists of a desk (``list_ways``), with the parameters ``desk_held`` and ``desk_offices``;
    for a search by words, which is read along other lists."""
    held = dossiers.c.holder_office.in_(bindparam("desk_held", expanding=True))
    offices: BindParameter[Any] = bindparam("desk_offices", expanding=True)
    ours = or_(dossiers.c.intake_office.in_(offices), dossiers.c.handler_office.in_(offices))
    return or_(held, and_(UNHELD, ours))


def told_of(filters: Filters) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The values of the filters that are given, and the shape that they have, by which a statement is cached."""
    told = {name: value for name in FILTERS if (value := getattr(filters, name)) is not None}
    flags = [f"{name}={value}" for name in FLAGS if (value := getattr(filters, name)) is not None]
    queue = [f"queue={filters.queue}"] if filters.queue is not None else []
    return told, tuple(sorted([*told, *flags, *queue]))


def conditions(asked: Collection[str], overdue: bool | None) -> list[ColumnElement[bool]]:
    """The conditions of the named filters (``told_of``), with parameters of the same names."""
    equal = {name: dossiers.c[column] for name, column in FILTERS.items() if column}
    wanted: list[ColumnElement[bool]] = [column == bindparam(name) for name, column in equal.items() if name in asked]
    if overdue is not None:
        wanted.append(overdue_at(bindparam("now")) if overdue else ~overdue_at(bindparam("now")))
    for name, rule in _rules_of_flags().items():
        wanted += [rule] if f"{name}=True" in asked else [~rule] if f"{name}=False" in asked else []
    if "desk_held" in asked:
        wanted.append(at_desk())
    wanted += [QUEUES[one.removeprefix("queue=")] for one in asked if one.startswith("queue=")]
    return wanted + [rule for name, rule in _other_rules().items() if name in asked]


def _rules_of_flags() -> dict[str, ColumnElement[bool]]:
    return {
        "intake_overdue": intake_overdue_at(bindparam("now")),
        "warned": WARNED,
        "unclaimed": UNCLAIMED,
        "mirrored": dossiers.c.source.is_not(None),
        "differing": DIFFERING,
    }


def _other_rules() -> dict[str, ColumnElement[bool]]:
    return {
        "office": has_part([bindparam("office")]),
        "due_before": and_(dossiers.c.due_at < bindparam("due_before"), dossiers.c.finished_at.is_(None)),
        "due_from": and_(dossiers.c.due_at >= bindparam("due_from"), dossiers.c.finished_at.is_(None)),
        **holder_rules(),
        "states": STATE_OF_RELEASE.in_(bindparam("states", expanding=True)),
    }


def holder_rules() -> dict[str, ColumnElement[bool]]:
    """The conditions of ``posts`` and ``me``: one of these posts must act, and nobody else has claimed the dossier."""
    held: BindParameter[Any] = bindparam("me")
    return {
        "posts": _POST.in_(bindparam("posts", expanding=True)),
        "me": or_(dossiers.c.holder_id.is_(None), dossiers.c.holder_id == held),
    }
