"""The act ``import``: a dossier of a predecessor system becomes one of ours, with its code, moments, fees and papers.

Each dossier is a transaction of its own, known by the predecessor's name and code: the same row again changes nothing.
Moments stay what they were there, so reports count the dossier once, in its own months. A running one keeps its
promised due moment (``engine.rules.deadlines.kept``); what is past by now rings no more. Nobody is notified.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import and_, insert, select, update

from engine.acts.change_form import search_of
from engine.acts.imported_offices import offices_of_import
from engine.acts.imported_papers import PaperFile, paper_rows
from engine.catalogue import NoRelease
from engine.clock import civil_day
from engine.dossier.applicant import clean_applicant
from engine.dossier.case import Case
from engine.dossier.code import next_code
from engine.dossier.first_row import Keys, first_row
from engine.dossier.intake import begin_intake
from engine.dossier.record import record
from engine.errors import Conflict, Forbidden, wrong
from engine.rules.deadlines.kept import UNTIL
from engine.rules.deadlines.pauses import Pause, term_to_data
from engine.rules.deadlines.timing import changed, due_columns
from engine.rules.dossier_row import ClockChanges, DossierChanges
from engine.rules.imports.row import ImportedRow, is_kept_code
from engine.rules.offices.offices import Office
from engine.rules.part_rows import ApplicantRow, DocumentRow, FeeEntryRow
from engine.rules.plain_text import plain_text
from engine.rules.procedure.definition import State
from engine.rules.procedure.machine import Workflow
from engine.rules.procedure.portal_status import PortalStatus
from engine.store.clocks import clocks
from engine.store.documents import documents
from engine.store.dossiers import applicants, dossiers
from engine.store.fees import fee_entries, fees
from engine.store.imported import imported_as, imported_dossiers
from engine.store.numbers import Numbers, take_ids
from engine.transaction import UnitOfWork


class AlreadyImported(Conflict):
    """The dossier came from the predecessor system before; nothing was changed."""

    code = "already-imported"
    vi = "Hồ sơ {number} của {source} đã được chuyển sang, mã ở đây là {dossier}."
    en = "Dossier {number} of {source} was brought in before; it is {dossier} here."


def import_dossier(unit: UnitOfWork, told: ImportedRow, papers: Sequence[PaperFile] = ()) -> Case:
    """Brings in one dossier. Raises Forbidden, AlreadyImported, InvalidInput with every fault, NoRelease."""
    if unit.actor.kind not in ("admin", "system"):
        raise Forbidden(why_vi="chỉ dành cho người quản trị", why_en="administrators only")
    connection = unit.begin()
    if (known := imported_as(connection, told.source, told.code)) is not None:
        raise AlreadyImported(number=told.code, source=told.source, dossier=known)
    workflow = _workflow(unit, told)
    state = _state(workflow, told)
    office, offices = offices_of_import(unit, workflow, told, running=not state.final)
    applicant = clean_applicant(unit, told.applicant, office.province, _day(told))
    given = workflow.validate_fields(told.fields, partial=True)
    case, numbers = _new_case(unit, told, workflow, office, offices, applicant, given, len(papers))
    rows = paper_rows(case, papers, numbers.papers)
    _bring(case, told, rows)
    case.change(**_columns(case, told, state))
    _write(case, told, rows, kept=numbers.sequence == 0)
    if state.status.ended:  # ends are counted when a row changes, so the end is an entry of its own
        case.change(finished_at=told.finished_at, returned_at=_returned(told, state))
        record(case, "import", data={"source": told.source, "number": told.code})
    unit.flush()
    own = {"dossier_id": case.id, "source": told.source, "number": told.code, "imported_at": unit.now}
    own |= {"sought": plain_text(told.code).replace(" ", "").upper()}
    connection.execute(insert(imported_dossiers).values(own))
    past = and_(clocks.c.dossier_id == case.id, clocks.c.fired_at.is_(None), clocks.c.due_at <= unit.now)
    connection.execute(update(clocks).where(past).values(fired_at=unit.now))
    return case


def _day(told: ImportedRow) -> dt.date:
    return civil_day(told.received_at or told.filed_at)


def _workflow(unit: UnitOfWork, told: ImportedRow) -> Workflow:
    """The release that was in force on the day of reception; today's where none is known from that time."""
    try:
        return unit.catalogue.current(told.procedure, _day(told))
    except NoRelease:
        return unit.catalogue.current(told.procedure, unit.today)


def _state(workflow: Workflow, told: ImportedRow) -> State:
    """Our state, with the moments that it needs. Raises InvalidInput."""
    state = workflow.release.states.get(told.state)
    if state is None:
        known = ", ".join(workflow.release.states)
        raise wrong("state", f"không ánh xạ được; các bước là {known}", f"maps to no state; there are {known}")
    if state.status.ended and told.finished_at is None:
        raise wrong("finished_at", "hồ sơ đã kết thúc phải có ngày kết thúc", "an ended dossier needs its end")
    if not state.status.ended and told.finished_at is not None:
        raise wrong("finished_at", "hồ sơ chưa kết thúc mà có ngày kết thúc", "a running dossier has no end")
    if state.clock in ("running", "paused") and (told.due_at is None or told.received_at is None):
        name = "due_at" if told.due_at is None else "received_at"
        raise wrong(name, "hồ sơ đang giải quyết phải có ngày này", "a running dossier needs this moment")
    return state


def _new_case(
    unit: UnitOfWork,
    told: ImportedRow,
    workflow: Workflow,
    office: Office,
    offices: Mapping[str, str],
    applicant: Mapping[str, Any],
    form: Mapping[str, Any],
    papers: int,
) -> tuple[Case, Numbers]:
    """The case without a row, and its numbers; the sequence is 0 where it keeps the predecessor's code."""
    taken = select(dossiers.c.id).where(dossiers.c.code == told.code)
    kept = is_kept_code(told.code) and unit.begin().execute(taken).first() is None
    code, numbers = told.code, take_ids(unit.begin(), papers) if kept else Numbers(0, 0, [])
    if not kept:
        code, numbers = next_code(unit, office, unit.today, papers)
    keys = Keys.fresh(unit.settings.secret_keys)
    row = first_row(workflow.release, workflow.digest, office.code, offices, keys, unit.now)
    row |= {"id": numbers.dossier, "code": code, "province": office.province, "channel": told.channel}
    row |= {"applicant_kind": applicant["kind"], "filed_at": told.filed_at}
    personal = {key: applicant[key] for key in applicant if key != "kind"} | {"form": form}
    case = Case.new(unit, row, cast(ApplicantRow, personal))
    case.change(search=plain_text(search_of(case), told.code))
    return case, numbers


def _bring(case: Case, told: ImportedRow, papers: Sequence[dict[str, Any]]) -> None:
    """Caches papers and fees before they are written, so that nothing is read back."""
    case.bring("documents", [cast(DocumentRow, paper) for paper in papers])
    case.bring("fees", [])
    case.bring("ledger", _paid(case, told))


def _columns(case: Case, told: ImportedRow, state: State) -> DossierChanges:
    """The columns that the row says. The state of a running one begins today: its reminders count from now on."""
    role = case.release.roles[state.role] if state.role is not None else None
    term = term_to_data(case.workflow.total_term(case.facts())) if told.received_at else None
    if term is not None and told.due_at is not None:
        term |= {UNTIL: told.due_at.isoformat()}
    changes: DossierChanges = {
        "state": told.state,
        "portal": state.portal,
        "clock": state.clock,
        "holder_office": case.row["offices"].get(role.unit) if role else None,
        "holder_role": state.role,
        "entered_at": (told.finished_at or case.unit.now) if state.final else case.unit.now,
        "received_at": told.received_at,
        "started_at": told.received_at,
        "term": term,
        "due_at": told.due_at,
        "promised_at": told.due_at,
        "pauses": [Pause(case.unit.now, None, told.state).to_data()] if state.clock == "paused" else [],
    }
    if state.clock in ("running", "paused"):
        due = due_columns(changed(case.row, cast(ClockChanges, changes)), case.release, case.calendar)
        changes["due_at"], changes["promised_at"] = due["due_at"], due["promised_at"]
    return changes


def _returned(told: ImportedRow, state: State) -> dt.datetime | None:
    return told.returned_at or (told.finished_at if state.status is PortalStatus.RETURNED else None)


def _write(case: Case, told: ImportedRow, papers: Sequence[Mapping[str, Any]], *, kept: bool) -> None:
    data = {
        "source": told.source,
        "number": told.code,
        "kept_code": kept,
        "release": case.row["release"],
        "papers": [{"key": paper["key"], "sha256": paper["sha256"]} for paper in papers],
        "paid": dict(told.fees),
    }
    names = {paper["sha256"]: paper["file_name"] for paper in papers}
    if not case.release.states[told.state].final:
        begin_intake(case, told.filed_at)
    record(case, "import", data=data, private={"applicant": case.applicant, "file_names": names})
    writes = case.unit.writes
    writes.insert(applicants, [{"dossier_id": case.id, **case.applicant}])
    writes.insert(documents, list(papers))
    writes.insert(fee_entries, case.ledger_rows())
    writes.insert(fees, case.fees())


def _paid(case: Case, told: ImportedRow) -> list[FeeEntryRow]:
    """What was paid, as entries of the ledger of the day of reception. Raises InvalidInput."""
    if unknown := sorted(set(told.fees) - set(case.release.fees)):
        known = ", ".join(case.release.fees)
        raise wrong(
            "fees",
            f"thủ tục không có khoản {', '.join(unknown)}; có {known}",
            f"the procedure has no fee {', '.join(unknown)}; it has {known}",
        )
    return [
        {
            "dossier_id": case.id,
            "number": number,
            "key": key,
            "kind": "payment",
            "vnd": vnd,
            "method": "cash",
            "receipt": f"{told.source} {told.code}",
            "corrects": None,
            "at": told.received_at or told.filed_at,
            "by": None,
            "journal": 1,
        }
        for number, (key, vnd) in enumerate(sorted(told.fees.items()), 1)
    ]
