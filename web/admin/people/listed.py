"""The staff: a list with search, and adding somebody."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from marshmallow import fields, validate

from engine.acts.staff.people import add_person
from engine.errors import wrong
from engine.queries.staff_search import STATES, find_staff
from engine.text import Text
from engine.transaction import UnitOfWork
from server.identity import Access, reading
from server.values import Body, Line
from web.admin.people.address import HERE
from web.form_values import EXACT, whole
from web.once import once
from web.pages import Pages
from web.render import render

staff = Pages("staff", audience="desk")
_LONGEST_SEARCH = 100


class NewPerson(Body):
    """A new member of staff. Without a password they sign in with the office account."""

    username = Line(60, required=True)
    name = Line(200, required=True)
    email = Line(254)
    phone = Line(30)
    language = fields.String(required=True, validate=validate.OneOf(("vi", "en")))
    password = fields.String(validate=validate.Length(1, 200), metadata=EXACT)
    repeated = fields.String(validate=validate.Length(1, 200), metadata=EXACT)


@staff.page(HERE, access=Access.ADMIN)
def show() -> str:
    """The staff"""
    text = request.args.get("q", "")[:_LONGEST_SEARCH]
    state = request.args.get("loc", "")
    state = state if state in STATES else ""
    with reading() as unit:
        office = request.args.get("co-quan", "").strip()[:40]
        page = whole(request.args.get("trang", "1"), 1)
        found = find_staff(unit, text=text, office=office, state=state, page=page)
        names = {code: unit.catalogue.office_name(code) or Text(code, code) for code in _offices(found.lines)}
        today = unit.today
    return render(
        "admin/people/listed.html", found=found, text=text, state=state, office=office, names=names, today=today
    )


@staff.page(f"{HERE}/them", access=Access.ADMIN)
def show_new() -> str:
    """A new member of staff"""
    return render("admin/people/new.html")


@staff.post(f"{HERE}/them", access=Access.ADMIN, form=NewPerson, again=show_new, step_up=True)
def add(form: dict[str, Any]) -> Response:
    """Add a member of staff"""
    password = form.pop("password", None)
    if form.pop("repeated", None) != password:
        raise wrong("repeated", "không giống mật khẩu ở trên", "differs from the password above")

    def doing(unit: UnitOfWork) -> int:
        return add_person(unit, password=password, **form)

    done = Text("Đã thêm. Hãy giao vai trò tại cơ quan.", "Added. Give a role at an office now.")
    return once("add_person", doing, to=lambda number: f"{HERE}/{number}", done=done)


def _offices(lines: Any) -> set[str]:
    return {office for one in lines for office, *_ in one.roles}
