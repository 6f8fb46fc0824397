"""The first page of the desk: what to do first, what came back, what is new, and what one was given or lost."""

from __future__ import annotations

from flask import Response, request

from engine.acts.notices.mark_read import mark_read
from engine.acts.saved_views import see_desk
from engine.clock import LOCAL
from engine.queries.desk import desk, lately
from engine.queries.inbox import inbox
from engine.queries.queue import Ask, queue_page
from engine.text import Text
from server.identity import Access, reading
from web.desk.notice_words import words_of
from web.once import once
from web.pages import Pages
from web.render import render

today = Pages("today", audience="desk")

FIRST = 5
"""How many dossiers are shown to be done first."""
NOTICES = 6
FOLLOWED = {"hang-doi", "so-lieu"}
"""The parts that follow the server while the page lies open (``data-poll``). Asked for alone, no others are made."""


@today.page("/quay", access=Access.STAFF)
def show() -> str:
    """What is to be done today"""
    with reading() as unit:
        somewhere, asked = bool(unit.actor.acting_offices(unit.today)), request.headers.get("X-Part", "").split()
        if asked and FOLLOWED.issuperset(asked):
            return render("desk/today_numbers.html", desk=desk(unit), acts_somewhere=somewhere)
        first = queue_page(unit, Ask(holder="us"), limit=FIRST)
        notices = inbox(unit, unread=True, limit=NOTICES)
        return render(
            "desk/today.html",
            desk=desk(unit),
            first=first.lines,
            arrived=lately(unit),
            notices=[(line, words_of(line)) for line in notices.lines],
            more_notices=notices.after is not None,
            part=_part_of_day(unit.now.astimezone(LOCAL).hour),
            acts_somewhere=somewhere,
        )


@today.page("/quay/hang-doi", access=Access.STAFF)
def numbers() -> str:
    """The queues of the menu with their numbers, for a page that did not count them"""
    with reading() as unit:
        return render("desk/queues.html", desk=desk(unit))


@today.post("/quay/da-xem", access=Access.STAFF, again=show)
def seen() -> Response:
    """Say that one has seen what came"""
    return once("see_desk", see_desk, to="/quay", done=Text("Đã ghi nhận là đã xem hết.", "Marked as seen."))


@today.post("/quay/thong-bao/<int:number>", access=Access.STAFF, again=show)
def read_notice(number: int) -> Response:
    """Say that one has read a notice"""
    return once("mark_read", lambda unit: mark_read(unit, number), to="/quay#thong-bao")


def _part_of_day(hour: int) -> Text:
    if hour < 11:
        return Text("buổi sáng", "Good morning")
    if hour < 14:
        return Text("buổi trưa", "Good day")
    return Text("buổi chiều", "Good afternoon") if hour < 18 else Text("buổi tối", "Good evening")
