"""The second factor: who must have one, setting it up, its codes at sign-in, recovery codes, removing it."""

from __future__ import annotations

import re

import pyotp
import pytest

from engine.acts.staff.own_sessions import end_sessions
from engine.acts.staff.second_factor import remove_second_factor
from engine.journal.check import Tally
from engine.journal.check_staff import check_staff
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.transaction import in_transaction
from tests.installation.trial_content import PASSWORD
from tests.web.account.conftest import Clock
from tests.web.site import Site
from tests.web.visitor import Page, Visitor

HERE = "/tai-khoan/hai-lop"


def _secret(page: Page) -> str:
    return re.sub(r"\s", "", page.soup.find("code").get_text())  # type: ignore[union-attr]


def _set_up(site: Site, clock: Clock, visitor: Visitor) -> tuple[pyotp.TOTP, list[str]]:
    page = visitor.get(HERE)
    app = pyotp.TOTP(_secret(page))
    shown = visitor.submit(page, HERE, status=200, otp=app.at(clock.at))
    return app, [one.get_text() for one in shown.soup.find_all("code")]


def _password(site: Site, name: str = "leader") -> tuple[Visitor, Page]:
    visitor = site.nobody()
    return visitor, visitor.submit(visitor.get("/dang-nhap"), "/dang-nhap", username=name, password=PASSWORD)


def test_a_leader_sees_no_page_until_it_is_set_up(strict: Site, clock: Clock) -> None:
    visitor, signed = _password(strict)
    assert signed.location == "/quay"
    assert visitor.get("/quay", status=303).location == HERE
    assert "phải có xác thực hai lớp" in visitor.get(HERE).text
    _set_up(strict, clock, visitor)
    assert visitor.get("/quay").status == 200


def test_a_clerk_needs_none(strict: Site) -> None:
    visitor, signed = _password(strict, "counter")
    assert signed.location == "/quay" and visitor.get("/quay").status == 200


def test_signing_in_asks_for_the_code_and_takes_it_once(strict: Site, clock: Clock) -> None:
    first, _ = _password(strict)
    app, _ = _set_up(strict, clock, first)
    clock.on(minutes=1)
    code = app.at(clock.at)
    visitor, asked = _password(strict)
    assert asked.location == "/dang-nhap/ma-xac-thuc"
    assert visitor.get("/quay", status=303).location.startswith("/dang-nhap"), "the password alone opens nothing"
    page = visitor.follow(asked)
    assert visitor.submit(page, asked.location, otp=f"{code[:3]} {code[3:]}").location == "/quay"
    assert visitor.get("/quay").status == 200
    thief, asked = _password(strict)
    again = thief.submit(thief.follow(asked), asked.location, status=401, otp=code)
    assert "đã dùng rồi" in again.text


def test_the_code_of_the_setting_up_is_not_good_for_signing_in(strict: Site, clock: Clock) -> None:
    first, _ = _password(strict)
    app, _ = _set_up(strict, clock, first)
    visitor, asked = _password(strict)
    visitor.submit(visitor.follow(asked), asked.location, status=401, otp=app.at(clock.at))


def test_a_recovery_code_is_good_once(strict: Site, clock: Clock) -> None:
    first, _ = _password(strict)
    _, codes = _set_up(strict, clock, first)
    assert len(set(codes)) == 10
    visitor, asked = _password(strict)
    visitor.submit(visitor.follow(asked), asked.location, otp=codes[0].upper())
    assert "Còn 9 mã dự phòng" in visitor.get("/tai-khoan").text
    thief, asked = _password(strict)
    thief.submit(thief.follow(asked), asked.location, status=401, otp=codes[0])


def test_wrong_codes_are_limited_whatever_the_password(strict: Site, clock: Clock) -> None:
    first, _ = _password(strict)
    app, _ = _set_up(strict, clock, first)
    clock.on(minutes=1)
    for _ in range(10):
        visitor, asked = _password(strict)
        page = visitor.follow(asked)
        visitor.submit(page, asked.location, status=401, otp="000000")
    refused = visitor.submit(page, asked.location, status=429, otp=app.at(clock.at))
    assert "Thử quá nhiều lần" in refused.text


def test_a_wrong_code_sets_nothing_up_and_shows_the_same_secret_again(strict: Site, clock: Clock) -> None:
    visitor, _ = _password(strict)
    page = visitor.get(HERE)
    again = visitor.submit(page, HERE, status=422, otp="000000")
    assert _secret(again) == _secret(page)
    assert visitor.get("/quay", status=303).location == HERE


def test_nobody_sets_up_a_secret_that_the_page_did_not_show_them(strict: Site, clock: Clock) -> None:
    leader, counter = _password(strict)[0], _password(strict, "counter")[0]
    shown = leader.get(HERE)
    sealed = shown.form(HERE).find("input", attrs={"name": "sealed"})["value"]  # type: ignore[index]
    code = pyotp.TOTP(_secret(shown)).at(clock.at)
    refused = counter.submit(counter.get(HERE), HERE, status=422, sealed=sealed, otp=code)
    assert "trang đã quá cũ" in refused.text


def test_setting_it_up_ends_the_sessions_that_were_opened_without(strict: Site, clock: Clock) -> None:
    other, visitor = _password(strict)[0], _password(strict)[0]
    _set_up(strict, clock, visitor)
    assert other.get("/tai-khoan", status=303).location.startswith("/dang-nhap")


def test_the_api_asks_for_the_code_as_well(strict: Site, clock: Clock) -> None:
    app, _ = _set_up(strict, clock, _password(strict)[0])
    clock.on(minutes=1)
    client = strict.nobody().client
    body = {"username": "leader", "password": PASSWORD}
    assert client.post("/api/v1/sessions", json=body).json["code"] == "second-factor-needed"  # type: ignore[index]
    assert client.post("/api/v1/sessions", json={**body, "otp": "000000"}).json["code"] == "wrong-code"  # type: ignore[index]
    assert client.post("/api/v1/sessions", json={**body, "otp": app.at(clock.at)}).status_code == 201


def test_the_operator_removes_it_and_the_journal_of_staff_tells(strict: Site, clock: Clock) -> None:
    visitor, _ = _password(strict)
    _set_up(strict, clock, visitor)
    runtime = strict.installation.runtime
    person = strict.installation.actor("leader").person_id
    assert person is not None
    assert list(check_staff(runtime.database, Tally())) == []
    in_transaction(runtime, SYSTEM_ACTOR, lambda unit: remove_second_factor(unit, person, "lost"))
    in_transaction(runtime, SYSTEM_ACTOR, lambda unit: end_sessions(unit, person))
    assert list(check_staff(runtime.database, Tally())) == []
    assert visitor.get("/tai-khoan", status=303).location.startswith("/dang-nhap")
    _, signed = _password(strict)
    assert signed.location == "/quay", "the password alone is enough again, until it is set up anew"


def test_a_row_past_the_journal_is_found(strict: Site, clock: Clock) -> None:
    _set_up(strict, clock, _password(strict)[0])
    runtime = strict.installation.runtime
    with runtime.database.begin() as connection:
        connection.exec_driver_sql("DELETE FROM second_factors")
    assert any("second_factors" in one.en for one in check_staff(runtime.database, Tally()))


def test_removing_it_asks_who_it_is_and_fresh_codes_void_the_old_ones(strict: Site, clock: Clock) -> None:
    visitor, _ = _password(strict)
    app, codes = _set_up(strict, clock, visitor)
    clock.on(minutes=11)
    visitor.get(HERE)
    asked = visitor.submit(visitor.get(HERE), f"{HERE}/ma-du-phong", status=403)
    assert "Xác nhận đúng là anh/chị" in asked.text
    shown = visitor.submit(asked, f"{HERE}/ma-du-phong", status=200, step_up_code=app.at(clock.at))
    fresh = [one.get_text() for one in shown.soup.find_all("code")]
    assert len(fresh) == 10 and not set(fresh) & set(codes)
    thief, asked = _password(strict)
    thief.submit(thief.follow(asked), asked.location, status=401, otp=codes[1])
    gone = visitor.submit(visitor.get(HERE), f"{HERE}/go")
    assert gone.location == HERE, "a leader sets it up again at once"


@pytest.mark.parametrize("given", ["", "12345", "abcdef", "０００００１", "1234567"])
def test_what_is_no_code_is_refused(strict: Site, clock: Clock, given: str) -> None:
    _set_up(strict, clock, _password(strict)[0])
    visitor, asked = _password(strict)
    answer = visitor.client.post(
        asked.location,
        data={"otp": given, "csrf": visitor.follow(asked).soup.find("input", attrs={"name": "csrf"})["value"]},  # type: ignore[index]
    )
    assert answer.status_code in (401, 422)
