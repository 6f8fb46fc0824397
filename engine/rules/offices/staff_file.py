"""A file of staff in CSV: one line for each role of a person, read leniently and judged strictly.

Spreadsheets write what they like: a byte order mark, semicolons or tabs, days as 05/08/2025, empty lines at the end.
All of that is read. What is wrong is told by line and column, for all lines at once.
"""

from __future__ import annotations

import csv
import datetime as dt
import difflib
import io
from dataclasses import dataclass

from engine.rules.plain_text import plain_text
from engine.rules.values.written_day import read_day
from engine.text import Text

COLUMNS = ("username", "name", "email", "phone", "language", "office", "role", "start", "end")
SAMPLE = (
    "username;name;email;phone;language;office;role;start;end\r\n"
    "ten.dang.nhap;Họ và tên;dia.chi@example.org;;vi;TT-26740;counter;01/08/2026;\r\n"
    "ten.dang.nhap;Họ và tên;;;;UB-26740;specialist;01/08/2026;31/12/2026\r\n"
)
"""A file to begin with: one person in two roles."""
NEEDED = ("username", "name")
MOST_LINES, MOST_BYTES, LONGEST = 2000, 1_000_000, 500
_CALLED = {
    "username": ("username", "account", "ten dang nhap", "tai khoan"),
    "name": ("name", "full name", "ho va ten", "ho ten"),
    "email": ("email", "e-mail", "mail", "thu dien tu"),
    "phone": ("phone", "telephone", "dien thoai", "so dien thoai"),
    "language": ("language", "ngon ngu"),
    "office": ("office", "co quan", "ma co quan", "don vi"),
    "role": ("role", "vai tro"),
    "start": ("start", "from", "tu ngay", "ngay bat dau"),
    "end": ("end", "until", "den ngay", "khong con tu ngay", "ngay ket thuc"),
}
_MEANING = {word: column for column, words in _CALLED.items() for word in words}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, in which line of the file (the header is 1) and column; 0: the file as a whole."""

    line: int
    column: str
    words: Text


@dataclass(frozen=True, slots=True)
class StaffLine:
    """One line: a person, and perhaps a role of theirs at an office, by the words of the file."""

    number: int
    username: str
    name: str
    email: str | None = None
    phone: str | None = None
    language: str = "vi"
    office: str = ""
    role: str = ""
    start: dt.date | None = None
    end: dt.date | None = None


@dataclass(frozen=True, slots=True)
class StaffFile:
    """The lines that could be read, and what is wrong with the others."""

    lines: tuple[StaffLine, ...]
    faults: tuple[Fault, ...]


def read_staff_file(content: bytes) -> StaffFile:
    r"""Reads a file of staff.

    >>> written = "\ufeffTài khoản;Họ và tên;Cơ quan;Vai trò;Từ ngày\nlan.nt;Lan;TT-1;counter;1/8/2026"
    >>> file = read_staff_file(written.encode())
    >>> file.lines[0].office, file.lines[0].start.isoformat(), file.faults
    ('TT-1', '2026-08-01', ())
    """
    if len(content) > MOST_BYTES:
        return _refused("tệp lớn hơn 1 MB", "the file is larger than 1 MB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _refused(
            "tệp không phải UTF-8: trong Excel hãy lưu thành “CSV UTF-8”",
            "the file is not UTF-8: save it from Excel as “CSV UTF-8”",
        )
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True))
    except csv.Error:
        return _refused("có dấu ngoặc kép chưa đóng", "a quotation mark is not closed")
    filled = [(number, row) for number, row in enumerate(rows, 1) if any(cell.strip() for cell in row)]
    if not filled:
        return _refused("tệp trống", "the file is empty")
    if len(filled) - 1 > MOST_LINES:
        return _refused(f"nhiều nhất {MOST_LINES} dòng", f"at most {MOST_LINES} lines")
    (head, names), *body = filled
    columns, faults = _columns(head, names)
    if faults:
        return StaffFile((), tuple(faults))
    lines = [line for number, row in body if (line := _line(number, row, columns, faults)) is not None]
    return StaffFile(tuple(lines), tuple(faults))


def _refused(vi: str, en: str) -> StaffFile:
    return StaffFile((), (Fault(0, "", Text(vi, en)),))


def _delimiter(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=first.count)


def _columns(head: int, names: list[str]) -> tuple[dict[str, int], list[Fault]]:
    """The place of each column, and what is wrong with the line of their names."""
    places: dict[str, int] = {}
    faults = []
    for at, written in enumerate(names):
        plain = plain_text(written)
        if not plain:
            continue
        column = _MEANING.get(plain)
        if column is None:
            faults.append(Fault(head, written.strip()[:40], _unknown_column(plain)))
        elif column in places:
            faults.append(Fault(head, column, Text("cột có hai lần", "the column stands there twice")))
        else:
            places[column] = at
    for column in NEEDED:
        if column not in places:
            faults.append(Fault(head, column, Text("thiếu cột này", "this column is missing")))
    return places, faults


def _unknown_column(plain: str) -> Text:
    near = difflib.get_close_matches(plain, _MEANING, n=1, cutoff=0.6)
    known = ", ".join(COLUMNS)
    vi, en = (f"ý bạn là “{near[0]}”?", f"did you mean “{near[0]}”?") if near else (f"có: {known}", f"known: {known}")
    return Text(f"không có cột này; {vi}", f"there is no such column; {en}")


def _line(number: int, row: list[str], columns: dict[str, int], faults: list[Fault]) -> StaffLine | None:
    """The line, or None after adding what is wrong with it."""
    told = {name: row[at].strip() if at < len(row) else "" for name, at in columns.items()}
    wrong = _faults(number, row, told, columns)
    faults += wrong
    if wrong:
        return None
    return StaffLine(
        number,
        told["username"],
        told["name"],
        told.get("email") or None,
        told.get("phone") or None,
        told.get("language") or "vi",
        told.get("office", ""),
        told.get("role", ""),
        read_day(told.get("start", "")),
        read_day(told.get("end", "")),
    )


def _faults(number: int, row: list[str], told: dict[str, str], columns: dict[str, int]) -> list[Fault]:
    found = []
    if any(cell.strip() for cell in row[max(columns.values()) + 1 :]):
        found.append(Fault(number, "", Text("nhiều ô hơn số cột", "there are more cells than columns")))
    for column in NEEDED:
        if not told[column]:
            found.append(Fault(number, column, Text("để trống", "is empty")))
    for column, value in told.items():
        if len(value) > LONGEST or not value.isprintable():
            found.append(Fault(number, column, Text("quá dài hoặc có ký tự lạ", "is too long, or has odd characters")))
    for column in ("start", "end"):
        if told.get(column) and read_day(told[column]) is None:
            found.append(Fault(number, column, Text("ngày viết như 05/08/2025", "write a day as 05/08/2025")))
    if told.get("language", "") not in ("", "vi", "en"):
        found.append(Fault(number, "language", Text("vi hoặc en", "vi or en")))
    place = {name: bool(told.get(name)) for name in ("office", "role", "start")}
    if any((*place.values(), told.get("end"))) and not all(place.values()):
        missing = next(name for name, given in place.items() if not given)
        say = Text("phải có cùng cơ quan, vai trò và ngày đầu", "office, role and first day belong together")
        found.append(Fault(number, missing, say))
    return found
