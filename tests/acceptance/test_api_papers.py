"""Files, forms, notices inside the installation, webhooks, corrections, and what operators look at."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from adapters.forms import render_form
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.transaction import in_transaction
from tests.installation.filings import PDF
from tests.installation.runtime import NOW
from tests.installation.served import ServedInstallation, served_copy
from tests.installation.trial_content import CENTRE, OTHER_AUTHORITY, filing


def test_a_file_comes_back_as_it_was_sent_and_as_an_attachment(installation: ServedInstallation) -> None:
    code = installation.filed()["code"]
    sent = _upload(installation, code, "Giấy tờ <script>.pdf")
    assert sent.status_code == 201, sent.text
    got = installation.person("counter").get(sent.headers["Location"])
    assert got.data == PDF
    assert got.headers["Content-Type"] == "application/pdf"
    assert got.headers["Content-Disposition"] == f'attachment; filename="card-{sent.json["document"]}.pdf"'
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Cache-Control"] == "no-store"


def test_a_file_of_another_dossier_is_absent(installation: ServedInstallation) -> None:
    first, second = installation.filed()["code"], installation.filed()["code"]
    number = _upload(installation, first).json["document"]
    assert installation.person("counter").get(f"/api/v1/dossiers/{second}/documents/{number}").status_code == 404


def test_a_paper_without_a_file_says_so(installation: ServedInstallation) -> None:
    code, counter = installation.filed()["code"], installation.person("counter")
    path = f"/api/v1/dossiers/{code}/documents"
    added = counter.post(path, data={"key": "card", "original": "1"}, content_type="multipart/form-data")
    assert added.status_code == 201, added.text
    got = counter.get(added.headers["Location"])
    assert (got.status_code, got.json["code"]) == (409, "on-paper-only")


def test_two_uploads_are_one_when_key_and_content_are_equal(installation: ServedInstallation) -> None:
    code = installation.filed()["code"]
    first, again = _upload(installation, code, key="k"), _upload(installation, code, key="k")
    assert first.data == again.data
    assert _upload(installation, code, key="k", content=PDF + b"\n").status_code == 422


def test_a_paper_is_checked_reused_and_removed(installation: ServedInstallation) -> None:
    first, second = installation.filed()["code"], installation.filed()["code"]
    counter, path = installation.person("counter"), "/api/v1/dossiers"
    number = _upload(installation, first).json["document"]
    reused = counter.post(
        f"{path}/{second}/documents", data={"key": "card", "reuse": str(number)}, content_type="multipart/form-data"
    )
    assert reused.status_code == 201, reused.text
    in_use = counter.delete(
        f"{path}/{first}/documents/{number}", {"reason": "nhầm"}, version=installation.version_of(first)
    )
    assert (in_use.status_code, in_use.json["code"]) == (409, "paper-in-use")

    check = f"{path}/{second}/documents/{reused.json['document']}/check"
    assert counter.put(check, {"accepted": False}).status_code == 422
    assert counter.put(check, {"accepted": True}).status_code == 200
    where = f"{path}/{second}/documents/{reused.json['document']}"
    assert counter.delete(where, {"reason": "nhầm"}, version=installation.version_of(second)).status_code == 200
    assert counter.get(where).status_code == 404


@pytest.fixture
def printing(tmp_path: Path) -> ServedInstallation:
    return served_copy(tmp_path, render_form=render_form)


def test_forms_are_printed_when_what_they_tell_has_happened(printing: ServedInstallation) -> None:
    installation = printing
    filed = installation.filed()
    path, counter = f"/api/v1/dossiers/{filed['code']}/forms", installation.person("counter")
    for number in ("01", "06"):
        answer = counter.get(f"{path}/{number}.pdf")
        assert answer.status_code == 200, answer.text
        assert answer.data.startswith(b"%PDF")
    for number in ("02", "03", "04", "05"):
        assert (counter.get(f"{path}/{number}.pdf").json["code"]) == "form-not-due"
    assert counter.get(f"{path}/99.pdf").status_code == 404

    installation.act("counter", filed["code"], "forward")
    installation.act("specialist", filed["code"], "ask", reason="Thiếu bản đồ\nThiếu chữ ký")
    assert counter.get(f"{path}/02.pdf").data.startswith(b"%PDF")
    installation.act("counter", filed["code"], "answer")
    installation.person("leader").post(
        f"/api/v1/dossiers/{filed['code']}/extensions",
        {"term": {"amount": 2, "unit": "working_day"}, "reason": "Mưa bão"},
        version=installation.version_of(filed["code"]),
    )
    assert counter.get(f"{path}/04.pdf").data.startswith(b"%PDF")
    installation.act("leader", filed["code"], "stop", reason="Tranh chấp")
    assert counter.get(f"{path}/05.pdf").data.startswith(b"%PDF")
    register = f"/api/v1/reports/register/07.pdf?office={CENTRE}&start=2026-03-01&end=2026-03-31"
    assert counter.get(register).data.startswith(b"%PDF")


def test_printing_a_form_is_noted_as_a_look_at_personal_data(printing: ServedInstallation) -> None:
    code = printing.filed()["code"]
    printing.person("counter").get(f"/api/v1/dossiers/{code}/forms/01.pdf")
    with printing.runtime.database.connect() as connection:
        assert connection.exec_driver_sql("SELECT what FROM reads").scalars().all() == ["form-01"]


def test_printing_the_register_is_noted_as_a_look_at_every_dossier_on_it(printing: ServedInstallation) -> None:
    codes = [printing.filed()["code"] for _ in range(2)]
    counter, of = printing.person("counter"), "/api/v1/reports/register/07.pdf?start=2026-03-01&end=2026-03-31&office="
    assert counter.get(f"{of}unknown").status_code == 404
    assert counter.get(f"{of}{CENTRE}").status_code == 200  # masked
    assert counter.get(f"{of}{CENTRE}&reason=doi chieu so giay").status_code == 200
    with printing.runtime.database.connect() as connection:
        noted = "SELECT code, what FROM reads JOIN dossiers ON dossiers.id = dossier_id ORDER BY dossiers.id"
        assert [tuple(row) for row in connection.exec_driver_sql(noted)] == [(code, "form-07") for code in codes]


def test_without_a_printer_forms_are_refused(installation: ServedInstallation) -> None:
    code = installation.filed()["code"]
    answer = installation.person("counter").get(f"/api/v1/dossiers/{code}/forms/01.pdf")
    assert (answer.status_code, answer.json["code"]) == (503, "forms-unavailable")


def test_a_notice_reaches_the_inbox_of_the_role_and_is_marked_read(installation: ServedInstallation) -> None:
    code = installation.filed()["code"]
    installation.act("counter", code, "forward")
    specialist = installation.person("specialist")
    inbox = specialist.get("/api/v1/inbox").json["items"]
    assert [(one["dossier"], one["subject"]["vi"]) for one in inbox] == [(code, f"Việc mới {code}")]
    assert installation.person("counter").get("/api/v1/inbox").json["items"] == []
    mark = f"/api/v1/inbox/{inbox[0]['id']}/read"
    assert installation.person("counter").put(mark).status_code == 404
    assert specialist.put(mark).status_code == 204
    assert specialist.get("/api/v1/inbox?unread=true").json["items"] == []
    assert specialist.get("/api/v1/inbox").json["items"][0]["read_at"] is not None


def test_a_webhook_gets_its_secret_once_and_is_told_of_changes(installation: ServedInstallation) -> None:
    admin = installation.person("admin")
    made = admin.post("/api/v1/webhooks", {"url": "https://example.org/hook", "office": CENTRE})
    assert made.status_code == 201
    assert made.json["secret"].startswith("whsec_")
    listed = admin.get("/api/v1/webhooks")
    assert [one["id"] for one in listed.json["items"]] == [made.json["id"]]
    assert made.json["secret"] not in listed.text
    installation.filed()
    assert _count(installation, "SELECT count(*) FROM outbox WHERE channel = 'webhook'") > 0
    assert admin.delete(f"/api/v1/webhooks/{made.json['id']}").status_code == 204
    assert admin.delete("/api/v1/webhooks/999").status_code == 404


@pytest.mark.parametrize("url", ["ftp://example.org", "javascript:alert(1)", "//example.org", "https://a b", ""])
def test_a_webhook_address_that_is_none_is_refused(installation: ServedInstallation, url: str) -> None:
    assert installation.person("admin").post("/api/v1/webhooks", {"url": url}).status_code == 422


def test_corrections_are_entries_and_each_needs_its_right(installation: ServedInstallation) -> None:
    code = installation.filed()["code"]
    path, counter = f"/api/v1/dossiers/{code}", installation.person("counter")
    assert counter.post(f"{path}/notes", {"text": "Gọi lại lúc 14 giờ"}).status_code == 200
    changed = counter.post(
        f"{path}/rectifications",
        {"number": 1, "fields": {"purpose": "xây nhà"}, "applicant": {"phone": "0911111111"}, "reason": "ghi sai"},
        version=installation.version_of(code),
    )
    assert changed.status_code == 200, changed.text
    assert counter.get(path).json["fields"]["purpose"] == "xây nhà"
    installation.act("counter", code, "forward")
    assert (
        counter.post(f"{path}/recalls", {"reason": "nhầm"}, version=installation.version_of(code)).json["state"]
        == "accepted"
    )
    installation.act("counter", code, "forward")
    opened = installation.person("specialist").post(f"{path}/opening")
    assert opened.status_code == 200
    late = counter.post(f"{path}/recalls", {"reason": "nhầm"}, version=installation.version_of(code))
    assert (late.status_code, late.json["code"]) == (409, "cannot-recall")
    moved = installation.person("leader").post(
        f"{path}/transfers",
        {"office": OTHER_AUTHORITY, "reason": "đúng địa bàn"},
        version=installation.version_of(code),
    )
    assert moved.json["holder"]["office"] == OTHER_AUTHORITY
    assert installation.person("other-specialist").get(path).status_code == 200
    told = counter.get(f"{path}/journal").json["items"]
    assert {"add_note", "rectify", "recall", "open", "transfer"} <= {one["act"] for one in told}
    assert "Gọi lại lúc 14 giờ" in [one["reason"] for one in told]


def test_another_office_verifies_and_sees_only_what_it_was_asked_about(installation: ServedInstallation) -> None:
    code, unseen = installation.filed()["code"], installation.filed()["code"]
    installation.act("counter", code, "forward")
    path = f"/api/v1/dossiers/{code}"
    asked = installation.person("specialist").post(
        f"{path}/verifications",
        {"office": OTHER_AUTHORITY, "question": "Có hộ khẩu không?"},
        version=installation.version_of(code),
    )
    assert asked.status_code == 200, asked.text
    other = installation.person("other-specialist")
    number = other.get(f"{path}/verifications").json["items"][0]["id"]
    assert other.get(f"/api/v1/dossiers/{unseen}").status_code == 404
    answer = f"{path}/verifications/{number}"
    assert installation.person("specialist").put(answer, {"confirmed": True, "answer": "có"}).status_code == 403
    assert other.put(answer, {"confirmed": True, "answer": "có"}).status_code == 200
    assert other.put(answer, {"confirmed": True, "answer": "có"}).json["code"] == "verification-answered"


def test_fees_are_settled_once(installation: ServedInstallation) -> None:
    code = installation.filed()["code"]
    path, counter = f"/api/v1/dossiers/{code}/fees", installation.person("counter")
    assert counter.get(path).json["due"] == 50_000
    waived = counter.put(f"{path}/fee", {"method": "waived"}, version=installation.version_of(code))
    assert waived.status_code == 422
    paid = counter.put(f"{path}/fee", {"method": "cash", "receipt": "BL-1"}, version=installation.version_of(code))
    assert paid.status_code == 200
    assert counter.get(path).json["due"] == 0
    twice = counter.put(f"{path}/fee", {"method": "cash"}, version=installation.version_of(code))
    assert (twice.status_code, twice.json["code"]) == (409, "fee-settled")


def test_a_payment_is_corrected_paid_back_and_taken_back(installation: ServedInstallation) -> None:
    code = installation.filed()["code"]
    path, counter = f"/api/v1/dossiers/{code}", installation.person("counter")

    def post(noun: str, body: dict[str, Any]) -> Any:
        return counter.post(f"{path}/{noun}", body, version=installation.version_of(code))

    part = {"method": "cash", "receipt": "BL-1", "vnd": 20_000}
    assert counter.put(f"{path}/fees/fee", part, version=installation.version_of(code)).status_code == 200
    told = counter.get(f"{path}/fees").json
    assert (told["total"], told["owed"], told["paid"], told["due"]) == (50_000, 50_000, 20_000, 30_000)
    assert told["items"][0]["settled_at"] is None
    assert post("refunds", {"method": "cash"}).json["code"] == "nothing-to-refund"
    corrected = post("fee-corrections", {"number": 1, "reason": "Đã thu 60.000", "vnd": 60_000, "receipt": "BL-2"})
    assert corrected.status_code == 200
    told = counter.get(f"{path}/fees").json
    assert (told["paid"], told["due"], told["refund"]) == (60_000, 0, 10_000)
    assert [(one["kind"], one["vnd"], one["receipt"], one["corrects"]) for one in told["ledger"]] == [
        ("payment", 20_000, "BL-1", None),
        ("reversal", -20_000, "BL-1", 1),
        ("payment", 60_000, "BL-2", 1),
    ]
    assert post("refunds", {"method": "cash", "receipt": "PC-1"}).status_code == 200
    assert counter.get(f"{path}/fees").json["refund"] == 0
    assert post("fee-cancellations", {"number": 3, "reason": "nhầm"}).json["code"] == "refunded-already"
    assert post("fee-cancellations", {"number": 4, "reason": "chưa trả"}).status_code == 200
    assert post("fee-cancellations", {"number": 3, "reason": "nhầm"}).status_code == 200
    assert counter.get(f"{path}/fees").json["due"] == 50_000
    assert counter.get(path).json["fees"][0]["due"] == 50_000
    acts = [entry["act"] for entry in counter.get(f"{path}/journal").json["items"]][-4:]
    assert acts == ["correct_payment", "settle_refund", "cancel_payment", "cancel_payment"]


def test_a_second_clerk_sees_who_holds_it(installation: ServedInstallation) -> None:
    code = installation.filed()["code"]
    installation.act("counter", code, "forward")
    path = f"/api/v1/dossiers/{code}"
    installation.person("specialist").put(f"{path}/assignment", version=installation.version_of(code))
    refused = installation.person("colleague").put(f"{path}/assignment", version=installation.version_of(code))
    assert (refused.status_code, refused.json["code"]) == (409, "held-by-another")
    act = installation.person("colleague").post(
        f"{path}/actions", {"action": "submit"}, version=installation.version_of(code)
    )
    assert act.status_code == 403
    colleague = installation.person("colleague").get("/api/v1/me").json["id"]
    leader = installation.person("leader")
    leader.get("/api/v1/me")  # known from before, as anybody who did not just sign in
    given = leader.put(f"{path}/assignment", {"person": colleague}, version=installation.version_of(code))
    assert given.json["holder"]["person"] == colleague
    back = installation.person("colleague").delete(f"{path}/assignment", version=installation.version_of(code))
    assert back.json["holder"]["person"] is None


def test_operators_see_life_readiness_and_what_waits(tmp_path: Path, redis_url: str) -> None:
    installation = served_copy(tmp_path, REDIS_URL=redis_url)
    client = installation.app.test_client()
    assert client.get("/healthz").json == {"status": "alive"}
    assert client.get("/readyz").json == {
        "ready": True,
        "checks": dict.fromkeys(("database", "migrations", "redis", "files"), "ok"),
    }
    code = installation.filed()["code"]
    installation.person("counter").get("/api/v1/dossiers/absent")
    in_transaction(installation.runtime, SYSTEM_ACTOR, _make_old, now=NOW)
    told = client.get("/metrics").text
    for line in (
        'motcua_http_requests_total{method="POST",route="/api/v1/dossiers",status="201"} 1.0',
        'motcua_acts_total{act="file_dossier"} 1.0',
        'motcua_refusals_total{code="not-found"} 1.0',
        "motcua_clocks_due 1.0",
        "motcua_clock_lag_seconds 60.0",
    ):
        assert line in told
    assert code not in told


def test_readiness_says_what_is_missing(tmp_path: Path) -> None:
    installation = served_copy(tmp_path)
    client = installation.app.test_client()
    without_redis = client.get("/readyz")
    assert (without_redis.status_code, without_redis.json["checks"]["redis"]) == (200, "unreachable")
    with installation.runtime.database.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    old = client.get("/readyz")
    assert (old.status_code, old.json["ready"]) == (503, False)


def test_a_fault_of_ours_is_500_without_details_and_with_an_id(
    installation: ServedInstallation, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation.filed()
    caller = installation.person("counter")

    def fail(*_: Any, **__: Any) -> Mapping[str, Any]:
        raise RuntimeError("secret detail of the inside")

    monkeypatch.setattr("api.dossiers.list_dossiers", fail)
    answer = caller.get("/api/v1/dossiers", headers={"X-Request-Id": "request-12345678"})
    assert (answer.status_code, answer.json["code"]) == (500, "internal-error")
    assert "secret" not in answer.text
    assert answer.headers["X-Request-Id"] == "request-12345678"
    assert "request-12345678" in answer.json["detail_vi"]


def test_problems_lead_to_what_they_mean(installation: ServedInstallation) -> None:
    refused = installation.person("counter").post("/api/v1/dossiers", filing(procedure="9.9"))
    meaning = installation.anyone().get(refused.json["type"])
    assert meaning.json["code"] == refused.json["code"] == "no-release"
    codes = [one["code"] for one in installation.anyone().get("/api/v1/problems").json["items"]]
    assert len(codes) == len(set(codes)) > 60


def test_an_inner_method_is_405_with_what_is_allowed(installation: ServedInstallation) -> None:
    answer = installation.anyone().ask("PATCH", "/api/v1/dossiers")
    assert (answer.status_code, answer.json["code"]) == (405, "wrong-method")
    assert "POST" in answer.headers["Allow"]


def _make_old(uow: Any) -> None:
    uow.begin().exec_driver_sql(
        "UPDATE clocks SET due_at = ? WHERE kind = 'overdue'",
        ((NOW.replace(tzinfo=None, minute=0) - dt.timedelta(seconds=60)).isoformat(" ") + ".000000",),
    )


def _upload(
    installation: ServedInstallation, code: str, name: str = "the.pdf", key: str | None = None, content: bytes = PDF
) -> Any:
    return installation.person("counter").post(
        f"/api/v1/dossiers/{code}/documents",
        data={"key": "card", "file": (io.BytesIO(content), name)},
        content_type="multipart/form-data",
        key=key,
    )


def _count(installation: ServedInstallation, statement: str) -> int:
    with installation.runtime.database.connect() as connection:
        return int(connection.exec_driver_sql(statement).scalar_one())
