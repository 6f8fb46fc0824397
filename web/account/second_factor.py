"""One's own second factor: set it up with an app, get recovery codes, remove it."""

from __future__ import annotations

import base64

from flask import Response, request
from marshmallow import fields, validate

from engine.acts.staff import second_factor as acts
from engine.clock import civil_day
from engine.errors import wrong
from engine.queries.page_sessions import account_of, must_have_factor
from engine.security.one_time_codes import app_address, fresh_secret
from engine.security.sealing import seal, unseal
from engine.text import Text
from engine.transaction import in_transaction
from server.context import runtime, served
from server.identity import Access, actor, identity, reading
from server.values import Body
from web.once import once
from web.pages import Pages
from web.qr import qr_of
from web.render import render
from web.session import session_hash

factor = Pages("second_factor", audience="desk", one_factor=True)
HERE = "/tai-khoan/hai-lop"
ISSUER = "Một Cửa"


class Proof(Body):
    """The secret that the page showed, sealed, and a code that the app makes of it."""

    sealed = fields.String(required=True, validate=validate.Length(1, 400))
    otp = fields.String(required=True, validate=validate.Length(1, 10))


@factor.page(HERE, access=Access.STAFF)
def show() -> str:
    """The second factor: how to set it up, or what can be done with it"""
    person = actor().person_id or 0
    with reading() as unit:
        account = account_of(unit, person, None)
    secret = _unsealed(request.form.get("sealed", ""), person) or fresh_secret()
    return render(
        "account/second_factor.html",
        since=account.factor_since,
        codes_left=account.recovery_codes,
        must_have=_must_have(),
        sealed=_sealed(secret, person),
        spelled=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        qr=qr_of(app_address(secret, account.username, ISSUER)),
    )


@factor.post(HERE, access=Access.STAFF, form=Proof, again=show, step_up=True)
def set_up(form: dict[str, str]) -> Response:
    """Set up the second factor, and show the recovery codes this once"""
    person, session = actor().person_id or 0, session_hash()
    secret = _unsealed(form["sealed"], person)
    if secret is None:
        raise wrong("otp", "trang đã quá cũ; hãy quét mã mới", "the page is too old; scan the new code")
    codes = in_transaction(
        runtime(),
        identity().claimed,
        lambda unit: acts.set_second_factor(unit, person, secret, form["otp"], session),
    )
    served().metrics.acts.labels("set_second_factor").inc()
    return _codes(codes)


@factor.post(f"{HERE}/ma-du-phong", access=Access.STAFF, again=show, step_up=True)
def give_codes() -> Response:
    """Give fresh recovery codes, and show them this once"""
    person = actor().person_id or 0
    codes = in_transaction(runtime(), identity().claimed, lambda unit: acts.fresh_recovery_codes(unit, person))
    return _codes(codes)


@factor.post(f"{HERE}/go", access=Access.STAFF, again=show, step_up=True)
def remove() -> Response:
    """Remove the second factor"""
    return once(
        "remove_second_factor",
        lambda unit: acts.remove_second_factor(unit, unit.actor.person_id or 0, "by themselves"),
        to=HERE if _must_have() else "/tai-khoan",
        done=Text("Đã gỡ xác thực hai lớp.", "The second factor was removed."),
    )


def _codes(codes: tuple[str, ...]) -> Response:
    return Response(render("account/recovery_codes.html", codes=codes), mimetype="text/html")


def _must_have() -> bool:
    required = runtime().settings.sessions.second_factor
    return required and must_have_factor(identity().claimed, civil_day(runtime().now()))


def _sealed(secret: str, person: int) -> str:
    """The secret as the form carries it: only this person gets it back, and only from here."""
    sealed = seal(runtime().settings.secret_keys[0], secret.encode(), f"new factor:{person}".encode())
    return base64.urlsafe_b64encode(sealed).decode()


def _unsealed(given: str, person: int) -> str | None:
    try:
        raw = base64.urlsafe_b64decode(given.encode())
    except ValueError:
        return None
    plain = unseal(runtime().settings.secret_keys, raw, f"new factor:{person}".encode())
    return plain.decode() if plain else None
