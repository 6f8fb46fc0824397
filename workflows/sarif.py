"""SARIF 2.1.0 (OASIS), the format in which code review tools show findings beside the line of a file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Level = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. ``line`` and ``column`` count from 1; 0: the place is not known."""

    rule: str
    level: Level
    text: str
    file: str
    line: int = 0
    column: int = 0


def sarif(tool: str, findings: Sequence[Finding], rules: Mapping[str, Mapping[str, Any]] | None = None) -> str:
    """The findings as one SARIF log. ``rules`` holds what is said of a rule besides its id."""
    used = sorted({finding.rule for finding in findings})
    driver = {"name": tool, "rules": [{"id": rule, **(rules or {}).get(rule, {})} for rule in used]}
    results = [_result(finding, used) for finding in findings]
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _result(finding: Finding, rules: Sequence[str]) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": finding.file}}
    known: Iterable[tuple[str, int]] = (("startLine", finding.line), ("startColumn", finding.column))
    if finding.line:
        place["region"] = {name: number for name, number in known if number}
    return {
        "ruleId": finding.rule,
        "ruleIndex": rules.index(finding.rule),
        "level": finding.level,
        "message": {"text": finding.text},
        "locations": [{"physicalLocation": place}],
    }
