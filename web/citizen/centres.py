"""The centres and support points: found by a place with its name of today or before, each with hours and procedures."""

from __future__ import annotations

from flask import request

from engine.queries.centres import centre_page, centres_in, find_centres, provinces
from server.context import runtime
from server.identity import Access
from web.pages import Pages
from web.render import render

centres = Pages("centres", audience="citizen")

LONGEST_PLACE = 200
"""Characters of a place that are looked at; longer ones are cut off."""


@centres.page("/trung-tam", access=Access.PUBLIC)
def find() -> str:
    """Find centres and support points"""
    catalogue, now = runtime().catalogue, runtime().now()
    place, province = request.args.get("noi", "").strip()[:LONGEST_PLACE], request.args.get("tinh", "")[:10]
    return render(
        "citizen/centres.html",
        asked=place,
        province=province if not place else "",
        found=find_centres(catalogue, place, now) if place else None,
        provinces=provinces(catalogue, now),
        listed=centres_in(catalogue, province, now) if province and not place else (),
    )


@centres.page("/trung-tam/<office>", access=Access.PUBLIC)
def show(office: str) -> str:
    """One centre"""
    return render("citizen/centre.html", page=centre_page(runtime().catalogue, office, runtime().now()))
