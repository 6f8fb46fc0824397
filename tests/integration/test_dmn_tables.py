"""Decision tables against the public test cases of DMN (dmn-tck/tck, compliance level 2).

The cases are not part of the project: they are read from ``MOTCUA_VECTORS`` (default ``../shared/vectors``), and the
tests are skipped where they are absent. Every table is either run or named in ``REFUSED`` with the reason.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest

from engine.rules.procedure.conditions import compile_condition
from engine.rules.procedure.definition import Field
from engine.rules.procedure.facts import facts_of_fields, nested
from engine.rules.procedure.parts import Cell, Table, TableRule
from engine.rules.procedure.table_cells import read_cell
from engine.rules.procedure.table_inputs import read_input
from engine.rules.procedure.table_proof import prove
from engine.text import Text
from workflows.table_arms import Tables

ROOT = Path(__file__).parents[2]
VECTORS = Path(os.environ.get("MOTCUA_VECTORS", ROOT.parent / "shared" / "vectors")) / "dmn"
RUN = ("0004-simpletable-U", "0010-multi-output-U", "0108-first-hitpolicy", "0111-first-hitpolicy-singleoutputcol")
REFUSED = {
    "0005-simpletable-A": "hit policy ANY",
    "0006-simpletable-P1": "hit policy PRIORITY",
    "0007-simpletable-P2": "hit policy PRIORITY",
    "0117-multi-any-hitpolicy": "hit policy ANY",
}
"""The tables that the format refuses on purpose: docs/workflow-file.md gives the reasons."""
NAME = Text("Tên", "Name")
TYPES = {"number": "number", "string": "text", "boolean": "boolean"}
NOTHING = "(nothing)"
"""The outcome where no rule holds: DMN answers null, our format wants an else."""

pytestmark = pytest.mark.skipif(not VECTORS.is_dir(), reason="the public test cases of DMN are not on this machine")


@dataclass(frozen=True)
class Case:
    """One test case: the values by input, and the expected text by output ("" where there is one output only)."""

    given: dict[str, str]
    expected: dict[str, str]


def _text(node: ElementTree.Element | None) -> str:
    return (node.text or "").strip() if node is not None else ""


def _cell(text: str) -> Cell | None:
    return None if text == "-" else Cell(tuple(one.strip() for one in text.split(",")))


def _read(folder: str) -> tuple[dict[str, Field], dict[str, Table]]:
    """The inputs of the one table of a model as fields, and a table of ours for each of its outputs."""
    (path,) = (VECTORS / folder).glob("*.dmn")
    root = ElementTree.parse(path).getroot()  # noqa: S314  a public file of a fixed commit
    (table,) = root.findall(".//{*}decisionTable")
    expressions = table.findall("{*}input/{*}inputExpression")
    names = [_text(one.find("{*}text")) for one in expressions]
    kinds = [TYPES[one.attrib["typeRef"]] for one in expressions]
    fields = {f"dmn.{name.lower()}": Field(kind, NAME) for name, kind in zip(names, kinds, strict=True)}  # type: ignore[arg-type]
    inputs = {name: f"dmn.{name.lower()}" for name in names}
    tables = {}
    for index, output in enumerate(table.findall("{*}output")):
        rules = []
        for rule in table.findall("{*}rule"):
            cells = [_cell(_text(one.find("{*}text"))) for one in rule.findall("{*}inputEntry")]
            outcome = _text(rule.findall("{*}outputEntry")[index].find("{*}text")).strip('"')
            rules.append(TableRule(outcome, {name: one for name, one in zip(names, cells, strict=True) if one}))
        default = output.find("{*}defaultOutputEntry/{*}text")
        rules.append(TableRule(_text(default).strip('"') or NOTHING, otherwise=True))
        hit = "first" if table.attrib["hitPolicy"] == "FIRST" else "unique"
        tables[output.attrib.get("name", "")] = Table(NAME, hit, inputs, tuple(rules))  # type: ignore[arg-type]
    return fields, tables


def _cases(folder: str) -> list[Case]:
    found = []
    for path in sorted((VECTORS / folder).glob("*-test-*.xml")):
        for case in ElementTree.parse(path).getroot().findall("{*}testCase"):  # noqa: S314  as above
            given = {one.attrib["name"]: _text(one.find("{*}value")) for one in case.findall("{*}inputNode")}
            expected = case.find("{*}resultNode/{*}expected")
            assert expected is not None
            parts = {one.attrib["name"]: one for one in expected.findall("{*}component")} or {"": expected}
            answers = {name: _text(one.find("{*}value")) or NOTHING for name, one in parts.items()}
            found.append(Case(given, answers))
    return found


def _value(field: Field, text: str) -> object:
    if field.type == "number":
        return int(text)
    return text == "true" if field.type == "boolean" else text


@pytest.mark.parametrize("folder", RUN)
def test_a_table_of_dmn_answers_as_its_cases_expect(folder: str) -> None:
    fields, tables = _read(folder)
    declared, cases = facts_of_fields(fields), _cases(folder)
    assert cases
    for output, table in tables.items():
        arms = Tables({"it": table}, fields, {}).arms("it")
        conditions = [(arm.outcome, compile_condition(arm.when or "true", declared)) for arm in arms]
        for case in cases:
            values = {f"dmn.{name.lower()}": text for name, text in case.given.items()}
            facts = nested({key: _value(fields[key], text) for key, text in values.items()})
            assert next(outcome for outcome, holds in conditions if holds(facts)) == case.expected[output], case


@pytest.mark.parametrize("folder", [name for name in RUN if name.endswith("-U")])
def test_a_unique_table_of_dmn_is_proven_to_have_no_overlap(folder: str) -> None:
    fields, tables = _read(folder)
    for table in tables.values():
        inputs = {
            name: read_input(source, facts_of_fields(fields), fields, {}) for name, source in table.inputs.items()
        }
        rules = [
            [read_cell(rule.cells[name], one, {}) if name in rule.cells else None for name, one in inputs.items()]
            for rule in table.rules
            if not rule.otherwise
        ]
        assert prove(list(inputs.values()), rules).overlaps == {}


def test_every_table_is_run_or_refused_with_a_reason() -> None:
    there = {path.parent.name for path in VECTORS.glob("*/*.dmn")}
    assert there == set(RUN) | set(REFUSED)
    page = (ROOT / "docs" / "workflow-file.md").read_text(encoding="utf-8")
    assert all(folder in page for folder in there)
    sys.stdout.write(f"DMN: {len(RUN)} tables run, {len(REFUSED)} refused on purpose: {REFUSED}\n")
