"""Protection against forged requests: a page of another site cannot make a browser act here.

Every request that changes something carries a token that is bound to a cookie of the session, and comes from this
origin by ``Sec-Fetch-Site`` and ``Origin``, where the browser sends them. Visitors without a session get a cookie with
a random value for this alone. Cookies have the prefix ``__Host-``, so that no sister site can set them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from flask import Flask, Response, g, request

from engine.errors import Forbidden
from server.context import runtime
from web.cookies import GUEST, SESSION, set_cookie


class ForeignRequest(Forbidden):
    """The request does not come from a page of this site, or from one that is no longer valid."""

    code = "foreign-request"
    vi = "Yêu cầu không đến từ trang của hệ thống, hoặc trang đã quá cũ. Hãy mở lại trang rồi gửi lại."
    en = "The request does not come from a page of this site, or the page is too old. Open the page again and resend."


def csrf_token() -> str:
    """The token for the forms of this page. Each time it is masked anew, so that compression gives nothing away."""
    mask = secrets.token_bytes(_SIZE)
    return base64.urlsafe_b64encode(mask + _xor(mask, _expected(_bound(), runtime().settings.secret_keys[0]))).decode()


def check_origin_and_token() -> None:
    """Requires that a changing request comes from a page of this site. Raises ForeignRequest."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise ForeignRequest()
    origin = request.headers.get("Origin")
    if origin is not None and origin not in _own_origins():
        raise ForeignRequest()
    cookie = request.cookies.get(SESSION) or request.cookies.get(GUEST)
    if cookie is None or not _right(request.form.get("csrf") or request.headers.get("X-CSRF-Token") or "", cookie):
        raise ForeignRequest()


def register_csrf(app: Flask) -> None:
    @app.after_request
    def remember_guest(response: Response) -> Response:
        if (made := g.get("guest")) is not None:
            set_cookie(response, GUEST, made)
        return response


def _bound() -> str:
    """The cookie that the token is bound to: the session's, else the guest's, which is made when it is missing."""
    known = request.cookies.get(SESSION) or request.cookies.get(GUEST) or g.get("guest")
    if known is None:
        known = g.guest = secrets.token_urlsafe(24)
    return str(known)


def _right(given: str, cookie: str) -> bool:
    try:
        raw = base64.urlsafe_b64decode(given.encode())
    except ValueError:
        return False
    if len(raw) != 2 * _SIZE:
        return False
    token = _xor(raw[:_SIZE], raw[_SIZE:])
    # A page that was open while the secrets were changed is still good.
    return any(hmac.compare_digest(token, _expected(cookie, secret)) for secret in runtime().settings.secret_keys)


def _expected(cookie: str, secret: str) -> bytes:
    return hmac.new(hashlib.sha256(b"csrf:" + secret.encode()).digest(), cookie.encode(), hashlib.sha256).digest()


def _own_origins() -> tuple[str, str]:
    return request.host_url.rstrip("/"), runtime().settings.public_url.rstrip("/")


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(left, right, strict=True))


_SIZE = 32
