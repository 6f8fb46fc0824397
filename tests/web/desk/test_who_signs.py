"""A signature is asked for anew from whichever page it is sent, and never among many acts of one batch."""

from __future__ import annotations

from secrets import token_urlsafe

import pytest

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
