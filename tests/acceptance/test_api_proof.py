"""What the citizen's link alone may do, who hands it out, and what is told of a changed contact."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from engine.acts.notices.address import Refused, addressed
from engine.dossier.notices import FORMER
from engine.ports import Message
from engine.store.delivery import claim
from engine.store.dossiers import applicants
from engine.store.journal import journal_private
from engine.store.outbox import outbox
from engine.transaction import UnitOfWork
from server.identity import Access
from tests.acceptance import test_api_access as access
from tests.acceptance.dossiers_in_states import bring_to
from tests.acceptance.proven import acted, employed, entries, noted
from tests.installation.filings import PDF
from tests.installation.served import ServedInstallation, open_installation, served_copy
from tests.installation.trial_content import AUTHORITY, CENTRE, TRIAL, filing


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ServedInstallation]:
    """The interface over each kind of database; forms are printed as the data that would stand in them."""
    with TRIAL.copy(request.param, tmp_path) as url:
        opened = open_installation(url, tmp_path, render_form=lambda _number, data: repr(data).encode())
        yield opened
        opened.close()


class TestTheLinkAlone:
    def test_ends_no_dossier(self, served: ServedInstallation) -> None:
        filed, other = served.filed(), served.filed()
        for body, code in (
            ({}, "receipt-code-required"),
            ({"receipt_code": "AAAAA-AAAAA"}, "receipt-code-wrong"),
            ({"receipt_code": other["receipt_code"]}, "receipt-code-wrong"),
        ):
            answer = acted(served, filed, action="withdraw", **body)
            assert (answer.status_code, answer.json["code"]) == (403, code), answer.text
        assert served.version_of(filed["code"]) == filed["version"]
        typed = filed["receipt_code"].lower().replace("-", " ")
        assert acted(served, filed, action="withdraw", receipt_code=typed).status_code == 200

    def test_is_what_the_journal_says_of_an_act(self, served: ServedInstallation) -> None:
        filed = served.filed()
        served.act("counter", filed["code"], "forward")
        served.act("specialist", filed["code"], "ask", reason="Thiếu bản sao")
        sent = {"key": "card", "file": (io.BytesIO(PDF), "the.pdf")}
        path = f"/api/v1/status/{filed['link_token']}/documents"
        served.anyone().post(path, data=sent, content_type="multipart/form-data")
        assert acted(served, filed, action="answer").status_code == 200
        acted(served, filed, action="withdraw", receipt_code=filed["receipt_code"])
        proofs = [entries(served, act)[0]["data"]["proof"] for act in ("add_document", "answer", "withdraw")]
        assert proofs == ["link", "link", "link+receipt_code"]
        assert not any("proof" in one["data"] for one in entries(served, "forward"))

    def test_only_reads_after_the_end(self, tmp_path: Path) -> None:
        installation = served_copy(tmp_path)
        writing = [
            (rule, method)
            for rule, method in access.routes(installation)
            if access.rule_of(installation, rule) is Access.LINK and method != "GET"
        ]
        posted = {rule.rule.removeprefix("/api/v1/status/<token>/") for rule, _ in writing}
        assert posted == {"actions", "documents", "result"}, "a result is read by POST: no code in an address"
        for state in ("withdrawn", "returned"):
            filed = bring_to(installation, state)
            path, version = f"/api/v1/status/{filed['link_token']}", installation.version_of(filed["code"])
            for action in ("withdraw", "answer", "receive", "return"):
                answer = acted(installation, filed, action=action, receipt_code=filed["receipt_code"])
                assert answer.status_code in (403, 409), answer.text
            sent = {"key": "card", "file": (io.BytesIO(PDF), "the.pdf")}
            answer = installation.anyone().post(f"{path}/documents", data=sent, content_type="multipart/form-data")
            assert (answer.status_code, answer.json["code"]) == (409, "nothing-asked")
            assert installation.version_of(filed["code"]) == version
            assert installation.anyone().get(path).status_code == 200
        installation.close()

    @pytest.mark.parametrize("redis", ["reachable", "down"])
    def test_tries_of_the_receipt_code_are_counted_with_the_look_ups(
        self, tmp_path: Path, redis_url: str, redis: str
    ) -> None:
        more = {"REDIS_URL": redis_url} if redis == "reachable" else {}
        installation = served_copy(tmp_path, MOTCUA_RATE_LIMITS="1", **more)
        filed = installation.filed()
        at = {"REMOTE_ADDR": "10.0.1.1"}
        for _ in range(5):
            body = {"code": filed["code"], "receipt_code": "AAAAA-AAAAA"}
            assert installation.anyone().post("/api/v1/status-lookups", body, environ_base=at).status_code == 404
        path, body = (
            f"/api/v1/status/{filed['link_token']}/actions",
            {"action": "withdraw", "receipt_code": "AAAAA-AAAAA"},
        )
        told = [installation.anyone().post(path, body, environ_base=at).status_code for _ in range(6)]
        assert told == [403] * 5 + [429]
        elsewhere = installation.anyone().post(path, body, environ_base={"REMOTE_ADDR": "10.0.2.1"})
        assert elsewhere.status_code == 403, "nobody locks the code for others"
        installation.close()


class TestTheCounterAlone:
    def test_prints_form_01(self, served: ServedInstallation) -> None:
        filed = served.filed()
        code = filed["code"]
        served.act("counter", code, "forward")
        path = f"/api/v1/dossiers/{code}/forms/01.pdf"
        for who in ("specialist", "leader"):
            refused = served.person(who).get(f"{path}?reason=doi+chieu")
            assert (refused.status_code, refused.json["code"]) == (403, "forbidden")
        employed(served, "colleague", (CENTRE, "leader"), (AUTHORITY, "counter"))
        assert served.person("colleague").get(f"{path}?reason=doi+chieu").status_code == 403
        assert noted(served) == []
        printed = served.person("counter").get(path)
        assert printed.status_code == 200 and filed["link_token"] in printed.text
        (line,) = noted(served)
        assert line[0] == "form-01" and CENTRE in line[1]

    def test_renews_the_link(self, served: ServedInstallation) -> None:
        filed = served.filed()
        path, why = f"/api/v1/dossiers/{filed['code']}/link-renewals", {"reason": "mất giấy hẹn"}
        for who in ("specialist", "leader"):
            assert served.person(who).post(path, why).status_code in (403, 404)
        assert served.person("counter").post(path, {"reason": " "}).status_code == 422
        fresh = served.person("counter").post(path, why, key="k")
        assert fresh.status_code == 201
        assert served.anyone().get(f"/api/v1/status/{filed['link_token']}").status_code == 404
        old = {"code": filed["code"], "receipt_code": filed["receipt_code"]}
        assert served.anyone().post("/api/v1/status-lookups", old).status_code == 404
        assert served.anyone().get(f"/api/v1/status/{fresh.json['link_token']}").json["code"] == filed["code"]
        new = {"code": filed["code"], "receipt_code": fresh.json["receipt_code"]}
        assert served.anyone().post("/api/v1/status-lookups", new).status_code == 200
        (entry,) = entries(served, "renew_link")
        assert entry["changes"].keys() >= {"link_hash", "link_nonce"} and fresh.json["link_token"] not in str(entry)
        again = served.person("counter").post(path, why, key="k")
        assert (again.json, again.headers["Idempotency-Replayed"]) == (fresh.json, "true")
        employed(served, "counter", (CENTRE, "clerk"))
        assert served.person("counter").post(path, why, key="k").status_code == 403

    def test_renews_it_after_the_end_as_well(self, tmp_path: Path) -> None:
        installation = served_copy(tmp_path)
        filed = bring_to(installation, "returned")
        path = f"/api/v1/dossiers/{filed['code']}/link-renewals"
        fresh = installation.person("counter").post(path, {"reason": "mất giấy hẹn", "tell": False})
        assert fresh.status_code == 201
        assert installation.anyone().get(f"/api/v1/status/{fresh.json['link_token']}").status_code == 200
        with installation.reading() as connection:
            told = connection.execute(select(outbox.c.id).where(outbox.c.template == "cap-lai-duong-dan")).all()
        assert told == []
        installation.close()


class TestAChangeOfTheContact:
    def rectified(self, served: ServedInstallation, code: str, **applicant: Any) -> None:
        body = {"number": 1, "applicant": applicant, "reason": "đổi theo yêu cầu"}
        answer = served.person("counter").post(
            f"/api/v1/dossiers/{code}/rectifications", body, version=served.version_of(code)
        )
        assert answer.status_code == 200, answer.text

    def said(self, served: ServedInstallation, template: str) -> dict[str, Message | Refused]:
        """What each notice of a template says, by channel; templates of the shipped content are put in."""

        def read(unit: UnitOfWork) -> dict[str, Message | Refused]:
            words = {"vi": "{code} {applicant} {link}", "en": ""}
            text = {"subject": words, "body": words, "sms": words}
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(type(unit.catalogue), "template", lambda _self, _key: text)
                later = unit.now.replace(year=unit.now.year + 1)
                found = claim(unit.begin(), later, later, 100)
                return {
                    f"{row.recipient}/{row.channel}": told
                    for row, told in addressed(unit, found)
                    if row.template == template
                }

        return served.try_act("system", read)

    @pytest.mark.parametrize(
        "change",
        [{"phone": "0911111111"}, {"email": "moi@example.org"}, {"phone": None}, {"phone": None, "email": None}],
    )
    def test_is_told_to_the_former_telephone_and_mail(self, served: ServedInstallation, change: dict[str, Any]) -> None:
        code, token = (filed := served.filed())["code"], filed["link_token"]
        self.rectified(served, code, **change)
        told = self.said(served, "doi-lien-he")
        assert {key: one.address for key, one in told.items() if isinstance(one, Message)} == {
            f"{FORMER}/sms": "0901234567",
            f"{FORMER}/email": "dao@example.org",
        }
        for one in told.values():
            assert isinstance(one, Message) and token not in one.body and "Đào" not in one.body and code in one.body

    def test_of_anything_else_is_not(self, served: ServedInstallation) -> None:
        code = served.filed()["code"]
        self.rectified(served, code, address="13 Lê Lợi", phone="0901234567", language="en")
        assert self.said(served, "doi-lien-he") == {}

    def test_is_not_told_where_the_data_were_erased(self, served: ServedInstallation) -> None:
        self.rectified(served, served.filed()["code"], phone="0911111111")
        with served.database.begin() as connection:
            connection.execute(update(journal_private).values(data={}, erased_at=served.runtime.now()))
        told = self.said(served, "doi-lien-he")
        assert {one.status for one in told.values() if isinstance(one, Refused)} == {"dropped"}

    def test_where_there_was_none_gives_no_link_until_the_counter_does(self, served: ServedInstallation) -> None:
        nobody = filing()["applicant"] | {"phone": None, "email": None}
        filed = served.filed(applicant=nobody)
        self.rectified(served, filed["code"], phone="0911111111")
        path, why = f"/api/v1/dossiers/{filed['code']}/link-renewals", {"reason": "xác nhận số"}

        def notify(unit: UnitOfWork) -> None:
            row = {"dossier_id": unit.begin().execute(select(applicants.c.dossier_id)).scalar_one()}
            row |= {"channel": "sms", "recipient": "applicant", "template": "thu", "status": "waiting", "attempts": 0}
            facts = {"code": filed["code"], "entry": 1}
            row |= {"key": f"thu-{unit.now}", "data": facts, "created_at": unit.now, "next_attempt_at": unit.now}
            unit.begin().execute(outbox.insert(), row)

        served.try_act("system", notify)
        told = self.said(served, "thu")["applicant/sms"]
        assert isinstance(told, Message) and filed["link_token"] not in told.body
        fresh = served.person("counter").post(path, why)
        told = self.said(served, "cap-lai-duong-dan")["applicant/sms"]
        assert isinstance(told, Message) and fresh.json["link_token"] in told.body
