"""The linter over a workflow file of a page, with the offices, notices, competences and procedures published here."""

from __future__ import annotations

from dataclasses import replace

from engine.catalogue import Catalogue
from engine.clock import civil_day
from engine.queries.procedure_drafts import draft
from engine.rules.procedure.definition import Release
from engine.transaction import UnitOfWork
from server.context import runtime
from workflows.lint_context import LintContext
from workflows.loader import Checked, check_bytes
from workflows.problems import WorkflowRefused
from workflows.surroundings import context_of

FILE_NAME = "quy-trinh.yaml"
_made: dict[int, tuple[tuple[object, ...], LintContext]] = {}
"""The last context by the catalogue it is of, with the contents that it was made from: it keeps the communes by day."""


def checked_file(data: bytes | str) -> Checked:
    """The findings in a workflow file, and the version that it describes."""
    draft = check_bytes(data, FILE_NAME, []).draft
    return check_bytes(data, FILE_NAME, [], _around(draft.procedure if draft else None))


def release_in(data: bytes | str) -> Release:
    """The version that a workflow file describes. Raises WorkflowRefused with every finding."""
    checked = checked_file(data)
    if checked.release is None:
        raise WorkflowRefused(checked.problems)
    return checked.release


def text_of_draft(unit: UnitOfWork, number: int) -> str:
    """The workflow file of a draft of the editor. Raises NotFound."""
    return draft(unit, number).text


def _around(procedure: str | None) -> LintContext:
    """The surroundings of a file: the content published here, and the procedures in force but its own."""
    running = runtime()
    known = [one.release for one in running.catalogue.procedures(civil_day(running.now()))]
    others = tuple((f"{one.procedure} v{one.version}", one) for one in known if one.procedure != procedure)
    return replace(_content(running.catalogue), releases=others)


def _content(catalogue: Catalogue) -> LintContext:
    parts = (catalogue.territory, catalogue.offices, catalogue.templates, catalogue.competences)
    known = _made.get(id(catalogue))
    if known is None or any(one is not other for one, other in zip(known[0], parts, strict=True)):
        territory, offices, templates, competences = parts
        made = context_of(territory, list(offices.values()), templates, list(competences))
        known = (parts, replace(made, file_names=False))
        _made.clear()
        _made[id(catalogue)] = known
    return known[1]
