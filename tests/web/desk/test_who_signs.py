"""A signature is asked for anew from whichever page it is sent, and never among many acts of one batch."""

from __future__ import annotations

from secrets import token_urlsafe

import pytest

from engine.acts.add_note import add_note
from engine.acts.documents import add_document
from tests.installation.filings import PDF
from tests.web.desk.conftest import Office
from tests.web.visitor import Page, Visitor


def signable(office: Office) -> str:
    code = office.world.land_at("signing")
    office.world.act("leader", add_document, code, key="ket_qua", content=PDF, file_name="giấy.pdf")
    return code


def send(office: Office, visitor: Visitor, path: str, status: int, code: str, **fields: object) -> Page:
    csrf = visitor.get("/tai-khoan").soup.find("input", attrs={"name": "csrf"})["value"]  # type: ignore[index]
    version = office.world.row(code)["version"]
    return visitor.post(path, status=status, csrf=csrf, key=token_urlsafe(18), version=str(version), **fields)


@pytest.mark.parametrize("path", ["/ho-so/{code}/actions", "/ky/{code}/tra-lai"])
@pytest.mark.parametrize("action", ["sign", " sign "])
def test_every_way_to_sign_asks_who_it_is(office: Office, path: str, action: str) -> None:
    code, visitor = signable(office), office.person_later("leader")
    asked = send(office, visitor, path.format(code=code), 403, code, action=action)
    assert "step-up-needed" in asked.text and office.world.row(code)["state"] == "signing"
    office.forget()
    send(office, office.person("leader"), path.format(code=code), 303, code, action=action)
    assert office.world.row(code)["state"] != "signing"


def test_a_step_that_signs_nothing_does_not_ask(office: Office) -> None:
    code, visitor = signable(office), office.person_later("leader")
    send(office, visitor, f"/ky/{code}/tra-lai", 303, code, action="send_back", reason="sai tên")


def test_a_round_that_was_left_asks_before_it_goes_on(office: Office) -> None:
    visitor = office.person_later("leader")
    csrf = visitor.get("/tai-khoan").soup.find("input", attrs={"name": "csrf"})["value"]  # type: ignore[index]
    for way in ("tiep", "thu-lai"):
        asked = visitor.post(f"/ky/lan/1/{way}", status=403, csrf=csrf, key=token_urlsafe(18))
        assert "step-up-needed" in asked.text


def test_no_batch_signs(office: Office) -> None:
    code, visitor = signable(office), office.person("leader")
    version = office.world.row(code)["version"]
    send(office, visitor, "/viec", 422, code, chon=f"{code}@{version}", viec="step:sign")
    assert office.world.row(code)["state"] == "signing"


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_conflict_keeps_what_was_typed_and_what_was_chosen(office: Office, lang: str) -> None:
    """Two tabs: the dossier changes while a reason is typed; sent again as it is, it is done."""
    code, visitor = signable(office), office.person("leader")
    before = office.world.row(code)["version"]
    office.world.act("leader", add_note, code, "xem lại")
    csrf = visitor.get("/tai-khoan").soup.find("input", attrs={"name": "csrf"})["value"]  # type: ignore[index]
    path, sent = f"/ky/{code}/tra-lai", {"csrf": csrf, "key": token_urlsafe(18), "version": str(before)}
    language = {"Accept-Language": lang}
    stale = visitor.post(path, status=412, headers=language, action="send_back", reason="sai tên <b>", **sent)
    assert "stale" in stale.text and "leader" in stale.text, "who changed it"
    assert ("Reason" if lang == "en" else "Lý do") in stale.text and "send_back" not in stale.text
    field = stale.form(path).find("textarea", attrs={"name": "reason"})
    assert field is not None and field.get_text().strip() == "sai tên <b>"
    visitor.submit(stale, path)
    assert office.world.row(code)["state"] != "signing"
