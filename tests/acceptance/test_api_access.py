"""Every route × role × unit, walked over the application's own map: a new route without a declared rule fails here."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from werkzeug.routing import Rule

from api.operations import Resource
from server.identity import Access
from tests.installation.caller import Caller
from tests.installation.filings import PDF
from tests.installation.served import ServedInstallation
from tests.installation.trial_content import CENTRE, OTHER_AUTHORITY

OPEN = {
    "/",
    "/docs",
    "/docs/<name>",
    "/api/v1/openapi.json",
    "/healthz",
    "/readyz",
    "/metrics",
}
"""Addresses outside the resources: documentation and operations. They show nothing of any dossier."""

BODIES: dict[str, dict[str, Any]] = {
    "actions": {"action": "forward"},
    "assignment": {},
    "check": {"accepted": True},
    "closures": {"first": "2026-03-10", "last": "2026-03-10", "vi": "bão", "en": "storm", "legal": "TB 1"},
    "decisions": {"to": "26737", "commune": "26737", "legal": "QĐ 5", "reason": "thuộc phường ấy"},
    "documents": {"reason": "nhầm"},
    "charges": {},
    "gateway-refunds": {},
    "extensions": {"term": {"amount": 1, "unit": "working_day"}, "reason": "mưa"},
    "fees": {"method": "cash", "receipt": "1"},
    "fee-cancellations": {"number": 1, "reason": "nhầm"},
    "fee-corrections": {"number": 1, "reason": "nhầm", "receipt": "2"},
    "hours": {"first": "2026-03-10", "week": {"sat": ["08:00-11:30"]}, "vi": "x", "en": "x", "legal": "QĐ 1"},
    "freed-claims": {"reason": "nghỉ ốm"},
    "inbox": {},
    "issues": {"reason": "sai số bản"},
    "links": {"dossier": "X", "kind": "related"},
    "link-renewals": {"reason": "mất giấy hẹn"},
    "notes": {"text": "ghi chú"},
    "opening": {},
    "personal-data-views": {"reason": "đối chiếu giấy tờ"},
    "recalls": {"reason": "nhầm"},
    "rectifications": {"number": 1, "fields": {"purpose": "khác"}, "reason": "sai"},
    "refunds": {"method": "cash"},
    "transfers": {"office": OTHER_AUTHORITY, "reason": "sai thẩm quyền"},
    "verifications": {"office": OTHER_AUTHORITY, "question": "Có đúng không?"},
    "verifications/": {"confirmed": True, "answer": "đúng"},
    "activity": {"active": True, "reason": "đi làm lại"},
    "admin-removals": {"reason": "đổi việc"},
    "membership-ends": {"office": "X", "role": "counter", "on": "2026-03-09", "reason": "đổi việc"},
    "substitution-ends": {"deputy": 1, "on": "2026-03-09", "reason": "đi làm lại"},
    "token-revocations": {"token": "0" * 16, "reason": "mất máy"},
    "admin-proposals": {"person": 999_999, "reason": "cần hai người"},
    "verdict": {"approve": True, "reason": "đồng ý"},
    "withdrawals": {"reason": "đổi ý", "paper": "Đơn ngày 02/3/2026"},
    "reopenings": {"reason": "giải quyết sai", "legal": "Luật Khiếu nại"},
    "refilings": {"procedure": "1.000002", "reason": "sai thủ tục"},
    "parties": {"kind": "co_applicant", "name": "Lê Văn Cùng"},
    "parties/": {"reason": "nhầm"},
    "handovers": {"tracking": "EE123456789VN"},
    "subscriptions": {"rhythm": "month"},
    "successions": {
        "applicant": {"kind": "citizen", "name": "Lê Văn Thừa Kế"},
        "reason": "người nộp đã mất",
        "proof": "Trích lục",
    },
    "result": {"receipt_code": "0000-0000-0000"},
    "receipts": {"number": "1", "day": "2026-03-02", "archive": "Lưu trữ", "sha256": "0" * 64},
    "destructions": {"terms": "terms: []", "reason": "hết hạn"},
    "decision": {"approve": True},
    "reuse-consents": {"identity_number": "001234567890", "office": CENTRE, "purpose": "nhận hồ sơ"},
    "reuse-consent-withdrawals": {"identity_number": "001234567890", "office": CENTRE},
    "lookups": {"identity_number": "001234567890", "office": CENTRE},
    "webhooks": {"url": "https://example.org/hook"},
}
QUERIES = {
    "/api/v1/reports/on-time": "?start=2026-01-01&end=2026-12-31",
    "/api/v1/reports/intake": "?start=2026-01-01&end=2026-12-31",
    "/api/v1/reports/on-time-by-unit": "?start=2026-03-01&end=2026-03-31&on=2026-01-01",
    "/api/v1/reports/held-time": f"?office={CENTRE}&start=2026-01-01&end=2026-12-31",
    "/api/v1/reports/queues": f"?office={CENTRE}",
    "/api/v1/reports/indicators": "?start=2026-01-01&end=2026-12-31&by=office",
    "/api/v1/reports/indicators.csv": "?start=2026-01-01&end=2026-12-31&by=office",
    "/api/v1/reports/indicators.xlsx": "?start=2026-01-01&end=2026-12-31",
    "/api/v1/reports/indicators/dossiers": "?start=2026-01-01&end=2026-12-31&indicator=on_time&side=denominator",
    "/api/v1/reports/indicators/procedures": "?start=2026-01-01&end=2026-01-01&indicator=procedures_paid_online",
    "/api/v1/reports/variants": "?procedure=1.000001&start=2026-03-01&end=2026-03-31",
    "/api/v1/reports/steps": "?procedure=1.000001&start=2026-03-01&end=2026-03-31",
    "/api/v1/reports/states": "?procedure=1.000001",
    "/api/v1/reports/delays": "?start=2026-01-01&end=2026-12-31",
    "/api/v1/reports/register": f"?office={CENTRE}&start=2026-01-01&end=2026-12-31",
    "/api/v1/reports/register/07.pdf": f"?office={CENTRE}&start=2026-01-01&end=2026-12-31&reason=doi+chieu",
}


def routes(installation: ServedInstallation) -> list[tuple[Rule, str]]:
    return [
        (rule, method)
        for rule in installation.app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def rule_of(installation: ServedInstallation, rule: Rule) -> Access | None:
    return Resource.ACCESS.get(installation.app.view_functions[rule.endpoint])


def ask(caller: Caller, rule: Rule, method: str, values: dict[str, Any], version: int | None = 1) -> Any:
    """A request that is right in every respect but, perhaps, who asks."""
    path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values[found[1]]), rule.rule)
    if method == "POST" and path.endswith("/documents"):
        form = {"key": "form", "original": "1"}
        return caller.post(path, data=form, content_type="multipart/form-data")
    body = None
    if method != "GET":
        last = next((name for name in reversed(rule.rule.split("/")) if "<" not in name), "")
        body = BODIES.get(f"{last}/" if rule.rule.endswith(">") and f"{last}/" in BODIES else last)
        if rule.rule.endswith("/check"):
            body = BODIES["check"]
        if method == "DELETE" and last not in ("documents", "parties"):
            body = None
    return caller.ask(method, path + QUERIES.get(rule.rule, ""), body, version=version)


@pytest.fixture(scope="module")
def installation(shared_installation: ServedInstallation) -> ServedInstallation:
    """One installation for all walks: none of them may change anything."""
    return shared_installation


@pytest.fixture
def values(installation: ServedInstallation) -> dict[str, Any]:
    """What stands in the addresses: a dossier of CENTRE with an uploaded file."""
    filed = installation.filed()
    added = installation.person("counter").post(
        f"/api/v1/dossiers/{filed['code']}/documents",
        data={"key": "card", "file": (io.BytesIO(PDF), "the.pdf")},
        content_type="multipart/form-data",
    )
    assert added.status_code == 201, added.text
    return {
        "code": filed["code"],
        "token": filed["link_token"],
        "number": added.json["document"],
        "form": "01",
        "key": "fee",
        "day": "2026-03-10",
        "procedure": "1.000001",
        "name": "swagger-ui.css",
    }


def test_every_route_declares_who_may_call_it(installation: ServedInstallation) -> None:
    undeclared = [
        rule.rule for rule, _ in routes(installation) if rule_of(installation, rule) is None and rule.rule not in OPEN
    ]
    assert undeclared == []


def test_without_a_session_nothing_of_the_staff_opens(installation: ServedInstallation, values: dict[str, Any]) -> None:
    walked = 0
    for rule, method in routes(installation):
        if rule_of(installation, rule) in (Access.STAFF, Access.ADMIN):
            answer = ask(installation.anyone(), rule, method, values)
            assert answer.status_code == 401, f"{method} {rule.rule}: {answer.status_code}"
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
            walked += 1
    assert walked > 30


@pytest.mark.parametrize("token", ["x" * 43, "", "Basic", "a b", "\xff" * 30])
def test_a_token_that_was_never_given_opens_nothing(installation: ServedInstallation, token: str) -> None:
    answer = installation.anyone().get("/api/v1/dossiers", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


@pytest.mark.parametrize("who", ["far-counter", "other-counter", "other-specialist", "nobody", "admin"])
def test_a_dossier_of_other_units_is_absent_on_every_route(
    installation: ServedInstallation, values: dict[str, Any], who: str
) -> None:
    caller, walked = installation.person(who), 0
    for rule, method in routes(installation):
        if rule_of(installation, rule) is Access.STAFF and "<code>" in rule.rule:
            answer = ask(caller, rule, method, values)
            absent = ask(caller, rule, method, values | {"code": "H26740-260302-9999"})
            assert answer.status_code == 404, f"{method} {rule.rule}: {answer.status_code} {answer.text}"
            same = {key: value for key, value in answer.json.items() if key not in ("instance", "facts")}
            assert same.keys() == absent.json.keys() - {"instance", "facts"}
            assert answer.json["detail"].replace(values["code"], "…") == absent.json["detail"].replace(
                "H26740-260302-9999", "…"
            )
            walked += 1
    assert walked > 20


@pytest.mark.parametrize("who", ["far-counter", "other-counter", "nobody", "admin"])
def test_lists_counts_searches_and_reports_do_not_tell_of_other_units(
    installation: ServedInstallation, values: dict[str, Any], who: str
) -> None:
    caller = installation.person(who)
    for path in ("/dossiers", "/dossiers?q=dao", f"/dossiers?office={CENTRE}", f"/dossiers?holder_office={CENTRE}"):
        assert caller.get(f"/api/v1{path}").json["items"] == []
    for path, query in QUERIES.items():
        # An administrator reads every figure, and the list of no dossier.
        figures = path.endswith(("/reports/indicators", "/reports/delays")) and who == "admin"
        if not path.endswith((".pdf", ".csv", ".xlsx")) and not figures:
            assert caller.get(path + query).json["items"] == []


@pytest.mark.parametrize("who", ["counter", "specialist", "leader", "monitor", "nobody"])
def test_only_administrators_reach_what_is_theirs(
    installation: ServedInstallation, values: dict[str, Any], who: str
) -> None:
    walked = 0
    for rule, method in routes(installation):
        if rule_of(installation, rule) is Access.ADMIN:
            assert ask(installation.person(who), rule, method, values).status_code == 403
            assert ask(installation.person("admin"), rule, method, values).status_code != 403
            walked += 1
    assert walked >= 3


def test_who_oversees_the_province_sees_but_does_not_act(
    installation: ServedInstallation, values: dict[str, Any]
) -> None:
    monitor, path = installation.person("monitor"), f"/api/v1/dossiers/{values['code']}"
    seen = monitor.get(path)
    assert seen.status_code == 200
    assert not any(action["allowed"] for action in seen.json["actions"])
    assert all(action["why"] for action in seen.json["actions"])
    for rule, method in routes(installation):
        if rule_of(installation, rule) is Access.STAFF and "<code>" in rule.rule and method != "GET":
            answer = ask(monitor, rule, method, values, seen.json["version"])
            # Giving back what nobody holds is no act, hence 200; whatever is answered, nothing may have changed.
            expected = (200, 403) if rule.rule.endswith("/assignment") else (403, 404, 409)
            assert answer.status_code in expected, f"{method} {rule.rule}: {answer.status_code} {answer.text}"
    assert monitor.get(path).json["version"] == seen.json["version"]


def test_the_specialist_of_the_handling_office_sees_it_and_cannot_do_the_counters_work(
    installation: ServedInstallation, values: dict[str, Any]
) -> None:
    path = f"/api/v1/dossiers/{values['code']}"
    seen = installation.person("specialist").get(path).json
    forward = next(one for one in seen["actions"] if one["action"] == "forward")
    assert not forward["allowed"]
    assert "Cán bộ tiếp nhận" in forward["why"]["vi"]
    answer = installation.person("specialist").post(f"{path}/actions", {"action": "forward"}, version=seen["version"])
    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")


def test_a_link_opens_its_own_dossier_only(installation: ServedInstallation, values: dict[str, Any]) -> None:
    other = installation.filed()
    link = installation.anyone().get(f"/api/v1/status/{values['token']}")
    assert link.json["code"] == values["code"]
    assert installation.anyone().get(f"/api/v1/status/{other['link_token']}").json["code"] == other["code"]
    for wrong in (values["token"][:-1], values["token"] + "A", values["code"], "A" * 32):
        assert installation.anyone().get(f"/api/v1/status/{wrong}").status_code == 404


def test_a_session_ends_when_it_is_closed(installation: ServedInstallation) -> None:
    signed = installation.anyone().post("/api/v1/sessions", {"username": "counter", "password": "mat-khau-dai-de-thu"})
    assert signed.status_code == 201
    caller = Caller(installation.app, signed.json["token"], installation.document)
    assert caller.get("/api/v1/me").json["offices"] == [CENTRE]
    assert caller.delete("/api/v1/sessions").status_code == 204
    assert caller.get("/api/v1/me").status_code == 401
    assert installation.person("counter").get("/api/v1/me").status_code == 200


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(installation: ServedInstallation) -> None:
    answers = [
        installation.anyone().post("/api/v1/sessions", {"username": name, "password": "khong-dung"}).json
        for name in ("counter", "khong-co-ai")
    ]
    assert [answer["code"] for answer in answers] == ["wrong-credentials"] * 2
    assert answers[0]["detail_vi"] == answers[1]["detail_vi"]
