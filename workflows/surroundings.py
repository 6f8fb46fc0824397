"""The surroundings of a workflow file for the lint rules, made from a territory, offices, templates and competences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from engine.rules.offices.competence import Competence
from engine.rules.offices.offices import Office
from engine.rules.territory.former_districts import FormerDistricts
from engine.rules.territory.territory import Territory
from engine.rules.territory.units import Level
from workflows.lint_context import LintContext, OfficeSpan


def context_of(
    territory: Territory,
    offices: Iterable[Office],
    templates: Mapping[str, Any],
    competences: Iterable[Competence] | None = None,
) -> LintContext:
    """The lint context from this territory, these offices, notice templates and competences."""

    @cache
    def names(level: Level, on: dt.date) -> dict[str, str]:
        return {unit.code: unit.name_vi for unit in territory.units(level, max(on, territory.first))}

    @cache
    def former() -> FormerDistricts:
        return FormerDistricts(territory)

    return LintContext(
        offices={one.code: OfficeSpan(one.valid_to) for one in offices},
        communes=lambda on: names("commune", on),
        provinces=lambda on: names("province", on),
        former_district=lambda name, on: former().communes(name, max(on, territory.first)),
        templates=templates,
        first_day=territory.first,
        competences=None if competences is None else tuple(competences),
        file_names=True,
    )
