"""What is asked before personal data are shown, and to whom a kept answer is given again."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from engine.acts.verification import ask_verification
from engine.store.idempotency import idempotency
from tests.acceptance.proven import employed, noted, scanned
from tests.installation.filings import PDF
from tests.installation.served import ServedInstallation, open_installation
from tests.installation.trial_content import AUTHORITY, CENTRE, OTHER_AUTHORITY, TRIAL, filing

SECRETS = ("079300012345", "0901234567", "dao@example.org", "12 Lê Lợi")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ServedInstallation]:
    """The interface over each kind of database; forms are printed as the data that would stand in them."""
    with TRIAL.copy(request.param, tmp_path) as url:
        opened = open_installation(url, tmp_path, render_form=lambda _number, data: repr(data).encode())
        yield opened
        opened.close()


class TestTheGate:
    def test_files_are_opened_by_those_who_work_on_it_and_written_down(self, served: ServedInstallation) -> None:
        code = served.filed()["code"]
        at = scanned(served, code)
        assert served.person("specialist").get(at).status_code == 403, "the dossier has not reached the office"
        served.act("counter", code, "forward")
        for who in ("counter", "specialist", "leader"):
            assert served.person(who).get(at).status_code == 200
        assert [what for what, _ in noted(served)] == [f"document-{at.rpartition('/')[2]}"] * 3
        assert {why.rpartition(": ")[2] for _, why in noted(served)} == {
            f"counter, {CENTRE}",
            f"specialist, {AUTHORITY}",
            f"leader, {AUTHORITY}",
        }

    @pytest.mark.parametrize("office", [AUTHORITY, CENTRE, OTHER_AUTHORITY])
    def test_who_monitors_opens_no_file_prints_no_form_and_sees_masked_data(
        self, served: ServedInstallation, office: str
    ) -> None:
        code = served.filed()["code"]
        at, reason = scanned(served, code), "?reason=kiem+tra"
        employed(served, "monitor", (office, "monitor"))
        monitor = served.person("monitor")
        assert monitor.get(f"/api/v1/dossiers/{code}").status_code == 200
        for path in (at, at + reason, *(f"/api/v1/dossiers/{code}/forms/{one}.pdf{reason}" for one in ("01", "06"))):
            assert monitor.get(path).status_code == 403, path
        looked = monitor.post(f"/api/v1/dossiers/{code}/personal-data-views", {"reason": "kiểm tra"})
        assert looked.status_code == 403
        register = f"/api/v1/reports/register/07.pdf?office={CENTRE}&start=2026-01-01&end=2026-12-31"
        assert monitor.get(register + reason.replace("?", "&")).status_code == 403
        assert not any(secret in monitor.get(register).text for secret in SECRETS)
        assert noted(served) == []

    def test_others_of_its_offices_give_a_reason(self, served: ServedInstallation) -> None:
        code = served.filed()["code"]
        at = scanned(served, code)
        employed(served, "colleague", (CENTRE, "leader"))
        colleague, form = served.person("colleague"), f"/api/v1/dossiers/{code}/forms/06.pdf"
        for path in (at, form, f"{at}?reason=", f"{form}?reason=+"):
            refused = colleague.get(path)
            assert refused.status_code in (403, 422), refused.text
        assert noted(served) == []
        assert colleague.get(f"{at}?reason=lap+ho+so+luu").status_code == 200
        assert colleague.get(form).status_code == 403, "one reason opens one file"
        view = colleague.post(f"/api/v1/dossiers/{code}/personal-data-views", {"reason": "đối chiếu lưu trữ"})
        assert view.status_code == 200
        assert (colleague.get(at).status_code, colleague.get(form).status_code) == (200, 200)
        number = at.rpartition("/")[2]
        assert noted(served) == [
            (f"document-{number}", "lap ho so luu"),
            ("applicant", "đối chiếu lưu trữ"),
            (f"document-{number}", "đối chiếu lưu trữ"),
            ("form-06", "đối chiếu lưu trữ"),
        ]

    def test_an_office_that_was_asked_opens_files_while_it_is_asked(self, served: ServedInstallation) -> None:
        code = served.filed()["code"]
        at = scanned(served, code)
        number, other = int(at.rpartition("/")[2]), served.person("other-specialist")
        served.try_act("counter", ask_verification, code, OTHER_AUTHORITY, "Có đúng không?")
        assert other.get(at).status_code == 404, "a file that is not attached to the question"
        served.try_act("counter", ask_verification, code, OTHER_AUTHORITY, "Còn tệp này?", documents=[number])
        assert other.get(at).status_code == 200
        assert noted(served)[-1] == (f"document-{number}", "trả lời xác minh / answers a question")

    def test_a_register_is_masked_unless_its_office_says_why(self, served: ServedInstallation) -> None:
        code = served.filed()["code"]
        at = f"/api/v1/reports/register/07.pdf?office={CENTRE}&start=2026-01-01&end=2026-12-31"
        masked = served.person("counter").get(at)
        assert masked.status_code == 200 and code in masked.text
        assert not any(secret in masked.text for secret in SECRETS)
        assert noted(served) == []
        assert served.person("counter").get(f"{at}&reason=+").status_code == 422
        assert served.person("specialist").get(f"{at}&reason=doi+chieu").status_code == 403
        whole = served.person("counter").get(f"{at}&reason=doi+chieu+so+giay")
        assert "0901234567" in whole.text and "12 Lê Lợi" in whole.text
        assert noted(served) == [("form-07", "doi chieu so giay")]


class TestKeptAnswers:
    def test_a_view_of_personal_data_is_never_kept(self, served: ServedInstallation) -> None:
        code = served.filed()["code"]
        path, why = f"/api/v1/dossiers/{code}/personal-data-views", {"reason": "đối chiếu"}
        counter = served.person("counter")
        first, again = counter.post(path, why, key="k"), counter.post(path, why, key="k")
        assert first.json == again.json and "Idempotency-Replayed" not in again.headers
        assert len(noted(served)) == 2
        with served.reading() as connection:
            assert connection.execute(select(idempotency.c.key).where(idempotency.c.key == "k")).all() == []
        employed(served, "counter")
        assert counter.post(path, why, key="k").status_code == 404

    @pytest.mark.parametrize("posts", [(), ((OTHER_AUTHORITY, "specialist"),)])
    def test_are_given_again_only_while_the_dossier_is_seen(self, served: ServedInstallation, posts: Any) -> None:
        counter, body = served.person("counter"), filing()
        filed = counter.post("/api/v1/dossiers", body, key="f")
        code = filed.json["code"]
        note = f"/api/v1/dossiers/{code}/notes"
        assert counter.post(note, {"text": "một"}, key="n").status_code == 200
        assert counter.post(note, {"text": "một"}, key="n").headers["Idempotency-Replayed"] == "true"
        assert counter.post("/api/v1/dossiers", body, key="f").json == filed.json
        employed(served, "counter", *posts)
        for path, sent, key in (("/api/v1/dossiers", body, "f"), (note, {"text": "một"}, "n")):
            answer = counter.post(path, sent, key=key)
            assert (answer.status_code, answer.json["code"]) == (404, "not-found")
            assert filed.json["link_token"] not in answer.text

    def test_a_filing_is_given_again_only_to_who_hands_out_the_link(self, served: ServedInstallation) -> None:
        counter, body = served.person("counter"), filing()
        counter.post("/api/v1/dossiers", body, key="f")
        employed(served, "counter", (AUTHORITY, "specialist"))
        assert counter.post("/api/v1/dossiers", body, key="f").status_code == 403

    def test_hold_no_token_of_a_link_in_clear(self, served: ServedInstallation) -> None:
        filed = served.filed()
        served.act("counter", filed["code"], "forward")
        served.act("specialist", filed["code"], "ask", reason="Thiếu bản sao")
        path = f"/api/v1/status/{filed['link_token']}/documents"

        def send() -> Any:
            sent = {"key": "card", "file": (io.BytesIO(PDF), "the.pdf")}
            return served.anyone().post(path, data=sent, content_type="multipart/form-data", key="k")

        first, again = send(), send()
        assert first.status_code == 201 and filed["link_token"] in first.headers["Location"]
        assert again.headers["Location"] == first.headers["Location"]
        assert again.headers["ETag"] == first.headers["ETag"]
        with served.reading() as connection:
            everything = connection.execute(select(idempotency)).all()
        assert everything and filed["link_token"] not in repr(everything)
