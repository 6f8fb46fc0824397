"""The register of an office (Form 07): by office and days, with search; as a table file and on paper."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from flask import Response, request

from engine.acts.print_papers import print_book
from engine.clock import civil_day
from engine.errors import wrong
from engine.queries.page import After, Page
from engine.queries.register import RegisterLine, register
from engine.rules.values.written_day import read_day
from engine.text import Text
from engine.transaction import UnitOfWork
from server.context import language, runtime
from server.identity import Access, reading
from server.paging import key_of
from server.tables import CSV_TYPE, Table, csv_of
from server.values import CODE, Body, Line, Word
from web.attachment import attachment
from web.desk.list_address import read_place
from web.once import once
from web.pages import Pages
from web.render import render
from web.text import short_moment

books = Pages("register", audience="desk")
MOST_IN_FILE = 5000
_PAGE = 100
_LONGEST_SEARCH = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """An office and the first and last day; ``wrong`` says that a day was not readable."""

    office: str
    start: dt.date
    end: dt.date
    text: str
    wrong: bool


class ToPrint(Body):
    """The register to print; with a reason unmasked."""

    co_quan = Word(CODE, required=True)
    tu = Line(20, required=True)
    den = Line(20, required=True)
    reason = Line(load_default=None)


@books.page("/so-dang-ky", access=Access.STAFF)
def show() -> str:
    """The register of an office"""
    with reading() as unit:
        offices = _offices(unit)
        wanted = _wanted(offices)
        found = _page(unit, wanted, read_place(request.args.get("sau")), _PAGE) if offices else None
        names = {code: _name(unit, code) for code in {line.handler_office for line in found.lines}} if found else {}
    return render(
        "desk/register.html",
        offices=offices,
        wanted=wanted,
        lines=found.lines if found else (),
        after=key_of(found.after) if found else None,
        names=names,
        most=MOST_IN_FILE,
    )


@books.page("/so-dang-ky/tep", access=Access.STAFF)
def table_file() -> Response:
    """The register as a table file"""
    with reading() as unit:
        offices = _offices(unit)
        wanted = _wanted(offices)
        lines = _page(unit, wanted, None, MOST_IN_FILE).lines if offices else ()
        content = _csv(unit, lines)
    name = f"so-dang-ky-{wanted.office}-{wanted.start}-{wanted.end}.csv"
    return attachment(content, name, CSV_TYPE)


@books.post("/so-dang-ky/in", access=Access.STAFF, form=ToPrint, again=show, step_up=True)
def print_it(form: dict[str, str]) -> Response:
    """Print the register"""
    start, end = read_day(form["tu"]), read_day(form["den"])
    if start is None or end is None:
        raise wrong("tu", "ngày viết như 05/08/2025", "write a day as 05/08/2025")

    def doing(unit: UnitOfWork) -> int:
        return print_book(unit, form["co_quan"], start, end, form["reason"])

    return once("print_register", doing, to=lambda run: f"/in/{run}")


def _offices(unit: UnitOfWork) -> dict[str, Text]:
    """The offices whose register the actor may look into, by code: those in which they work."""
    return {code: _name(unit, code) for code in sorted(unit.actor.offices(unit.today))}


def _name(unit: UnitOfWork, code: str) -> Text:
    return unit.catalogue.office_name(code) or Text(code, code)


def _wanted(offices: dict[str, Text]) -> Wanted:
    """What the address or the form asks for; by default the first office, from the first of the month to today."""
    today = civil_day(runtime().now())
    given = request.values
    office = given.get("co_quan", "")
    start, end = read_day(given.get("tu", "")), read_day(given.get("den", ""))
    faulty = bool((given.get("tu") and not start) or (given.get("den") and not end) or (start and end and end < start))
    known = office if office in offices else next(iter(offices), "")
    first, last = (None, None) if faulty else (start, end)
    last = last or today
    return Wanted(known, first or min(last, today).replace(day=1), last, given.get("q", "")[:_LONGEST_SEARCH], faulty)


def _page(unit: UnitOfWork, wanted: Wanted, after: After | None, limit: int) -> Page[RegisterLine]:
    start = min(wanted.start, wanted.end)
    return register(unit, wanted.office, start, wanted.end, after=after, limit=limit, text=wanted.text)


def _csv(unit: UnitOfWork, lines: tuple[RegisterLine, ...]) -> bytes:
    """The lines as a table that a spreadsheet program opens unchanged."""
    english = language() == "en"
    heads = ("Mã hồ sơ", "Mã TTHC", "Thủ tục", "Chủ hồ sơ", "Cơ quan giải quyết", "Nhận", "Hẹn trả", "Đã trả")
    heads_en = ("Dossier", "Procedure code", "Procedure", "Applicant", "Deciding office", "Received", "Due", "Returned")
    rows = []
    for line in lines:
        office = _name(unit, line.handler_office)
        moments = (line.received_at, line.promised_at, line.returned_at)
        words = (line.code, line.procedure, line.procedure_name.in_(language()), line.applicant or "")
        rows.append((*words, office.in_(language()), *(short_moment(one) if one else "" for one in moments)))
    return csv_of(Table("", heads_en if english else heads, rows))
