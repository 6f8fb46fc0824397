"""Feedback about a dossier: it opens a feedback dossier, with a link of its own, that the right office answers."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import validate

from engine.acts.send_feedback import LONGEST_FEEDBACK, SUBJECTS, send_feedback
from engine.queries.citizen_page import citizen_page
from engine.text import Text
from server.identity import Access, reading
from server.values import Prose, Word, Words
from web.once import once
from web.pages import Pages
from web.render import render

feedback = Pages("feedback", audience="citizen")


class Feedback(Words):
    """What it is about, and what happened."""

    about = Word(required=True, validate=validate.OneOf(SUBJECTS))
    text = Prose(LONGEST_FEEDBACK, required=True)
    anonymous = Word("^1$", load_default=None)


@feedback.page("/h/<code>/phan-anh", access=Access.LINK)
def show(code: str) -> str:
    """Write feedback"""
    with reading() as unit:
        page = citizen_page(unit, code)
    return render("citizen/feedback.html", code=code, page=page, subjects=SUBJECTS, late=page.status.overdue)


@feedback.post("/h/<code>/phan-anh", access=Access.LINK, form=Feedback, again=show)
def send(code: str, form: dict[str, Any]) -> Response:
    """Open a feedback dossier, and lead to its page"""
    return once(
        "send_feedback",
        lambda unit: send_feedback(unit, code, form["about"], form["text"], anonymous=form["anonymous"] is not None),
        to=lambda filed: f"/h/{filed.link_token}",
        done=lambda filed: Text(
            f"Phản ánh của bạn là hồ sơ {filed.case.code}, mã biên nhận {filed.receipt_code}. Hãy ghi lại hai mã này.",
            f"Your feedback is dossier {filed.case.code}, receipt code {filed.receipt_code}. Keep both codes.",
        ),
    )
