"""The relations of a dossier: its offices and their history, its parent, children and linked dossiers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from engine.dossier.case import Case
from engine.queries.state import StateView, state_of
from engine.queries.status import children_status
from engine.rules.offices.history import Held, office_history
from engine.store import dossier_parts
from engine.store.rows import RelativeRow
from engine.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedOffice:
    """An office by its code, with its name if the catalogue knows it."""

    office: str
    name: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeHeld:
    """The office under a routing key, the reason why it has the dossier, and the earlier ones, latest first."""

    key: str
    office: NamedOffice
    reason: Text | None
    before: Sequence[NamedOffice]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relative:
    """A parent, child or linked dossier.

    Children have ``child_key``, its name, and what is asked of the applicant; links have ``kind`` and ``since``.
    """

    code: str
    procedure: str
    procedure_name: Text
    state: StateView
    child_key: str | None = None
    child_name: Text | None = None
    kind: str | None = None
    since: dt.datetime | None = None
    asked: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Relations:
    """The offices and dossiers around a dossier, without dossiers that the actor may not see."""

    offices: Sequence[OfficeHeld]
    parent: Relative | None
    children: Sequence[Relative]
    links: Sequence[Relative]


def relations_of(case: Case, entries: Iterable[Mapping[str, Any]] | None = None) -> Relations:
    """The relations of a dossier. The history of its offices comes from the journal, whose ``entries`` (``act``,
    ``data``, ``changes``) are read unless they are given, all of them."""
    unit = case.unit
    connection = unit.reader()
    around = dossier_parts.relatives_of(connection, case.id, case.row["parent_id"], unit.actor, case.today)
    asked: dict[str, str | None] = {}
    if any(one.way == "child" for one in around):
        asked = {child.code: child.asked for child in children_status(case)}
    if entries is None:
        entries = [orjson.loads(body) for body in dossier_parts.office_changes(connection, case.id)]
    relatives = {way: [_relative(case, one, asked) for one in around if one.way == way] for way in _WAYS}
    return Relations(
        offices=_offices(case, office_history(entries)),
        parent=next(iter(relatives["parent"]), None),
        children=relatives["child"],
        links=relatives["link"],
    )


_WAYS = ("parent", "child", "link")


def _child_name(case: Case, key: str | None) -> Text | None:
    """The name that the parent's procedure gives to this linked filing; a migration may have dropped it."""
    known = case.release.children.get(key or "")
    return known.name if known else None


def _offices(case: Case, history: dict[str, Held]) -> list[OfficeHeld]:
    def named(code: str) -> NamedOffice:
        known = case.unit.catalogue.offices.get(code)
        return NamedOffice(office=code, name=known.name if known else None)

    return [
        OfficeHeld(
            key=key,
            office=named(code),
            reason=history.get(key, Held()).reason,
            before=[named(one) for one in history.get(key, Held()).before],
        )
        for key, code in sorted(case.row["offices"].items())
    ]


def _relative(case: Case, row: RelativeRow, asked: Mapping[str, str | None]) -> Relative:
    release = case.unit.catalogue.workflow(row.release).release
    child = row.way == "child"
    return Relative(
        code=row.code,
        procedure=row.procedure,
        procedure_name=release.name,
        state=state_of(release, row.state, row.portal),
        child_key=row.child_key if child else None,
        child_name=_child_name(case, row.child_key) if child else None,
        kind=row.kind,
        since=row.since,
        asked=asked.get(row.code) if child else None,
    )
