"""What the rules may know besides the file itself. Everything is optional: a rule that lacks its facts is silent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from engine.rules.procedure.definition import Release


@dataclass(frozen=True, slots=True)
class OfficeSpan:
    """Until when (exclusive, None: open) an office works, and which office follows it."""

    closes: dt.date | None = None
    successor: str | None = None


@dataclass(frozen=True)
class LintContext:
    """The surroundings of a workflow file.

    ``offices``: every office by code, past ones too. ``communes`` and ``provinces``: code → name of those in being on a
    day. ``former_district``: the communes of a day that lie in a district of earlier days; it raises a Refusal or
    LookupError for one it does not know. ``templates``: the names of the notice templates. ``releases``: (file name,
    release) of the other procedures and versions. ``file_names``: whether files must be named after their procedure.
    """

    offices: Mapping[str, OfficeSpan] | None = None
    communes: Callable[[dt.date], Mapping[str, str]] | None = None
    provinces: Callable[[dt.date], Collection[str]] | None = None
    former_district: Callable[[str, dt.date], Iterable[str]] | None = None
    templates: Collection[str] | None = None
    releases: tuple[tuple[str, Release], ...] | None = None
    file_names: bool = False
