"""Tables for spreadsheets: CSV and XLSX that a spreadsheet program opens with every letter and number as it was.

No text becomes a formula. In XLSX each cell says what it is. CSV cannot say so, therefore a text that a spreadsheet
program would take for a formula, a number or a date has an apostrophe before it (OWASP: CSV injection).
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from engine.clock import LOCAL

Cell = str | int | float | dt.datetime | None
Decimal = Literal["point", "comma"]
"""The decimal sign of numbers in CSV. Where it is a comma, cells are separated by semicolons, as a spreadsheet program
with Vietnamese settings expects."""
DECIMALS: tuple[Decimal, ...] = ("point", "comma")

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_WIDEST = 60
_FORMULA = re.compile(r"^[\s]*[=+\-@＝＋－＠]|^[\t\r\n]")
_NUMBER = re.compile(r"^[\d.,/:%\s-]*\d[\d.,/:%\s-]*(?:[eE][+-]?\d+)?\s*$")
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\']")


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet: its title, the names of its columns, and its rows. The columns ``shares`` hold shares (0 to 1)."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    shares: frozenset[int] = frozenset()


def csv_of(table: Table, decimal: Decimal = "point") -> bytes:
    """The table as CSV: UTF-8 with a byte order mark, lines that end in CR LF.

    >>> csv_of(Table("", ("Tỉnh", "Mã"), (("=1+1", "1.012783"), ("Đồng Nai", 0.5)))).decode()
    "\\ufeffTỉnh,Mã\\r\\n'=1+1,'1.012783\\r\\nĐồng Nai,0.5\\r\\n"
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";" if decimal == "comma" else ",", lineterminator="\r\n")
    writer.writerow([_plain(name, decimal) for name in table.head])
    writer.writerows([_plain(cell, decimal) for cell in row] for row in table.rows)
    return out.getvalue().encode("utf-8-sig")


def xlsx_of(tables: Sequence[Table], made: dt.datetime) -> bytes:
    """The tables as one workbook, a sheet each. ``made`` is the moment that the file says it was made."""
    import xlsxwriter  # late: a process that makes no workbook need not hold it

    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
        "remove_timezone": True,
    }
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"created": made.astimezone(LOCAL).replace(tzinfo=None)})
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        share, plain = book.add_format({"num_format": "0.0%"}), book.add_format({"text_wrap": True, "valign": "top"})
        for number, table in enumerate(tables, 1):
            sheet = book.add_worksheet(_name_of(table.title, number))
            _fill(sheet, table, bold, share, plain)
    return out.getvalue()


def _plain(cell: Cell, decimal: Decimal) -> str:
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):
        return cell.astimezone(LOCAL).replace(tzinfo=None).isoformat(sep=" ", timespec="minutes")
    if isinstance(cell, str):
        return f"'{cell}" if _FORMULA.match(cell) or _NUMBER.match(cell) else cell
    return str(cell).replace(".", ",") if decimal == "comma" else str(cell)


def _fill(sheet: Any, table: Table, bold: Any, share: Any, plain: Any) -> None:
    """Writes a sheet for the screen and for print: its head stays in sight, and its width is that of a page."""
    for column, name in enumerate(table.head):
        sheet.write_string(0, column, name, bold)
        longest = max([len(name), *(len(str(row[column])) for row in table.rows)])
        sheet.set_column(column, column, min(longest + 2, _WIDEST))
    for place, row in enumerate(table.rows, 1):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(place, column, cell, plain)
            elif isinstance(cell, dt.datetime):
                sheet.write_string(place, column, _plain(cell, "point"), plain)
            elif cell is not None:
                sheet.write_number(place, column, cell, share if column in table.shares else None)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(table.rows), 1), len(table.head) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _name_of(title: str, number: int) -> str:
    """A name that a spreadsheet program takes: at most 31 letters, none of ``[]:*?/\\'``."""
    return _NOT_IN_A_NAME.sub(" ", title)[:31].strip() or f"{number}"
