"""The relations of a dossier: its offices and their history, its parent, children and linked dossiers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from engine.catalogue import Catalogue
from engine.dossier.case import Case
from engine.queries.state import StateView, state_of
from engine.queries.status import children_status
from engine.rules.offices.history import Held, office_history
from engine.store import dossier_parts
from engine.store.rows import RelativeRow
from engine.store.visibility import visible_dossiers
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


def relations_of(case: Case) -> Relations:
    """The relations of a dossier; the history of its offices comes from the journal."""
    unit = case.unit
    connection, catalogue = unit.reader(), unit.catalogue
    visible = visible_dossiers(unit.actor, case.today)
    parent = dossier_parts.parent_of(connection, case.row["parent_id"], visible)
    links = dossier_parts.links_of(connection, case.id, visible)
    children = dossier_parts.children_of(connection, case.id, visible)
    asked = {child.code: child.asked for child in children_status(case)} if children else {}
    changes = [orjson.loads(body) for body in dossier_parts.office_changes(connection, case.id)]
    return Relations(
        offices=_offices(case, office_history(changes)),
        parent=_relative(parent, catalogue) if parent is not None else None,
        children=[
            _relative(
                row,
                catalogue,
                child_key=row.child_key,
                child_name=_child_name(case, row.child_key),
                asked=asked.get(row.code),
            )
            for row in children
        ],
        links=[_relative(row, catalogue, kind=row.kind, since=row.since) for row in links],
    )


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


def _relative(
    row: RelativeRow,
    catalogue: Catalogue,
    *,
    child_key: str | None = None,
    child_name: Text | None = None,
    kind: str | None = None,
    since: dt.datetime | None = None,
    asked: str | None = None,
) -> Relative:
    release = catalogue.workflow(row.release).release
    return Relative(
        code=row.code,
        procedure=row.procedure,
        procedure_name=release.name,
        state=state_of(release, row.state, row.portal),
        child_key=child_key,
        child_name=child_name,
        kind=kind,
        since=since,
        asked=asked,
    )
