"""The messages between the applicant and the office, for the applicant."""

from __future__ import annotations

from flask import Response

from engine.acts.messages import read_messages, write_message
from engine.dossier.case import read_case
from engine.queries.messages import messages as messages_of
from engine.text import Text
from server.identity import Access, dossier_code, reading
from server.values import Body, Prose
from web.once import once
from web.pages import Pages
from web.render import render

messages = Pages("messages", audience="citizen")


class Message(Body):
    """What the applicant writes."""

    text = Prose(2000, required=True)


@messages.page("/h/<code>/tin-nhan", access=Access.LINK)
def show(code: str) -> str:
    """The messages, and the form for another one"""
    with reading() as unit:
        case = read_case(unit, dossier_code())
        ended = case.release.states[case.row["state"]].final
        return render("citizen/messages.html", code=case.code, lines=messages_of(case), ended=ended)


@messages.post("/h/<code>/tin-nhan", access=Access.LINK, form=Message, again=show)
def write(code: str, form: dict[str, str]) -> Response:
    """Write to the office"""
    own = dossier_code()
    done = Text("Đã gửi tin nhắn.", "The message is sent.")
    return once(
        "write_message", lambda unit: write_message(unit, own, form["text"]), to=f"/h/{own}/tin-nhan", done=done
    )


@messages.post("/h/<code>/tin-nhan/da-doc", access=Access.LINK)
def mark_read(code: str) -> Response:
    """Say that the messages were read"""
    own = dossier_code()
    done = Text("Đã đánh dấu là đã đọc.", "Marked as read.")
    return once("read_messages", lambda unit: read_messages(unit, own), to=f"/h/{own}/tin-nhan", done=done)
