"""The proof that the reception stands in the signed journal: in words, as a file, and how anybody checks it."""

from __future__ import annotations

from flask import Response

from engine.errors import NotFound
from engine.queries.receipt_proof import ReceiptEntry, receipt_entry, receipt_proof
from server.context import runtime
from server.identity import Access, reading
from web.attachment import attachment
from web.pages import Pages
from web.render import render

proof = Pages("proof", audience="citizen")


@proof.page("/h/<code>/bang-chung", access=Access.LINK)
def show(code: str) -> str:
    """What the journal proves about the reception"""
    entry = _entry(code)
    return render("citizen/proof.html", code=code, entry=entry, proof=receipt_proof(runtime(), entry))


@proof.page("/h/<code>/bang-chung/tep", access=Access.LINK)
def download(code: str) -> Response:
    """The proof as a file, which holds no personal data"""
    found = receipt_proof(runtime(), _entry(code))
    if found is None:
        raise NotFound(what=code)
    return attachment(found.file, f"bang-chung-{code}.json", "application/json")


def _entry(code: str) -> ReceiptEntry:
    with reading() as unit:
        return receipt_entry(unit, code)
