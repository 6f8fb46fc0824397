"""Taking the result by download, and rating: both need the receipt code, since the link is in every notice."""

from __future__ import annotations

from typing import Any

from flask import Response

from engine.acts.fetch_result import fetch_result
from engine.acts.rate import rate
from engine.acts.sign_result import check_address
from engine.dossier.case import read_case
from engine.dossier.citizen_keys import ReceiptCodeWrong
from engine.queries.citizen_page import citizen_page
from engine.queries.files import file_of
from engine.queries.look_up import NoSuchReceipt, look_up
from engine.queries.result_check import signed_results
from engine.text import Text
from server.context import reading_connection, runtime, served
from server.identity import Access, reading
from server.limits import TooMany
from server.once import perform_unkept
from server.values import Line, Prose, WholeInQuery, Words
from web.attachment import attachment
from web.citizen.status import show as show_status
from web.once import once
from web.pages import Pages
from web.qr import qr_of
from web.render import render

result = Pages("result", audience="citizen")


class Wanted(Words):
    """The file that is wanted; without it the newest."""

    receipt_code = Line(40, required=True)
    document = WholeInQuery(1, load_default=None)


class Rating(Words):
    """From 5 (very satisfied) to 1, and what should be better."""

    mark = WholeInQuery(1, 5, required=True)
    words = Prose(2000, load_default=None)
    receipt_code = Line(40, required=True)


@result.page("/h/<code>/ket-qua", access=Access.LINK)
def show(code: str) -> str:
    """The files of the result"""
    with reading() as unit:
        page, signed = citizen_page(unit, code), signed_results(read_case(unit, code, along=("documents",)))
    taken = {one.id for one in page.results}
    checks = tuple(one for one in signed if one.id in taken)
    codes = {one.id: qr_of(check_address(runtime().settings.public_url, one.token)) for one in checks}
    return render("citizen/result.html", code=code, page=page, checks=checks, codes=codes)


@result.post("/h/<code>/ket-qua", access=Access.LINK, form=Wanted, again=show, keeps=(NoSuchReceipt, TooMany))
def take(code: str, form: dict[str, Any]) -> Response:
    """Download a file; each download is written into the read log"""
    with served().limits.guessing("result", code, NoSuchReceipt), reading_connection() as connection:
        look_up(connection, runtime().settings, code, form["receipt_code"])
    file = perform_unkept("fetch_result", lambda unit: file_of(*fetch_result(unit, code, form["document"])))
    return attachment(runtime().files.read(file.storage_key), file.name, file.media_type)


@result.post("/h/<code>/danh-gia", access=Access.LINK, form=Rating, again=show_status, keeps=(TooMany,))
def judge(code: str, form: dict[str, Any]) -> Response:
    """Keep the rating, once"""
    given = {"words": form["words"], "receipt_code": form["receipt_code"]}
    done = Text("Cảm ơn bạn đã đánh giá.", "Thank you for your answer.")
    with served().limits.guessing("look-up", code, ReceiptCodeWrong):
        return once("rate", lambda unit: rate(unit, code, form["mark"], **given), to=f"/h/{code}", done=done)
