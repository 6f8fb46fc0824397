"""The parts of a release that are looked up: decision tables, prices and areas."""

from __future__ import annotations

from typing import Literal

import msgspec

from engine.text import Text

HitPolicy = Literal["unique", "first"]
"""How a decision table is read: one rule alone may hold (``unique``), or the first that holds decides (``first``)."""


class _Frozen(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=False):
    """The base of these parts: immutable; unknown keys are refused."""


class Cell(_Frozen, frozen=True):
    """The values that one rule of a table accepts of one input: any of ``items``, or none of them (``inverted``)."""

    items: tuple[str, ...]
    inverted: bool = False


class TableRule(_Frozen, frozen=True):
    """One rule of a table: its cells by input (an input without a cell accepts every value), and its outcome.

    The last rule of a table may be ``otherwise``: it has no cells, and holds where no other rule does.
    """

    outcome: str
    cells: dict[str, Cell] = {}
    otherwise: bool = False


class Table(_Frozen, frozen=True):
    """A decision table (bảng quyết định) as its author wrote it. ``inputs`` are expressions over the facts, by name.

    The engine evaluates the arms that the loader made of it, where the table is used: a time limit, a route, the
    states that an action leads to, or the prices of a fee.
    """

    name: Text
    hit: HitPolicy
    inputs: dict[str, str]
    rules: tuple[TableRule, ...]


class Price(_Frozen, frozen=True):
    """One arm of a choice between prices in đồng; ``when`` is a condition, None for the last arm (``else``)."""

    vnd: int
    when: str | None = None


class Area(_Frozen, frozen=True):
    """A named set of communes (địa bàn), such as mountainous ones; ``legal`` is the text that names them."""

    name: Text
    communes: tuple[str, ...]
    legal: str | None = None
