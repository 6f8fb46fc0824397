"""The citizen's side: the link, the look-up, what may be done without a session, and how guessing is made useless."""

from __future__ import annotations

import io
from typing import Any

import pytest
from sqlalchemy import select

from engine.store.journal import reads
from server.uploads import read_upload
from tests.acceptance.dossiers_in_states import bring_to
from tests.installation.filings import PDF
from tests.installation.served import ServedInstallation
from tests.spoken import spoken


def test_the_look_up_answers_what_the_link_answers(both_installations: ServedInstallation) -> None:
    installation = both_installations
    filed = installation.filed()
    by_link = installation.anyone().get(f"/api/v1/status/{filed['link_token']}")
    typed = filed["receipt_code"].lower().replace("-", " ")
    body = {"code": filed["code"].lower(), "receipt_code": typed}
    by_code = installation.anyone().post("/api/v1/status-lookups", body)
    assert (by_link.status_code, by_code.status_code) == (200, 200)
    assert by_link.json == by_code.json
    assert by_link.headers["ETag"] == by_code.headers["ETag"]


def test_absent_and_wrong_are_answered_alike(installation: ServedInstallation) -> None:
    filed = installation.filed()
    wrong = installation.anyone().post("/api/v1/status-lookups", {"code": filed["code"], "receipt_code": "AAAAA-AAAAA"})
    absent = installation.anyone().post(
        "/api/v1/status-lookups", {"code": "H26740-260302-9999", "receipt_code": filed["receipt_code"]}
    )
    assert wrong.status_code == absent.status_code == 404
    assert {k: v for k, v in wrong.json.items() if k != "instance"} == {
        k: v for k, v in absent.json.items() if k != "instance"
    }


def test_a_status_holds_no_personal_data_and_is_kept_by_no_cache(installation: ServedInstallation) -> None:
    filed = installation.filed()
    answer = installation.anyone().get(f"/api/v1/status/{filed['link_token']}")
    for hidden in ("079300012345", "0901234567", "dao@example.org", "Lê Lợi", "Đào", "staff:"):
        assert hidden not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_the_link_names_the_page_of_the_dossier(installation: ServedInstallation) -> None:
    filed = installation.filed()
    assert filed["link"].endswith(f"/h/{filed['link_token']}")


def test_the_applicant_withdraws(installation: ServedInstallation) -> None:
    filed = installation.filed()
    path = f"/api/v1/status/{filed['link_token']}"
    done = installation.anyone().post(
        f"{path}/actions",
        {"action": "withdraw", "reason": "đổi ý", "receipt_code": filed["receipt_code"]},
        version=filed["version"],
    )
    assert (done.status_code, done.json["portal"]) == (200, 7)
    again = installation.anyone().post(f"{path}/actions", {"action": "withdraw"})
    assert (again.status_code, again.json["code"]) == (409, "action-not-in-state")


def test_the_applicant_cannot_do_the_offices_work(installation: ServedInstallation) -> None:
    filed = installation.filed()
    answer = installation.anyone().post(f"/api/v1/status/{filed['link_token']}/actions", {"action": "forward"})
    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")


def test_a_stale_version_of_a_citizen_is_told(installation: ServedInstallation) -> None:
    filed = installation.filed()
    installation.act("counter", filed["code"], "forward")
    answer = installation.anyone().post(
        f"/api/v1/status/{filed['link_token']}/actions", {"action": "withdraw"}, version=filed["version"]
    )
    assert answer.status_code == 412


def test_a_document_is_taken_when_something_is_asked(installation: ServedInstallation) -> None:
    filed = installation.filed()
    code, path = filed["code"], f"/api/v1/status/{filed['link_token']}/documents"
    installation.act("counter", code, "forward")
    installation.act("specialist", code, "ask", reason="Thiếu bản sao")
    sent = installation.anyone().post(path, data=_file(), content_type="multipart/form-data", key="k")
    again = installation.anyone().post(path, data=_file(), content_type="multipart/form-data", key="k")
    assert (sent.status_code, again.status_code) == (201, 201)
    assert again.headers["Idempotency-Replayed"] == "true"
    papers = installation.person("specialist").get(f"/api/v1/dossiers/{code}/documents").json["items"]
    assert [one["digitised"] for one in papers] == [False, False, True]

    installation.anyone().post(f"/api/v1/status/{filed['link_token']}/actions", {"action": "answer"})
    installation.act("specialist", code, "submit")
    late = installation.anyone().post(path, data=_file(), content_type="multipart/form-data")
    assert (late.status_code, late.json["code"]) == (409, "nothing-asked")


def test_the_link_corrects_only_what_was_asked_and_the_office_reads_old_and_new(
    installation: ServedInstallation,
) -> None:
    filed = installation.filed()
    code, path = filed["code"], f"/api/v1/status/{filed['link_token']}"
    installation.act("counter", code, "forward")
    installation.act("specialist", code, "ask", reason="Mục đích?", asks={"fields": ["purpose"], "documents": ["form"]})
    status = installation.anyone().get(path).json
    assert [one["key"] for one in status["asked_fields"]] == ["purpose"]
    assert [one["key"] for one in status["asked_documents"]] == ["form"]
    refused = installation.anyone().post(f"{path}/actions", {"action": "answer", "fields": {"father": "Lê Văn Khác"}})
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["fields.father"])
    installation.anyone().post(f"{path}/actions", {"action": "answer", "fields": {"purpose": "xây nhà"}})
    entries = installation.person("specialist").get(f"/api/v1/dossiers/{code}/journal").json["items"]
    (changed,) = [entry["corrected"] for entry in entries if entry["act"] == "answer"]
    assert [(one["key"], one["before"], one["after"]) for one in changed] == [("purpose", "vay vốn", "xây nhà")]


def test_where_only_withdrawing_is_possible_nothing_is_asked(installation: ServedInstallation) -> None:
    filed = installation.filed()
    path = f"/api/v1/status/{filed['link_token']}"
    assert [task["action"] for task in installation.anyone().get(path).json["tasks"]] == ["withdraw"]
    sent = installation.anyone().post(f"{path}/documents", data=_file(), content_type="multipart/form-data", key="k")
    assert (sent.status_code, sent.json["code"]) == (409, "nothing-asked")


def test_an_upload_that_ends_after_the_question_was_answered_is_refused(
    both_installations: ServedInstallation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was begun while something was asked; the office went on while the body came in."""
    installation = both_installations
    filed = installation.filed()
    code, path = filed["code"], f"/api/v1/status/{filed['link_token']}"
    installation.act("counter", code, "forward")
    installation.act("specialist", code, "ask", reason="Thiếu bản sao")

    def slowly() -> dict[str, Any]:
        given = read_upload()
        with installation.app.app_context():
            done = installation.anyone().post(f"{path}/actions", {"action": "answer"})
        assert done.status_code == 200
        return given

    monkeypatch.setattr("api.status.read_upload", slowly)
    late = installation.anyone().post(f"{path}/documents", data=_file(), content_type="multipart/form-data", key="late")
    assert (late.status_code, late.json["code"]) == (409, "nothing-asked")
    papers = installation.person("specialist").get(f"/api/v1/dossiers/{code}/documents").json["items"]
    assert not any(one["digitised"] for one in papers)


def test_the_steps_are_told_in_order_each_with_the_official_name_of_its_time(
    both_installations: ServedInstallation,
) -> None:
    installation = both_installations
    filed = installation.filed()
    path = f"/api/v1/status/{filed['link_token']}"
    installation.act("counter", filed["code"], "forward")
    installation.act("specialist", filed["code"], "ask", reason="Xin bổ sung ảnh thẻ.")
    assert installation.anyone().get(path).json["asked"] == "Xin bổ sung ảnh thẻ."
    assert installation.anyone().post(f"{path}/actions", {"action": "answer"}).status_code == 200
    installation.act("specialist", filed["code"], "submit")  # from one state to another of the same status
    installation.person("specialist").post(
        f"/api/v1/dossiers/{filed['code']}/notes", {"text": '"state":"x"'}
    )  # no step
    installation.act("leader", filed["code"], "sign")
    told = installation.anyone().get(path).json
    assert [step["portal"] for step in told["steps"]] == [1, 2, 4, 5, 4, 4, 9]
    assert told["steps"][1]["portal_name"]["vi"] == "Được tiếp nhận"
    assert told["asked"] is None


def test_a_status_is_two_questions_to_the_database(both_installations: ServedInstallation) -> None:
    installation = both_installations
    filed = installation.filed()
    typed = {"code": filed["code"], "receipt_code": filed["receipt_code"]}
    installation.anyone().get(f"/api/v1/status/{filed['link_token']}")  # opens the connections
    with spoken(installation.runtime.database) as by_link:
        assert installation.anyone().get(f"/api/v1/status/{filed['link_token']}").status_code == 200
    with spoken(installation.runtime.database) as by_code:
        assert installation.anyone().post("/api/v1/status-lookups", typed).status_code == 200
    for said in (by_link, by_code):
        assert len([one for one in said if one.startswith("SELECT")]) == 2


def _file() -> dict[str, Any]:
    return {"key": "card", "file": (io.BytesIO(PDF), "the.pdf")}


def test_the_result_needs_the_receipt_code_before_anything_is_said(both_installations: ServedInstallation) -> None:
    installation = both_installations
    filed = bring_to(installation, "returned")
    path = f"/api/v1/status/{filed['link_token']}/result"
    wrong = installation.anyone().post(path, {"receipt_code": "AAAAA-AAAAA"})
    assert (wrong.status_code, wrong.json["code"]) == (404, "no-such-receipt")
    right = installation.anyone().post(path, {"receipt_code": filed["receipt_code"]})
    assert (right.status_code, right.json["code"]) == (409, "no-result-yet")
    with installation.runtime.database.connect() as connection:
        assert "result" not in str(connection.execute(select(reads.c.what)).scalars().all())


@pytest.mark.parametrize("state", ["checking", "signing", "withdrawn", "refused", "stopped"])
def test_without_a_result_there_is_nothing_to_download(installation: ServedInstallation, state: str) -> None:
    filed = bring_to(installation, state)
    answer = installation.anyone().post(
        f"/api/v1/status/{filed['link_token']}/result", {"receipt_code": filed["receipt_code"]}
    )
    assert (answer.status_code, answer.json["code"]) == (409, "no-result-yet")


def test_an_unpaid_result_is_not_given_out(installation: ServedInstallation) -> None:
    filed = bring_to(installation, "ready")
    answer = installation.anyone().post(
        f"/api/v1/status/{filed['link_token']}/result", {"receipt_code": filed["receipt_code"]}
    )
    assert (answer.status_code, answer.json["code"]) == (409, "no-result-yet")
