"""Signing in and out of the pages."""

from __future__ import annotations

from flask import Response, request
from marshmallow import fields, validate

from server import sign_in as sessions
from server.context import runtime
from server.identity import Access
from server.values import Body
from web.account.opening import DESK, after_the_first, closed, opened
from web.addresses import own_address
from web.cookies import SECOND_STEP
from web.form_values import EXACT
from web.once import see_other
from web.pages import Pages
from web.render import render
from web.sealed import sealed_facts

account = Pages("account", audience="citizen", one_factor=True)


class SignIn(Body):
    """User name and password."""

    username = fields.String(required=True, validate=validate.Length(1, 60))
    password = fields.String(required=True, validate=validate.Length(1, 200), metadata=EXACT)
    tiep = fields.String(load_default=DESK)


class Code(Body):
    """The code of the second factor, or a recovery code."""

    otp = fields.String(required=True, validate=validate.Length(1, 40))


@account.page("/dang-nhap", access=Access.PUBLIC)
def ask() -> str:
    """The page that asks for name and password"""
    onward = own_address(request.values.get("tiep", DESK), DESK)
    return render("account/sign_in.html", onward=onward, provider=runtime().provider is not None)


@account.post("/dang-nhap", access=Access.PUBLIC, form=SignIn, again=ask)
def sign_in(form: dict[str, str]) -> Response:
    """Check name and password"""
    person, checked = sessions.check_password(form["username"], form["password"])
    return after_the_first(person, form["tiep"], way="password", checked=checked)


@account.page("/dang-nhap/ma-xac-thuc", access=Access.PUBLIC)
def ask_code() -> str | Response:
    """The page that asks for the code of the second factor"""
    return render("account/code.html") if sealed_facts(SECOND_STEP) else see_other("/dang-nhap")


@account.post("/dang-nhap/ma-xac-thuc", access=Access.PUBLIC, form=Code, again=ask_code)
def give_code(form: dict[str, str]) -> Response:
    """Check the code and open a session"""
    begun = sealed_facts(SECOND_STEP)
    if not begun:
        return see_other("/dang-nhap")
    person = int(begun["person"])
    sessions.check_code(person, form["otp"])
    return opened(person, begun["onward"], way=begun["way"], checked=begun.get("checked") or None)


@account.post("/dang-xuat", access=Access.STAFF)
def sign_out() -> Response:
    """End the session"""
    sessions.sign_out()
    return closed()
