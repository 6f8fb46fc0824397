"""One row of a predecessor system, read into our values; what is wrong is told by column, for the whole row at once."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.clock import LOCAL
from engine.rules.imports.mapping import ImportMapping
from engine.rules.payments.amounts import whole_dong
from engine.rules.procedure.definition import CHANNELS
from engine.text import Text

LONGEST_CODE, LONGEST_CELL = 64, 10_000
_KEPT = re.compile(r"[A-Z0-9][A-Z0-9.\-]{3,63}")
_MOMENT = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T,]+(\d{1,2}):(\d{2})(?::\d{2})?)?", re.ASCII)
_PAIR = re.compile(r"\s*([^=;]+?)\s*=\s*([^;]+?)\s*(?:;|$)")
_MOMENTS = ("filed_at", "received_at", "due_at", "finished_at", "returned_at")
_OPENS, _CLOSES = dt.time(8), dt.time(17)
_EARLIEST, _LATEST = 1945, 2100
"""The years of moments; others are slips, and the ends of the calendar are no moments everywhere."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong in a column of the file, with the value as it is there, and what to do."""

    column: str
    value: str
    words: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedRow:
    """A dossier of the predecessor system in our words. ``code`` is the one that it had there, in capitals.

    ``fees`` are what was paid, đồng by key; ``documents`` are (key, path of the file).
    """

    source: str
    code: str
    procedure: str
    state: str
    channel: str
    applicant: Mapping[str, str]
    intake_office: str
    handler_office: str
    filed_at: dt.datetime
    received_at: dt.datetime | None = None
    due_at: dt.datetime | None = None
    finished_at: dt.datetime | None = None
    returned_at: dt.datetime | None = None
    fees: Mapping[str, int] = field(default_factory=dict)
    documents: tuple[tuple[str, str], ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)


def is_kept_code(code: str) -> bool:
    """Whether a code of the predecessor may stay the dossier's code: what a link and the look-up can carry.

    >>> is_kept_code("H19.26080-240715-0001"), is_kept_code("Số 12/HS")
    (True, False)
    """
    return _KEPT.fullmatch(code) is not None


def read_row(mapping: ImportMapping, cells: Mapping[str, str]) -> ImportedRow | list[Wrong]:
    """The row, or all that is wrong with it."""
    reading = _Reading(mapping, cells)
    procedure = reading.mapped("procedure", mapping.procedures)
    moments = {name: reading.moment(name) for name in _MOMENTS}
    row = {
        "source": mapping.source,
        "code": reading.code(),
        "procedure": procedure,
        "state": reading.mapped("state", mapping.states.get(procedure, {})),
        "channel": reading.mapped("channel", mapping.channels) or CHANNELS[0],
        "applicant": reading.applicant(),
        "intake_office": reading.mapped("intake_office", mapping.offices),
        "handler_office": reading.mapped("handler_office", mapping.offices),
        "fees": reading.fees(),
        "documents": reading.documents(),
        "fields": reading.fields(procedure),
    }
    for name in ("code", "procedure", "state", "name", "intake_office", "filed_at"):
        if not reading.cell(name):
            reading.wrong(name, "bỏ trống; hãy ghi", "is empty; fill it in")
    if row["channel"] not in CHANNELS:
        known = ", ".join(CHANNELS)
        reading.wrong("channel", f"không ánh xạ được; các kênh là {known}", f"maps to no channel; there are {known}")
    reading.in_order(moments)
    reading.storable()
    if reading.faults:
        return reading.faults
    return ImportedRow(**row, **moments)  # type: ignore[arg-type]  # each value was made for its field


class _Reading:
    def __init__(self, mapping: ImportMapping, cells: Mapping[str, str]) -> None:
        self._mapping, self._cells = mapping, cells
        self.faults: list[Wrong] = []

    def cell(self, name: str) -> str:
        return self._cells.get(self._mapping.columns.get(name, ""), "").strip()

    def wrong(self, name: str, vi: str, en: str) -> None:
        column = self._mapping.columns.get(name, name)
        self.faults.append(Wrong(column, self.cell(name)[:200], Text(vi, en)))

    def mapped(self, name: str, table: Mapping[str, str]) -> str:
        written = self.cell(name)
        return table.get(written, written)

    def code(self) -> str:
        code = " ".join(self.cell("code").split()).upper()
        if len(code) > LONGEST_CODE:
            self.wrong("code", f"dài quá {LONGEST_CODE} ký tự", f"has more than {LONGEST_CODE} characters")
        return code

    def moment(self, name: str) -> dt.datetime | None:
        """A moment; a day alone means the opening of the office, of a due day its close."""
        written = self.cell(name)
        if not written:
            return None
        found = _MOMENT.fullmatch(written)
        try:
            if found is None:
                read = dt.datetime.fromisoformat(written)
                whole = len(written) == len("2025-07-15")
            else:
                day, month, year, hour, minute = found.groups()
                read = dt.datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), tzinfo=LOCAL)
                whole = hour is None
        except ValueError:
            self.wrong(
                name,
                "không phải ngày giờ; ghi như 15/07/2025 08:30",
                "is no moment; write it like 15/07/2025 08:30",
            )
            return None
        if not _EARLIEST <= read.year <= _LATEST:
            told = f"{_EARLIEST}–{_LATEST}"
            self.wrong(name, f"năm ngoài khoảng {told}; hãy sửa", f"is not of the years {told}; mend it")
            return None
        if whole:
            read = dt.datetime.combine(read.date(), _CLOSES if name == "due_at" else _OPENS, LOCAL)
        return (read if read.tzinfo else read.replace(tzinfo=LOCAL)).astimezone(dt.UTC)

    def applicant(self) -> dict[str, str]:
        names = ("name", "identity_number", "phone", "email", "address", "commune")
        told = {name: cell for name in names if (cell := self.cell(name))}
        return told | {"kind": self.mapped("kind", self._mapping.kinds) or "citizen"}

    def fees(self) -> dict[str, int]:
        paid: dict[str, int] = {}
        for name, written in self._pairs("fees"):
            amount = whole_dong(written)
            if amount is None or not 0 <= amount < 10**12:
                self.wrong("fees", f"“{written}” không phải số tiền (đồng)", f"“{written}” is no amount in đồng")
                continue
            paid[self._mapping.fees.get(name, name)] = amount
        return paid

    def documents(self) -> tuple[tuple[str, str], ...]:
        table = self._mapping.documents
        return tuple((table.get(name, name), path) for name, path in self._pairs("documents"))

    def fields(self, procedure: str) -> dict[str, str]:
        columns = self._mapping.fields.get(procedure, {})
        return {key: cell for key, column in columns.items() if (cell := self._cells.get(column, "").strip())}

    def storable(self) -> None:
        """Requires that no cell holds NUL, which no database keeps."""
        for column, written in self._cells.items():
            if "\0" in written:
                words = Text("có ký tự NUL; hãy lưu lại tệp", "holds a NUL character; save the file again")
                self.faults.append(Wrong(column, written.replace("\0", "")[:200], words))

    def in_order(self, moments: Mapping[str, dt.datetime | None]) -> None:
        """Requires that what followed came later; the due moment may lie anywhere."""
        before, last = "", None
        for name in ("filed_at", "received_at", "finished_at", "returned_at"):
            moment = moments[name]
            if moment is None:
                continue
            if last is not None and moment < last:
                other = self._mapping.columns.get(before, before)
                self.wrong(name, f"sớm hơn cột {other}; hãy sửa một trong hai", f"is before {other}; mend one of them")
            before, last = name, moment

    def _pairs(self, name: str) -> list[tuple[str, str]]:
        written = self.cell(name)
        found = [(one[1], one[2]) for one in _PAIR.finditer(written)]
        if written and "".join(f"{a}{b}" for a, b in found) != re.sub(r"\s*[=;]\s*", "", written):
            self.wrong(name, "phải ghi dạng tên=giá trị; tên=giá trị", "must read name=value; name=value")
            return []
        return found
