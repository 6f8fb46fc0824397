"""Signing in with an office account, against a real provider on this machine, which some tests make lie."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import RSAKey
from oidc_provider_mock import app
from werkzeug.serving import make_server

from adapters.openid_provider import SUFFIX, OpenIdProvider
from engine.acts.staff.provider_subjects import SubjectTaken, bind_subject, unbind_subjects
from engine.clock import utc_now
from engine.journal.check import Tally
from engine.journal.check_staff import check_staff
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.transaction import Runtime, in_transaction
from tests.installation.application import application
from tests.installation.runtime import runtime_over
from tests.installation.served import ServedInstallation
from tests.installation.trial_content import TRIAL
from tests.web.site import Site
from tests.web.visitor import Page, Visitor
from web.app import register_pages

# The provider for tests stands on parts that its own libraries are about to leave.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@dataclass
class Lying:
    """The provider behind a door that keeps what passes, and changes the answers as a test wants."""

    app: Any
    address: str = ""
    token_requests: list[dict[str, list[str]]] = field(default_factory=list)
    claims: dict[str, Any] = field(default_factory=dict)
    """Claims of the ID token that are written over; None leaves one out."""
    key: RSAKey | None = None
    """A key that signs the token in place of the provider's."""
    published: RSAKey | None = None

    def __call__(self, environ: dict[str, Any], start: Any) -> Any:
        path = environ["PATH_INFO"]
        if path == "/jwks" and self.published is not None:
            body = json.dumps({"keys": [self.published.as_dict(private=False)]}).encode()
            start("200 OK", [("Content-Type", "application/json")])
            return [body]
        if path != "/oauth2/token":
            return self.app(environ, start)
        raw = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        self.token_requests.append(parse_qs(raw.decode()))
        environ["wsgi.input"] = io.BytesIO(raw)
        kept: list[Any] = []
        answer = json.loads(b"".join(self.app(environ, lambda status, headers, *_: kept.extend([status, headers]))))
        if "id_token" in answer and (self.key or self.claims):
            answer["id_token"] = self._signed(answer["id_token"])
        body = json.dumps(answer).encode()
        start(kept[0], [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    def _signed(self, given: str) -> str:
        told = json.loads(base64.urlsafe_b64decode(given.split(".")[1] + "=="))
        told = {name: value for name, value in {**told, **self.claims}.items() if value is not None}
        assert self.key is not None
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, told, self.key)


@pytest.fixture
def lying() -> Iterator[Lying]:
    door = Lying(app())
    server = make_server("127.0.0.1", 0, door, threaded=True)
    door.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield door
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def offices(lying: Lying, tmp_path: Path) -> Iterator[Site]:
    """An installation whose staff may sign in at the provider; its clock is the provider's."""
    with TRIAL.copy("sqlite", tmp_path) as url:
        runtime: Runtime = runtime_over(
            url,
            tmp_path,
            utc_now,
            MOTCUA_SECOND_FACTOR="0",
            MOTCUA_PUBLIC_URL="http://localhost",
            MOTCUA_OIDC_DISCOVERY_URL=lying.address + SUFFIX,
            MOTCUA_OIDC_CLIENT_ID="motcua",
            MOTCUA_OIDC_CLIENT_SECRET="a secret of the tests",
        )
        assert runtime.settings.sessions.provider is not None
        runtime = replace(runtime, provider=OpenIdProvider(runtime.settings.sessions.provider))
        installation = ServedInstallation(runtime, application(runtime, pages=register_pages))
        yield Site(installation)
        installation.close()


def _bind(site: Site, name: str, issuer: str, subject: str) -> int:
    person = site.installation.actor(name).person_id
    assert person is not None
    runtime = site.installation.runtime
    in_transaction(runtime, SYSTEM_ACTOR, lambda unit: bind_subject(unit, person, issuer, subject))
    return person


def _at_provider(visitor: Visitor, subject: str, query: str = "?tiep=/quay") -> str:
    """Signs in there; the address, here, that the provider leads back to."""
    begun = visitor.get(f"/dang-nhap/co-quan{query}", status=303)
    answer = requests.post(begun.location, data={"sub": subject}, allow_redirects=False, timeout=5)
    assert answer.status_code == 302, answer.text
    back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"


def _sign_in(site: Site, subject: str, status: int = 303) -> tuple[Visitor, Page]:
    visitor = site.nobody()
    return visitor, visitor.get(_at_provider(visitor, subject), status=status)


def test_the_page_offers_it_only_where_there_is_a_provider(offices: Site, site: Site) -> None:
    assert offices.nobody().get("/dang-nhap").soup.find("a", href="/dang-nhap/co-quan?tiep=/quay") is not None
    assert "tài khoản cơ quan" not in site.nobody().get("/dang-nhap").text
    site.nobody().get("/dang-nhap/co-quan", status=404)


def test_opens_a_session_for_whom_the_subject_is_bound_to(offices: Site, lying: Lying) -> None:
    _bind(offices, "counter", lying.address, "u-17")
    visitor, signed = _sign_in(offices, "u-17")
    assert signed.location == "/quay"
    assert "Người counter" in visitor.get("/quay").text
    assert list(check_staff(offices.installation.runtime.database, Tally())) == []


def test_proves_that_the_code_was_asked_for_here(offices: Site, lying: Lying) -> None:
    _bind(offices, "counter", lying.address, "u-17")
    visitor = offices.nobody()
    begun = visitor.get("/dang-nhap/co-quan?tiep=/quay", status=303)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(begun.location).query).items()}
    assert asked["code_challenge_method"] == "S256" and asked["scope"] == "openid" and len(asked["nonce"]) >= 32
    answer = requests.post(begun.location, data={"sub": "u-17"}, allow_redirects=False, timeout=5)
    back = urlsplit(answer.headers["Location"])
    visitor.get(f"{back.path}?{back.query}", status=303)
    verifier = lying.token_requests[0]["code_verifier"][0]
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    assert digest == asked["code_challenge"]


def test_a_subject_that_is_bound_to_nobody_opens_nothing_whatever_its_address(offices: Site, lying: Lying) -> None:
    visitor, refused = _sign_in(offices, "counter@example.org", status=403)
    assert "counter@example.org" in refused.text and "subject-not-bound" in refused.text
    visitor.get("/quay", status=303)


def test_the_same_subject_of_another_provider_is_somebody_else(offices: Site, lying: Lying) -> None:
    _bind(offices, "counter", "https://elsewhere.example", "u-17")
    _sign_in(offices, "u-17", status=403)


def test_a_wrong_state_is_refused(offices: Site, lying: Lying) -> None:
    _bind(offices, "counter", lying.address, "u-17")
    visitor = offices.nobody()
    back = urlsplit(_at_provider(visitor, "u-17"))
    told = {**{name: values[0] for name, values in parse_qs(back.query).items()}, "state": "another"}
    refused = visitor.get(f"{back.path}?{urlencode(told)}", status=401)
    assert "provider-refused" in refused.text and lying.token_requests == []


def test_an_answer_in_a_browser_that_began_nothing_is_refused(offices: Site, lying: Lying) -> None:
    _bind(offices, "counter", lying.address, "u-17")
    back = _at_provider(offices.nobody(), "u-17")
    offices.nobody().get(back, status=401)


def test_a_code_is_good_once(offices: Site, lying: Lying) -> None:
    _bind(offices, "counter", lying.address, "u-17")
    visitor = offices.nobody()
    back = _at_provider(visitor, "u-17")
    kept = visitor.client.get_cookie("__Host-co-quan")
    visitor.get(back, status=303)
    visitor.get(back, status=401)
    assert kept is not None
    visitor.client.set_cookie("__Host-co-quan", kept.value, secure=True)
    refused = visitor.get(back, status=401)
    assert "provider-refused" in refused.text and len(lying.token_requests) == 2


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another"},
        {"aud": ["motcua", "another"]},
        {"aud": None},
        {"iss": "https://elsewhere.example"},
        {"sub": None},
        {"exp": 1},
        {"azp": "another"},
    ],
)
def test_a_token_with_a_wrong_claim_is_refused(offices: Site, lying: Lying, claims: dict[str, Any]) -> None:
    _bind(offices, "counter", lying.address, "u-17")
    lying.key = lying.published = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
    lying.claims = claims
    visitor, _ = _sign_in(offices, "u-17", status=401)
    visitor.get("/quay", status=303)


def test_keys_may_rotate_and_a_key_that_was_not_published_signs_nothing(offices: Site, lying: Lying) -> None:
    _bind(offices, "counter", lying.address, "u-17")
    _sign_in(offices, "u-17")
    lying.claims = {"sub": "u-17"}
    for kid in ("k2", "k3", "k3"):  # the last one under the name of the one before
        lying.key = lying.published = RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})
        _sign_in(offices, "u-17")
    lying.key = RSAKey.generate_key(2048, {"kid": "k3", "use": "sig"})
    _sign_in(offices, "u-17", status=401)


def test_confirms_a_session_only_by_a_fresh_proof_of_the_same_person(offices: Site, lying: Lying) -> None:
    _bind(offices, "counter", lying.address, "u-17")
    _bind(offices, "specialist", lying.address, "u-18")
    visitor, _ = _sign_in(offices, "u-17")
    lying.key = lying.published = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
    now = int(utc_now().timestamp())
    lying.claims = {"auth_time": now}
    assert "Đóng thẻ này" in visitor.get(_at_provider(visitor, "u-17", "?xac-nhan=1")).text
    visitor.get(_at_provider(visitor, "u-18", "?xac-nhan=1"), status=303)
    for stale in ({"auth_time": now - 3600}, {"auth_time": None}):
        lying.claims = stale
        visitor.get(_at_provider(visitor, "u-17", "?xac-nhan=1"), status=401)


def test_leads_to_no_other_site(offices: Site, lying: Lying) -> None:
    _bind(offices, "counter", lying.address, "u-17")
    visitor = offices.nobody()
    back = _at_provider(visitor, "u-17", "?tiep=//evil.example")
    assert visitor.get(back, status=303).location == "/quay"


def test_a_provider_that_does_not_answer_leaves_the_password(offices: Site, lying: Lying, tmp_path: Path) -> None:
    provider = offices.installation.runtime.provider
    assert isinstance(provider, OpenIdProvider)
    lying.app = lambda environ, start: start("500 Oh", []) or [b"{}"]
    refused = offices.nobody().get("/dang-nhap/co-quan", status=503)
    assert "đăng nhập bằng mật khẩu" in refused.text


def test_a_subject_belongs_to_one_person_until_it_is_unbound(offices: Site, lying: Lying) -> None:
    person = _bind(offices, "counter", lying.address, "u-17")
    with pytest.raises(SubjectTaken):
        _bind(offices, "specialist", lying.address, "u-17")
    runtime = offices.installation.runtime
    assert in_transaction(runtime, SYSTEM_ACTOR, lambda unit: unbind_subjects(unit, person, "left")) == 1
    _sign_in(offices, "u-17", status=403)
    assert list(check_staff(runtime.database, Tally())) == []
