"""Reads the shipped files under ``workflows/``: territory, offices, competences, calendars, notices, procedures.

They are read only to publish and to check; at run time everything is read from the database.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import workflows
from engine.errors import Refusal
from engine.rules.deadlines.calendar import Calendar
from engine.rules.offices.competence import Competence
from engine.rules.offices.offices import Office
from engine.rules.procedure.definition import Release
from engine.rules.territory.former_districts import FormerDistricts
from engine.rules.territory.territory import Territory
from engine.rules.territory.units import Level
from workflows.calendar_files import CALENDARS, load_calendar
from workflows.competence_files import read_competences
from workflows.lint_context import LintContext, OfficeSpan
from workflows.loader import load_folder
from workflows.offices import generate_offices
from workflows.territory.reader import read_territory
from workflows.yaml_reader import Group, Node, Scalar, decode, read

ROOT = Path(workflows.__file__).parent
PROCEDURES, NOTICES = ROOT / "procedures", ROOT / "notices"
_TEXTS = ("subject", "body", "sms")


class BadNoticeFile(Refusal):
    """A notice template that cannot be used."""

    code = "bad-notice-file"
    vi = "{file}: cần subject, body và sms, mỗi phần có vi và en."
    en = "{file}: it needs subject, body and sms, each in vi and en."


class Shipped:
    """The shipped content; each part is read on first use and cached."""

    @cached_property
    def territory(self) -> Territory:
        return read_territory()

    @cached_property
    def offices(self) -> list[Office]:
        return generate_offices(self.territory)

    @cached_property
    def competences(self) -> list[Competence]:
        return read_competences()

    @cached_property
    def calendars(self) -> dict[str, Calendar]:
        return {path.stem: load_calendar(path.stem) for path in sorted(CALENDARS.glob("*.yaml"))}

    @cached_property
    def templates(self) -> dict[str, dict[str, Any]]:
        return {path.stem: read_template(path) for path in sorted(NOTICES.glob("*.yaml"))}

    @cached_property
    def releases(self) -> list[Release]:
        return load_folder(PROCEDURES, self.context)

    @cached_property
    def context(self) -> LintContext:
        """The context of a workflow file for the lint rules."""
        return context_of(self.territory, self.offices, self.templates)


def context_of(territory: Territory, offices: list[Office], templates: Mapping[str, Any]) -> LintContext:
    """The lint context from this territory, these offices and notice templates."""

    def names(level: Level, on: dt.date) -> dict[str, str]:
        return {unit.code: unit.name_vi for unit in territory.units(level, on)}

    @cache
    def former() -> FormerDistricts:
        return FormerDistricts(territory)

    return LintContext(
        offices={one.code: OfficeSpan(one.valid_to) for one in offices},
        communes=lambda on: names("commune", on),
        provinces=lambda on: names("province", on),
        former_district=lambda name, on: former().communes(name, on),
        templates=frozenset(templates),
        file_names=True,
    )


def read_template(path: Path) -> dict[str, Any]:
    """A notice template: ``{"subject": {"vi", "en"}, "body": …, "sms": …}``. Raises BadNoticeFile."""
    text, report = decode(path.read_bytes(), path.name)
    root = read(text, report)
    found = _plain(root) if root is not None and not report.problems() else None
    whole = isinstance(found, dict) and set(found) == set(_TEXTS)
    if not isinstance(found, dict) or not whole or any(_incomplete(found[part]) for part in _TEXTS):
        raise BadNoticeFile(file=path.name)
    return found


def _incomplete(text: Any) -> bool:
    whole = isinstance(text, dict) and set(text) == {"vi", "en"}
    return not whole or not all(isinstance(one, str) and one for one in text.values())


def _plain(node: Node) -> Any:
    if isinstance(node, Group):
        return {key: _plain(value) for key, (_, value) in node.entries.items()}
    return node.value if isinstance(node, Scalar) else None
