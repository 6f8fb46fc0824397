"""Signing in and out, with rate limits against guessing. The API returns the token; pages keep it in a session."""

from __future__ import annotations

import datetime as dt

from engine.acts.staff.sign_in import close_session, known_person, open_session
from engine.errors import Refusal
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.transaction import in_transaction
from server.context import runtime, served
from server.identity import actor, bearer_hash
from server.limits import SIGN_IN_PER_ACCOUNT, SIGN_IN_PER_ADDRESS


class WrongCredentials(Refusal):
    """The user name or the password is wrong; the answer does not say which."""

    code = "wrong-credentials"
    status = 401
    vi = "Tên đăng nhập hoặc mật khẩu không đúng."
    en = "The user name or the password is wrong."


def sign_in(username: str, password: str) -> tuple[str, dt.datetime]:
    """Opens a session: its token and the moment it expires. Raises WrongCredentials, TooMany."""
    limits = served().limits
    limits.hold(SIGN_IN_PER_ADDRESS, "sign-in-address")
    limits.hold(SIGN_IN_PER_ACCOUNT, "sign-in-account", username.casefold())
    found = known_person(runtime(), username, password)
    if found is None:
        raise WrongCredentials()
    person, fresh = found
    return in_transaction(runtime(), SYSTEM_ACTOR, lambda unit: open_session(unit, person, fresh))


def sign_out() -> None:
    """Revokes the token that was sent with the request. Raises NotSignedIn."""
    hashed = bearer_hash() or ""
    # The act revokes the token that a cached actor rests on, so the actor is verified before it, not at its end.
    in_transaction(runtime(), actor(), lambda unit: close_session(unit, hashed))
