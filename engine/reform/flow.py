"""The flow of a plan's dossiers: their numbers by province, office left and office reached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, Text, cast, func, select

from engine.rules.reform.totals import Group
from engine.store.plans import reform_items


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """Dossiers of a province (its code before the reform) that pass from one office to another.

    ``target`` is None where no office is determined: a person chooses, or there is none (``outcome``).
    """

    province: str
    source: str
    target: str | None
    outcome: str
    dossiers: int


def flow_of_lines(items: Iterable[Mapping[str, Any]], groups: Sequence[Group]) -> list[Stream]:
    """The flow of a plan file's dossiers."""
    counted: Counter[_Way] = Counter()
    for one in items:
        counted[one["province"], *_way(one["passages"], groups)] += 1
    return _streams(counted)


def flow_of_loaded(connection: Connection, reform_id: int, groups: Sequence[Group]) -> list[Stream]:
    """The flow of a loaded plan's dossiers, as they were planned; those that a later plan holds are left out."""
    passages = cast(reform_items.c.passages, Text)
    mine = reform_items.c.reform_id == reform_id, reform_items.c.status != "replaced"
    statement = select(reform_items.c.province, passages, func.count()).where(*mine)
    counted: Counter[_Way] = Counter()
    for province, numbers, dossiers in connection.execute(statement.group_by(reform_items.c.province, passages)):
        counted[province, *_way(msgspec.json.decode(numbers), groups)] += dossiers
    return _streams(counted)


_Way = tuple[str, str, str | None, str]
"""Province, office left, office reached, outcome."""


def _way(numbers: Mapping[str, int], groups: Sequence[Group]) -> tuple[str, str | None, str]:
    """The office left and reached of the desk that decides (of another one where that desk stays), and the outcome."""
    passages = [groups[number].passage for _, number in sorted(numbers.items())]
    main = groups[numbers["handler"]].passage if "handler" in numbers else passages[0]
    if any(one.target is None and not one.candidates for one in passages):
        return main.source, None, "without"
    if any(one.target is None for one in passages):
        return main.source, None, "person"
    return main.source, main.target, "moves"


def _streams(counted: Counter[_Way]) -> list[Stream]:
    return [
        Stream(province=province, source=source, target=target, outcome=outcome, dossiers=dossiers)
        for (province, source, target, outcome), dossiers in sorted(counted.items(), key=str)
    ]
