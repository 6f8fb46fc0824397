"""An action that the procedure leaves to the applicant and that is no answer to a request: above all, withdrawing."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from engine.acts.perform_action import perform_action
from engine.dossier.citizen_keys import ReceiptCodeWrong
from engine.errors import InvalidInput, NotFound
from engine.queries.citizen_page import CitizenPage, Move, citizen_page
from engine.text import Text
from engine.transaction import UnitOfWork
from server.context import served
from server.identity import Access, reading
from server.limits import TooMany
from server.values import Line, Prose, Word, Words
from web.once import once
from web.pages import Pages
from web.render import render

moves = Pages("moves", audience="citizen")

_NO_RECEIPT_CODE = Text(
    "Cần mã biên nhận: mười ký tự dưới mã QR trên giấy tiếp nhận.",
    "The receipt code is needed: ten characters under the QR code of the receipt.",
)


class Taken(Words):
    """What an action of the applicant carries. ``children`` says what becomes of linked dossiers."""

    receipt_code = Line(40, load_default=None)
    reason = Prose(load_default=None)
    children = Word("^(withdraw|continue)$", load_default=None)


@moves.page("/h/<code>/viec/<action>", access=Access.LINK)
def show(code: str, action: str) -> str:
    """What an action means, before it is taken"""
    with reading() as unit:
        page = citizen_page(unit, code)
    return render("citizen/move.html", page=page, known=page.status, move=_move(page, action))


@moves.post("/h/<code>/viec/<action>", access=Access.LINK, form=Taken, again=show, keeps=(TooMany,))
def take(code: str, action: str, form: dict[str, Any]) -> Response:
    """Take an action; one that ends the dossier needs the receipt code"""

    def doing(unit: UnitOfWork) -> object:
        return perform_action(unit, code, action, **form)

    if "receipt_code" in request.form and form["receipt_code"] is None:
        raise InvalidInput({"receipt_code": _NO_RECEIPT_CODE})
    where, done = f"/h/{code}", Text("Đã ghi nhận yêu cầu của bạn.", "Your request was recorded.")
    if form["receipt_code"] is None:
        return once("perform_action", doing, to=where, done=done)
    with served().limits.guessing("look-up", code, ReceiptCodeWrong):
        return once("perform_action", doing, to=where, done=done)


def _move(page: CitizenPage, action: str) -> Move:
    for move in page.moves:
        if move.action == action:
            return move
    raise NotFound(what=action[:60])
