"""Signing in and out, with rate limits against guessing. The API returns the token; pages keep it in a session."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import structlog
from flask import request

from engine.acts.staff import own_sessions
from engine.acts.staff.people import set_password
from engine.acts.staff.second_factor import has_second_factor, take_code
from engine.acts.staff.sign_in import (
    Known,
    Visit,
    close_session,
    known_account,
    known_person,
    must_be_unchanged,
    open_session,
    renew_hash,
)
from engine.errors import InvalidInput, Refusal, wrong
from engine.queries.staff import person_line
from engine.rules.journal.staff_entries import password_mark
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.transaction import UnitOfWork, in_transaction
from server.context import runtime, served
from server.identity import actor, identity, reading

log = structlog.get_logger("motcua.api")


class WrongCredentials(Refusal):
    """The user name or the password is wrong; the answer does not say which."""

    code = "wrong-credentials"
    status = 401
    vi = "Tên đăng nhập hoặc mật khẩu không đúng."
    en = "The user name or the password is wrong."


class WrongCode(Refusal):
    """The code of the second factor is wrong, was used before, or is no longer good."""

    code = "wrong-code"
    status = 401
    vi = "Mã xác thực không đúng hoặc đã dùng rồi. Hãy nhập mã mới đang hiện trong ứng dụng."
    en = "The code is wrong, or was used already. Type the new code that the app shows."


class SecondFactorNeeded(Refusal):
    """The password is right; the account has a second factor, whose code is missing."""

    code = "second-factor-needed"
    status = 401
    vi = "Tài khoản có xác thực hai lớp: hãy gửi thêm mã 6 số (otp)."
    en = "The account has a second factor: send its code of six digits as well (otp)."


def sign_in(username: str, password: str, code: str | None = None) -> tuple[str, dt.datetime]:
    """Opens a session for programs: its token and the moment it expires.

    Raises WrongCredentials, SecondFactorNeeded, WrongCode, TooMany, CredentialsChanged.
    """
    person, checked = check_password(username, password)
    if factor_stands(person):
        if code is None:
            raise SecondFactorNeeded()
        check_code(person, code)
    return _opened(person, lambda unit: open_session(unit, person, checked))


def check_password(username: str, password: str) -> tuple[int, str]:
    """The person's id, and the mark of the password, by which what follows holds only while it is the same.

    A hash that is outdated is renewed. Every try is logged with its address; the name that was typed is not. Raises
    WrongCredentials, TooMany.
    """
    try:
        with served().limits.guessing("sign-in", username.casefold(), WrongCredentials):
            found = _known(username, password)
            if found.fresh is not None:
                found = _renewed(found, found.fresh) or _known(username, password)
    except Refusal as refusal:
        _failed(refusal, known_account(runtime(), username))
        raise
    return found.person, password_mark(found.stored) or ""


def check_code(person: int, code: str) -> None:
    """Takes a code of the second factor, or a recovery code, once. Raises WrongCode, TooMany.

    A right password must not forget the wrong codes, so they are counted by themselves; the address counts both.
    """
    try:
        with served().limits.guessing("sign-in", f"{person}\0code", WrongCode):
            if not in_transaction(runtime(), SYSTEM_ACTOR, lambda unit: take_code(unit, person, code)):
                raise WrongCode()
    except Refusal as refusal:
        _failed(refusal, person)
        raise


def factor_stands(person: int) -> bool:
    """Whether a person has a second factor."""
    with reading(SYSTEM_ACTOR) as unit:
        return has_second_factor(unit, person)


def open_pages(person: int, visit: Visit, checked: str | None = None) -> str:
    """Opens a session of pages; its token. ``checked`` is the mark of the password. Raises CredentialsChanged."""
    return _opened(person, lambda unit: open_session(unit, person, checked, pages=True, visit=visit))[0]


def prove_again(password: str, code: str) -> None:
    """Checks that it is still the person of the session: by a code where one is given, else by the password.

    Raises WrongCredentials, WrongCode, TooMany, NotSignedIn.
    """
    person = actor().person_id or 0
    if code:
        check_code(person, code)
        return
    with reading() as unit:
        username = person_line(unit, person).username
    if check_password(username, password)[0] != person:
        raise WrongCredentials()


def change_password(present: str, fresh: str) -> None:
    """Changes the password of the sender, which ends all their sessions.

    Raises InvalidInput, TooMany, CredentialsChanged.
    """
    who = actor()
    person = who.person_id or 0
    with reading() as unit:
        username = person_line(unit, person).username
    with served().limits.guessing("sign-in", f"{person}\0present", InvalidInput):
        known = known_person(runtime(), username, present)
        if known is None:
            raise wrong("present", "mật khẩu hiện tại không đúng", "the present password is wrong")
    if fresh == present:
        raise wrong("password", "phải khác mật khẩu hiện tại", "must differ from the present one")
    checked = password_mark(known.stored) or ""

    def change(unit: UnitOfWork) -> None:
        must_be_unchanged(unit, person, checked)
        set_password(unit, person, fresh, "by themselves")

    in_transaction(runtime(), who, change)


def sign_out_everywhere() -> None:
    """Ends every session of the sender. Raises NotSignedIn."""
    who = actor()
    in_transaction(runtime(), who, lambda unit: own_sessions.end_sessions(unit, who.person_id or 0))
    log.info("signed_out", address=request.remote_addr, account=who.person_id)


def _known(username: str, password: str) -> Known:
    found = known_person(runtime(), username, password)
    if found is None:
        raise WrongCredentials()
    return found


def _renewed(found: Known, fresh: str) -> Known | None:
    """The person with the fresh hash stored; None where the password was changed, or its hash renewed, meanwhile."""
    person, stored = found.person, found.stored
    kept = in_transaction(runtime(), SYSTEM_ACTOR, lambda unit: renew_hash(unit, person, stored, fresh))
    return Known(person, None, fresh) if kept else None


def _opened(person: int, opening: Callable[[UnitOfWork], tuple[str, dt.datetime]]) -> tuple[str, dt.datetime]:
    opened = in_transaction(runtime(), SYSTEM_ACTOR, opening)
    log.info("signed_in", address=request.remote_addr, account=person)
    return opened


def _failed(refusal: Refusal, account: int | None) -> None:
    log.warning("sign_in_failed", why=refusal.code, address=request.remote_addr, account=account)


def sign_out() -> None:
    """Revokes the token that was sent with the request, or that its page session rests on. Raises NotSignedIn."""
    hashed = identity().token or ""
    # The act revokes the token that a cached actor rests on, so the actor is verified before it, not at its end.
    who = actor()
    in_transaction(runtime(), who, lambda unit: close_session(unit, hashed))
    log.info("signed_out", address=request.remote_addr, account=who.person_id)
