"""Opens a dossier: its code, offices, papers and fees, and the first journal entry.

Shared by a person's filing (``file_dossier``) and linked dossiers of a parent (liên thông, ``open_children``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table

from engine.acts.change_form import search_of
from engine.acts.documents import OTHER, check_counts
from engine.dossier.applicant import clean_applicant
from engine.dossier.assign_offices import assign_offices
from engine.dossier.case import Case
from engine.dossier.code import next_code
from engine.dossier.filed_on import filed_on
from engine.dossier.first_row import Keys
from engine.dossier.intake import begin_intake
from engine.dossier.new_dossier import (
    ChannelClosed,
    Filing,
    bring_papers,
    check_open,
    facts_beside_the_form,
    moment_of_filing,
    new_case,
)
from engine.dossier.paper_bounds import must_fit_filing
from engine.dossier.record import record
from engine.dossier.reused_papers import reused_file
from engine.errors import wrong
from engine.rules.offices.offices import Office
from engine.rules.offices.routing import Assignment, deciding_place
from engine.rules.procedure.facts import nested
from engine.rules.procedure.machine import Workflow
from engine.store.documents import documents
from engine.store.dossiers import applicants
from engine.store.fees import fees
from engine.transaction import UnitOfWork

__all__ = ["ChannelClosed", "Filed", "Filing", "open_dossier"]


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
    applicant = clean_applicant(unit, filing.applicant, office.province, unit.today)
    check_open(workflow, filing, applicant["kind"])
    filed_at = moment_of_filing(filing, unit.now)
    day = filed_on(unit, filed_at, parent[0] if parent else None)
    known = facts_beside_the_form(applicant, office, filing, day)
    form = workflow.validate_fields(filing.fields, facts=known)
    facts = workflow.facts({**nested(form), **known})
    assignment = assign_offices(unit, workflow, office, filing.handler_office, filing.handler_reason, facts)
    papers = _papers(unit, workflow, filing, applicant) + [dict(paper) for paper in taken_over]
    place = deciding_place(workflow, facts, unit.catalogue.territory, unit.today, office)
    keys = Keys.fresh(unit.settings.secret_keys)
    code, numbers = next_code(unit, office, unit.today, len(papers))
    row: dict[str, Any] = {"id": numbers.dossier, "code": code, "place": place, "filed_at": filed_at}
    row |= {"parent_id": parent[0], "child_key": parent[1]} if parent is not None else {}
    case = new_case(unit, workflow, office, filing, applicant, form, offices=assignment.offices, keys=keys, columns=row)
    case.change(search=search_of(case))
    if parent is None:
        begin_intake(case, filed_at)
    bring_papers(case, papers, numbers.papers)
    _write(case, filing, assignment, papers)
    return Filed(case, keys.link_token, keys.receipt_code)


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
    if filing.inbound:
        data["filing"] = dict(filing.inbound)
    if filing.queue_number is not None:
        data["queue"] = filing.queue_number
    private: dict[str, Any] = {
        "applicant": case.applicant,
        "note": filing.note,
        "handler_reason": filing.handler_reason,
    }
    if filing.card:
        private["card"] = dict(filing.card)
    if names := {paper["sha256"]: paper["file_name"] for paper in papers if paper.get("file_name")}:
        private["file_names"] = names
    record(case, "file", data=data, private=private, events=[("entered", case.row["state"])])
    case.unit.writes.insert(applicants, [{"dossier_id": case.id, **case.applicant}])
    _add(case, documents, case.documents())
    _add(case, fees, case.fees())


def _told(paper: Mapping[str, Any]) -> dict[str, Any]:
    """A paper as the journal records it: key, numbers and the file's hash; never the file's name."""
    told = ("key", "original", "certified", "copy", "sha256", "reused_from")
    return {name: paper[name] for name in told if paper.get(name) is not None}


def _papers(unit: UnitOfWork, workflow: Workflow, filing: Filing, applicant: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The papers handed in, with checked keys and numbers, and their files. Raises InvalidInput, NotFound."""
    given = filing.documents
    named = {*workflow.release.documents, OTHER} if filing.inbound else {*workflow.release.documents}
    unknown = [str(paper.get("key")) for paper in given if paper.get("key") not in named]
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
    must_fit_filing(unit.settings.uploads, [paper["file"]["size"] for paper in given if "file" in paper])
    number = applicant["identity_number"]
    return [{"key": paper["key"], **check_counts(paper), **_file_of(unit, workflow, paper, number)} for paper in given]


def _file_of(
    unit: UnitOfWork, workflow: Workflow, paper: Mapping[str, Any], identity_number: str | None
) -> dict[str, Any]:
    """The columns of a paper's file: that of an earlier dossier, or one just stored. Raises InvalidInput, NotFound."""
    if paper.get("reuse") is not None:
        return reused_file(unit, workflow, paper["key"], paper["reuse"], identity_number)
    return {"digitised": 1, **paper["file"]} if "file" in paper else {}


def _add(case: Case, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    given = [column.name for column in table.c if any(row[column.name] is not None for row in rows)]
    case.unit.writes.insert(table, [{name: row[name] for name in given} for row in rows])
