"""Every route of the pages: not signed in, wrong role, another office's dossier, another applicant's link, no token."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from server.identity import Access
from tests.installation.served import open_installation
from tests.installation.trial_content import TRIAL
from tests.web.routes import Route, routes
from tests.web.site import Site
from tests.web.visitor import Visitor
from web.app import register_pages

NAME = "Nguyễn Thị Đào"
OPEN = {"/h/<token>"}
"""Addresses that open a link without being signed in: their own tests say what a wrong one gives."""


@dataclass(eq=False)
class Stage:
    """A dossier of the counter, and one of another applicant."""

    site: Site
    code: str
    filed: dict[str, str]
    other: dict[str, str]

    @property
    def app(self) -> Flask:
        return self.site.installation.app

    def walked(self, access: Access, method: str | None = None) -> list[Route]:
        found = [one for one in routes(self.app) if one.access is access and method in (None, one.method)]
        return [one for one in found if one.rule not in OPEN]

    def path(self, route: Route) -> str:
        return route.path({"code": self.code})


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]  # a stage for all tests of the file
    folder: Path = tmp_path_factory.mktemp("matrix")
    with TRIAL.copy("sqlite", folder) as url:
        installation = open_installation(url, folder, pages=register_pages, MOTCUA_SECOND_FACTOR="0")
        site = Site(installation)
        filed = installation.filed()
        yield Stage(site, filed["code"], filed, installation.filed())
        installation.close()


def _csrf(visitor: Visitor, path: str = "/dang-nhap") -> str:
    return str(visitor.get(path).soup.find("input", attrs={"name": "csrf"})["value"])  # type: ignore[index]


def _send(visitor: Visitor, route: Route, path: str, csrf: str = "") -> tuple[int, str, str]:
    if route.method == "GET":
        answer = visitor.client.get(path)
    else:
        answer = visitor.client.post(path, data={"csrf": csrf, "key": "k" * 24})
    return answer.status_code, answer.headers.get("Location", ""), answer.get_data(as_text=True)


def test_every_route_declares_who_may_open_it(stage: Stage) -> None:
    declared = {one.rule for one in routes(stage.app)}
    every = {rule.rule for rule in stage.app.url_map.iter_rules() if rule.endpoint.startswith("web_")}
    assert every - declared == {"/tinh/<path:name>", "/favicon.ico", "/bao-cao-chinh-sach"}
    assert {"/quay", "/tai-khoan", "/dang-nhap", "/dang-xuat", "/ngon-ngu"} <= declared


def test_nobody_opens_a_page_of_the_staff(stage: Stage) -> None:
    for route in stage.walked(Access.STAFF) + stage.walked(Access.ADMIN):
        visitor = stage.site.nobody()
        status, location, text = _send(visitor, route, stage.path(route), _csrf(visitor))
        if route.method == "GET":
            assert (status, location.split("?")[0]) == (303, "/dang-nhap"), route.named
        else:
            assert status == 401, route.named
        assert NAME not in text, route.named


def test_an_applicant_opens_no_page_of_the_staff(stage: Stage) -> None:
    for route in stage.walked(Access.STAFF) + stage.walked(Access.ADMIN):
        status, location, _ = _send(stage.site.applicant(stage.filed), route, stage.path(route))
        assert status == 401 or location.startswith("/dang-nhap"), route.named


def test_only_the_applicant_opens_a_dossier_by_its_link(stage: Stage) -> None:
    for route in stage.walked(Access.LINK):
        for visitor in (stage.site.nobody(), stage.site.person("counter"), stage.site.applicant(stage.other)):
            status, _, text = _send(visitor, route, stage.path(route))
            assert status in (404, 401), f"{route.named}: {status}"
            assert NAME not in text, route.named
        opens = route.method == "GET" and route.arguments == ("code",)
        if opens and not route.rule.endswith("/tep"):  # the file of a proof is there once a checkpoint was made
            assert _send(stage.site.applicant(stage.filed), route, stage.path(route))[0] < 400, route.named


def test_staff_who_do_not_see_a_dossier_get_nothing_of_it(stage: Stage) -> None:
    for who in ("far-counter", "nobody"):
        visitor = stage.site.person(who)
        csrf = _csrf(visitor, "/tai-khoan")
        for route in stage.walked(Access.STAFF):
            if "code" not in route.arguments:
                continue
            status, _, text = _send(visitor, route, stage.path(route), csrf)
            allowed = (403, 404, 409, 412, 422, 503)  # 503: nothing draws PDF files here, which is said to everybody
            assert status in allowed, f"{route.named} as {who}: {status}"
            assert NAME not in text, f"{route.named} as {who}"


def test_only_administrators_open_their_pages(stage: Stage) -> None:
    for who in ("counter", "leader"):
        visitor = stage.site.person(who)
        csrf = _csrf(visitor, "/tai-khoan")
        for route in stage.walked(Access.ADMIN):
            assert _send(visitor, route, stage.path(route), csrf)[0] == 403, f"{route.named} as {who}"


def test_each_page_without_a_dossier_opens_for_somebody(stage: Stage) -> None:
    people = [stage.site.person(who) for who in ("counter", "specialist", "leader", "admin")]
    for route in stage.walked(Access.STAFF, "GET") + stage.walked(Access.PUBLIC, "GET"):
        if route.arguments or route.rule.startswith(("/dang-nhap/co-quan", "/quan-tri/doi-soat/dong")):
            continue  # the one leads away, the other is of a line of the bank, which its address names
        assert any(_send(visitor, route, stage.path(route))[0] in (200, 303) for visitor in people), route.named


@pytest.mark.parametrize(
    "headers",
    [{}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}],
)
def test_no_post_is_taken_without_its_token_or_from_another_site(stage: Stage, headers: dict[str, str]) -> None:
    visitor, guest = stage.site.person("counter"), stage.site.nobody()
    right = _csrf(visitor, "/tai-khoan"), _csrf(guest)
    walked = [(visitor, right[0], one) for one in stage.walked(Access.STAFF, "POST")]
    walked += [(guest, right[1], one) for one in stage.walked(Access.PUBLIC, "POST")]
    assert len(walked) > 8
    for sender, csrf, route in walked:
        sent = {"csrf": csrf, "key": "k" * 24} if headers else {"key": "k" * 24}
        answer = sender.client.post(stage.path(route), data=sent, headers=headers)
        assert answer.status_code == 403, route.named
        assert "foreign-request" in answer.get_data(as_text=True), route.named


def test_every_page_carries_the_headers_of_safety(stage: Stage) -> None:
    visitor = stage.site.person("counter")
    for route in stage.walked(Access.STAFF, "GET") + stage.walked(Access.PUBLIC, "GET"):
        answer = visitor.client.get(stage.path(route), base_url="https://localhost")
        policy = answer.headers["Content-Security-Policy"]
        for part in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
            assert part in policy, route.named
        assert "unsafe" not in policy and "require-trusted-types-for 'script'" in policy, route.named
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000"), route.named
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", route.named
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin", route.named
        assert "camera=()" in answer.headers["Permissions-Policy"], route.named
        assert answer.headers["X-Content-Type-Options"] == "nosniff", route.named
        assert "no-store" in answer.headers["Cache-Control"] or route.access is Access.PUBLIC, route.named
    assert "Strict-Transport-Security" not in visitor.client.get("/quay", base_url="http://localhost").headers
