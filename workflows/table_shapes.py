"""The shapes of decision tables in a workflow file: ``schema`` puts them together with the rest of the format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

from engine.rules.procedure.parts import HitPolicy
from workflows.problems import Both, Report
from workflows.shape_groups import ByKey, ByKind, Key, ListOf, MapOf, Record, Single
from workflows.shapes import BAD, NULLS, Bad, Form, OneOf, Path, Shape, Words, place, wrong_type
from workflows.yaml_reader import Node, Scalar

MOST_CELL = 200


@dataclass(frozen=True)
class Anything(Shape):
    """One value as it is written: a number, a date, a text, true or false; read as text, not empty."""

    def read(self, node: Node, path: Path, report: Report) -> str | Bad:
        if not isinstance(node, Scalar):
            return wrong_type(node, path, report, Both("một giá trị", "one value"))
        if node.plain and node.value in NULLS:
            report.add("empty", node.mark, where=place(path))
            return BAD
        if len(node.value) > MOST_CELL:
            report.add("too-long", node.mark, where=place(path), most=MOST_CELL)
            return BAD
        return node.value

    def json_schema(self) -> dict[str, Any]:
        return {"type": ["string", "number", "boolean"], "maxLength": MOST_CELL}


def table_shape(name: str, text: dict[str, Key]) -> Record:
    """A decision table; ``name`` is the pattern of names, ``text`` the keys of a name in both languages."""
    items = ByKind(scalar=Single(Anything()), items=ListOf(Anything(), least=1))
    inverted = Record({"not": Key(items, Both("khác các giá trị này", "none of these values"), required=True)})
    cell = ByKind(scalar=items.scalar, items=items.items, group=inverted)
    outcome = Both("kết quả", "outcome")
    rule = Record({"then": Key(Anything(), outcome, required=True)}, extra=cell, extra_name=name)
    otherwise = Record({"else": Key(Anything(), Both("kết quả còn lại", "outcome otherwise"), required=True)})
    hits = Both("một dòng đúng, hay dòng đầu tiên đúng", "whether one rule holds, or the first that does decides")
    return Record(
        {
            **text,
            "hit": Key(OneOf(get_args(HitPolicy)), hits),
            "inputs": Key(
                MapOf(Words(300), name, "area: land.area", least=1),
                Both("cột: dữ kiện hoặc biểu thức", "input: fact or expression"),
                required=True,
            ),
            "rules": Key(ListOf(ByKey("else", otherwise, rule), least=1), Both("các dòng", "the rules"), required=True),
        }
    )


def area_shape(text: dict[str, Key]) -> Record:
    """A named set of communes."""
    codes = ListOf(Form(r"[0-9]{5}", '"26740"'), least=1, unique=True)
    return Record(
        {
            **text,
            "communes": Key(codes, Both("mã xã, phường", "codes of communes"), required=True),
            "legal": Key(Words(200), Both("văn bản nêu địa bàn", "the text that names it")),
        }
    )


def by_table(name: str) -> Record:
    """A reference to a decision table."""
    return Record({"table": Key(Form(name, "thoi_han"), Both("theo bảng", "decided by the table"), required=True)})
