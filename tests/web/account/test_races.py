"""What happens to sessions at the same moment: two sign-ins, a sign-out during an act, a password changed meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from secrets import token_urlsafe

import pyotp
import pytest
from sqlalchemy import func, select

import web.pages
from engine.acts.staff.people import set_password
from engine.acts.staff.sign_in import close_session, page_token_hash
from engine.acts.staff.switch import switch_off
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.page_sessions import page_sessions
from engine.store.people import tokens
from engine.transaction import in_transaction
from tests.installation.trial_content import PASSWORD
from tests.web.account.conftest import Clock
from tests.web.account.test_second_factor import _password, _set_up
from tests.web.site import Site
from tests.web.visitor import Visitor
from web.cookies import GUEST, SESSION

FRESH = "mot-mat-khau-khac-han-2"


def _cookie(visitor: Visitor, name: str) -> str:
    found = visitor.client.get_cookie(name)
    assert found is not None
    return str(found.value)


def test_two_sign_ins_at_once_are_two_sessions_and_each_is_whole(both_sites: Site) -> None:
    site, page = both_sites, both_sites.nobody()
    csrf = page.get("/dang-nhap").soup.find("input", attrs={"name": "csrf"})["value"]  # type: ignore[index]
    guest, together = _cookie(page, GUEST), threading.Barrier(2)

    def sign_in(_: int) -> str:
        visitor = site.nobody()
        visitor.client.set_cookie(GUEST, guest, secure=True)
        together.wait()
        visitor.post("/dang-nhap", csrf=csrf, username="counter", password=PASSWORD)
        assert visitor.get("/quay").status == 200
        return _cookie(visitor, SESSION)

    with ThreadPoolExecutor(2) as pool:
        opened = set(pool.map(sign_in, range(2)))
    assert len(opened) == 2, "each sign-in has a token of its own"
    with site.installation.runtime.database.connect() as connection:
        hashes = [page_token_hash(one) for one in opened]
        alive = select(func.count()).select_from(page_sessions.join(tokens, tokens.c.hash == page_sessions.c.hash))
        alive = alive.where(tokens.c.revoked_at.is_(None), tokens.c.hash.in_(hashes))
        assert connection.execute(alive).scalar_one() == 2


def test_an_act_that_a_sign_out_overtakes_is_not_done(both_sites: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The session ends after the request was let in, and before its act begins."""
    site, visitor = both_sites, both_sites.person("counter")
    code = str(site.installation.filed()["code"])
    visitor.get(f"/ho-so/{code}")
    version = site.installation.version_of(code)
    checked: Callable[[], None] = web.pages.check_origin_and_token
    csrf = visitor.get("/tai-khoan").soup.find("input", attrs={"name": "csrf"})["value"]  # type: ignore[index]

    def overtaken() -> None:
        checked()
        runtime, hashed = site.installation.runtime, page_token_hash(str(visitor.token))
        in_transaction(runtime, SYSTEM_ACTOR, lambda unit: close_session(unit, hashed))

    monkeypatch.setattr(web.pages, "check_origin_and_token", overtaken)
    sent = {"csrf": csrf, "key": token_urlsafe(18), "version": str(version), "text": "ghi chú muộn"}
    refused = visitor.post(f"/ho-so/{code}/notes", status=401, **sent)
    assert "ghi chú muộn" in refused.text, "what was typed is kept"
    assert site.installation.version_of(code) == version


@pytest.mark.parametrize("how", ["changed", "switched off"])
def test_the_code_opens_nothing_when_the_password_is_no_longer_good(strict: Site, clock: Clock, how: str) -> None:
    first, _ = _password(strict)
    app, _ = _set_up(strict, clock, first)
    clock.on(minutes=1)
    visitor, asked = _password(strict)
    page = visitor.follow(asked)
    person, runtime = strict.installation.actor("leader").person_id or 0, strict.installation.runtime
    admin = strict.installation.actor("admin")
    if how == "changed":
        in_transaction(runtime, admin, lambda unit: set_password(unit, person, FRESH, "bị lộ"))
    else:
        in_transaction(runtime, admin, lambda unit: switch_off(unit, person, "đã nghỉ việc"))
    otp = pyotp.TOTP(app.secret).at(clock.at)
    refused = visitor.submit(page, asked.location, status=409, otp=otp)
    assert "Hãy đăng nhập lại" in refused.text
    assert visitor.get("/quay", status=303).location.startswith("/dang-nhap")
