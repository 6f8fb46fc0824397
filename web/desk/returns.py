"""Results to return: whose result is ready, found by QR, receipt code or name; who took it; the confirmation."""

from __future__ import annotations

from flask import Response, request
from marshmallow import fields, validate

from engine.acts.return_result import TAKERS, return_result
from engine.dossier.case import Case
from engine.forms.handed_over import SLIP
from engine.queries.returns import LONG_AFTER, number_waiting, result_to_return, results_found, results_waiting
from engine.text import Text
from engine.transaction import UnitOfWork
from server.identity import Access, reading
from server.paging import key_of
from server.values import Body, Line
from web.desk.list_address import read_place
from web.once import form_version, once, see_other
from web.pages import Pages
from web.render import render

returns = Pages("returns", audience="desk")
_LONGEST_SEARCH = 300


class HandOver(Body):
    """Who takes the result: ``nguoi_nhan`` says which of the known ways, the others describe somebody else."""

    taker = fields.String(required=True, validate=validate.OneOf(TAKERS))
    name = Line(200, load_default=None)
    identity_number = Line(20, load_default=None)
    authority = Line(300, load_default=None)
    tracking = Line(60, load_default=None)


@returns.page("/tra-ket-qua", access=Access.STAFF)
def show() -> str | Response:
    """The results that wait to be collected"""
    asked = request.args.get("q", "").strip()[:_LONGEST_SEARCH]
    long = request.args.get("lau") == "1"
    with reading() as unit:
        number, many = number_waiting(unit)
        if asked:
            lines, after = results_found(unit, asked), None
        else:
            page = results_waiting(unit, long=long, after=read_place(request.args.get("sau")))
            lines, after = page.lines, key_of(page.after)
    if asked and len(lines) == 1 and request.args.get("mo") != "0":
        return see_other(f"/tra-ket-qua/{lines[0].code}")
    days = LONG_AFTER.days
    return render(
        "desk/returns.html", lines=lines, after=after, asked=asked, long=long, number=number, many=many, days=days
    )


@returns.page("/tra-ket-qua/<code>", access=Access.STAFF)
def show_one(code: str) -> str:
    """One result to hand over"""
    with reading() as unit:
        return render("desk/return.html", one=result_to_return(unit, code), slip=SLIP)


@returns.post("/tra-ket-qua/<code>", access=Access.STAFF, form=HandOver, again=show_one)
def hand_over(code: str, form: dict[str, str | None]) -> Response:
    """Hand a result over, and record who took it"""
    version = form_version()

    def doing(unit: UnitOfWork) -> Case:
        return return_result(unit, code, form["taker"] or "", form, version)

    done = Text("Đã ghi nhận trả kết quả.", "The result was handed over; this is recorded.")
    return once("return_result", doing, to=f"/tra-ket-qua/{code}", done=done)
