"""Numbers that are none or too large for a database, and text that none can store, in every field of every form."""

from __future__ import annotations

import inspect
import io
from secrets import token_urlsafe
from typing import Any

import pytest
from marshmallow import fields

from server.identity import Access
from tests.installation.filings import PDF
from tests.web.routes import routes
from tests.web.site import Site
from tests.web.visitor import Visitor

ODD = ("²", "9" * 25, "-1", "1e9", "٣")
ENDS = ("/dang-xuat", "/tai-khoan/moi-noi", "/tai-khoan/phien-khac", "/tai-khoan/phien/<name>")
"""Posts after which the visitor is nobody any more."""
LARGE = str(10**24)


def _csrf(visitor: Visitor, path: str = "/tai-khoan") -> str:
    return str(visitor.get(path).soup.find("input", attrs={"name": "csrf"})["value"])  # type: ignore[index]


def _names(view: Any) -> list[str]:
    """The fields of the schema that the form of a post is checked by."""
    schema = inspect.getclosurevars(view).nonlocals.get("schema")
    if schema is None:
        return [
            "draft",
            "bo",
            "tep",
            "nguon",
            "office",
            "act",
            "message",
            "action",
            "papers.form.reuse",
            "receipt_code",
        ]
    return [one.data_key or name for name, one in schema.fields.items() if not isinstance(one, fields.Raw)]


def test_no_form_fails_over_an_odd_value(site: Site) -> None:
    filed = site.installation.filed()
    staff, applicant, nobody = site.person("counter"), site.applicant(filed), site.nobody()
    who = {Access.STAFF: staff, Access.ADMIN: staff, Access.LINK: applicant, Access.PUBLIC: nobody}
    pages = {Access.LINK: f"/h/{filed['code']}", Access.PUBLIC: "/dang-nhap"}
    token = {access: _csrf(visitor, pages.get(access, "/tai-khoan")) for access, visitor in who.items()}
    views, wrong = site.installation.app.view_functions, []
    rules = {(one.rule, "POST"): views[one.endpoint] for one in site.installation.app.url_map.iter_rules()}
    for number, route in enumerate(one for one in routes(site.installation.app) if one.method == "POST"):
        if route.rule in ENDS:
            continue
        visitor, odd = who[route.access], ODD[number % len(ODD)]
        path = route.path({"code": filed["code"], "number": LARGE, "key": "x", "paper": "01", "action": "withdraw"})
        sent = dict.fromkeys(_names(rules[route.rule, "POST"]), odd)
        sent |= {"csrf": token[route.access], "key": token_urlsafe(18), "version": odd if number % 2 else "1"}
        status = visitor.client.post(path, data=sent).status_code
        if status >= 500 and status != 503:  # 503: nothing draws PDF files here
            wrong.append(f"{route.named} with {odd}: {status}")
    assert wrong == []


@pytest.mark.parametrize("day", ["31/12/9999", "0001-01-01", "9999-12-31", "01/01/0001"])
def test_no_page_fails_over_a_day_at_an_end_of_the_calendar(site: Site, day: str) -> None:
    rules = [one.rule for one in routes(site.installation.app) if one.method == "GET" and "<" not in one.rule]
    wrong = [
        f"{rule}?{name}={day}"
        for who in (site.person("counter"), site.person("admin"))
        for rule in rules
        for name in ("tu", "den", "ngay")
        if who.client.get(rule, query_string={name: day}).status_code >= 500
    ]
    assert wrong == []


@pytest.mark.parametrize("value", ["²", LARGE])
def test_a_number_beside_right_values_is_refused(site: Site, value: str) -> None:
    code, counter = str(site.installation.filed()["code"]), site.person("counter")
    draft = token_urlsafe(24)
    for path, sent in (
        ("/viec", {"chon": f"{code}@1", "viec": "assign", "nguoi": value}),
        (f"/ky/{code}/xem", {"document": value}),
        (f"/ky/{code}/tep", {"document": value}),
        ("/quay/tiep-nhan/tep/bo", {"draft": draft, "tep": value}),
        ("/quay/tiep-nhan/xem", {"draft": draft, "procedure": "1.000001", "papers.form.reuse": value}),
    ):
        answer = counter.client.post(path, data={"csrf": _csrf(counter), "key": token_urlsafe(18), **sent})
        assert answer.status_code < 500, path
    pages = (f"/ho-so/{code}/giay-to/1?trang={value}", f"/ho-so/{code}?den={value}", f"/ho-so/{code}?loc={value}")
    assert all(counter.client.get(path).status_code < 500 for path in pages)


def test_what_no_database_stores_is_refused_wherever_it_stands(both_sites: Site) -> None:
    site, visitor = both_sites, both_sites.person("counter")
    draft = token_urlsafe(24)
    for path, sent in (
        ("/quay/tiep-nhan/nhap", {"draft": draft, "applicant.name": "a\0b"}),
        ("/in", {"mau": "01", "ma": "H79\0"}),
        ("/viec", {"viec": "claim", "chon": "H79\0@1"}),
        ("/ho-so/chon", {"chon": "H79\0@1"}),
        ("/ho-so/chon", {"chon\0": "H79@1"}),
        ("/quay/tiep-nhan/nhap", {"draft": draft, "papers.form.file": (io.BytesIO(PDF), "a\0.pdf")}),
    ):
        sent = {"csrf": _csrf(visitor), "key": token_urlsafe(18), **sent}
        answer = visitor.client.post(path, data=sent, content_type="multipart/form-data")
        assert answer.status_code == 400 and "malformed-request" in answer.get_data(as_text=True), path
    guest = site.nobody()
    sent = {"csrf": _csrf(guest, "/dang-nhap"), "username": "coun\0ter", "password": "x"}
    assert guest.client.post("/dang-nhap", data=sent).status_code == 400


def test_a_paper_that_is_not_there_is_not_written_down_as_seen(site: Site) -> None:
    code, visitor = str(site.installation.filed()["code"]), site.person("counter")
    before = len(site.installation.person("monitor").get("/api/v1/reports/personal-data-views").json["items"])
    for path, sent in ((f"/ho-so/{code}/documents/77/views", {}), (f"/ky/{code}/xem", {"document": "77"})):
        answer = visitor.client.post(path, data={"csrf": _csrf(visitor), "key": token_urlsafe(18), **sent})
        assert answer.status_code == 404, path
    after = len(site.installation.person("monitor").get("/api/v1/reports/personal-data-views").json["items"])
    assert after == before
