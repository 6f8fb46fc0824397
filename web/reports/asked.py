"""What the address of a report asks for: period, office, province. The address is the view, so it can be kept."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Response, request

from engine.clock import civil_day
from engine.queries.figure_readers import Reader, figure_reader
from engine.queries.indicators import Wanted
from engine.rules.values.written_day import read_day
from engine.transaction import UnitOfWork
from server.context import language, runtime
from server.tables import CSV_TYPE, XLSX_TYPE, Table, csv_of, xlsx_of
from web.attachment import attachment

FIRST = dt.date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Asked:
    """The days ``start`` to ``end`` and, where given, one office or province. ``wrong``: a day was not readable."""

    reader: Reader
    start: dt.date
    end: dt.date
    office: str | None
    province: str | None
    wrong: bool
    today: dt.date

    @property
    def wanted(self) -> Wanted:
        """The question to the engine."""
        return Wanted(start=self.start, end=self.end, office=self.office, province=self.province)

    def query(self, **more: object) -> str:
        """The view as it stands in an address, with ``more`` parameters; those that are None are left out."""
        told: dict[str, object | None] = {"tu": f"{self.start:%d/%m/%Y}", "den": f"{self.end:%d/%m/%Y}"}
        told |= {"co_quan": self.office, "tinh": self.province} | more
        return urlencode({name: value for name, value in told.items() if value is not None})

    @property
    def spans(self) -> tuple[tuple[str, dt.date, dt.date], ...]:
        """Periods that are often asked for: this month, the last one, and this year."""
        month = self.today.replace(day=1)
        before = month - dt.timedelta(days=1)
        year = self.today.replace(month=1, day=1)
        return (
            ("month", month, self.today),
            ("before", before.replace(day=1), before),
            ("year", year, self.today),
        )


def asked_of(unit: UnitOfWork) -> Asked:
    """The view of this request; by default this month. Raises Forbidden for those who read no figures."""
    reader, today = figure_reader(unit), civil_day(runtime().now())
    start, end = day_of("tu"), day_of("den")
    given = request.args.get
    faulty = bool((given("tu") and not start) or (given("den") and not end) or (start and end and end < start))
    first, last = (None, None) if faulty else (start, end)
    last = last or today
    office, province = given("co_quan", ""), given("tinh", "")
    return Asked(
        reader,
        first or min(last, today).replace(day=1),
        last,
        office if office in reader.offices else None,
        province if province in reader.provinces else None,
        faulty,
        today,
    )


def day_of(name: str) -> dt.date | None:
    """A day of the address as Vietnamese write it (05/08/2025), or as ISO 8601; None where it is not readable."""
    day = read_day(request.args.get(name, ""))
    return day if day is not None and day >= FIRST else None


def number_of(name: str, least: int, most: int) -> int | None:
    """A whole number of the address within bounds; None where it is none."""
    written = request.args.get(name, "").strip()
    if not re.fullmatch(r"[0-9]{1,9}", written):
        return None
    return int(written) if least <= int(written) <= most else None


def file_of(name: str, *tables: Table) -> Response:
    """The tables as a file: ``dang=xlsx`` a workbook, else the first of them as CSV."""
    if request.args.get("dang") == "xlsx":
        return attachment(xlsx_of(tables, runtime().now()), f"{name}.xlsx", XLSX_TYPE)
    return attachment(csv_of(tables[0], "comma" if language() == "vi" else "point"), f"{name}.csv", CSV_TYPE)
