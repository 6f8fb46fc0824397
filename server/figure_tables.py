"""The pages of reports as tables for spreadsheets, in one language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from engine.queries.delays import CLASSES, Lateness
from engine.queries.indicator_words import GROUPS
from engine.queries.published_index import SOURCE, published_index
from engine.queries.readiness import ITEMS, Province
from engine.queries.service_floors import Floors
from engine.queries.unit_weeks import UnitWeeks
from engine.text import Text
from server.tables import Cell, Table


def unit_table(found: UnitWeeks, language: str) -> Table:
    """The share on time of each unit in each week, with the numbers that it was counted from."""
    head = _said(language, Text("Mã", "Code"), Text("Đơn vị", "Unit"), Text("Tuần từ", "Week from"))
    head += _said(language, Text("Xong", "Ended"), Text("Trễ", "Late"), Text("Tỷ lệ đúng hạn", "Share on time"))
    rows: list[Sequence[Cell]] = [
        [line.code, line.name.in_(language), f"{monday:%d/%m/%Y}", *line.weeks[number], line.share(number)]
        for line in found.lines
        for number, monday in enumerate(found.mondays)
    ]
    return Table(_one(language, "Đúng hạn theo đơn vị", "On time by unit"), head, rows, frozenset({5}))


def delay_table(found: Sequence[Lateness], language: str) -> Table:
    """How late the dossiers of each office ended."""
    head = _said(language, Text("Mã", "Code"), Text("Cơ quan", "Office"), Text("Xong", "Ended"), *CLASSES)
    rows: list[Sequence[Cell]] = [[one.office, one.name.in_(language), one.finished, *one.classes] for one in found]
    return Table(_one(language, "Mức trễ", "Delays"), head, rows)


def floor_table(found: Floors, language: str) -> Table:
    """The dossiers of each service in each province."""
    named = (Text("Thủ tục", "Procedure"), Text("Tên", "Name"), Text("Mã tỉnh", "Province code"))
    head = _said(language, *named, Text("Tỉnh, thành phố", "Province"), Text("Nhận trực tuyến", "Offered online"))
    head += _said(language, Text("Hồ sơ", "Dossiers"), Text("Trực tuyến", "Online"), Text("Đạt mức sàn", "Floor"))
    yes, no = _one(language, "có", "yes"), _one(language, "không", "no")
    rows: list[Sequence[Cell]] = [
        [
            *(one.procedure, one.name.in_(language), one.province, one.province_name.in_(language)),
            *(yes if one.offered else no, one.filed, one.online, yes if one.reached else no),
        ]
        for one in found.lines
    ]
    return Table(_one(language, f"Mức sàn {found.floor}", f"Floor {found.floor}"), head, rows)


def readiness_table(found: Sequence[Province], language: str) -> Table:
    """What is in place in each province."""
    head = _said(language, Text("Mã", "Code"), Text("Tỉnh, thành phố", "Province"))
    for item in ITEMS[:-1]:
        head += [item.in_(language), f"{item.in_(language)} – {_one(language, 'tổng', 'all')}"]
    head.append(ITEMS[-1].in_(language))
    yes, no = _one(language, "có", "yes"), _one(language, "không", "no")
    rows: list[Sequence[Cell]] = []
    for one in found:
        counted: list[Cell] = [number for item in one.items for number in (item.part, item.of)]
        rows.append([one.code, one.name.in_(language), *counted, yes if one.equipped else no])
    return Table(_one(language, "Sẵn sàng", "Readiness"), head, rows)


def published_table(language: str) -> Table:
    """The published points of the provinces, with their source in every line."""
    head = _said(language, Text("Hạng", "Rank"), Text("Mã", "Code"), Text("Tỉnh, thành phố", "Province"))
    head += _said(language, Text("Tổng", "Total"), *(name for key, name in GROUPS.items() if key != "other"))
    head += _said(language, Text("Nguồn", "Source"))
    rows: list[Sequence[Cell]] = [
        [one.rank, one.code, one.name, one.score, *one.points.values(), SOURCE.in_(language)]
        for one in published_index()
    ]
    return Table(_one(language, "Các tỉnh", "Provinces"), head, rows)


def file_name(report: str, start: dt.date, end: dt.date, ending: str) -> str:
    """The name of a report's file: ``don-vi-2026-03-01-2026-03-31.csv``."""
    return f"{report}-{start}-{end}.{ending}"


def _said(language: str, *words: Text) -> list[str]:
    return [one.in_(language) for one in words]


def _one(language: str, vi: str, en: str) -> str:
    return Text(vi, en).in_(language)
