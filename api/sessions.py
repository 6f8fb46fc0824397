"""Signing in and out."""

from __future__ import annotations

from typing import Any

from api import bodies, shapes
from api.access import Access, bearer_hash
from api.answers import Answer, answer, moment, nothing
from api.context import actor, api, request_id, runtime
from api.limits import SIGN_IN_PER_ACCOUNT, SIGN_IN_PER_ADDRESS
from api.operations import Gives, Resource
from engine.acts.staff.sign_in import close_session, known_person, open_session
from engine.errors import Refusal
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.transaction import in_transaction

sessions = Resource("sessions", __name__, description="Signing in and out.")


class WrongCredentials(Refusal):
    """The name or the password is wrong; it is not said which."""

    code = "wrong-credentials"
    status = 401
    vi = "Tên đăng nhập hoặc mật khẩu không đúng."
    en = "The user name or the password is wrong."


@sessions.operation(
    "POST",
    "/sessions",
    access=Access.PUBLIC,
    body=bodies.SignIn,
    gives=Gives(status=201, shape=shapes.Session, description="Signed in; the token is shown this once."),
    refuses=(401, 429),
)
def sign_in(body: dict[str, Any]) -> Answer:
    """Sign in with user name and password"""
    name = body["username"]
    limits = api().limits
    limits.hold(SIGN_IN_PER_ADDRESS, "sign-in-address")
    limits.hold(SIGN_IN_PER_ACCOUNT, "sign-in-account", name.casefold())
    found = known_person(runtime(), name, body["password"])
    if found is None:
        raise WrongCredentials()
    person, fresh = found
    token, expires_at = in_transaction(
        runtime(), SYSTEM_ACTOR, lambda uow: open_session(uow, person, fresh), request_id=request_id()
    )
    return answer({"token": token, "expires_at": moment(expires_at)}, 201)


@sessions.operation(
    "DELETE",
    "/sessions",
    access=Access.STAFF,
    gives=Gives(status=204, description="Signed out: the token opens nothing from now on."),
)
def sign_out() -> Answer:
    """Sign out"""
    hashed = bearer_hash() or ""
    in_transaction(runtime(), actor(), lambda uow: close_session(uow, hashed), request_id=request_id())
    return nothing()
