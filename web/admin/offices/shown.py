"""Offices: a list with search, and one with its working time: closures and the hours of its own."""

from __future__ import annotations

from flask import request

from engine.queries.office_times import office_times
from engine.rules.offices.offices import Office
from engine.rules.plain_text import plain_text
from server.identity import Access, reading
from web.form_values import whole
from web.pages import Pages
from web.render import render

offices = Pages("offices", audience="desk")
HERE = "/quan-tri/co-quan"
_SIZE = 50
_LONGEST_SEARCH = 100


@offices.page(HERE, access=Access.ADMIN)
def show() -> str:
    """The offices"""
    text = request.args.get("q", "")[:_LONGEST_SEARCH]
    words = plain_text(text).split()
    with reading() as unit:
        open_ones = [one for one in unit.catalogue.offices.values() if one.valid(unit.today)]
    found = sorted((one for one in open_ones if _holds(words, one)), key=lambda one: one.code)
    page = min(max(1, whole(request.args.get("trang", "1"), 1)), max(1, -(-len(found) // _SIZE)))
    lines = found[(page - 1) * _SIZE : page * _SIZE]
    more = page * _SIZE < len(found)
    return render("admin/offices/shown.html", lines=lines, number=len(found), text=text, page=page, more=more)


@offices.page(f"{HERE}/<office>", access=Access.ADMIN)
def show_one(office: str) -> str:
    """An office and its working time"""
    with reading() as unit:
        one = unit.catalogue.office(office)
        times = office_times(unit.reader(), unit.catalogue, office)
        week = unit.catalogue.calendar("vn", office).week
        today = unit.today
    return render("admin/offices/one.html", one=one, times=times, week=week, today=today)


def _holds(words: list[str], one: Office) -> bool:
    if not words:
        return True
    plain = plain_text(one.code, one.name.vi, one.name.en)
    return all(word in plain for word in words)
