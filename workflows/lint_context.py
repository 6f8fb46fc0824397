"""The surroundings of a workflow file for the lint rules: offices, units, templates and the other releases.

Everything is optional: a rule without its facts is not checked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from engine.rules.offices.competence import Competence
from engine.rules.procedure.definition import Release


@dataclass(frozen=True, slots=True)
class OfficeSpan:
    """The first day on which an office is closed (None: it stays open), and the office that succeeds it."""

    closes: dt.date | None = None
    successor: str | None = None


@dataclass(frozen=True)
class LintContext:
    """The facts that lint rules use besides the file.

    ``offices``: every office by code, closed ones too. ``communes``: code → name of those that exist on a day.
    ``provinces``: the codes of those that exist on a day. ``former_district``: the communes of a day that lie in a
    former district; it raises a Refusal or LookupError for an unknown one. ``templates``: the names of the notice
    templates, or the templates by name, whose languages are then compared. ``competences``: the table of
    competences. ``releases``: (file name, release) of the other procedures and versions. ``first_day``: the first
    day of the territory's data. ``file_names``: whether files must be named after their procedure.
    """

    offices: Mapping[str, OfficeSpan] | None = None
    communes: Callable[[dt.date], Mapping[str, str]] | None = None
    provinces: Callable[[dt.date], Collection[str]] | None = None
    former_district: Callable[[str, dt.date], Iterable[str]] | None = None
    templates: Collection[str] | None = None
    competences: tuple[Competence, ...] | None = None
    releases: tuple[tuple[str, Release], ...] | None = None
    first_day: dt.date | None = None
    file_names: bool = False
