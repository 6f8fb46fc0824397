"""Mirrored dossiers that differ from their source: what differs, when they were compared, whose turn it is."""

from __future__ import annotations

from flask import request

from engine.queries.mirrors import differing_mirrors, mirrors_that_differ
from server.identity import Access, reading
from server.paging import key_of
from web.desk.list_address import read_place
from web.pages import Pages
from web.render import render

mirrors = Pages("mirrors", audience="desk")
HERE = "/quan-tri/ho-so-ngoai"
_PAGE = 50


@mirrors.page(HERE, access=Access.ADMIN)
def show() -> str:
    """Mirrored dossiers that differ"""
    asked = request.args.get("nguon", "")
    with reading() as unit:
        told = mirrors_that_differ(unit)
        source = next((one.source for one in told.sources if one.source == asked), None)
        found = differing_mirrors(unit, source, after=read_place(request.args.get("sau")), limit=_PAGE)
    return render("admin/mirrors.html", told=told, source=source, found=found.lines, after=key_of(found.after))
