"""One's own account: sessions, password, preferences."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from flask import Response, request
from marshmallow import fields, validate

from engine.acts.staff import own_sessions
from engine.acts.staff.sign_in import Visit
from engine.clock import civil_day
from engine.errors import wrong
from engine.queries.page_sessions import SessionLine, account_of, must_have_factor
from engine.text import Text
from engine.transaction import UnitOfWork
from server import sign_in
from server.context import language, runtime
from server.identity import Access, actor, identity, reading
from server.values import Body
from web.account.device import device_in_words
from web.account.opening import closed
from web.cookies import LANGUAGE, SESSION, set_cookie
from web.form_values import EXACT
from web.language import YEAR
from web.once import once, see_other
from web.pages import Pages
from web.render import render
from web.session import session_hash

own = Pages("own", audience="desk", one_factor=True)
HERE = "/tai-khoan"


@dataclass(frozen=True, slots=True)
class Session:
    """A line of the list of sessions."""

    id: str
    device: Text
    purpose: str | None
    created_at: dt.datetime
    seen_at: dt.datetime | None
    expires_at: dt.datetime
    this: bool


class Password(Body):
    """The present password and the new one, twice."""

    present = fields.String(required=True, validate=validate.Length(1, 200), metadata=EXACT)
    password = fields.String(required=True, validate=validate.Length(1, 200), metadata=EXACT)
    repeated = fields.String(required=True, validate=validate.Length(1, 200), metadata=EXACT)


class Preferences(Body):
    """The language, and whether single keys are shortcuts."""

    language = fields.String(required=True, validate=validate.OneOf(("vi", "en")))
    keys = fields.String(validate=validate.Equal("on"))


@own.page(HERE, access=Access.STAFF)
def show() -> str:
    """One's own account"""
    with reading() as unit:
        account = account_of(unit, _person(), session_hash())
    settings, who = runtime().settings.sessions, identity().claimed
    return render(
        "account/own.html",
        account=account,
        sessions=[_line(one) for one in account.sessions],
        count_words=_counted(len(account.sessions)),
        must_have=settings.second_factor and must_have_factor(who, civil_day(runtime().now())),
    )


@own.post(f"{HERE}/phien/<name>", access=Access.STAFF, again=None)
def end_one(name: str) -> Response:
    """End another session of one's own"""
    return once(
        "end_session",
        lambda unit: own_sessions.end_session(unit, unit.actor.person_id or 0, name),
        to=f"{HERE}#sessions",
        done=Text("Đã kết thúc phiên.", "The session was ended."),
    )


@own.post(f"{HERE}/phien-khac", access=Access.STAFF)
def end_others() -> Response:
    """End every session of one's own but this one"""
    kept = session_hash()
    return once(
        "end_sessions",
        lambda unit: own_sessions.end_sessions(unit, unit.actor.person_id or 0, kept),
        to=f"{HERE}#sessions",
        done=lambda number: Text(f"Đã kết thúc {number} phiên khác.", f"{number} other sessions were ended."),
    )


@own.post(f"{HERE}/moi-noi", access=Access.STAFF)
def sign_out_everywhere() -> Response:
    """End every session of one's own, this one too"""
    sign_in.sign_out_everywhere()
    return closed()


@own.post(f"{HERE}/mat-khau", access=Access.STAFF, form=Password, again=show)
def change_password(form: dict[str, str]) -> Response:
    """Change one's own password, and go on in a fresh session"""
    if form["password"] != form["repeated"]:
        raise wrong("repeated", "không giống mật khẩu mới ở trên", "differs from the new password above")
    person = _person()
    sign_in.change_password(form["present"], form["password"])
    token = sign_in.open_pages(person, Visit(device=request.headers.get("User-Agent", "")))
    response = see_other(HERE, Text("Đã đổi mật khẩu. Mọi phiên khác đã kết thúc.", "The password was changed."))
    set_cookie(response, SESSION, token)
    return response


@own.post(f"{HERE}/tuy-chon", access=Access.STAFF, form=Preferences, again=show)
def prefer(form: dict[str, str]) -> Response:
    """Keep what one prefers"""

    def act(unit: UnitOfWork) -> None:
        person, keys_off = unit.actor.person_id or 0, "keys" not in form
        own_sessions.prefer(unit, person, keys_off=keys_off, language=form["language"])

    response = once("prefer", act, to=HERE, done=Text("Đã lưu tùy chọn.", "The preferences were saved."))
    set_cookie(response, LANGUAGE, form["language"], seconds=YEAR)
    return response


def _person() -> int:
    return actor().person_id or 0


def _line(one: SessionLine) -> Session:
    device = device_in_words(one.device) if one.seen_at else Text("Chương trình (API)", "A program (API)")
    return Session(one.id, device, one.purpose, one.created_at, one.seen_at, one.expires_at, one.this)


def _counted(number: int) -> str:
    return f"{number} open" if language() == "en" else f"{number} đang mở"
