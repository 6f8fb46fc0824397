"""Makes arms of decision tables, and the arms that use them: the normal form in which the engine evaluates a table.

A rule becomes the condition that all its cells hold. The last arm has no condition: a table that the linter accepts
leaves no case out, so the last rule holds wherever the others do not. Nothing is refused here. A cell that cannot be
read makes its arm false, and the linter reports it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import Refusal
from engine.rules.procedure.areas import AREA, area_of
from engine.rules.procedure.condition_types import Function
from engine.rules.procedure.definition import Field, Term, TermUnit
from engine.rules.procedure.facts import FactNameTaken, FactType, facts_of_fields
from engine.rules.procedure.parts import Area, Cell, Table, TableRule
from engine.rules.procedure.table_cells import ANY, read_cell
from engine.rules.procedure.table_inputs import Input, read_input
from engine.text import Text
from workflows.shapes import quarters

OUTCOME, OTHERWISE = "then", "else"
NEVER = "false"
MOST_UNITS = 3650
"""The most days or hours of a time limit."""
_UNITS: dict[str, TermUnit] = {
    "working day": "working_day",
    "working days": "working_day",
    "working hour": "working_hour",
    "working hours": "working_hour",
    "calendar day": "calendar_day",
    "calendar days": "calendar_day",
}


@dataclass(frozen=True)
class Arm:
    """One arm of a choice: its outcome as the author wrote it, and its condition (None: otherwise)."""

    outcome: str
    when: str | None


def tables_of(written: Mapping[str, Any]) -> dict[str, Table]:
    """The tables of a parsed file, as their author wrote them."""
    return {key: _table(value) for key, value in written.get("tables", {}).items()}


def areas_of(written: Mapping[str, Any]) -> dict[str, Area]:
    """The areas of a parsed file."""
    return {
        key: Area(_named(value), tuple(sorted(value["communes"])), value.get("legal"))
        for key, value in written.get("areas", {}).items()
    }


def term_of(outcome: str, sla_unit: TermUnit) -> Term | None:
    """The time limit that an outcome names: a number of the procedure's own unit, or a number and a unit in words.

    >>> term_of("2.5", "working_day"), term_of("30 calendar days", "working_day"), term_of("soon", "working_day")
    (Term(amount=2.5, unit='working_day'), Term(amount=30, unit='calendar_day'), None)
    """
    number, _, words = outcome.strip().partition(" ")
    if outcome == "same_day":
        return Term(0, "same_day")
    amount, unit = quarters(number), _UNITS.get(words, sla_unit if not words else None)
    return None if amount is None or amount > MOST_UNITS or unit is None else Term(amount, unit)


def price_of(outcome: str) -> int | None:
    """The đồng that an outcome names; None where it names none."""
    return int(outcome) if re.fullmatch(r"0|[1-9][0-9]{0,9}", outcome) else None


class Tables:
    """The tables of one file with their arms."""

    def __init__(self, tables: Mapping[str, Table], fields: Mapping[str, Field], areas: Mapping[str, Area]) -> None:
        self._tables, self._fields = tables, fields
        self._functions: dict[str, Function] = {AREA: area_of(areas), "former_district": lambda name: [name]}
        try:
            self._declared: dict[str, FactType] = facts_of_fields(fields)
        except FactNameTaken:  # another rule's finding
            self._declared = {}

    def arms(self, key: str) -> list[Arm]:
        """The arms of the table ``key``; none where there is no such table."""
        table = self._tables.get(key)
        if table is None:
            return []
        inputs = {name: self._input(source) for name, source in table.inputs.items()}
        arms = [Arm(rule.outcome, self._condition(rule, inputs)) for rule in table.rules]
        return [*arms[:-1], Arm(arms[-1].outcome, None)]

    def _input(self, source: str) -> Input | None:
        try:
            return read_input(source, self._declared, self._fields, self._functions)
        except Refusal:
            return None

    def _condition(self, rule: TableRule, inputs: Mapping[str, Input | None]) -> str:
        parts = []
        for name, cell in rule.cells.items():
            input_ = inputs.get(name)
            if input_ is None:
                return NEVER
            try:
                parts.append(read_cell(cell, input_, self._functions).condition)
            except Refusal:
                return NEVER
        if len(parts) == 1:
            return parts[0]
        return " && ".join(f"({part})" if "||" in part else part for part in parts) or "true"


def _named(value: Mapping[str, Any]) -> Text:
    return Text(vi=value["vi"], en=value.get("en", value["vi"]))


def _table(value: Mapping[str, Any]) -> Table:
    inputs = dict(value["inputs"])
    rules = tuple(_rule(rule, inputs) for rule in value["rules"])
    return Table(_named(value), value.get("hit", "unique"), inputs, rules)


def _rule(rule: Mapping[str, Any], inputs: Mapping[str, str]) -> TableRule:
    if OTHERWISE in rule:
        return TableRule(rule[OTHERWISE], otherwise=True)
    written = {name: rule[name] for name in inputs if name in rule and rule[name] != [ANY]}
    unknown = {name: rule[name] for name in rule if name not in inputs and name != OUTCOME}
    return TableRule(rule[OUTCOME], {name: _cell(cell) for name, cell in (written | unknown).items()})


def _cell(written: list[str] | dict[str, list[str]]) -> Cell:
    return Cell(tuple(written["not"]), inverted=True) if isinstance(written, dict) else Cell(tuple(written))
