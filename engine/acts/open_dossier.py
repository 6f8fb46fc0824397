"""Opening a dossier: its code, its offices, its papers and fees, and its first journal entry.

A person's filing and a linked dossier of a parent (liên thông) share this.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table

from engine.acts.change_form import search_of
from engine.acts.documents import check_counts
from engine.acts.wrong_input import wrong
from engine.dossier.applicant import clean_applicant
from engine.dossier.case import Case
from engine.dossier.code import next_code
from engine.dossier.record import record
from engine.errors import Refusal
from engine.rules.offices.offices import Office
from engine.rules.offices.routing import Assignment, NeedsAPerson, deciding_place, route
from engine.rules.procedure.facts import nested
from engine.rules.procedure.machine import Workflow
from engine.security import citizen_link
from engine.store.documents import documents
from engine.store.dossiers import applicants
from engine.store.fees import fees
from engine.text import Text
from engine.transaction import UnitOfWork


class ChannelClosed(Refusal):
    """The procedure is not received in this way, or not from this kind of applicant."""

    code = "channel-closed"
    vi = "Thủ tục {procedure} không tiếp nhận {what}."
    en = "Procedure {procedure} does not take {what}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """What is handed in. ``documents`` are mappings with key, original, certified, copy. ``filed_at``: when it came in
    by post or portal (default: now; never later). ``handler_office`` is a person's choice among candidates, with
    ``handler_reason``. ``receive`` also takes the action that receives it, in the same transaction."""

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


@dataclass(frozen=True, slots=True)
class Filed:
    """The new dossier, and the two keys that its applicant gets and that are shown once."""

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
    """Opens a dossier without asking who may. ``parent`` is its row id and the key of the child that this one is,
    ``taken_over`` are papers (columns of ``documents``) that it takes over from there.

    Raises ChannelClosed, InvalidInput, NeedsAPerson, NoCompetence and the other refusals of routing.
    """
    release, today = workflow.release, unit.today
    applicant = clean_applicant(unit, filing.applicant, office.province, today)
    _check_open(workflow, filing, applicant["kind"])
    known = {
        "applicant": {
            "kind": applicant["kind"],
            "commune": applicant["commune"] or "",
            "province": office.province,
            "verified": bool(applicant["verified"]),
        },
        "dossier": {"channel": filing.channel, "province": office.province},
    }
    form = workflow.validate_fields(filing.fields, facts=known)
    facts = workflow.facts({**nested(form), **known})
    assignment = _assign(unit, workflow, office, filing, facts, today)
    papers = _papers(workflow, filing.documents) + [dict(paper) for paper in taken_over]
    filed_at = _filed_at(filing, unit.now)
    nonce = citizen_link.fresh_nonce()
    token = citizen_link.link_token(unit.settings.secret_keys[0], nonce)
    initial = release.states[release.initial]
    code, numbers = next_code(unit, office, today, len(papers))
    row = {
        "id": numbers.dossier,
        "code": code,
        "procedure": release.procedure,
        "release": workflow.digest,
        "state": release.initial,
        "portal": initial.portal,
        "channel": filing.channel,
        "applicant_kind": applicant["kind"],
        "province": office.province,
        "place": deciding_place(workflow, facts, unit.catalogue.territory, today),
        "support_office": filing.support_office,
        "intake_office": office.code,
        "handler_office": assignment.offices.get("handler", office.code),
        "offices": dict(assignment.offices),
        "holder_office": office.code,
        "holder_role": initial.role or _receiving_role(workflow),
        "holder_id": None,
        "entered_at": unit.now,
        "opened_at": None,
        "step_due_at": None,
        "filed_at": filed_at,
        "received_at": None,
        "started_at": None,
        "due_at": None,
        "promised_at": None,
        "clock": initial.clock,
        "term": None,
        "pauses": [],
        "extensions": [],
        "finished_at": None,
        "returned_at": None,
        "supplements": 0,
        "parent_id": parent[0] if parent else None,
        "child_key": parent[1] if parent else None,
        "link_nonce": nonce,
        "link_hash": citizen_link.link_hash(token),
        "search": "",
    }
    personal = {key: applicant[key] for key in applicant if key != "kind"} | {"form": form}
    case = Case(unit, row, personal)
    case.before = {}
    case.change(search=search_of(case))
    reasons = {key: {"vi": text.vi, "en": text.en} for key, text in assignment.reasons.items()}
    data = {
        "release": workflow.digest,
        "version": release.version,
        "routing": reasons,
        "fallback": assignment.fallback,
        "papers": [_told(paper) for paper in papers],
    }
    private = {"applicant": personal, "note": filing.note, "handler_reason": filing.handler_reason}
    _bring(case, papers, numbers.papers)
    record(case, "file", data=data, private=private, events=[("entered", row["state"])])
    unit.writes.insert(applicants, [{"dossier_id": case.id, **personal}])
    _add(case, documents, case.documents)
    _add(case, fees, case.fees)
    return Filed(case, token, citizen_link.receipt_code(unit.settings.secret_keys[0], nonce))


def _check_open(workflow: Workflow, filing: Filing, kind: str) -> None:
    release = workflow.release
    if filing.channel not in release.channels:
        raise ChannelClosed(procedure=release.procedure, what=filing.channel)
    if kind not in release.applicants:
        raise ChannelClosed(procedure=release.procedure, what=kind)


def _filed_at(filing: Filing, now: dt.datetime) -> dt.datetime:
    if filing.filed_at is None:
        return now
    if filing.filed_at > now:
        raise wrong("filed_at", "nằm trong tương lai", "lies in the future")
    return filing.filed_at


def _assign(
    unit: UnitOfWork, workflow: Workflow, office: Office, filing: Filing, facts: Mapping[str, Any], today: dt.date
) -> Assignment:
    """The offices by rule; where the rules leave several, or a person decides otherwise, the one that was chosen."""
    assignment = route(workflow, facts, unit.catalogue.map, today, office.code)
    chosen = filing.handler_office
    if chosen is not None and "handler" not in assignment.reasons:
        raise wrong(
            "handler_office",
            "thủ tục được giải quyết ngay tại nơi tiếp nhận",
            "the procedure is decided where it is received",
        )
    if chosen is not None and chosen != assignment.offices.get("handler"):
        found = unit.catalogue.offices.get(chosen)
        if found is None or not found.valid(today):
            raise wrong("handler_office", "hôm nay không có cơ quan nào mang mã này", "no office has this code today")
        if not (filing.handler_reason or "").strip():
            raise wrong(
                "handler_reason", "tự chọn cơ quan thì phải ghi lý do", "choosing the office yourself needs a reason"
            )
        assignment.offices["handler"] = chosen
        assignment.candidates.pop("handler", None)
        assignment.reasons["handler"] = Text(f"{found.name.vi}: do cán bộ chọn", f"{found.name.en}: chosen by a person")
    for key, candidates in assignment.candidates.items():
        why = assignment.reasons[key]
        raise NeedsAPerson(key=key, candidates=candidates, why_vi=why.vi, why_en=why.en)
    return assignment


def _told(paper: Mapping[str, Any]) -> dict[str, Any]:
    """What the journal says of a paper: which, how many, and the file by its hash; never the file's name."""
    told = ("key", "original", "certified", "copy", "sha256", "reused_from")
    return {name: paper[name] for name in told if paper.get(name) is not None}


def _receiving_role(workflow: Workflow) -> str | None:
    """Who works on a dossier that was filed but not received yet: the first role that may receive it."""
    actions = workflow.release.actions.values()
    roles = (role for action in actions if action.effect == "receive" for role in action.by)
    return next((role for role in roles if role in workflow.release.roles), None)


def _papers(workflow: Workflow, given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What is handed in on paper, checked."""
    unknown = [str(paper.get("key")) for paper in given if paper.get("key") not in workflow.release.documents]
    if unknown:
        raise wrong(
            "documents",
            f"thủ tục không có giấy tờ {', '.join(unknown)}",
            f"the procedure has no document {', '.join(unknown)}",
        )
    return [{"key": paper["key"], **check_counts(paper)} for paper in given]


def _bring(case: Case, papers: Sequence[Mapping[str, Any]], ids: Sequence[int]) -> None:
    """Papers and fees as they will be found: nothing of what is written in this act need be read for it."""
    new = {"dossier_id": case.id, "digitised": 0, "added_at": case.unit.now}
    case.documents = [
        {**dict.fromkeys(documents.c.keys()), **new, **paper, "id": number}
        for number, paper in zip(ids, papers, strict=True)
    ]
    case.fees = []
    wanted = case.workflow.fees_due(case.facts, case.row["province"])
    owed = [{"dossier_id": case.id, "key": key, "vnd": vnd} for key, vnd in sorted(wanted.items())]
    case.fees = [{**dict.fromkeys(fees.c.keys()), **one} for one in owed]
    del case.facts


def _add(case: Case, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    given = [column.name for column in table.c if any(row[column.name] is not None for row in rows)]
    case.unit.writes.insert(table, [{name: row[name] for name in given} for row in rows])
