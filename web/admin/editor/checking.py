"""The linter over the text of a page: with the offices, notices, competences and procedures that are published here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from engine.acts.procedure_drafts import DraftContent
from engine.catalogue import Catalogue
from engine.clock import civil_day
from engine.rules.procedure.definition import Release
from server.context import runtime
from workflows.draft_text import named_by
from workflows.lint_context import LintContext
from workflows.loader import Checked, check_bytes
from workflows.surroundings import context_of

_PROCEDURE = re.compile(r"""^procedure: *["']?([^"'\s#]+)""", re.MULTILINE)
_made: dict[int, tuple[tuple[object, ...], LintContext]] = {}
"""The last context by the catalogue it is of, with the contents that it was made from: it keeps the communes by day."""


def checked_text(text: str) -> Checked:
    """The findings in a workflow file, and what is understood of it."""
    return check_bytes(text, "quy-trinh.yaml", [], _around(runtime().catalogue, text))


def content_of(text: str, stories: str, title: str = "") -> DraftContent:
    """What a draft keeps of these texts; ``title`` stands where the file names nothing."""
    checked = checked_text(text)
    procedure, name = named_by(checked)
    errors = sum(one.severity == "error" for one in checked.problems)
    return DraftContent(text=text, stories=stories, procedure=procedure, title=name or title, errors=errors)


def former_district(name: str) -> Iterable[str]:
    """The communes of a former district on the last day that the territory knows."""
    catalogue = runtime().catalogue
    latest = max(unit.valid_from for unit in catalogue.territory.units())
    return catalogue.former_districts.communes(name, latest)


def published_releases() -> list[Release]:
    """The releases that are in force today."""
    running = runtime()
    return [one.release for one in running.catalogue.procedures(civil_day(running.now()))]


def _around(catalogue: Catalogue, text: str) -> LintContext:
    """The surroundings of a file, and beside them the other procedures that are in force."""
    from_ = (catalogue.territory, catalogue.offices, catalogue.templates, catalogue.competences)
    known = _made.get(id(catalogue))
    if known is None or any(one is not other for one, other in zip(known[0], from_, strict=True)):
        territory, offices, templates, competences = from_
        known = (from_, replace(context_of(territory, offices.values(), templates, competences), file_names=False))
        _made.clear()
        _made[id(catalogue)] = known
    named = _PROCEDURE.search(text)
    others = [one for one in published_releases() if named is None or one.procedure != named[1]]
    return replace(known[1], releases=tuple((f"{one.procedure} v{one.version}", one) for one in others))
