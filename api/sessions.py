"""Operations of sessions: signing in and out."""

from __future__ import annotations

from typing import Any

import server.sign_in
from api import bodies, shapes
from api.answers import answer, moment, nothing
from api.operations import Gives, Resource
from server.answer import Answer
from server.identity import Access

sessions = Resource("sessions", __name__, description="Signing in and out.")


@sessions.operation(
    "POST",
    "/sessions",
    access=Access.PUBLIC,
    body=bodies.SignIn,
    gives=Gives(status=201, shape=shapes.Session, description="Signed in; the token is shown this once."),
    refuses=(401, 429),
)
def sign_in(body: dict[str, Any]) -> Answer:
    """Sign in with user name and password, and the code of the second factor where the account has one"""
    token, expires_at = server.sign_in.sign_in(body["username"], body["password"], body.get("otp"))
    return answer({"token": token, "expires_at": moment(expires_at)}, 201)


@sessions.operation(
    "DELETE",
    "/sessions",
    access=Access.STAFF,
    gives=Gives(status=204, description="Signed out: the token opens nothing from now on."),
)
def sign_out() -> Answer:
    """Sign out"""
    server.sign_in.sign_out()
    return nothing()
