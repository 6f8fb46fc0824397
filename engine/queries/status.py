"""The status page of a dossier for its applicant: state, due moment, requested supplements, and possible actions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from engine.dossier.asks import asked_now
from engine.dossier.case import Case, child_case
from engine.queries.dossier import Fee, Needs, fees_of, missing_of, needs_of, overdue, time_left
from engine.queries.state import StateView, state_of
from engine.rules.deadlines.calendar_end import provisional
from engine.rules.deadlines.promise import automatic_stop
from engine.rules.procedure.definition import APPLICANT
from engine.rules.procedure.portal_status import PortalStatus
from engine.store.children import children_of
from engine.store.detached import month_away
from engine.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """An action that the applicant may take now."""

    action: str
    name: Text
    needs: Needs


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusStep:
    """A state that the dossier went through, and the moment when it entered it."""

    at: dt.datetime
    state: StateView


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingPaper:
    """A paper that the release requires and that is missing."""

    key: str
    name: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Requested:
    """A paper or a field of the form that the request for a supplement names."""

    key: str
    name: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildStatus:
    """A linked dossier on its parent's page. ``asked`` is what its office asks of the applicant, in its own words."""

    code: str
    name: Text
    state: StateView
    asked: str | None
    asked_documents: Sequence[Requested]
    asked_fields: Sequence[Requested]
    stops_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The content of the page behind the citizen's link. ``asked`` is the reason of the last step if the portal status
    asks something of the applicant, else None. ``stops_at`` is when the dossier ends by itself unless they act."""

    code: str
    version: int
    procedure: str
    procedure_name: Text
    state: StateView
    office: str
    office_name: Text | None
    hotline: str | None
    received_at: dt.datetime | None
    due_at: dt.datetime | None
    promised_at: dt.datetime | None
    clock: str
    overdue: bool
    provisional: bool
    time_left: Text | None
    stops_at: dt.datetime | None
    asked: str | None
    asked_documents: Sequence[Requested]
    asked_fields: Sequence[Requested]
    missing_documents: Sequence[MissingPaper]
    fees: Sequence[Fee]
    tasks: Sequence[Task]
    steps: Sequence[StatusStep]
    steps_away: bool
    children: Sequence[ChildStatus]


def status_of(case: Case) -> Status:
    """The status. Reads papers, fees and steps unless they came with the row."""
    row = case.row
    place = row["holder_office"] or row["handler_office"]
    office = case.unit.catalogue.offices.get(place)
    steps, reason = _steps(case)
    names = case.release.documents
    papers, fields = _requested(case)
    stop = automatic_stop(row["state"], row["entered_at"], case.release, case.calendar)
    return Status(
        code=row["code"],
        version=row["version"],
        procedure=row["procedure"],
        procedure_name=case.release.name,
        state=state_of(case.release, row["state"], row["portal"]),
        office=place,
        office_name=office.name if office else None,
        hotline=office.hotline if office else None,
        received_at=row["received_at"],
        due_at=row["due_at"],
        promised_at=row["promised_at"],
        clock=row["clock"],
        overdue=overdue(case),
        provisional=row["clock"] == "running" and provisional(case.calendar, row["due_at"]) is not None,
        time_left=time_left(case),
        stops_at=stop.at if stop else None,
        asked=reason if PortalStatus(row["portal"]).asks else None,
        asked_documents=papers,
        asked_fields=fields,
        missing_documents=[MissingPaper(key=key, name=names[key].name) for key in missing_of(case) if key in names],
        fees=fees_of(case),
        tasks=tasks_of(case),
        steps=steps,
        steps_away=_away(case, steps),
        children=children_status(case),
    )


def children_status(case: Case) -> tuple[ChildStatus, ...]:
    """The linked dossiers of this one, each with what its office asks of the applicant now."""
    if not case.release.children:
        return ()
    found = children_of(case.unit.reader(), case.id)
    return tuple(_child(case, child_case(case, child.id, lock=False)) for child in found)


def _child(parent: Case, child: Case) -> ChildStatus:
    row, known = child.row, parent.release.children.get(child.row["child_key"] or "")
    papers, fields = _requested(child)
    asks = PortalStatus(row["portal"]).asks
    stop = automatic_stop(row["state"], row["entered_at"], child.release, child.calendar)
    return ChildStatus(
        code=child.code,
        name=known.name if known else child.release.name,
        state=state_of(child.release, row["state"], row["portal"]),
        asked=_steps(child)[1] if asks else None,
        asked_documents=papers,
        asked_fields=fields,
        stops_at=stop.at if stop else None,
    )


def _requested(case: Case) -> tuple[list[Requested], list[Requested]]:
    """The papers and the fields that the request for a supplement names."""
    asked, papers, fields = asked_now(case), case.release.documents, case.release.fields
    return (
        [Requested(key=key, name=papers[key].name) for key in asked.documents if key in papers],
        [Requested(key=key, name=fields[key].name) for key in asked.fields if key in fields],
    )


def tasks_of(case: Case) -> tuple[Task, ...]:
    """The actions that the applicant may take now."""
    return tuple(Task(action=one.action, name=one.name, needs=needs_of(one)) for one in case.left_to(APPLICANT))


def _away(case: Case, steps: Sequence[StatusStep]) -> bool:
    """Whether steps lie in a detached month. Asked only where the first, with which the dossier was filed, is not
    here."""
    if steps and steps[0].at <= case.row["filed_at"]:
        return False
    return month_away(case.unit.reader(), "journal", case.id) is not None


def _steps(case: Case) -> tuple[list[StatusStep], str | None]:
    """The states that the dossier went through, and the reason given with the last of them."""
    steps: list[StatusStep] = []
    reason: str | None = None
    portal: int = PortalStatus.REGISTERED
    for entry in case.steps():
        changes = entry["changes"]
        portal = changes.get("portal", portal)
        if "state" in changes:
            steps.append(StatusStep(at=entry["at"], state=state_of(case.release, changes["state"], portal)))
            reason = entry["reason"]
    return steps, reason
