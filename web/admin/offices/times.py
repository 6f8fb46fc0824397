"""Publishing the working time of an office: seen first with what it does to running dossiers, then published."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Response
from marshmallow import fields, validate

from engine.acts.publish import publish_closure, publish_hours
from engine.acts.reopen import end_hours, reopen
from engine.errors import wrong
from engine.queries.office_effect import Effect, effect_of
from engine.rules.deadlines.office_hours import Closure, read_spans
from engine.rules.deadlines.own_hours import WEEKDAYS, OwnHours, own_week
from engine.rules.values.written_day import read_day
from engine.text import Text
from engine.transaction import UnitOfWork
from server.context import runtime
from server.identity import Access, reading
from server.values import Body, Line
from web.admin.offices.shown import HERE
from web.once import once
from web.pages import Pages
from web.render import render

times = Pages("office_times", audience="desk")
_DAY = 20  # letters of a day
_HOURS = 100


class _Published(Body):
    """The words of a publication, and whether it is only looked at."""

    vi = Line(required=True)
    en = Line(required=True)
    legal = Line(required=True)
    first = Line(_DAY, required=True)
    step = fields.String(required=True, validate=validate.OneOf(("preview", "publish")))


class NewClosure(_Published):
    """Days on which the office closes; with hours only in these."""

    last = Line(_DAY, required=True)
    spans = Line(_HOURS)


class NewHours(_Published):
    """Hours of weekdays; an empty day keeps the country's, a dash closes it."""

    last = Line(_DAY)
    mon, tue, wed, thu, fri, sat, sun = (Line(_HOURS) for _ in WEEKDAYS)


class End(Body):
    """The first day of what ends, and the day from which it does; none takes all of it back."""

    kind = fields.String(required=True, validate=validate.OneOf(("closure", "hours")))
    first = Line(_DAY, required=True)
    on = Line(_DAY)


@times.page(f"{HERE}/<office>/dong-cua", access=Access.ADMIN)
def show_closure(office: str) -> str:
    """Close an office"""
    return _page("admin/offices/closure.html", office)


@times.post(f"{HERE}/<office>/dong-cua", access=Access.ADMIN, form=NewClosure, again=show_closure)
def close(office: str, form: dict[str, Any]) -> str | Response:
    """Look at a closure, or publish it"""
    first, last = _day("first", form["first"]), _day("last", form["last"])
    closure = Closure(
        first, last, form["vi"], form["en"], form["legal"], read_spans(_spans(form.get("spans")), "spans")
    )
    if form["step"] == "preview":
        with reading() as unit:
            effect = effect_of(unit, office, closure=closure)
        return _page("admin/offices/closure.html", office, effect)
    done = Text("Đã công bố. Hạn của hồ sơ đang được tính lại.", "Published. Due moments are being counted anew.")
    return once(
        "publish_closure", lambda unit: publish_closure(unit, office, closure), to=f"{HERE}/{office}", done=done
    )


@times.page(f"{HERE}/<office>/gio-rieng", access=Access.ADMIN)
def show_hours(office: str) -> str:
    """Hours of an office's own"""
    return _page("admin/offices/hours.html", office)


@times.post(f"{HERE}/<office>/gio-rieng", access=Access.ADMIN, form=NewHours, again=show_hours)
def keep_hours(office: str, form: dict[str, Any]) -> str | Response:
    """Look at own hours, or publish them"""
    given: dict[str, list[str]] = {name: _spans(form[name]) for name in WEEKDAYS if name in form}
    if not given:
        raise wrong("sat", "hãy ghi giờ của ít nhất một ngày", "write the hours of one day at least")
    week = own_week(runtime().catalogue.calendar("vn").week, given)
    last = _day("last", form["last"]) if "last" in form else None
    hours = OwnHours(_day("first", form["first"]), last, week, form["vi"], form["en"], form["legal"])
    if form["step"] == "preview":
        with reading() as unit:
            effect = effect_of(unit, office, hours=hours)
        return _page("admin/offices/hours.html", office, effect)
    done = Text("Đã công bố. Hạn của hồ sơ đang được tính lại.", "Published. Due moments are being counted anew.")
    return once("publish_hours", lambda unit: publish_hours(unit, office, hours), to=f"{HERE}/{office}", done=done)


@times.page(f"{HERE}/<office>/thu-lai", access=Access.ADMIN)
def show_end(office: str) -> str:
    """Take back a closure or own hours"""
    return _page("admin/offices/end.html", office)


@times.post(f"{HERE}/<office>/thu-lai", access=Access.ADMIN, form=End, again=show_end)
def end(office: str, form: dict[str, Any]) -> Response:
    """Take back a closure or own hours, or end them earlier"""
    first, on = _day("first", form["first"]), _day("on", form["on"]) if "on" in form else None
    act = reopen if form["kind"] == "closure" else end_hours

    def doing(unit: UnitOfWork) -> object:
        return act(unit, office, first, on) and None

    done = Text("Đã thu lại. Hạn của hồ sơ đang được tính lại.", "Taken back. Due moments are being counted anew.")
    return once("end_times", doing, to=f"{HERE}/{office}", done=done)


def _page(template: str, office: str, effect: Effect | None = None) -> str:
    with reading() as unit:
        one, tomorrow = unit.catalogue.office(office), unit.today + dt.timedelta(days=1)
    return render(template, one=one, effect=effect, tomorrow=tomorrow)


def _spans(written: str | None) -> list[str]:
    """``08:00-11:30, 13:00-17:00``; a dash alone is no hours."""
    return [part.strip() for part in (written or "").split(",") if part.strip() not in ("", "-", "–")]


def _day(where: str, written: str) -> dt.date:
    day = read_day(written)
    if day is None:
        raise wrong(where, "ngày viết như 05/08/2025", "write a day as 05/08/2025")
    return day
