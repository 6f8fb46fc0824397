"""Answering a request for a supplement: files from the phone, one after another, values of the form, and sending it.

Each file that is accepted is kept at once, by an act of its own. A file that is refused, or a lost connection, loses
nothing of what came before it.
"""

from __future__ import annotations

from flask import Response, request

from engine.acts.perform_action import perform_action
from engine.dossier.papers import NothingAsked
from engine.errors import InvalidInput
from engine.queries.supplement import Supplement, supplement_of
from engine.rules.procedure.fields import InvalidFields
from engine.text import Text
from engine.transaction import UnitOfWork
from server.context import runtime
from server.identity import Access, reading
from server.request_limits import MULTIPART_OVERHEAD
from web.citizen.asked_values import asked_values
from web.citizen.kept_files import keep_files
from web.once import once, see_other
from web.pages import Pages
from web.render import render

supplement = Pages("supplement", audience="citizen")

SENT = Text(
    "Chúng tôi đã nhận phần bổ sung và xem tiếp ngay. Bạn không cần làm gì thêm.",
    "We have what you sent and go on at once. You need to do nothing more.",
)
LONGEST_MESSAGE = 2000
_NO_FILE = Text("chưa có tệp", "no file yet")


@supplement.before_request
def allow_several_files() -> None:
    """A form here holds all that one request may ask for."""
    request.max_content_length = runtime().settings.uploads.asked.size + MULTIPART_OVERHEAD


@supplement.page("/h/<code>/bo-sung", access=Access.LINK)
def show(code: str) -> str | Response:
    """What is asked, and what has come"""
    try:
        with reading() as unit:
            asked = supplement_of(unit, code)
    except NothingAsked:
        if request.method == "POST":
            raise
        return see_other(f"/h/{code}")
    return render("citizen/supplement.html", asked=asked)


@supplement.post("/h/<code>/bo-sung", access=Access.LINK, again=show)
def send(code: str) -> Response:
    """Keep the files, and send the supplement where nothing is left to ask"""
    asked = _asked(code)
    kept = keep_files(asked) if asked else 0
    if asked and request.form.get("do") == "keep":
        if not kept:
            raise InvalidInput({f"file.{one.key}": _NO_FILE for one in asked.papers[:1]})
        done = Text(f"Đã nhận {kept} tệp. Bạn có thể gửi tiếp.", f"{kept} files have come. You can go on.")
        return see_other(f"/h/{code}/bo-sung", done)
    action, fields = request.form.get("action", "")[:60], asked_values(asked) if asked else {}
    message = request.form.get("message", "").strip()
    if len(message) > LONGEST_MESSAGE:
        raise InvalidInput(
            {"message": Text(f"tối đa {LONGEST_MESSAGE} ký tự", f"at most {LONGEST_MESSAGE} characters")}
        )
    if asked:
        _must_be_whole(_asked(code) or asked)

    def doing(unit: UnitOfWork) -> object:
        return perform_action(unit, code, action, reason=message or None, fields=fields or None)

    try:
        return once("perform_action", doing, to=f"/h/{code}", done=SENT)
    except InvalidFields as faults:
        raise InvalidInput({f"fields.{key}": what for key, what in faults.errors.items()}) from faults


def _asked(code: str) -> Supplement | None:
    """What is asked now; None once it was answered, as by the first of two clicks."""
    try:
        with reading() as unit:
            return supplement_of(unit, code)
    except NothingAsked:
        return None


def _must_be_whole(asked: Supplement) -> None:
    """Requires a file of each paper that the request names, unless the applicant brings the rest on paper.

    Raises InvalidInput.
    """
    missing = [one for one in asked.papers if one.named and not one.come]
    if missing and request.form.get("on_paper") != "1":
        raise InvalidInput(
            {
                f"file.{one.key}": Text(
                    f"{one.name.vi}: chưa có tệp. Chọn tệp, hoặc đánh dấu là mang bản giấy",
                    f"{one.name.en}: there is no file. Choose one, or tick that you bring it on paper",
                )
                for one in missing
            }
        )
