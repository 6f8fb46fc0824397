"""The strict parser of an installation's ``offices.csv``: what it knows better of the offices than the generated list.

One row for each office. The column ``code`` is needed; every other column may be left out, and an empty cell keeps what
is known. A code that is not known yet begins an office, which needs ``body``, ``unit``, ``name_vi``, ``name_en`` and
``valid_from``. ``area`` holds ids of units joined by ``|``; ``receives`` is ``1`` or ``0``.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from engine.errors import Refusal
from engine.rules.offices.offices import Office
from engine.rules.territory.territory import Territory
from engine.text import Text

COLUMNS = (
    "code",
    "body",
    "unit",
    "name_vi",
    "name_en",
    "valid_from",
    "valid_to",
    "receives",
    "area",
    "identifier",
    "address",
    "hotline",
)
MOST_BYTES = 4_000_000
"""The largest file that is read."""
SAMPLE = "code;hotline;address\r\nTT-26740;1900 0000;Số 1, đường Mẫu\r\n"
"""A file to begin with."""
_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,39}", re.ASCII)
NEEDED = ("body", "unit", "name_vi", "name_en", "valid_from")
LONGEST = {"code": 40, "body": 30, "identifier": 40, "hotline": 40, "name_vi": 300, "name_en": 300, "address": 500}


class MalformedOffices(Refusal):
    """A line of an installation's table of offices is malformed."""

    code = "malformed-offices"
    vi = "{file}, dòng {line}: {why_vi}"
    en = "{file}, line {line}: {why_en}"


def amended_offices(path: Path, known: Iterable[Office], territory: Territory) -> list[Office]:
    """The known offices with the changes and additions of a file, in order of code. Raises MalformedOffices."""
    offices = {one.code: one for one in known}
    offices |= {one.code: one for one in told_offices(path.name, path.read_bytes(), offices, territory)}
    return [offices[code] for code in sorted(offices)]


def told_offices(file: str, content: bytes, known: Mapping[str, Office], territory: Territory) -> list[Office]:
    """The offices of which a file says something, as they are by it, in its order. Raises MalformedOffices."""
    told: dict[str, Office] = {}
    for line, row in _rows(file, content):
        reader = _Row(file, line, row, territory)
        code = reader.text("code") or reader.wrong("thiếu code", "code is missing")
        if code in told:
            reader.wrong(f"{code} có hai dòng", f"{code} has two lines")
        before = known.get(code)
        told[code] = reader.changed(before) if before is not None else reader.fresh(code)
    return list(told.values())


def _rows(file: str, content: bytes) -> list[tuple[int, dict[str, str]]]:
    if len(content) > MOST_BYTES:
        _wrong(file, 1, f"tệp lớn hơn {MOST_BYTES} byte", f"the file is larger than {MOST_BYTES} bytes")
    try:
        text = content.decode("utf-8-sig")
        head = text.partition("\n")[0]
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True, delimiter=max(",;\t", key=head.count))
        named = tuple(reader.fieldnames or ())
        if "code" not in named or not set(named) <= set(COLUMNS) or len(set(named)) < len(named):
            listed = ", ".join(COLUMNS)
            _wrong(file, 1, f"các cột là code và: {listed}", f"the columns are code and any of: {listed}")
        return [(reader.line_num, row) for row in reader if None in row or any(row.values())]
    except (UnicodeDecodeError, csv.Error) as error:
        _wrong(file, 1, f"không phải CSV UTF-8: {error}", f"not CSV in UTF-8: {error}")


class _Row:
    """One line, cell by cell; a cell that cannot be used raises MalformedOffices."""

    def __init__(self, file: str, line: int, row: Mapping[str, str | None], territory: Territory) -> None:
        self._file, self._line, self._row, self._territory = file, line, row, territory
        if None in row or None in row.values():
            self.wrong("số ô không bằng số cột", "the number of cells is not that of the columns")

    def wrong(self, vi: str, en: str) -> NoReturn:
        _wrong(self._file, self._line, vi, en)

    def text(self, name: str) -> str | None:
        value = (self._row.get(name) or "").strip()
        most = LONGEST.get(name, 1000)
        if len(value) > most:
            self.wrong(f"{name} tối đa {most} ký tự", f"{name} has at most {most} characters")
        return value or None

    def fresh(self, code: str) -> Office:
        for name in NEEDED:
            if self.text(name) is None:
                self.wrong(f"cơ quan mới {code} cần {name}", f"the new office {code} needs {name}")
        if _CODE.fullmatch(code) is None:
            self.wrong(f"mã mới “{code}” chỉ gồm A–Z, 0–9 và -", f"a new code has A-Z, 0-9 and -, not {code!r}")
        unit_id = self._unit("unit") or ""
        start = self._day("valid_from") or dt.date.min
        province = self._territory.province_of(self._territory.unit(unit_id), start).code
        names = Text(self.text("name_vi") or "", self.text("name_en") or "")
        bare = Office(code, self.text("body") or "", unit_id, names, province, start, identifier=f"H{province}.{code}")
        return self.changed(bare)

    def changed(self, before: Office) -> Office:
        fixed = {"body": before.body, "unit": before.unit_id, "valid_from": before.valid_from.isoformat()}
        for name, value in fixed.items():
            if (given := self.text(name)) is not None and given != value:
                self.wrong(f"{name} của {before.code} phải là {value}", f"{name} of {before.code} must be {value}")
        end = self._day("valid_to") or before.valid_to
        if end is not None and end <= before.valid_from:
            self.wrong("valid_to phải sau valid_from", "valid_to must be after valid_from")
        return replace(
            before,
            name=Text(self.text("name_vi") or before.name.vi, self.text("name_en") or before.name.en),
            valid_to=end,
            receives=self._flag("receives", before.receives),
            area=self._area() or before.area,
            identifier=self.text("identifier") or before.identifier,
            address=self.text("address") or before.address,
            hotline=self.text("hotline") or before.hotline,
        )

    def _unit(self, name: str) -> str | None:
        unit_id = self.text(name)
        return self._known_unit(unit_id) if unit_id else None

    def _area(self) -> tuple[str, ...]:
        return tuple(self._known_unit(one) for one in (self.text("area") or "").split("|") if one)

    def _known_unit(self, unit_id: str) -> str:
        try:
            return self._territory.unit(unit_id).id
        except (Refusal, LookupError):
            self.wrong(f"không có đơn vị “{unit_id}”", f"there is no unit {unit_id!r}; ids are like c:26740@2025-07-01")

    def _day(self, name: str) -> dt.date | None:
        text = self.text(name)
        if text is None:
            return None
        try:
            if (day := dt.date.fromisoformat(text)).isoformat() == text:
                return day
        except ValueError:
            pass
        return self.wrong(
            f"{name}: “{text}” không phải ngày như 2025-07-01", f"{name}: {text!r} is not a day like 2025-07-01"
        )

    def _flag(self, name: str, before: bool) -> bool:
        text = self.text(name)
        if text not in (None, "0", "1"):
            self.wrong(f"{name} là 1 hoặc 0", f"{name} is 1 or 0")
        return before if text is None else text == "1"


def _wrong(file: str, line: int, vi: str, en: str) -> NoReturn:
    raise MalformedOffices(file=file, line=line, why_vi=vi, why_en=en)
