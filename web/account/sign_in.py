"""Signing in and out of the pages."""

from __future__ import annotations

from flask import Response, request
from marshmallow import fields

from server import sign_in as sessions
from server.identity import Access
from server.values import Body
from web.addresses import own_address
from web.cookies import GUEST, SESSION, end_cookie, set_cookie
from web.once import see_other
from web.pages import Pages
from web.render import render

account = Pages("account", audience="citizen")


class SignIn(Body):
    """User name and password."""

    username = fields.String(required=True)
    password = fields.String(required=True)
    tiep = fields.String(load_default="/quay")


@account.page("/dang-nhap", access=Access.PUBLIC)
def ask() -> str:
    """The page that asks for name and password"""
    return render("account/sign_in.html", onward=own_address(request.values.get("tiep", "/quay"), "/quay"))


@account.post("/dang-nhap", access=Access.PUBLIC, form=SignIn, again=ask)
def sign_in(form: dict[str, str]) -> Response:
    """Open a session"""
    token, _ = sessions.sign_in(form["username"], form["password"], pages=True)
    response = see_other(own_address(form["tiep"], "/quay"))
    set_cookie(response, SESSION, token)
    end_cookie(response, GUEST)
    return response


@account.post("/dang-xuat", access=Access.STAFF)
def sign_out() -> Response:
    """End the session"""
    sessions.sign_out()
    response = see_other("/dang-nhap")
    end_cookie(response, SESSION)
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response
