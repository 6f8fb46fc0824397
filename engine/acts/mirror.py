"""The act ``mirror``: writes what another system says of a dossier whose truth is there (a ministry's central system).

The dossier then stands in the same lists as all others, marked with its source. A connector runs the act as the system;
nobody else writes such a dossier (``engine.dossier.elsewhere``). Its due moment is the other system's, no timer rings
for it, and no notice is sent: that system does both.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Connection, insert, select, update

from engine.acts.change_form import search_of
from engine.dossier.case import Case, lock_case_by_id
from engine.dossier.code import next_code
from engine.dossier.first_row import Keys, first_row
from engine.dossier.record import record
from engine.errors import Forbidden, wrong
from engine.rules.dossier_row import DossierChanges
from engine.rules.part_rows import ApplicantRow
from engine.rules.procedure.machine import Workflow
from engine.store.dossiers import applicants, mirrors
from engine.transaction import UnitOfWork

LONGEST_SOURCE, LONGEST_NUMBER = 40, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirrored:
    """What the other system ``source`` says of its dossier ``number``.

    ``state`` is the state of our release that comes nearest. ``offices`` are by routing key; whoever must act there is
    who has the state's role. ``differs`` are differences that a person should know of, each with ``what``, ``here`` and
    ``there``, without personal data. ``synced_at`` is when the two were compared (default: now).
    """

    source: str
    number: str
    procedure: str
    state: str
    intake_office: str
    applicant: str
    offices: Mapping[str, str] = field(default_factory=dict)
    applicant_kind: str = "citizen"
    channel: str = "portal"
    filed_at: dt.datetime | None = None
    received_at: dt.datetime | None = None
    due_at: dt.datetime | None = None
    finished_at: dt.datetime | None = None
    differs: Sequence[Mapping[str, str]] = ()
    synced_at: dt.datetime | None = None


def mirror(unit: UnitOfWork, told: Mirrored) -> Case:
    """Creates or brings up to date the mirror of a dossier; the same telling twice changes nothing but ``synced_at``.

    Raises Forbidden unless the system acts, InvalidInput, NotFound, NoRelease.
    """
    if unit.actor.kind != "system":
        raise Forbidden(why_vi="chỉ hệ thống ghi hồ sơ của nơi khác", why_en="only the system mirrors dossiers")
    connection = unit.begin()
    known = _known(connection, told)
    case = _opened(unit, told) if known is None else lock_case_by_id(unit, known)
    if told.state not in case.release.states:
        raise wrong("state", "thủ tục không có bước này", "the procedure has no such state")
    before = case.row.copy()
    case.change(**_columns(case, told))
    if case.is_new:
        case.change(finished_at=None)
        _write_new(case, told)
        _end(case, told)
    elif case.row != before:
        record(case, "mirror", data={"source": told.source, "number": told.number})
    unit.flush()
    seen = {"synced_at": told.synced_at or unit.now, "differs": [dict(one) for one in told.differs]}
    if known is None:
        own = {"dossier_id": case.id, "source": told.source, "number": told.number}
        connection.execute(insert(mirrors).values(**own, **seen))
    else:
        connection.execute(update(mirrors).where(mirrors.c.dossier_id == known).values(**seen))
    return case


def _end(case: Case, told: Mirrored) -> None:
    """Writes the end of a dossier that is new here by an entry of its own: ends are counted when a row changes."""
    if told.finished_at is not None:
        case.change(finished_at=told.finished_at)
        record(case, "mirror", data={"source": told.source, "number": told.number})


def _known(connection: Connection, told: Mirrored) -> int | None:
    for name, value, most in (("source", told.source, LONGEST_SOURCE), ("number", told.number, LONGEST_NUMBER)):
        if not 1 <= len(value) <= most:
            raise wrong(name, f"phải có 1 đến {most} ký tự", f"must have 1 to {most} characters")
    this = (mirrors.c.source == told.source) & (mirrors.c.number == told.number)
    found: int | None = connection.execute(select(mirrors.c.dossier_id).where(this)).scalar_one_or_none()
    return found


def _opened(unit: UnitOfWork, told: Mirrored) -> Case:
    """The case of a dossier that was not mirrored yet. It has no row so far."""
    workflow: Workflow = unit.catalogue.current(told.procedure, unit.today)
    office = unit.catalogue.office(told.intake_office)
    code, numbers = next_code(unit, office, unit.today, 0)
    keys = Keys.fresh(unit.settings.secret_keys)
    row = first_row(workflow.release, workflow.digest, office.code, told.offices, keys, unit.now)
    row |= {"id": numbers.dossier, "code": code, "province": office.province, "channel": told.channel}
    row |= {"applicant_kind": told.applicant_kind, "source": told.source, "filed_at": told.filed_at or unit.now}
    personal: dict[str, Any] = dict.fromkeys(ApplicantRow.__annotations__)
    personal |= {"name": told.applicant, "verified": 0, "language": "vi", "form": {}}
    case = Case.new(unit, row, cast(ApplicantRow, personal))
    case.change(search=f"{search_of(case)} {told.number.lower()}")
    return case


def _columns(case: Case, told: Mirrored) -> DossierChanges:
    """The columns of the row that follow from what the other system says."""
    state = case.release.states[told.state]
    offices = dict(told.offices)
    office = offices.get(case.release.roles[state.role].unit) if state.role is not None else None
    if state.role is not None and office is None:
        raise wrong("offices", "thiếu cơ quan đang xử lý", "the office that must act is missing")
    changes: DossierChanges = {
        "state": told.state,
        "portal": state.portal,
        "clock": state.clock,
        "offices": offices,
        "handler_office": offices.get("handler", told.intake_office),
        "holder_office": office,
        "holder_role": state.role,
        "received_at": told.received_at,
        "due_at": told.due_at,
        "promised_at": told.due_at,
        "finished_at": told.finished_at,
    }
    if case.is_new or case.row["state"] != told.state:
        changes["entered_at"] = case.unit.now
    return changes


def _write_new(case: Case, told: Mirrored) -> None:
    data = {"source": told.source, "number": told.number, "release": case.row["release"]}
    record(case, "mirror", data=data, private={"applicant": case.applicant})
    case.unit.writes.insert(applicants, [{"dossier_id": case.id, **case.applicant}])
