"""Codes of the second factor: the vectors of RFC 6238, the steps beside the present one, recovery codes."""

from __future__ import annotations

import base64
import datetime as dt

import pytest

from engine.security.one_time_codes import app_address, fresh_recovery_code, fresh_secret, recovery_hash, step_of

SECRET = base64.b32encode(b"12345678901234567890").decode()


def _at(seconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_the_vectors_of_the_standard(seconds: int, code: str) -> None:
    assert step_of(SECRET, code, _at(seconds)) == seconds // 30


@pytest.mark.parametrize(("late", "good"), [(-61, False), (-30, True), (0, True), (30, True), (61, False)])
def test_a_code_is_good_for_the_step_beside_its_own(late: int, good: bool) -> None:
    moment = 1111111110
    assert (step_of(SECRET, "050471", _at(moment + late)) is not None) is good


@pytest.mark.parametrize("given", ["", "28708", "2870822", "２８７０８２", "abcdef", "-87082"])
def test_what_is_no_code_is_none(given: str) -> None:
    assert step_of(SECRET, given, _at(59)) is None


def test_blanks_do_not_count() -> None:
    assert step_of(SECRET, "287 082", _at(59)) == 1


def test_secrets_and_recovery_codes_are_long_and_differ() -> None:
    assert len({fresh_secret() for _ in range(20)}) == 20 and len(fresh_secret()) == 32
    codes = {fresh_recovery_code() for _ in range(20)}
    assert len(codes) == 20 and all(recovery_hash(one) for one in codes)


def test_a_recovery_code_is_the_same_however_it_is_written() -> None:
    code = "k2tb-aaaa-7777-zzzz"
    assert recovery_hash(code) == recovery_hash(" K2TB AAAA7777ZZZZ ") != recovery_hash("k2tb-aaaa-7777-zzzy")
    assert recovery_hash("123456") is None


def test_the_address_for_the_app_names_the_account() -> None:
    address = app_address(SECRET, "lan.nt", "Một Cửa")
    assert address.startswith("otpauth://totp/") and f"secret={SECRET}" in address and "lan.nt" in address
