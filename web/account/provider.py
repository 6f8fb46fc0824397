"""Signing in by the identity provider of the staff (OpenID Connect).

A GET leads to the provider and back, since a form may not lead to another site. It changes nothing here: what was begun
lies in a sealed cookie, and the answer counts only in the browser that has it.
"""

from __future__ import annotations

from dataclasses import asdict

from flask import Response, request

from engine.acts.staff.own_sessions import keep_proven
from engine.errors import Forbidden
from engine.ports import Begun, IdentityProvider, ProviderRefused
from engine.queries.staff import person_meant
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.transaction import in_transaction
from server.context import runtime
from server.identity import Access, NotSignedIn, actor, identity, reading
from server.refusals import NoSuchAddress
from web.account.opening import DESK, after_the_first
from web.addresses import own_address
from web.cookies import AT_PROVIDER
from web.once import see_other
from web.pages import Pages
from web.render import render
from web.sealed import forget_sealed, keep_sealed, sealed_facts
from web.session import identify_page, page_session

provider = Pages("provider", audience="citizen", one_factor=True)
BACK = "/dang-nhap/co-quan/tra-loi"


class NotBound(Forbidden):
    """The provider has proven who it is, but that subject is bound to no account here."""

    code = "subject-not-bound"
    vi = "Tài khoản cơ quan này chưa gắn với tài khoản nào ở đây. Gửi mã này cho người quản trị: {subject}"
    en = "This office account is bound to no account here. Give this code to the administrator: {subject}"


@provider.page("/dang-nhap/co-quan", access=Access.PUBLIC)
def begin() -> Response:
    """Lead to the identity provider"""
    again = request.args.get("xac-nhan") == "1"
    begun = _provider().begin(_back(), again=again)
    response = see_other(begun.address)
    onward = own_address(request.args.get("tiep", DESK), DESK)
    keep_sealed(response, AT_PROVIDER, {**asdict(begun), "onward": onward, "again": "1" if again else ""})
    return response


@provider.page(BACK, access=Access.PUBLIC)
def come_back() -> Response:
    """Open a session for whom the provider has proven, or confirm the one that is open"""
    begun = sealed_facts(AT_PROVIDER)
    if not begun:
        raise ProviderRefused()
    told = Begun(**{name: begun[name] for name in ("address", "state", "nonce", "verifier")})
    again = bool(begun["again"])
    found = _provider().finish(_back(), told, request.full_path, runtime().now().timestamp(), again=again)
    with reading(SYSTEM_ACTOR) as unit:
        person = person_meant(unit, found.issuer, found.subject)
    if person is None:
        raise NotBound(subject=found.subject[:100])
    response = (
        _confirmed(person)
        if again
        else after_the_first(person, begun["onward"], way="provider", second=found.second_factor)
    )
    forget_sealed(response, AT_PROVIDER)
    return response


def _confirmed(person: int) -> Response:
    """The page that leads back to what was to be done, after the person of this session has proven themselves anew."""
    identify_page(Access.STAFF, None)
    if actor().person_id != person:
        raise NotSignedIn()
    in_transaction(runtime(), identity().claimed, lambda unit: keep_proven(unit, page_session().hash))
    return Response(render("account/confirmed.html"), mimetype="text/html")


def _provider() -> IdentityProvider:
    found = runtime().provider
    if found is None:
        raise NoSuchAddress()
    return found


def _back() -> str:
    return runtime().settings.public_url + BACK
