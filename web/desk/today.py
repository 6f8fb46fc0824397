"""The first page of the desk."""

from __future__ import annotations

from server.identity import Access
from web.pages import Pages
from web.render import render

today = Pages("today", audience="desk")


@today.page("/quay", access=Access.STAFF)
def show() -> str:
    """What is to be done today"""
    return render("desk/today.html")
