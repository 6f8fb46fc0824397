"""Paying by transfer: the applicant asks for a code, and prints the notice of fees with it."""

from __future__ import annotations

from flask import Response

from engine.acts.open_charge import open_charge
from engine.queries.citizen_page import citizen_page
from engine.text import Text
from engine.transaction import UnitOfWork
from server.identity import Access, reading
from web.citizen.status import show as status_page
from web.once import once
from web.pages import Pages
from web.qr import qr_of
from web.render import render

payment = Pages("payment", audience="citizen")


@payment.post("/h/<code>/nop-phi", access=Access.LINK, again=status_page)
def ask(code: str) -> Response:
    """Get a code to pay by transfer"""

    def doing(unit: UnitOfWork) -> object:
        return open_charge(unit, code)

    done = Text("Đã có mã QR. Quét mã bằng ứng dụng ngân hàng.", "Here is the QR code. Scan it with your bank's app.")
    return once("open_charge", doing, to=f"/h/{code}#chuyen-khoan", done=done)


@payment.page("/h/<code>/nop-phi", access=Access.LINK)
def show(code: str) -> str:
    """The notice of fees to print"""
    with reading() as unit:
        page = citizen_page(unit, code)
    asked = page.payment.asked
    qr = qr_of(asked.text) if asked else None
    return render("citizen/fee_notice.html", page=page, known=page.status, asked=asked, qr=qr)
