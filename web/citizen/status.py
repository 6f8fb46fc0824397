"""The page of a dossier for its applicant: the verdict first, then what to do, whom to ask, the progress, and why."""

from __future__ import annotations

from engine.queries.citizen_page import CitizenPage, citizen_page
from engine.rules.procedure.portal_status import PortalStatus
from server.identity import Access, reading
from web.citizen.progress import progress_of
from web.citizen.verdict import verdict_of
from web.pages import Pages
from web.qr import qr_of
from web.render import render

status = Pages("status", audience="citizen")


@status.page("/h/<code>", access=Access.LINK)
def show(code: str) -> str:
    """The status of one's dossier"""
    with reading() as unit:
        page = citizen_page(unit, code)
    return render(
        "citizen/status.html",
        page=page,
        known=page.status,
        verdict=verdict_of(page),
        stages=progress_of(page),
        statuses=PortalStatus,
        to_pay=to_pay(page),
        qr=qr_of(page.payment.asked.text) if page.payment.asked else None,
        reasons=[line for line in page.trace if line.kind == "extension"],
    )


def to_pay(page: CitizenPage) -> int:
    """What is to be paid now, in đồng: while the dossier is worked on, not yet what is paid at the return."""
    ended = page.status.state.status.ended
    return sum(fee.due for fee in page.status.fees if ended or fee.collect != "on_return")
