"""Bad input on every endpoint: always a 4xx problem that says what is wrong, never a 5xx."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from werkzeug.routing import Rule

from tests.acceptance.test_api_access import routes
from tests.installation.served import ServedInstallation
from tests.installation.trial_content import filing

DEEP = b'{"a":' * 5000 + b"1" + b"}" * 5000
BODIES: list[bytes] = [
    b" ",
    b"{",
    b"[]",
    b"null",
    b'"text"',
    b"12",
    b'{"a":NaN}',
    b'{"a":Infinity}',
    b'{"a":1e999}',
    b'{"action":"x","action":"y"}',
    b'{"a":{"b":1,"b":2}}',
    b'{"action":"\\u0000"}',
    b'{"action":"a\x00b"}',
    b'{"action":"\\ud800"}',
    b'{"action":"\xff\xfe"}',
    b'{"action":18446744073709551616}',
    b'{"amount":99999999999999999999999}',
    b'{"action":{"deep":[1,2,{"x":null}]}}',
    b'{"__proto__":{"admin":true}}',
    b'{"action":["forward"]}',
    b'{"action":true,"reason":1,"fields":[1]}',
    b'{"text":"' + b"x" * 900_000 + b'"}',
    DEEP,
    b'{"a":' * 30 + b"1" + b"}" * 30,
    '{"reason":"\u202egnol\u202c"}'.encode(),
    '{"action":"прямо"}'.encode("utf-16"),
    b"\xef\xbb\xbf{}",
]
PARTS = ["%00", "%ff", "%ED%A0%80", "a" * 2000, "../../etc/passwd", "%2e%2e%2f", "' OR 1=1--", "%0d%0aX: 1", "-1", "0"]
PARTS += ["9" * 40, str(2**63), str(2**53)]  # past what the database counts
PARTS += ["\u0663", "1_0", "+1"]  # what Python, but no address, takes for a number
QUERIES = [
    "limit=0",
    "limit=-1",
    "limit=999999999999999999999",
    "limit=1.5",
    "limit=%00",
    "after=%00",
    "after=zzz",
    "after=bnVsbA",
    "after=WyJ4IiwxXQ",
    "after=WzEsMl0",
    "portal=11",
    "state=%27%3B--",
    "q=%00",
    "q=" + "x" * 201,
    "q=%ff",
    "due_before=2026-13-01",
    "due_before=0001-01-01T00:00:00%2B14:00",
    "due_before=9999-12-31T23:59:59-14:00",
    "due_before=2026-01-01T00:00:00",
    "on=0000-00-00",
    "on=1066-10-14",
    "start=2026-02-30&end=2026-03-01",
    "start=2026-03-02&end=2026-03-01",
    "limit=1&limit=2",
    "unknown=1",
    "a=" + "b" * 5000,
    "%",
    "%zz",
    "=",
    "&&&",
    "holder=you",
    "overdue=maybe",
    "sort=name",
]


@pytest.fixture(scope="module")
def installation(shared_installation: ServedInstallation) -> ServedInstallation:
    """One installation for the whole corpus: none of it may change anything."""
    return shared_installation


@pytest.fixture(scope="module")
def values(installation: ServedInstallation) -> dict[str, Any]:
    filed = installation.filed()
    return {
        "code": filed["code"],
        "token": filed["link_token"],
        "number": 1,
        "key": "fee",
        "form": "01",
        "day": "2026-03-10",
        "procedure": "1.000001",
        "name": "swagger-ui.css",
    }


def address(rule: Rule, values: dict[str, Any]) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values[found[1]]), rule.rule)


def must_be_refused(answer: Any, what: str) -> None:
    assert answer.status_code < 500, f"{what}: {answer.status_code} {answer.text[:300]}"
    assert answer.status_code >= 400, f"{what}: {answer.status_code} {answer.text[:300]}"
    assert answer.mimetype == "application/problem+json", what
    assert answer.json["code"] and answer.json["detail_vi"] and answer.json["detail_en"]


def test_bodies_that_are_no_proper_json(installation: ServedInstallation, values: dict[str, Any]) -> None:
    asked = 0
    for rule, method in routes(installation):
        if method in ("GET", "DELETE"):
            continue
        for body in BODIES:
            caller = installation.person("admin" if "webhooks" in rule.rule or "/offices/" in rule.rule else "counter")
            answer = caller.ask(method, address(rule, values), version=1, data=body, content_type="application/json")
            must_be_refused(answer, f"{method} {rule.rule} {body[:40]!r}")
            asked += 1
    assert asked > 500


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "application/x-www-form-urlencoded", ""])
def test_bodies_of_another_type(installation: ServedInstallation, values: dict[str, Any], content_type: str) -> None:
    for rule, method in routes(installation):
        if method in ("POST", "PUT"):
            answer = installation.person("counter").ask(
                method, address(rule, values), version=1, data=b"{}", content_type=content_type
            )
            must_be_refused(answer, f"{method} {rule.rule}")


FOR_ADMINISTRATORS = re.compile("/(webhooks|people|admin-proposals|offices/|archive/)")


NOT_CONNECTED = ("/connections/payments", "/connections/filings", "/remote-signing/callbacks")
"""Addresses of other systems: where none is connected, nothing is there, and no body is read."""


def test_a_body_of_ten_megabytes_is_413(installation: ServedInstallation, values: dict[str, Any]) -> None:
    body = b'{"text":"' + b"x" * 10_000_000 + b'"}'
    for rule, method in routes(installation):
        if method in ("POST", "PUT") and not rule.rule.endswith(("/documents", *NOT_CONNECTED)):
            answer = installation.person("admin" if FOR_ADMINISTRATORS.search(rule.rule) else "counter").ask(
                method, address(rule, values), version=1, data=body, content_type="application/json"
            )
            assert answer.status_code == 413, f"{method} {rule.rule}: {answer.status_code}"


@pytest.mark.parametrize("part", PARTS)
def test_addresses_that_name_nothing(installation: ServedInstallation, values: dict[str, Any], part: str) -> None:
    for rule, method in routes(installation):
        if "<" not in rule.rule:
            continue
        path = re.sub(r"<(?:\w+:)?(\w+)>", part, rule.rule)
        answer = installation.person("counter").ask(method, path, version=1)
        must_be_refused(answer, f"{method} {path[:80]}")


def test_a_number_has_one_address(installation: ServedInstallation, values: dict[str, Any]) -> None:
    path = f"/api/v1/dossiers/{values['code']}/documents"
    number = installation.person("counter").get(path).json["items"][0]["id"]
    for written, code in ((number, "on-paper-only"), (f"0{number}", "no-such-address")):
        assert installation.person("counter").get(f"{path}/{written}").json["code"] == code


@pytest.mark.parametrize("query", QUERIES)
def test_queries_that_mean_nothing(installation: ServedInstallation, values: dict[str, Any], query: str) -> None:
    refused = 0
    for rule, method in routes(installation):
        if method == "GET":
            answer = installation.person("counter").get(f"{address(rule, values)}?{query}")
            assert answer.status_code < 500, f"{rule.rule}?{query[:40]}: {answer.status_code} {answer.text[:300]}"
            refused += answer.status_code >= 400
    assert refused > 5


@pytest.mark.parametrize("query", ["q=%ff", "%C3=1", "q=a%ED%A0%80b", "q=%C3&limit=%A9"])
def test_a_query_that_is_no_utf_8_is_not_read_as_something_else(
    installation: ServedInstallation, values: dict[str, Any], query: str
) -> None:
    for path in ("/api/v1/dossiers", f"/api/v1/status/{values['token']}"):
        answer = installation.person("counter").get(f"{path}?{query}")
        assert (answer.status_code, answer.json["code"]) == (400, "malformed-request"), path


def test_a_value_without_a_name_is_told_as_part_of_the_query(
    installation: ServedInstallation, values: dict[str, Any]
) -> None:
    for path in ("/api/v1/dossiers", f"/api/v1/status/{values['token']}"):
        answer = installation.person("counter").get(f"{path}?=1")
        assert (answer.status_code, list(answer.json["errors"])) == (422, ["query"]), path


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("REQUEST_METHOD", "POST", 412),
        *(("REQUEST_METHOD", method, 400) for method in ("post", "Post")),
        *(("HTTP_CONTENT_ENCODING", coding, 412) for coding in ("identity", "Identity")),
        *(("HTTP_CONTENT_ENCODING", coding, 415) for coding in ("gzip", "GZIP")),
    ],
)
def test_a_method_has_a_case_and_a_content_coding_has_none(
    installation: ServedInstallation, values: dict[str, Any], name: str, value: str, status: int
) -> None:
    """412: the request is read, and refused for its version alone."""
    path, sent = f"/api/v1/dossiers/{values['code']}/actions", {name: value}
    answer = installation.person("counter").post(path, {"action": "forward"}, version=999, environ_overrides=sent)
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Authorization", "Bearer " + "x" * 5000),
        ("If-Match", "x" * 3000),
        ("Idempotency-Key", "x" * 3000),
        ("Accept-Language", "x" * 3000),
        ("X-Request-Id", "x" * 3000),
    ],
)
def test_headers_that_are_too_long(installation: ServedInstallation, name: str, value: str) -> None:
    answer = installation.anyone().get("/api/v1/procedures", headers={name: value})
    assert (answer.status_code, answer.json["code"]) == (431, "header-too-long")


@pytest.mark.parametrize("accept", ["", "garbage", "text/html;q=x", "*/*", "application/xml"])
def test_whatever_is_accepted_json_comes(installation: ServedInstallation, accept: str) -> None:
    assert installation.anyone().get("/api/v1/procedures", headers={"Accept": accept}).mimetype == "application/json"


WRONG_FILINGS: list[tuple[dict[str, Any], str]] = [
    ({"procedure": None}, "procedure"),
    ({"procedure": 5}, "procedure"),
    ({"procedure": "1.000001\n"}, "procedure"),
    ({"extra": 1}, "extra"),
    ({"applicant": "me"}, "applicant"),
    ({"applicant": {"kind": "citizen"}}, "applicant.name"),
    ({"applicant": {"kind": "alien", "name": "x"}}, "applicant.kind"),
    ({"applicant": {"kind": "citizen", "name": "\u202exyz"}}, "applicant.name"),
    ({"applicant": {"kind": "citizen", "name": "a\nb"}}, "applicant.name"),
    ({"applicant": {"kind": "citizen", "name": "ab\n"}}, "applicant.name"),
    ({"applicant": {"kind": "citizen", "name": "   "}}, "applicant.name"),
    ({"applicant": {"kind": "citizen", "name": "x" * 201}}, "applicant.name"),
    ({"applicant": {"kind": "citizen", "name": "x", "email": "nowhere"}}, "applicant.email"),
    ({"applicant": {"kind": "citizen", "name": "x", "phone": "abc"}}, "applicant.phone"),
    ({"applicant": {"kind": "citizen", "name": "x", "identity_number": "12"}}, "applicant.identity_number"),
    ({"applicant": {"kind": "citizen", "name": "x", "commune": "99999"}}, "applicant.commune"),
    ({"applicant": {"kind": "citizen", "name": "x", "verified": "yes"}}, "applicant.verified"),
    ({"fields": [1]}, "fields"),
    ({"fields": {}}, "land.commune"),
    ({"fields": {"land.commune": "00000"}}, "land.commune"),
    ({"fields": {"land.commune": "26740", "unknown": 1}}, "unknown"),
    ({"fields": {"land.commune": {"x": 1}}}, "fields.land.commune"),
    ({"documents": [{"key": "form", "original": -1}]}, "documents.0.original"),
    ({"documents": [{"key": "form", "original": 1.5}]}, "documents.0.original"),
    ({"documents": [{"key": "form", "original": "1"}]}, "documents.0.original"),
    ({"documents": [{"key": "no-such"}]}, "documents"),
    ({"documents": [{"key": "form"}] * 101}, "documents"),
    ({"intake_office": "nowhere"}, "intake_office"),
    ({"channel": "pigeon"}, "channel"),
    ({"filed_at": "yesterday"}, "filed_at"),
    ({"filed_at": "2026-03-01T00:00:00"}, "filed_at"),
    ({"filed_at": "2099-01-01T00:00:00Z"}, "filed_at"),
    ({"filed_at": "20260301T000000Z"}, "filed_at"),
    ({"filed_at": "2026-W09-1T00:00:00Z"}, "filed_at"),
    ({"receive": "yes"}, "receive"),
    ({"note": "a\x85b"}, "note"),
    ({"handler_office": "UB-26740\n"}, "handler_office"),
    ({"fields": {"land.commune": "26740", "purpose": 2**53}}, "fields.purpose"),
]


@pytest.mark.parametrize(("changes", "where"), WRONG_FILINGS)
def test_a_wrong_filing_names_what_is_wrong(
    installation: ServedInstallation, changes: dict[str, Any], where: str
) -> None:
    answer = installation.person("counter").post("/api/v1/dossiers", filing(**changes))
    assert answer.status_code == 422, answer.text
    if where == "land.commune" and "errors" not in answer.json:
        assert answer.json["code"] in ("no-place", "place-not-in-being")
    else:
        assert where in answer.json["errors"], answer.json


def test_every_fault_is_named_at_once_and_in_both_languages(installation: ServedInstallation) -> None:
    body = {"applicant": {"kind": "citizen"}, "intake_office": "TT-26740", "channel": 5}
    vietnamese = installation.person("counter").post("/api/v1/dossiers", body).json
    english = installation.person("counter").post("/api/v1/dossiers", body, headers={"Accept-Language": "en"}).json
    assert set(vietnamese["errors"]) == set(english["errors"]) == {"procedure", "applicant.name", "channel"}
    assert vietnamese["errors"]["procedure"] == "Thiếu thông tin bắt buộc."
    assert english["errors"]["procedure"] == "Missing data for required field."
    assert vietnamese["detail"] == english["detail_vi"]


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        ({}, 422),
        ({"key": "form"}, 422),
        ({"key": "form", "original": "-1"}, 422),
        ({"key": "form", "original": "many"}, 422),
        ({"key": "no-such", "original": "1"}, 422),
        ({"key": "form", "other": "1"}, 422),
        ({"key": "form", "file": (io.BytesIO(b"<html>"), "x.pdf")}, 422),
        ({"key": "form", "file": (io.BytesIO(b"MZ\x90\x00"), "x.exe")}, 422),
        ({"key": "form", "file": (io.BytesIO(b""), "x.pdf")}, 422),
        ({"key": "form", "file": (io.BytesIO(b"%PDF-1.7 cut"), "x.pdf")}, 422),
        ({"key": "form", "reuse": "999999"}, 404),
        ({"key": "form", "attachment": (io.BytesIO(b"%PDF-1.7"), "x.pdf")}, 422),
    ],
)
def test_uploads_that_are_not_taken(
    installation: ServedInstallation, values: dict[str, Any], parts: dict[str, Any], status: int
) -> None:
    # A stream is read once: each request needs its own.
    fresh = {
        key: (io.BytesIO(one[0].getvalue()), one[1]) if isinstance(one, tuple) else one for key, one in parts.items()
    }
    answer = installation.person("counter").post(
        f"/api/v1/dossiers/{values['code']}/documents", data=fresh, content_type="multipart/form-data"
    )
    must_be_refused(answer, str(parts))
    if "reuse" not in parts:
        assert answer.status_code == status, answer.text


def test_an_upload_that_is_too_large_is_413(installation: ServedInstallation, values: dict[str, Any]) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n'
    form = head % (b"key", b"") + b"form\r\n" + head % (b"file", b'; filename="x.pdf"')
    for size in (20_000_100, 20_500_000):  # refused by the file's own limit, and by that of the whole request
        answer = installation.person("counter").post(
            f"/api/v1/dossiers/{values['code']}/documents",
            data=form + b"%PDF-" + b"0" * size + b"\r\n--x--\r\n",
            content_type="multipart/form-data; boundary=x",
        )
        assert answer.status_code == 413


@pytest.mark.parametrize(
    "body", [b"", b"--x", b"--x\r\n\r\n", b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--"]
)
def test_multipart_bodies_that_are_broken(
    installation: ServedInstallation, values: dict[str, Any], body: bytes
) -> None:
    for kind in ("multipart/form-data", "multipart/form-data; boundary=x", "multipart/form-data; boundary="):
        answer = installation.person("counter").post(
            f"/api/v1/dossiers/{values['code']}/documents", data=body, content_type=kind
        )
        must_be_refused(answer, kind)
