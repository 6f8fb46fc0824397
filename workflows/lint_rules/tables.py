"""Lint rules about decision tables and areas: their cells can be read, and each table has one answer for every case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple, cast

from engine.rules.procedure.areas import AREA, area_of
from engine.rules.procedure.condition_types import Function
from engine.rules.procedure.conditions import ConditionRefused, UnknownName
from engine.rules.procedure.definition import TermUnit
from engine.rules.procedure.explain import name_of_fact
from engine.rules.procedure.parts import Table
from engine.rules.procedure.table_cells import Accepted, BadCell, read_cell
from engine.rules.procedure.table_inputs import Input, read_input
from engine.rules.procedure.table_proof import Example, Proof, TableTooLarge, Value, prove
from engine.rules.values.decimals import in_normal_form
from engine.text import Text
from workflows.lint_rules.subject import Path, Subject
from workflows.problems import Both, Suggest
from workflows.table_arms import OTHERWISE, OUTCOME, price_of, term_of

RESERVED = (OUTCOME, OTHERWISE, "not")


class _Use(NamedTuple):
    """A place that a table decides, in the file, and what its outcomes must be."""

    path: Path
    table: str
    kind: str


def check_tables(subject: Subject) -> None:
    """Runs every rule about decision tables and areas. It runs early: rules about arms skip tables that are wrong."""
    uses = list(_uses(subject))
    for use in uses:
        if use.table not in subject.release.tables:
            hint = Suggest(use.table, tuple(subject.release.tables))
            subject.add("unknown-table", subject.source.at(*use.path, "table"), table=use.table, hint=hint)
    for key, table in subject.release.tables.items():
        if key not in {use.table for use in uses}:
            subject.add("unused-table", subject.source.key("tables", key), table=key)
        _check_outcomes(subject, key, table, {use.kind for use in uses if use.table == key})
        if subject.declared is not None:
            _check_table(subject, key, table)
    _check_areas(subject)


def _uses(subject: Subject) -> Iterator[_Use]:
    release = subject.release
    places: list[tuple[Path, str]] = [(("sla", "total"), "term")]
    places += [(("routing", key), "office") for key in release.routing]
    places += [(("fees", key), "price") for key in release.fees]
    places += [(("actions", key, "to"), "state") for key in release.actions]
    for path, kind in places:
        if subject.source.has(*path, "table"):
            yield _Use(path, subject.source.text_at(*path, "table"), kind)


_WANTED = {
    "term": Both('thời hạn, như 10, 0.5 hoặc "4 working hours"', 'a term, such as 10, 0.5 or "4 working hours"'),
    "office": Both("mã đơn vị", "the code of an office"),
    "price": Both("số đồng, chỉ gồm chữ số", "đồng, digits only"),
    "state": Both("tên một trạng thái", "the name of a state"),
}


def _check_outcomes(subject: Subject, key: str, table: Table, kinds: set[str]) -> None:
    if len(kinds) > 1:
        subject.add("table-two-uses", subject.source.key("tables", key), table=key)
        return
    unit = cast(TermUnit, subject.source.text_at("sla", "unit"))
    for index, rule in enumerate(table.rules):
        at = subject.source.at("tables", key, "rules", index, OTHERWISE if rule.otherwise else OUTCOME)
        for kind in kinds:
            fits = {
                "term": term_of(rule.outcome, unit) is not None,
                "price": price_of(rule.outcome) is not None,
                "state": rule.outcome in subject.release.states,
            }
            if not fits.get(kind, True):
                subject.add("table-outcome", at, table=key, outcome=rule.outcome, wanted=_WANTED[kind])


def _check_table(subject: Subject, key: str, table: Table) -> None:
    inputs = {name: _read_input(subject, key, name, source) for name, source in table.inputs.items()}
    known = {name: input_ for name, input_ in inputs.items() if input_ is not None}
    if len(known) < len(inputs) or not _independent(subject, key, known):
        return
    cut = [index for index, rule in enumerate(table.rules) if rule.otherwise and index + 1 < len(table.rules)]
    for index in cut:
        subject.add("table-else-last", subject.source.at("tables", key, "rules", index), table=key)
    rules = [_read_rule(subject, key, table, index, known) for index in range(len(table.rules))]
    if cut or any(rule is None for rule in rules):
        return
    asked = [rule for rule, one in zip(rules, table.rules, strict=True) if rule is not None and not one.otherwise]
    try:
        proof = prove(list(known.values()), asked)
    except TableTooLarge:
        subject.add("table-too-large", subject.source.key("tables", key), table=key)
        return
    _tell(subject, key, table, list(known.items()), proof)


def _read_input(subject: Subject, key: str, name: str, source: str) -> Input | None:
    path: Path = ("tables", key, "inputs", name)
    if name in RESERVED:
        why = Both(f'tên "{name}" đã có nghĩa khác trong bảng', f'the name "{name}" means something else in a table')
        subject.add("table-input", subject.source.key(*path), table=key, input=name, why=why)
        return None
    try:
        return read_input(source, subject.declared or {}, subject.release.fields, _functions(subject))
    except ConditionRefused as refused:
        at = subject.source.inside(refused.column, *path)
        why = Both(refused.sentence("vi"), refused.sentence("en"))
        if isinstance(refused, UnknownName):
            subject.add("unknown-name", at, why=why)
        else:
            subject.add("table-input", at, table=key, input=name, why=why)
        return None


def _functions(subject: Subject) -> Mapping[str, Function]:
    return {AREA: area_of(subject.release.areas), "former_district": subject.district}


def _independent(subject: Subject, key: str, inputs: Mapping[str, Input]) -> bool:
    """Whether no two inputs read the same fact: else they cannot have their values independently of each other."""
    owner: dict[str, str] = {}
    for name, input_ in inputs.items():
        for fact in input_.facts:
            other = owner.setdefault(fact, name)
            if other != name:
                why = Both(f'cũng đọc "{fact}" như cột "{other}"', f'it reads "{fact}", as input "{other}" does')
                at = subject.source.at("tables", key, "inputs", name)
                subject.add("table-input", at, table=key, input=name, why=why)
                return False
    return True


def _read_rule(
    subject: Subject, key: str, table: Table, index: int, inputs: Mapping[str, Input]
) -> list[Accepted | None] | None:
    """What a rule accepts of each input; None where a cell cannot be read, which is reported."""
    read: dict[str, Accepted] = {}
    sound = True
    for name, cell in table.rules[index].cells.items():
        path: Path = ("tables", key, "rules", index, name)
        if name not in inputs:
            at, hint = subject.source.key(*path), Suggest(name, tuple(inputs))
            subject.add("table-column", at, table=key, input=name, hint=hint)
            sound = False
            continue
        try:
            read[name] = read_cell(cell, inputs[name], _functions(subject))
        except BadCell as bad:
            why = Both(bad.sentence("vi"), bad.sentence("en"))
            subject.add("table-cell", subject.source.at(*path), table=key, row=index + 1, input=name, why=why)
            sound = False
    return [read.get(name) for name in inputs] if sound else None


def _tell(subject: Subject, key: str, table: Table, inputs: list[tuple[str, Input]], proof: Proof) -> None:
    """Reports what the proof found."""
    at = subject.source.key("tables", key)
    otherwise = table.rules[-1].otherwise
    if proof.gap is not None and not otherwise:
        subject.add("table-gap", at, table=key, case=_case(subject, inputs, proof.gap))
    if table.hit == "unique":
        for (first, second), example in sorted(proof.overlaps.items()):
            here = subject.source.at("tables", key, "rules", second)
            case = _case(subject, inputs, example)
            subject.add("table-overlap", here, table=key, first=first + 1, second=second + 1, case=case)
    overlapped = {second for _, second in proof.overlaps}
    for index, rule in enumerate(table.rules):
        unused = proof.gap is None if rule.otherwise else index not in proof.used
        if unused and (table.hit == "first" or index not in overlapped):
            subject.add("table-hidden", subject.source.at("tables", key, "rules", index), table=key, row=index + 1)


def _case(subject: Subject, inputs: list[tuple[str, Input]], example: Example) -> Both:
    """A case in words, by the names that people see."""
    said = [_said(subject, input_, value) for (_, input_), value in zip(inputs, example, strict=True)]
    return Both(", ".join(one.vi for one in said), ", ".join(one.en for one in said))


def _said(subject: Subject, input_: Input, value: Value) -> Both:
    own = input_.facts == (input_.source,)
    named = name_of_fact(subject.release, input_.source) if own else Text(input_.source, input_.source)
    if value is None:
        return Both(f"{named.vi} là giá trị khác", f"{named.en} is another value")
    if input_.kind == "string":
        text = f'"{value}"' if value else ""
        return Both(f"{named.vi} = {text or 'chưa khai'}", f"{named.en} = {text or 'not given'}")
    if input_.kind == "bool":
        return Both(f"{named.vi}: {'có' if value else 'không'}", f"{named.en}: {'yes' if value else 'no'}")
    number = int(value)
    if input_.kind == "date":
        day = dt.date.fromordinal(number).isoformat() if number else ""
        return Both(f"{named.vi} = {day or 'chưa khai'}", f"{named.en} = {day or 'not given'}")
    shown = in_normal_form(Decimal(number).scaleb(-input_.places))
    return Both(f"{named.vi} = {shown.replace('.', ',')}", f"{named.en} = {shown}")


def _check_areas(subject: Subject) -> None:
    if subject.context.communes is None:
        return
    start = subject.release.effective.start
    known = subject.context.communes(start)
    for key, area in subject.release.areas.items():
        unknown = [code for code in area.communes if code not in known]
        if unknown:
            at = subject.source.at("areas", key, "communes")
            subject.add("area-commune", at, area=key, communes=unknown[:5], start=start)
