"""Over HTTP: an office that was asked, a claim of somebody who is away, and a transfer that is taken back."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest

from tests.installation.filings import PDF
from tests.installation.served import ServedInstallation, served_copy
from tests.installation.trial_content import FAR_AUTHORITY, OTHER_AUTHORITY


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedInstallation]:
    opened = served_copy(tmp_path_factory.mktemp("rights"))
    yield opened
    opened.close()


@pytest.fixture
def code(installation: ServedInstallation) -> str:
    filed = installation.filed()
    installation.act("counter", filed["code"], "forward")
    return str(filed["code"])


def paper(installation: ServedInstallation, code: str) -> int:
    answer = installation.person("specialist").post(
        f"/api/v1/dossiers/{code}/documents",
        data={"key": "other", "file": (io.BytesIO(PDF), "ban-ve.pdf")},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 201, answer.text
    return int(answer.json["document"])


def asked(installation: ServedInstallation, code: str, **more: Any) -> Any:
    body = {"office": OTHER_AUTHORITY, "question": "Có hộ khẩu không?", **more}
    path = f"/api/v1/dossiers/{code}/verifications"
    return installation.person("specialist").post(path, body, version=installation.version_of(code))


def test_an_office_asked_sees_its_question_and_what_was_attached(installation: ServedInstallation, code: str) -> None:
    shown, hidden = paper(installation, code), paper(installation, code)
    assert asked(installation, code, documents=[shown]).status_code == 200
    other, path = installation.person("other-specialist"), f"/api/v1/dossiers/{code}"
    (question,) = other.get(f"{path}/verifications").json["items"]
    assert [one["id"] for one in question["documents"]] == [shown]
    assert other.get(f"{path}/documents/{shown}").data == PDF
    for closed in ("", "/documents", f"/documents/{hidden}", "/journal", "/clock", "/fees", "/forms/06.pdf"):
        assert other.get(path + closed).status_code == 404, closed
    for listed in ("", "?q=dao", f"?q={code}", f"?office={OTHER_AUTHORITY}"):
        assert code not in other.get(f"/api/v1/dossiers{listed}").text
    told = other.put(f"{path}/verifications/{question['id']}", {"confirmed": True, "answer": "có"})
    assert told.status_code == 200
    assert (told.json["holder"]["office"], told.json["due_at"], told.json["received_at"]) == (None, None, None)
    assert other.post(f"{path}/notes", {"text": "x"}).status_code == 404
    assert code in other.get("/api/v1/inbox").text


def test_only_papers_of_the_dossier_go_with_a_question(installation: ServedInstallation, code: str) -> None:
    answer = asked(installation, code, documents=[999_999])
    assert answer.status_code == 422 and "documents" in answer.json["errors"]


def test_a_claim_is_freed_for_a_reason(installation: ServedInstallation, code: str) -> None:
    path = f"/api/v1/dossiers/{code}"
    installation.person("specialist").put(f"{path}/assignment", version=installation.version_of(code))
    for who, told in (("colleague", "claim-too-fresh"), ("counter", "forbidden"), ("monitor", "forbidden")):
        refused = installation.person(who).post(
            f"{path}/freed-claims", {"reason": "nghỉ ốm"}, version=installation.version_of(code)
        )
        assert (refused.status_code, refused.json["code"]) == (403, told)
    leader, version = installation.person("leader"), installation.version_of(code)
    assert leader.post(f"{path}/freed-claims", {}, version=version).status_code == 422
    freed = leader.post(f"{path}/freed-claims", {"reason": "nghỉ ốm"}, version=version)
    assert (freed.status_code, freed.json["holder"]["person"]) == (200, None)
    assert "go-nhan-viec" in installation.person("specialist").get("/api/v1/inbox").text


def test_a_colleague_gives_nothing_back_for_another_without_a_word(installation: ServedInstallation, code: str) -> None:
    path = f"/api/v1/dossiers/{code}/assignment"
    installation.person("specialist").put(path, version=installation.version_of(code))
    refused = installation.person("colleague").delete(path, version=installation.version_of(code))
    assert refused.status_code == 403
    given = installation.person("leader").delete(path, {"reason": "nghỉ ốm"}, version=installation.version_of(code))
    assert (given.status_code, given.json["holder"]["person"]) == (200, None)


def test_another_province_needs_a_leader_and_a_ground_and_is_taken_back(
    installation: ServedInstallation, code: str
) -> None:
    path = f"/api/v1/dossiers/{code}"
    body = {"office": FAR_AUTHORITY, "reason": "sai thẩm quyền"}
    for who, more in (("specialist", {"legal": "QĐ 5"}), ("specialist", {}), ("leader", {})):
        refused = installation.person(who).post(f"{path}/transfers", body | more, version=installation.version_of(code))
        assert (refused.status_code, refused.json["code"]) == (403, "needs-legal-ground")
    leader = installation.person("leader")
    sent = leader.post(f"{path}/transfers", body | {"legal": "QĐ 5"}, version=installation.version_of(code))
    assert (sent.status_code, sent.json["holder"]["office"]) == (200, FAR_AUTHORITY)
    back = leader.post(f"{path}/recalls", {"reason": "nhầm"}, version=installation.version_of(code))
    assert back.status_code == 200, back.text
    assert back.json["holder"]["office"] != FAR_AUTHORITY
