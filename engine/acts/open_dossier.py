"""Opens a dossier: its code, offices, papers and fees, and the first journal entry.

Shared by a person's filing (``file_dossier``) and linked dossiers of a parent (liên thông, ``open_children``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Table

from engine.acts.change_form import search_of
from engine.acts.documents import check_counts
from engine.dossier.applicant import clean_applicant
from engine.dossier.assign_offices import assign_offices
from engine.dossier.case import Case
from engine.dossier.code import next_code
from engine.dossier.filed_on import filed_on
from engine.dossier.first_row import Keys, first_row
from engine.dossier.intake import begin_intake
from engine.dossier.record import record
from engine.errors import Refusal, wrong
from engine.rules.offices.offices import Office
from engine.rules.offices.routing import Assignment, deciding_place
from engine.rules.part_rows import ApplicantRow, DocumentRow
from engine.rules.procedure.facts import nested
from engine.rules.procedure.machine import Workflow
from engine.store.documents import documents
from engine.store.dossiers import applicants
from engine.store.fees import fees
from engine.transaction import UnitOfWork


class ChannelClosed(Refusal):
    """The procedure does not accept this channel or this kind of applicant."""

    code = "channel-closed"
    vi = "Thủ tục {procedure} không tiếp nhận {what}."
    en = "Procedure {procedure} does not take {what}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """The content of a filing.

    ``documents`` are mappings with key, original, certified, copy. ``filed_at`` is the moment at which it came in by
    post or portal (default: now; never later). ``handler_office`` is a person's choice among candidates, with
    ``handler_reason``. ``receive`` makes ``file_dossier`` take the receiving action in the same transaction;
    ``received_at`` is then the moment of a reception that is entered later, with ``received_reason``. ``parties`` are
    people beside the applicant, each with ``kind``.
    """

    procedure: str
    applicant: Mapping[str, Any]
    intake_office: str
    channel: str = "counter"
    fields: Mapping[str, Any] = field(default_factory=dict)
    documents: Sequence[Mapping[str, Any]] = ()
    support_office: str | None = None
    filed_at: dt.datetime | None = None
    handler_office: str | None = None
    handler_reason: str | None = None
    note: str | None = None
    receive: bool = False
    received_at: dt.datetime | None = None
    received_reason: str | None = None
    parties: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Filed:
    """The new dossier, and the applicant's two keys, which are shown once."""

    case: Case
    link_token: str
    receipt_code: str


def open_dossier(
    unit: UnitOfWork,
    workflow: Workflow,
    office: Office,
    filing: Filing,
    parent: tuple[int, str] | None = None,
    taken_over: Sequence[Mapping[str, Any]] = (),
) -> Filed:
    """Opens a dossier; the caller has checked the actor's rights.

    ``parent`` is the parent's row id and the child key of this dossier. ``taken_over`` are papers of the parent
    (columns of ``documents``). Raises ChannelClosed, InvalidInput, NeedsAPerson, NoCompetence and the other refusals
    of routing.
    """
    release = workflow.release
    applicant = clean_applicant(unit, filing.applicant, office.province, unit.today)
    _check_open(workflow, filing, applicant["kind"])
    filed_at = _filed_at(filing, unit.now)
    known = _known(applicant, office, filing, filed_on(unit, filed_at, parent[0] if parent else None))
    form = workflow.validate_fields(filing.fields, facts=known)
    facts = workflow.facts({**nested(form), **known})
    assignment = assign_offices(unit, workflow, office, filing.handler_office, filing.handler_reason, facts)
    papers = _papers(workflow, filing.documents) + [dict(paper) for paper in taken_over]
    place = deciding_place(workflow, facts, unit.catalogue.territory, unit.today, office)
    keys = Keys.fresh(unit.settings.secret_keys)
    code, numbers = next_code(unit, office, unit.today, len(papers))
    row = first_row(release, workflow.digest, office.code, assignment.offices, keys, unit.now)
    row |= {"id": numbers.dossier, "code": code, "province": office.province, "place": place, "filed_at": filed_at}
    row |= {"channel": filing.channel, "applicant_kind": applicant["kind"], "support_office": filing.support_office}
    if parent is not None:
        row["parent_id"], row["child_key"] = parent
    personal = {key: applicant[key] for key in applicant if key != "kind"} | {"form": form}
    case = Case.new(unit, row, cast(ApplicantRow, personal))
    case.change(search=search_of(case))
    if parent is None:
        begin_intake(case, filed_at)
    _bring(case, papers, numbers.papers)
    _write(case, filing, assignment, papers)
    return Filed(case, keys.link_token, keys.receipt_code)


def _known(applicant: Mapping[str, Any], office: Office, filing: Filing, day: dt.date) -> dict[str, Any]:
    """The facts that do not come from the form."""
    return {
        "applicant": {
            "kind": applicant["kind"],
            "commune": applicant["commune"] or "",
            "province": office.province,
            "verified": bool(applicant["verified"]),
        },
        "dossier": {
            "channel": filing.channel,
            "province": office.province,
            "filed_on": day.isoformat(),
        },
    }


def _write(case: Case, filing: Filing, assignment: Assignment, papers: Sequence[Mapping[str, Any]]) -> None:
    """Writes the first journal entry, the applicant's data (in their own table), papers and fees."""
    reasons = {key: {"vi": text.vi, "en": text.en} for key, text in assignment.reasons.items()}
    data = {
        "release": case.row["release"],
        "version": case.release.version,
        "routing": reasons,
        "fallback": assignment.fallback,
        "papers": [_told(paper) for paper in papers],
    }
    private = {"applicant": case.applicant, "note": filing.note, "handler_reason": filing.handler_reason}
    record(case, "file", data=data, private=private, events=[("entered", case.row["state"])])
    case.unit.writes.insert(applicants, [{"dossier_id": case.id, **case.applicant}])
    _add(case, documents, case.documents())
    _add(case, fees, case.fees())


def _check_open(workflow: Workflow, filing: Filing, kind: str) -> None:
    release = workflow.release
    if filing.channel not in release.channels:
        raise ChannelClosed(procedure=release.procedure, what=filing.channel)
    if kind not in release.applicants:
        raise ChannelClosed(procedure=release.procedure, what=kind)


def _filed_at(filing: Filing, now: dt.datetime) -> dt.datetime:
    if filing.filed_at is None:
        return min(filing.received_at or now, now)
    if filing.filed_at > now:
        raise wrong("filed_at", "nằm trong tương lai", "lies in the future")
    return filing.filed_at


def _told(paper: Mapping[str, Any]) -> dict[str, Any]:
    """A paper as the journal records it: key, numbers and the file's hash; never the file's name."""
    told = ("key", "original", "certified", "copy", "sha256", "reused_from")
    return {name: paper[name] for name in told if paper.get(name) is not None}


def _papers(workflow: Workflow, given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The papers handed in, with checked keys and numbers. Raises InvalidInput."""
    unknown = [str(paper.get("key")) for paper in given if paper.get("key") not in workflow.release.documents]
    if unknown:
        raise wrong(
            "documents",
            f"thủ tục không có giấy tờ {', '.join(unknown)}",
            f"the procedure has no document {', '.join(unknown)}",
        )
    brought = [str(paper["key"]) for paper in given if paper["key"] in workflow.results.bringing]
    if brought:
        raise wrong(
            "documents",
            f"{', '.join(brought)} do cơ quan giải quyết đính kèm, không nộp cùng hồ sơ",
            f"the office attaches {', '.join(brought)} itself; it is not handed in",
        )
    return [{"key": paper["key"], **check_counts(paper)} for paper in given]


def _bring(case: Case, papers: Sequence[Mapping[str, Any]], ids: Sequence[int]) -> None:
    """Caches papers and fees on the case before they are written, so that the act need not read them back."""
    new = {"dossier_id": case.id, "digitised": 0, "late": 0, "added_at": case.unit.now}
    brought = [
        cast(DocumentRow, {**dict.fromkeys(documents.c.keys()), **new, **paper, "id": number})
        for number, paper in zip(ids, papers, strict=True)
    ]
    case.bring("documents", brought)
    case.bring("ledger", [])
    case.bring("fees", [])
    case.bring("fees", case.fees())


def _add(case: Case, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    given = [column.name for column in table.c if any(row[column.name] is not None for row in rows)]
    case.unit.writes.insert(table, [{name: row[name] for name in given} for row in rows])
