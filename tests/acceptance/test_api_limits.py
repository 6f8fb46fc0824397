"""Guessing is slowed down where it comes from, and never locks out whoever knows the secret elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from server import limits
from tests.installation.served import ServedInstallation, served_copy

RIGHT = "mat-khau-dai-de-thu"
WRONG = "khong-dung"
ABSENT = "H26740-260302-9999"


@pytest.fixture(params=["reachable", "down"])
def installation(request: pytest.FixtureRequest, tmp_path: Path, redis_url: str) -> Any:
    """An installation with its limits on; Redis answers, or every process counts for itself."""
    more = {"REDIS_URL": redis_url} if request.param == "reachable" else {}
    opened = served_copy(tmp_path, MOTCUA_RATE_LIMITS="1", **more)
    yield opened
    opened.close()


def sign_in(installation: ServedInstallation, address: str, password: str = WRONG, name: str = "counter") -> Any:
    body = {"username": name, "password": password}
    return installation.anyone().post("/api/v1/sessions", body, environ_base={"REMOTE_ADDR": address})


def look_up(installation: ServedInstallation, address: str, code: str, receipt: str = "AAAAA-AAAAA") -> Any:
    body = {"code": code, "receipt_code": receipt}
    return installation.anyone().post("/api/v1/status-lookups", body, environ_base={"REMOTE_ADDR": address})


def statuses(answers: list[Any]) -> list[int]:
    return [answer.status_code for answer in answers]


def test_wrong_passwords_wait_where_they_come_from_and_nowhere_else(installation: ServedInstallation) -> None:
    answers = [sign_in(installation, "10.0.0.1") for _ in range(limits.FREE_FAILURES + 1)]
    assert statuses(answers) == [401] * limits.FREE_FAILURES + [429]
    assert int(answers[-1].headers["Retry-After"]) == limits.FIRST_WAIT
    assert answers[-1].json["code"] == "too-many-requests"
    assert sign_in(installation, "10.0.0.1", RIGHT).status_code == 429
    assert sign_in(installation, "10.0.0.2", RIGHT).status_code == 201
    assert sign_in(installation, "10.0.0.1", RIGHT, "leader").status_code == 201


def test_an_account_is_locked_by_nobody_however_many_try(installation: ServedInstallation) -> None:
    answers = [sign_in(installation, f"10.0.{number}.1") for number in range(30)]
    assert statuses(answers) == [401] * 30
    assert sign_in(installation, "10.1.0.1", RIGHT).status_code == 201


def test_whoever_remembers_the_password_begins_anew(installation: ServedInstallation) -> None:
    for _ in range(3):
        answers = [sign_in(installation, "10.0.0.1") for _ in range(limits.FREE_FAILURES - 1)]
        answers.append(sign_in(installation, "10.0.0.1", RIGHT))
        assert statuses(answers[-2:]) == [401, 201]


def test_the_right_password_is_given_as_often_as_one_likes(installation: ServedInstallation) -> None:
    assert {sign_in(installation, "10.0.0.1", RIGHT).status_code for _ in range(32)} == {201}


@pytest.mark.parametrize(("address", "same"), [("2001:db8:0:1::{}", True), ("2001:db8:0:{}::1", False)])
def test_a_whole_64_is_one_address(installation: ServedInstallation, address: str, same: bool) -> None:
    answers = [sign_in(installation, address.format(f"{number:x}")) for number in range(1, 12)]
    assert answers[-1].status_code == (429 if same else 401)


def test_names_that_do_not_exist_wait_in_the_same_way(installation: ServedInstallation) -> None:
    answers = [sign_in(installation, "10.0.0.1", name="khong-co-ai") for _ in range(11)]
    assert statuses(answers) == [401] * 10 + [429]


@pytest.mark.parametrize("exists", [True, False])
def test_wrong_receipt_codes_wait_where_they_come_from(installation: ServedInstallation, exists: bool) -> None:
    filed = installation.filed()
    code = filed["code"] if exists else ABSENT
    assert statuses([look_up(installation, "10.0.0.1", code) for _ in range(11)]) == [404] * 10 + [429]
    assert look_up(installation, "10.0.0.2", code).status_code == 404
    if exists:
        assert look_up(installation, "10.0.0.2", code, filed["receipt_code"]).status_code == 200


def test_one_address_does_not_try_many_accounts_or_codes(installation: ServedInstallation) -> None:
    answers = [look_up(installation, "10.0.0.1", f"H26740-260302-{number:04}") for number in range(31)]
    assert statuses(answers[-2:]) == [404, 429]
    assert look_up(installation, "10.0.0.2", ABSENT).status_code == 404
    answers = [sign_in(installation, "10.0.0.3", name=f"ten-{number}") for number in range(31)]
    assert statuses(answers[-2:]) == [401, 429]


def test_links_are_not_guessed_and_the_right_one_opens_elsewhere(installation: ServedInstallation) -> None:
    filed = installation.filed()

    def open_link(token: str, address: str) -> int:
        path = f"/api/v1/status/{token}"
        return int(installation.anyone().get(path, environ_base={"REMOTE_ADDR": address}).status_code)

    tried = [open_link(f"{number:032}", "10.0.0.1") for number in range(61)]
    assert tried[-2:] == [404, 429]
    assert open_link(filed["link_token"], "10.0.0.2") == 200


def test_many_citizens_behind_one_address_do_not_stop_each_other(installation: ServedInstallation) -> None:
    first, second = installation.filed(), installation.filed()
    asked = {"environ_base": {"REMOTE_ADDR": "10.0.0.1"}}
    for _ in range(120):
        installation.anyone().get(f"/api/v1/status/{first['link_token']}", **asked)
    assert installation.anyone().get(f"/api/v1/status/{first['link_token']}", **asked).status_code == 429
    assert installation.anyone().get(f"/api/v1/status/{second['link_token']}", **asked).status_code == 200


def test_signing_in_and_failing_are_logged_with_the_address_and_without_what_was_typed(
    installation: ServedInstallation,
) -> None:
    with capture_logs() as lines:
        token = sign_in(installation, "10.0.0.1", RIGHT).json["token"]
        sign_in(installation, "10.0.0.1")
        sign_in(installation, "10.0.0.1", name="mat-khau-go-nham")
        installation.anyone().delete("/api/v1/sessions", headers={"Authorization": f"Bearer {token}"})
    told = [(line["event"], line["address"], line["account"] is not None) for line in lines if "address" in line]
    assert told[:3] == [
        ("signed_in", "10.0.0.1", True),
        ("sign_in_failed", "10.0.0.1", True),
        ("sign_in_failed", "10.0.0.1", False),
    ]
    assert told[3][0] == "signed_out"
    assert "go-nham" not in str(lines) and WRONG not in str(lines)
