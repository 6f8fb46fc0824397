"""Signing in and out, with rate limits against guessing. The API returns the token; pages keep it in a session."""

from __future__ import annotations

import datetime as dt

import structlog
from flask import request

from engine.acts.staff.sign_in import close_session, known_account, known_person, open_session
from engine.errors import Refusal
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.transaction import in_transaction
from server.context import runtime, served
from server.identity import actor, identity

log = structlog.get_logger("motcua.api")


class WrongCredentials(Refusal):
    """The user name or the password is wrong; the answer does not say which."""

    code = "wrong-credentials"
    status = 401
    vi = "Tên đăng nhập hoặc mật khẩu không đúng."
    en = "The user name or the password is wrong."


def sign_in(username: str, password: str, *, pages: bool = False) -> tuple[str, dt.datetime]:
    """Opens a session: its token and the moment it expires. Raises WrongCredentials, TooMany.

    Every try is logged with its address; the name that was typed is not.
    """
    try:
        with served().limits.guessing("sign-in", username.casefold(), WrongCredentials):
            found = known_person(runtime(), username, password)
            if found is None:
                raise WrongCredentials()
    except Refusal as refusal:
        account = known_account(runtime(), username)
        log.warning("sign_in_failed", why=refusal.code, address=request.remote_addr, account=account)
        raise
    person, fresh = found
    opened = in_transaction(runtime(), SYSTEM_ACTOR, lambda unit: open_session(unit, person, fresh, pages=pages))
    log.info("signed_in", address=request.remote_addr, account=person)
    return opened


def sign_out() -> None:
    """Revokes the token that was sent with the request, or that its page session rests on. Raises NotSignedIn."""
    hashed = identity().token or ""
    # The act revokes the token that a cached actor rests on, so the actor is verified before it, not at its end.
    who = actor()
    in_transaction(runtime(), who, lambda unit: close_session(unit, hashed))
    log.info("signed_out", address=request.remote_addr, account=who.person_id)
