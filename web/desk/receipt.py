"""What is printed at the end of an intake: Form 01 with the citizen's QR code, or what comes in its place."""

from __future__ import annotations

from dataclasses import dataclass

import segno

from engine.forms.sheet import Sheet, sheet_of
from engine.queries.receipt import receipt
from engine.rules.deadlines.due import Due
from engine.text import Text
from server.identity import Access, reading
from web.pages import Pages
from web.render import render

receipts = Pages("receipt", audience="desk")


@dataclass(frozen=True, slots=True)
class Receipt:
    """The dossier after intake, and the paper for the applicant; None when the hour for it has passed.

    ``qr`` is the path of the dark squares of the code, ``qr_size`` its width in squares.
    """

    code: str
    procedure: Text
    state: Text
    due: Due | None
    owed: int
    sheet: Sheet | None
    qr: str
    qr_size: int


@receipts.page("/quay/tiep-nhan/<code>/bien-nhan", access=Access.STAFF)
def show(code: str) -> str:
    """The receipt to print, and the next one"""
    with reading() as unit:
        case, form = receipt(unit, code)
        sheet = sheet_of(form.issue.form, form.data) if form is not None else None
        path, size = _squares(sheet.address) if sheet is not None and sheet.address else ("", 0)
        shown = Receipt(
            code=case.code,
            procedure=case.release.in_lists,
            state=case.release.states[case.row["state"]].name,
            due=case.due(),
            owed=case.money().due,
            sheet=sheet,
            qr=path,
            qr_size=size,
        )
    return render("desk/receipt.html", page=shown)


def _squares(text: str) -> tuple[str, int]:
    """The dark squares of a QR code as the path of a picture, with the quiet zone of four squares."""
    rows = [bytearray(row) for row in segno.make(text, error="m", micro=False).matrix_iter(border=4)]
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return path, len(rows)
