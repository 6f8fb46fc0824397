"""Filings of another system that wait for a person: why, what may be chosen, and the three things to do about each."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from engine.acts.filings.settle_filing import refuse_filing, retry_filing, route_filing
from engine.queries.filings import MOST, exchange, filing_queue, one_queued
from engine.text import Text
from server.identity import Access, reading
from server.values import Body, Line, Prose
from web.once import once
from web.pages import Pages
from web.render import render

filings = Pages("filings", audience="desk")
HERE = "/ho-so-den"
_LONGEST_CAUSE = 60


class Chosen(Body):
    """The office or the commune that a person chooses, and why."""

    choice = Line(40, required=True)
    reason = Line(required=True)


class Why(Body):
    """Why it is tried again."""

    reason = Line(required=True)


class Refused(Body):
    """What the applicant is told."""

    reason = Prose(required=True)


@filings.page(HERE, access=Access.STAFF)
def show() -> str:
    """Filings that wait for a person"""
    cause = request.args.get("nguyen-nhan", "")[:_LONGEST_CAUSE] or None
    with reading() as unit:
        found, told = filing_queue(unit, cause), exchange(unit)
    return render("desk/filings.html", found=found, told=told, cause=cause, most=MOST)


@filings.page(f"{HERE}/<int:number>", access=Access.STAFF)
def show_one(number: int) -> str:
    """A filing that waits for a person"""
    with reading() as unit:
        said = one_queued(unit, number)
    return render("desk/filing.html", filing=said.filing, detail=said)


@filings.post(f"{HERE}/<int:number>/chuyen", access=Access.STAFF, form=Chosen, again=show_one)
def route(number: int, form: dict[str, Any]) -> Response:
    """Choose the office or the commune of a filing"""
    done = Text("Đã chọn. Hồ sơ sẽ được mở trong giây lát.", "Chosen. The dossier opens in a moment.")
    choice, reason = form["choice"], form["reason"]
    return once("route_filing", lambda unit: route_filing(unit, number, choice, reason), to=HERE, done=done)


@filings.post(f"{HERE}/<int:number>/thu-lai", access=Access.STAFF, form=Why, again=show_one)
def retry(number: int, form: dict[str, Any]) -> Response:
    """Try a filing again"""
    done = Text("Sẽ thử lại ngay.", "It is tried again at once.")
    return once("retry_filing", lambda unit: retry_filing(unit, number, form["reason"]), to=HERE, done=done)


@filings.page(f"{HERE}/<int:number>/tu-choi", access=Access.STAFF)
def show_refusal(number: int) -> str:
    """Why a filing is refused"""
    with reading() as unit:
        filing = one_queued(unit, number).filing
    return render("desk/filing_refuse.html", filing=filing)


@filings.post(f"{HERE}/<int:number>/tu-choi", access=Access.STAFF, form=Refused, again=show_refusal)
def refuse(number: int, form: dict[str, Any]) -> Response:
    """Refuse a filing"""
    done = Text("Đã từ chối; người nộp sẽ được trả lời.", "Refused; the applicant will be told.")
    return once("refuse_filing", lambda unit: refuse_filing(unit, number, form["reason"]), to=HERE, done=done)
