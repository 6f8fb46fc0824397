"""The first page: looking up a dossier with the two codes of the receipt, and the way to the centres."""

from __future__ import annotations

from typing import Any

from flask import Response

from engine.queries.look_up import NoSuchReceipt, code_of, keys_by_receipt
from server.context import reading_connection, runtime, served
from server.identity import Access
from server.limits import TooMany
from server.values import Line, Words
from web.addresses import own_address
from web.once import see_other
from web.pages import Pages
from web.render import render
from web.session import open_dossier

start = Pages("start", audience="citizen")


class LookUp(Words):
    """The two codes, and the page of the dossier that was wanted."""

    code = Line(60, required=True)
    receipt_code = Line(40, required=True)
    tiep = Line(200, load_default="")


@start.page("/", access=Access.PUBLIC)
def show() -> str:
    """Look up a dossier"""
    return render("citizen/start.html")


@start.post("/", access=Access.PUBLIC, form=LookUp, again=show, keeps=(NoSuchReceipt, TooMany))
def look_up(form: dict[str, Any]) -> Response:
    """Open the dossier with its code and its receipt code; wrong and unknown codes get the same answer"""
    code = code_of(form["code"])
    with served().limits.guessing("look-up", code, NoSuchReceipt), reading_connection() as connection:
        keys = keys_by_receipt(connection, runtime().settings, code, form["receipt_code"])
    own = f"/h/{keys.code}"
    wanted = own_address(form["tiep"], own)
    response = see_other(wanted if wanted.startswith(f"{own}/") else own)
    open_dossier(response, keys)
    return response
