"""What is printed at the end of an intake: Form 01 with the citizen's QR code, or what comes in its place."""

from __future__ import annotations

from dataclasses import dataclass

from engine.forms.sheet import Sheet, sheet_of
from engine.queries.receipt import receipt
from engine.rules.deadlines.due import Due
from engine.text import Text
from server.identity import Access, reading
from web.pages import Pages
from web.qr import Qr, qr_of
from web.render import render

receipts = Pages("receipt", audience="desk")


@dataclass(frozen=True, slots=True)
class Receipt:
    """The dossier after intake, and the paper for the applicant with its QR code; None once the hour has passed."""

    code: str
    procedure: Text
    state: Text
    due: Due | None
    owed: int
    sheet: Sheet | None
    qr: Qr | None


@receipts.page("/quay/tiep-nhan/<code>/bien-nhan", access=Access.STAFF)
def show(code: str) -> str:
    """The receipt to print, and the next one"""
    with reading() as unit:
        case, form = receipt(unit, code)
        sheet = sheet_of(form.issue.form, form.data) if form is not None else None
        shown = Receipt(
            code=case.code,
            procedure=case.release.in_lists,
            state=case.release.states[case.row["state"]].name,
            due=case.due(),
            owed=case.money().due,
            sheet=sheet,
            qr=qr_of(sheet.address) if sheet is not None and sheet.address else None,
        )
    return render("desk/receipt.html", page=shown)
