"""The notice of fees of a dossier, with the QR code of its open charge, to print at the desk."""

from __future__ import annotations

from engine.dossier.case import read_case
from engine.queries.payments import payment_of
from server.identity import Access, reading
from web.pages import Pages
from web.qr import qr_of
from web.render import render

fee_notice = Pages("fee_notice", audience="desk")


@fee_notice.page("/ho-so/<code>/thong-bao-phi", access=Access.STAFF)
def show(code: str) -> str:
    """The notice of fees"""
    with reading() as unit:
        case = read_case(unit, code, along=("fees", "ledger"))
        found = payment_of(case).asked
        centre, procedure = unit.catalogue.office_name(case.counter), case.release.name
    qr = qr_of(found.text) if found else None
    return render("desk/fee_notice.html", code=code, centre=centre, procedure=procedure, asked=found, qr=qr)
