"""The cells of decision tables: the condition that a cell is, and the set of values that it accepts.

    item := number | date | text | true | false
          | ("<" | "<=" | ">" | ">=" | "!=") value
          | value ".." value | ("[" | "(") value ".." value ("]" | ")")
          | function ("name")          such as area("mountain"), the texts that the function gives

A round bracket leaves the bound out. A text that begins with such a sign stands in quotes within the quotes of YAML.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from engine.errors import Refusal
from engine.rules.procedure.condition_types import Function
from engine.rules.procedure.facts import DAYS_LIMIT, INT_LIMIT
from engine.rules.procedure.parts import Cell
from engine.rules.procedure.table_inputs import LAST_DAY, Input, Span, merged
from engine.rules.values.decimals import in_normal_form, scaled

ANY: Final = "-"
_COMPARED = re.compile(r"(<=|>=|!=|<|>)\s*(.+)", re.DOTALL)
_RANGE = re.compile(r"([\[(]?)\s*([^\s\[\]()]+?)\s*\.\.\s*([^\s\[\]()]+?)\s*([\])]?)")
_CALL = re.compile(r"""([a-z_]+)\(\s*["']([^"'\\]*)["']\s*\)""")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,15})(\.[0-9]{1,6})?")
_EDGE = max(INT_LIMIT * 10**6, DAYS_LIMIT, LAST_DAY) * 10
"""Beyond every value that an input can have."""


class BadCell(Refusal):
    """A cell of a decision table cannot be read, or does not fit its input."""

    code = "bad-table-cell"
    vi = "{why_vi}"
    en = "{why_en}"


@dataclass(frozen=True)
class Accepted:
    """What a cell accepts: ``condition`` over the facts, and the same as values: ``spans`` of numbers, or ``names``
    (``besides``: every text but these)."""

    condition: str
    spans: tuple[Span, ...] = ()
    names: frozenset[str] = frozenset()
    besides: bool = False

    def takes(self, value: int | str | None) -> bool:
        """Whether a value is accepted; None is a text that no cell names."""
        if isinstance(value, int):
            return any(low <= value <= high for low, high in self.spans)
        return (value in self.names) != self.besides


def read_cell(cell: Cell, input_: Input, functions: Mapping[str, Function]) -> Accepted:
    """What ``cell`` accepts of its input. Raises BadCell."""
    items = [_item(text.strip(), input_, functions) for text in cell.items]
    condition = _any_of(items, input_)
    if input_.kind == "string":
        one = _union_of_texts(condition, items)
        return Accepted(f"!({condition})", names=one.names, besides=not one.besides) if cell.inverted else one
    spans = merged(span for item in items for span in item.spans)
    return Accepted(f"!({condition})", _complement(spans)) if cell.inverted else Accepted(condition, spans)


def _any_of(items: list[Accepted], input_: Input) -> str:
    """The condition that one of the items holds; texts are told as a list."""
    if len(items) == 1:
        return items[0].condition
    equal = [next(iter(item.names)) for item in items if item.condition.startswith(f'{input_.code} == "')]
    if input_.kind == "string" and len(equal) == len(items):
        return f"{input_.code} in [" + ", ".join(f'"{name}"' for name in equal) + "]"
    return " || ".join(f"({item.condition})" for item in items)


def _item(text: str, input_: Input, functions: Mapping[str, Function]) -> Accepted:
    if input_.kind == "bool":
        return _yes_or_no(text, input_)
    if input_.kind == "string":
        return _text(text, input_, functions)
    if between := _RANGE.fullmatch(text):
        return _range(between, input_)
    compared = _COMPARED.fullmatch(text)
    sign, written = (compared[1], compared[2].strip()) if compared else ("==", text)
    value, literal = _value(written, input_)
    spans: dict[str, tuple[Span, ...]] = {
        "==": ((value, value),),
        "!=": ((-_EDGE, value - 1), (value + 1, _EDGE)),
        "<": ((-_EDGE, value - 1),),
        "<=": ((-_EDGE, value),),
        ">": ((value + 1, _EDGE),),
        ">=": ((value, _EDGE),),
    }
    return Accepted(f"{input_.code} {sign} {literal}", spans[sign])


def _yes_or_no(text: str, input_: Input) -> Accepted:
    if text not in ("true", "false"):
        raise _bad(f'cột đúng/sai nhận true hoặc false, không nhận "{text}"', f'write true or false, not "{text}"')
    return Accepted(input_.code, ((1, 1),)) if text == "true" else Accepted(f"!{input_.code}", ((0, 0),))


def _range(found: re.Match[str], input_: Input) -> Accepted:
    opening, low_text, high_text, closing = found.groups()
    if bool(opening) != bool(closing):
        raise _bad(f'khoảng "{found[0]}" thiếu một dấu ngoặc', f'the range "{found[0]}" lacks a bracket')
    (low, low_literal), (high, high_literal) = _value(low_text, input_), _value(high_text, input_)
    least, most = low + (opening == "("), high - (closing == ")")
    if least > most:
        raise _bad(f'khoảng "{found[0]}" không chứa giá trị nào', f'the range "{found[0]}" holds no value')
    above, below = ">" if opening == "(" else ">=", "<" if closing == ")" else "<="
    condition = f"{input_.code} {above} {low_literal} && {input_.code} {below} {high_literal}"
    return Accepted(condition, ((least, most),))


def _value(text: str, input_: Input) -> tuple[int, str]:
    """A number or a date: its whole value, and how a condition writes it."""
    text = text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
    if input_.kind == "date":
        try:
            return (dt.date.fromisoformat(text).toordinal() if text else 0), f'"{text}"'
        except ValueError:
            raise _bad(f'"{text}" không phải ngày (năm-tháng-ngày)', f'"{text}" is no date (year-month-day)') from None
    if not _NUMBER.fullmatch(text) or abs(float(text)) > INT_LIMIT:
        raise _bad(f'"{text}" không phải số', f'"{text}" is no number')
    text = in_normal_form(Decimal(text))
    if len(text.partition(".")[2]) > input_.places:
        vi = f"nhiều nhất {input_.places} chữ số lẻ, không dùng {text}"
        raise _bad(vi, f"at most {input_.places} decimal places, not {text}")
    return scaled(text, input_.places), text


def _text(text: str, input_: Input, functions: Mapping[str, Function]) -> Accepted:
    if called := _CALL.fullmatch(text):
        return _called(called, input_, functions)
    compared = re.fullmatch(r"!=\s*(.+)", text, re.DOTALL)
    name = compared[1].strip() if compared else text
    name = name[1:-1] if len(name) > 1 and name[0] == name[-1] == '"' else name
    if '"' in name or "\\" in name or not name.isprintable():
        raise _bad(f"chữ {name!r} có dấu không dùng được", f"the text {name!r} holds a sign that cannot be used")
    if input_.names is not None and name not in input_.names:
        listed = ", ".join(sorted(one for one in input_.names if one))
        raise _bad(f'không có lựa chọn "{name}"; có: {listed}', f'there is no choice "{name}"; available: {listed}')
    sign = "!=" if compared else "=="
    return Accepted(f'{input_.code} {sign} "{name}"', names=frozenset({name}), besides=bool(compared))


def _called(called: re.Match[str], input_: Input, functions: Mapping[str, Function]) -> Accepted:
    name, argument = called.groups()
    try:
        found = functions[name](argument)
    except Refusal as refusal:
        raise _bad(refusal.sentence("vi"), refusal.sentence("en")) from refusal
    except LookupError:
        raise _bad(f'không có {name}("{argument}")', f'there is no {name}("{argument}")') from None
    return Accepted(f'{input_.code} in {name}("{argument}")', names=frozenset(found))


def _union_of_texts(condition: str, items: list[Accepted]) -> Accepted:
    """The texts that one of the items accepts: a finite set, or all but a finite set."""
    named = frozenset[str]().union(*(item.names for item in items if not item.besides))
    besides = [item.names for item in items if item.besides]
    if not besides:
        return Accepted(condition, names=named)
    return Accepted(condition, names=frozenset.intersection(*besides) - named, besides=True)


def _complement(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    edges = [-_EDGE - 1, *(edge for span in spans for edge in span), _EDGE + 1]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return tuple((low + 1, high - 1) for low, high in pairs if low + 1 <= high - 1)


def _bad(vi: str, en: str) -> BadCell:
    return BadCell(why_vi=vi, why_en=en)
