"""Reports by mail: who reads figures asks for those of each week or month, and ends it."""

from __future__ import annotations

from typing import Any

from flask import Response

from engine.acts.report_subscriptions import subscribe, unsubscribe
from engine.queries.report_subscriptions import own_subscriptions
from engine.text import Text
from server.identity import Access, reading
from server.values import CODE, Body, Word
from web.once import once
from web.pages import Pages
from web.render import render
from web.reports.asked import asked_of

by_mail = Pages("report_mails", audience="desk")
PAGE = "/bao-cao/dang-ky"


class Asking(Body):
    """Each week or each month; of an office or a province, or of everything."""

    rhythm = Word(r"^(week|month)$", required=True)
    co_quan = Word(CODE, load_default=None)
    tinh = Word(CODE, load_default=None)


@by_mail.page(PAGE, access=Access.STAFF)
def show() -> str:
    """Reports by mail"""
    with reading() as unit:
        asked, own = asked_of(unit), own_subscriptions(unit)
    return render("reports/by_mail.html", asked=asked, own=own)


@by_mail.post(PAGE, access=Access.STAFF, form=Asking, again=show)
def ask(form: dict[str, Any]) -> Response:
    """Ask for a report by mail"""
    return once(
        "subscribe",
        lambda unit: subscribe(unit, form["rhythm"], form["co_quan"], form["tinh"]),
        to=PAGE,
        done=Text(
            "Đã đăng ký. Thư đầu tiên đến khi kỳ này xong.",
            "Subscribed. The first mail comes when this period is over.",
        ),
    )


@by_mail.post(f"{PAGE}/<int:number>/thoi", access=Access.STAFF, again=lambda number: show())
def end(number: int) -> Response:
    """End a report by mail"""
    return once(
        "unsubscribe",
        lambda unit: unsubscribe(unit, number),
        to=PAGE,
        done=Text("Đã thôi nhận.", "It is ended."),
    )
