"""What would become of a filing while a clerk still types it: faults, papers, fees, due moment, offices, the like.

Nothing is written. The values may be incomplete and wrong: what cannot be used is reported as a fault and left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from engine.dossier.applicant import clean_applicant
from engine.dossier.assign_offices import assign_offices
from engine.dossier.case import Case
from engine.dossier.first_row import Keys
from engine.dossier.new_dossier import Filing, bring_papers, check_open, facts_beside_the_form, new_case
from engine.dossier.receivers import receiving_action
from engine.dossier.similar import similar_to
from engine.errors import InvalidInput, Refusal
from engine.rules.deadlines import timing
from engine.rules.deadlines.due import Due, due
from engine.rules.deadlines.trace import term_in_words
from engine.rules.offices.competence import LEVEL_NAMES, competent
from engine.rules.offices.offices import Office
from engine.rules.offices.routing import INTAKE, Assignment, NeedsAPerson, deciding_place
from engine.rules.procedure.definition import Document
from engine.rules.procedure.facts import nested
from engine.rules.procedure.fields import InvalidFields
from engine.rules.procedure.machine import Workflow
from engine.text import Text
from engine.transaction import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A paper that the procedure wants on these facts."""

    key: str
    paper: Document
    missing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeLine:
    """A fee in đồng and when it is collected."""

    name: Text
    vnd: int
    collect: Literal["on_receive", "on_return", "during"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An office of the dossier with the rule that chose it, in words. ``chosen`` is None where a person must decide."""

    key: str
    chosen: str | None
    name: Text | None
    why: Text
    candidates: tuple[tuple[str, Text], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstAction:
    """An action that may come in place of the reception. ``effect`` is refuse or ask."""

    key: str
    name: Text
    effect: str
    reason: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """``faults`` are by place (``applicant.name``, ``fields.child.born``); ``empty`` are required fields without value.

    ``trouble`` is what routing refuses; ``barred`` why the dossier can only be refused; ``why_not`` why it cannot be
    received. ``term_later`` says that the time limit begins with another action than the reception.
    """

    shown: tuple[str, ...]
    faults: Mapping[str, Text]
    empty: tuple[str, ...]
    papers: tuple[Wanted, ...]
    fees: tuple[FeeLine, ...]
    term: Text
    term_later: bool
    due: Due | None
    places: tuple[Place, ...]
    law: Text | None
    trouble: Refusal | None
    barred: Text | None
    why_not: Text | None
    similar: tuple[str, ...]
    actions: tuple[FirstAction, ...]

    @property
    def missing(self) -> tuple[Wanted, ...]:
        return tuple(one for one in self.papers if one.missing)

    @property
    def total(self) -> int:
        return sum(one.vnd for one in self.fees)


def preview(unit: UnitOfWork, workflow: Workflow, filing: Filing) -> Preview:
    """The filing as it stands, under the release in force. Raises NotFound for an unknown office."""
    office = unit.catalogue.office(filing.intake_office)
    applicant, faults = _applicant(unit, filing, office)
    known = facts_beside_the_form(applicant, office, filing, unit.today)
    form, shown, wrong_values = _form(workflow, filing.fields, known)
    faults |= wrong_values
    facts = workflow.facts({**nested(form), **known})
    assignment, places, trouble = _places(unit, workflow, filing, office, facts)
    place = _place(unit, workflow, facts, office)
    case = _case(unit, workflow, filing, office, applicant, form, assignment, place)
    action = receiving_action(workflow)
    option = next(one for one, _ in case.options() if one.action == action)
    given = form | {key: "" for key in shown if f"fields.{key}" in faults}
    fields = workflow.release.fields
    return Preview(
        shown=shown,
        faults=faults,
        empty=tuple(key for key in shown if fields[key].required and key not in given),
        papers=_papers(case),
        fees=_fees(case),
        term=term_in_words(workflow.total_term(case.facts())),
        term_later=not timing.starts(workflow.release, action),
        due=_due(case, action),
        places=places,
        law=_law(unit, workflow, applicant["kind"]),
        trouble=trouble,
        barred=case.decisive_missing(action),
        why_not=option.why,
        similar=tuple(similar_to(case)),
        actions=_first_actions(workflow),
    )


def _applicant(unit: UnitOfWork, filing: Filing, office: Office) -> tuple[dict[str, Any], dict[str, Text]]:
    """The applicant as far as it is right, and what is wrong."""
    given, faults = dict(filing.applicant), dict[str, Text]()
    for _ in range(3):
        try:
            return clean_applicant(
                unit, {**given, "name": given.get("name") or "–"}, office.province, unit.today
            ), faults
        except InvalidInput as refused:
            faults |= refused.errors
            given = {key: value for key, value in given.items() if f"applicant.{key}" not in refused.errors}
    return clean_applicant(unit, {"name": "–"}, office.province, unit.today), faults


def _form(
    workflow: Workflow, values: Mapping[str, Any], known: Mapping[str, Any]
) -> tuple[dict[str, Any], tuple[str, ...], dict[str, Text]]:
    """The values of the form that are right, the keys of the fields that are asked, and what is wrong."""
    given, faults = dict(values), dict[str, Text]()
    form: dict[str, Any] = {}
    while given:
        try:
            form = workflow.validate_fields(given, partial=True, facts=known)
            break
        except InvalidFields as refused:
            faults |= {f"fields.{key}": what for key, what in refused.errors.items()}
            left = {key: value for key, value in given.items() if key not in refused.errors}
            if len(left) == len(given):
                break
            given = left
    return form, workflow.fields_shown(workflow.facts({**nested(form), **known})), faults


def _places(
    unit: UnitOfWork, workflow: Workflow, filing: Filing, office: Office, facts: Mapping[str, Any]
) -> tuple[Assignment, tuple[Place, ...], Refusal | None]:
    alone = Assignment({INTAKE: office.code})
    try:
        check_open(workflow, filing, facts["applicant"]["kind"])
        found = assign_offices(unit, workflow, office, filing.handler_office, filing.handler_reason, facts)
    except NeedsAPerson as refused:
        named = tuple((code, unit.catalogue.office(code).name) for code in refused.facts["candidates"])
        why = Text(refused.facts["why_vi"], refused.facts["why_en"])
        return alone, (Place(key=refused.facts["key"], chosen=None, name=None, why=why, candidates=named),), None
    except Refusal as refused:
        return alone, (), refused
    offices = unit.catalogue.offices
    places = [
        Place(key=key, chosen=code, name=offices[code].name, why=found.reasons[key])
        for key, code in found.offices.items()
    ]
    return found, tuple(places), None


def _place(unit: UnitOfWork, workflow: Workflow, facts: Mapping[str, Any], office: Office) -> str | None:
    try:
        return deciding_place(workflow, facts, unit.catalogue.territory, unit.today, office)
    except Refusal:
        return None


def _case(
    unit: UnitOfWork,
    workflow: Workflow,
    filing: Filing,
    office: Office,
    applicant: Mapping[str, Any],
    form: Mapping[str, Any],
    assignment: Assignment,
    place: str | None,
) -> Case:
    """The case of a dossier that nobody writes."""
    case = new_case(
        unit,
        workflow,
        office,
        replace(filing, receive=False),
        applicant,
        form,
        offices=assignment.offices,
        keys=_NO_KEYS,
        columns={"id": 0, "code": "", "place": place, "filed_at": unit.now},
    )
    papers = [{**_COUNTS, **paper} for paper in filing.documents if paper.get("key") in workflow.release.documents]
    bring_papers(case, [_as_row(paper) for paper in papers], range(1, len(papers) + 1))
    return case


def _as_row(paper: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a paper; one with a file counts as brought."""
    row = {name: paper[name] for name in ("key", *_COUNTS)}
    brought = paper.get("reuse") is not None or "file" in paper
    return row | ({"storage_key": "–"} if brought else {})


def _papers(case: Case) -> tuple[Wanted, ...]:
    missing = set(case.facts()["documents"]["missing"])
    wanted = case.workflow.documents_required(case.facts())
    return tuple(Wanted(key=key, paper=paper, missing=key in missing) for key, paper in wanted.items())


def _fees(case: Case) -> tuple[FeeLine, ...]:
    known = case.release.fees
    return tuple(
        FeeLine(name=known[one.key].name, vnd=one.owed, collect=known[one.key].collect)
        for one in case.money().fees
        if one.owed
    )


def _due(case: Case, action: str) -> Due | None:
    """When the result would be due if the dossier were received now."""
    release, unit = case.release, case.unit
    if not timing.starts(release, action):
        return None
    term, first_day = case.workflow.total_term(case.facts()), release.sla.first_day
    try:
        return due(case.calendar, unit.now, term, now=unit.now, cutoff=release.sla.cutoff, first_day=first_day)
    except Refusal:
        return None


def _law(unit: UnitOfWork, workflow: Workflow, kind: str) -> Text | None:
    """The level that decides, with the legal text, where a dated competence decides."""
    route = workflow.release.routing.get("handler")
    if route is None or not (route.by or "").startswith("competent"):
        return None
    try:
        task = (route.by or "").partition(":")[2]
        law = competent(unit.catalogue.competences, task or workflow.release.procedure, kind, unit.today)
    except Refusal:
        return None
    level = LEVEL_NAMES[law.level]
    return Text(f"{level.vi}, theo {law.legal}", f"{level.en}, by {law.legal}")


def _first_actions(workflow: Workflow) -> tuple[FirstAction, ...]:
    actions = workflow.release.actions.items()
    return tuple(
        FirstAction(key=key, name=one.name, effect=one.effect, reason=one.reason == "required")
        for key, one in actions
        if one.effect in ("refuse", "ask") and workflow.initial in one.sources
    )


_COUNTS = {"original": 0, "certified": 0, "copy": 0}
_NO_KEYS = Keys("", "", "")
