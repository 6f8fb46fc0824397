"""The report on the readiness of provinces for two levels of government: five items, as the reform's plans count them.

Four are computed from what is in the system on a day. The fifth, equipment and lines, a person says. On one day of June
2025 they were fulfilled by 17, 14, 23, 27 and 26 of 34 provinces [M].
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from engine.queries.figure_readers import Reader
from engine.rules.offices.offices import Office
from engine.rules.procedure.definition import Release
from engine.store.report_mails import ticks_of
from engine.text import Text
from engine.transaction import UnitOfWork

ITEMS: Final = (
    Text("Thủ tục có cơ quan giải quyết", "Procedures with a deciding office"),
    Text("Quy trình nội bộ", "Internal processes"),
    Text("Địa chỉ nơi tiếp nhận", "Addresses of counters"),
    Text("Đường dây nóng", "Hotlines"),
    Text("Thiết bị, đường truyền", "Equipment and lines"),
)
FORMULAS: Final = (
    Text(
        "Thủ tục đang có hiệu lực mà tỉnh có cơ quan đúng cấp, đúng loại để giải quyết ÷ thủ tục đang có hiệu lực",
        "Procedures in force for which the province has an office of the competent level and body ÷ all in force",
    ),
    Text(
        "Thủ tục có quy trình nội bộ định thời gian cho từng bước của cán bộ ÷ thủ tục đang có hiệu lực",
        "Procedures whose internal process gives each step of staff a time ÷ procedures in force",
    ),
    Text(
        "Nơi tiếp nhận đã công bố địa chỉ ÷ nơi tiếp nhận của tỉnh",
        "Counters with a published address ÷ counters of the province",
    ),
    Text(
        "Nơi tiếp nhận đã công bố đường dây nóng ÷ nơi tiếp nhận của tỉnh",
        "Counters with a published hotline ÷ counters of the province",
    ),
    Text(
        "Người giám sát của tỉnh hoặc người quản trị đánh dấu",
        "The province's monitor or an administrator says so",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """``part`` of ``of`` are in place."""

    part: int
    of: int

    @property
    def done(self) -> bool:
        return 0 < self.of == self.part


@dataclass(frozen=True, slots=True, kw_only=True)
class Province:
    """A province with the four computed items and what was said of the fifth; ``said_by`` is None if nothing was."""

    code: str
    name: Text
    items: tuple[Item, ...]
    equipped: bool
    said_by: str | None
    said_at: dt.datetime | None

    @property
    def done(self) -> tuple[bool, ...]:
        """Of each of the five items whether it is fulfilled."""
        return (*(one.done for one in self.items), self.equipped)


def readiness(unit: UnitOfWork, reader: Reader) -> tuple[Province, ...]:
    """The provinces of the reader today: those that miss most first."""
    releases = [one.release for one in unit.catalogue.procedures(unit.today) if one.release.public]
    offices: dict[str, list[Office]] = defaultdict(list)
    for one in unit.catalogue.offices.values():
        if one.valid(unit.today):
            offices[one.province].append(one)
    said = ticks_of(unit.reader(), "equipment", reader.provinces)
    processes = Item(part=sum(_times_every_step(one) for one in releases), of=len(releases))
    needed = [_deciders(unit, one) for one in releases]
    lines = []
    for code, name in reader.provinces.items():
        there = offices.get(code, [])
        kinds = {(_level(unit, one), one.body) for one in there}
        counters = [one for one in there if one.receives]
        items = (
            Item(part=sum(bool(wanted) and wanted <= kinds for wanted in needed), of=len(needed)),
            processes,
            Item(part=sum(bool(one.address) for one in counters), of=len(counters)),
            Item(part=sum(bool(one.hotline) for one in counters), of=len(counters)),
        )
        tick = said.get(code)
        equipped = bool(tick and tick.ready)
        lines.append(
            Province(
                code=code,
                name=name,
                items=items,
                equipped=equipped,
                said_by=tick.name if tick else None,
                said_at=tick.said_at if tick else None,
            )
        )
    return tuple(sorted(lines, key=lambda one: (sum(one.done), one.name.vi)))


def _times_every_step(release: Release) -> bool:
    steps = [
        one for one in release.states.values() if one.role is not None and not one.final and one.clock == "running"
    ]
    return bool(steps) and all(one.limit is not None for one in steps)


def _deciders(unit: UnitOfWork, release: Release) -> set[tuple[str, str]]:
    """The levels and bodies that are competent for a procedure today."""
    found = (one for one in unit.catalogue.competences if one.subject == release.procedure and one.valid(unit.today))
    return {(one.level, one.body) for one in found}


def _level(unit: UnitOfWork, office: Office) -> str:
    return unit.catalogue.territory.unit(office.unit_id).level
