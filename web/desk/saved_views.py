"""Saved views of the lists: saving the list that is shown, and the page that renames, shares and deletes them."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from engine.acts.saved_views import LONGEST_QUERY, change_view, delete_view, save_view
from engine.queries.saved_views import views
from engine.text import Text
from server.identity import Access, reading
from server.values import CODE, Line, Word, Words
from web.desk.list_address import args_of, at, query_of
from web.once import once
from web.pages import Pages
from web.render import render

saved = Pages("saved_views", audience="desk")
PAGE = "/ho-so/bo-loc"


class ViewForm(Words):
    """A view's name, the office that shares it (empty: none), and for a new one the list's query."""

    ten = Line(required=True)
    co_quan = Word(CODE, load_default=None)
    truy_van = Line(2000, load_default="")


@saved.page(PAGE, access=Access.STAFF)
def show() -> str:
    """Saved views"""
    query = query_of(args_of(request.values.get("truy_van", "")))[:LONGEST_QUERY]
    with reading() as unit:
        names = {code: unit.catalogue.office_name(code) for code in sorted(unit.actor.offices(unit.today))}
        return render("desk/saved_views.html", views=views(unit), query=query, offices=names, at=at)


@saved.post(PAGE, access=Access.STAFF, form=ViewForm, again=show)
def save(form: dict[str, Any]) -> Response:
    """Save the list as a view"""
    query = query_of(args_of(form["truy_van"]))
    return once(
        "save_view",
        lambda unit: save_view(unit, form["ten"], query, form["co_quan"]),
        to=at(query),
        done=Text("Đã lưu bộ lọc.", "The view is saved."),
    )


@saved.post(f"{PAGE}/<int:number>", access=Access.STAFF, form=ViewForm, again=lambda number: show())
def change(number: int, form: dict[str, Any]) -> Response:
    """Rename or share a view"""
    return once(
        "change_view",
        lambda unit: change_view(unit, number, form["ten"], form["co_quan"]),
        to=PAGE,
        done=Text("Đã sửa bộ lọc.", "The view is changed."),
    )


@saved.post(f"{PAGE}/<int:number>/xoa", access=Access.STAFF, again=lambda number: show())
def remove(number: int) -> Response:
    """Delete a view"""
    return once(
        "delete_view",
        lambda unit: delete_view(unit, number),
        to=PAGE,
        done=Text("Đã xóa bộ lọc.", "The view is deleted."),
    )
