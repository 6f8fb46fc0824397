"""The pages of remote signing: what waits, what was refused, taken back, asked again; the provider stands still."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from adapters.forms.render import render_form
from engine.jobs.remote_signing import sign_due
from tests.doubles.standing_provider import StandingStill
from tests.installation.application import application
from tests.installation.served import ServedInstallation
from tests.web.desk.conftest import Office
from tests.web.desk.test_sign import choices, state_of, waiting
from tests.web.visitor import Page, Visitor, _values
from web.app import register_pages


@pytest.fixture
def provider() -> StandingStill:
    return StandingStill()


@pytest.fixture
def remote_office(office: Office, provider: StandingStill) -> Office:
    runtime = replace(office.installation.runtime, remote=provider)
    office.world.runtime = replace(office.world.runtime, remote=provider)
    app = application(runtime, render_form=render_form, pages=register_pages)
    return Office(ServedInstallation(runtime, app), world=office.world)


def go(office: Office, seconds: int = 10) -> None:
    office.world.now += dt.timedelta(seconds=seconds)
    sign_due(office.world.runtime, 60)


def ask(visitor: Visitor, page: Page) -> Page:
    """Presses the second button of the form, which leads it to another address."""
    return visitor.post("/ky/tu-xa", **(_values(page.form("/ky")) | {"chon": choices(page)}))


def test_without_a_provider_nothing_is_offered(office: Office) -> None:
    waiting(office, 1)
    assert "Ký từ xa" not in office.person("leader").get("/ky").text


def test_many_are_asked_at_once_and_the_page_says_what_to_do(remote_office: Office, provider: StandingStill) -> None:
    codes = waiting(remote_office, 3)
    leader = remote_office.person("leader")
    page = leader.get("/ky")
    assert "Ký từ xa bằng ứng dụng" in page.text
    asked = ask(leader, page)
    sent = leader.follow(asked)
    assert "Đang chuẩn bị và gửi 3 mã băm" in sent.text
    go(remote_office)
    assert [len(one) for one in provider.asked] == [3]
    address = str(asked.location)
    assert "Mở ứng dụng ký số và xác nhận 3 hồ sơ" in leader.get(address).text
    assert "3 hồ sơ đang chờ anh/chị xác nhận" in leader.get("/ky").text
    provider.say("signed", "refused", "signed")
    go(remote_office)
    result = leader.get(address)
    assert "Ký từ xa: 2 trên 3 hồ sơ" in result.text and "chưa đúng tên" in result.text
    assert sorted(state_of(remote_office, code) for code in codes) == ["ready", "ready", "signing"]
    assert "2" in leader.get("/ky/tu-xa").text
    again = leader.submit(result, f"{address}/hoi-lai")
    provider.say("signed")
    go(remote_office)
    go(remote_office)
    assert "Chữ ký nào cũng được" in leader.get(str(again.location)).text
    assert {state_of(remote_office, code) for code in codes} == {"ready"}


def test_a_request_is_taken_back(remote_office: Office, provider: StandingStill) -> None:
    (code,) = waiting(remote_office, 1)
    leader = remote_office.person("leader")
    page = leader.get("/ky")
    address = str(ask(leader, page).location)
    go(remote_office)
    leader.submit(leader.get(address), f"{address}/rut")
    provider.say("signed")
    go(remote_office)
    assert "Anh/chị đã rút yêu cầu" in leader.get(address).text and state_of(remote_office, code) == "signing"


def test_nobody_else_sees_it(remote_office: Office) -> None:
    waiting(remote_office, 1)
    leader = remote_office.person("leader")
    page = leader.get("/ky")
    address = str(ask(leader, page).location)
    remote_office.person("specialist").get(address, status=404)
    remote_office.nobody().get(address, status=303)
    remote_office.nobody().get("/ky/tu-xa", status=303)


def test_a_call_of_the_provider_is_taken_once_and_only_with_its_signature(
    remote_office: Office, provider: StandingStill
) -> None:
    (code,) = waiting(remote_office, 1)
    leader = remote_office.person("leader")
    page = leader.get("/ky")
    ask(leader, page)
    go(remote_office)
    client, where = remote_office.installation.app.test_client(), "/api/v1/remote-signing/callbacks"
    provider.say("signed")
    assert client.post(where, data=b"T-1").status_code == 401
    headers = {"X-Signature": "right"}
    assert client.post(where, data=b"T-9", headers=headers).status_code == 404
    for _ in range(2):
        assert client.post(where, data=b"T-1", headers=headers).status_code == 204
    assert state_of(remote_office, code) == "signing"
    sign_due(remote_office.world.runtime, 60)
    assert state_of(remote_office, code) == "ready"


def test_without_a_provider_no_call_is_taken(office: Office) -> None:
    answer = office.installation.app.test_client().post("/api/v1/remote-signing/callbacks", data=b"{}")
    assert answer.status_code == 409
