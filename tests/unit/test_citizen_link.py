"""The citizen's link and receipt code: not to be guessed, revocable, readable off paper, and safe over a rotation."""

from __future__ import annotations

import re

import pytest

from engine.security.citizen_link import (
    fresh_nonce,
    known_token,
    link_hash,
    link_token,
    receipt_code,
    receipt_matches,
)

OLD, NEW = "the old secret of this installation!", "the new secret of this installation!"
NONCE = "0123456789abcdef0123456789abcdef"


def test_a_link_follows_from_secret_and_nonce_alone() -> None:
    token = link_token(NEW, NONCE)
    assert token == link_token(NEW, NONCE)
    assert token not in (link_token(OLD, NONCE), link_token(NEW, fresh_nonce()))
    assert re.fullmatch(r"[A-Za-z0-9_-]{32}", token)  # 192 bits, safe in an address


def test_what_is_stored_gives_the_link_not_away() -> None:
    token = link_token(NEW, NONCE)
    assert re.fullmatch(r"[0-9a-f]{64}", link_hash(token))
    assert token not in link_hash(token) + NONCE


def test_a_link_handed_out_before_a_rotation_is_found_again() -> None:
    stored = link_hash(link_token(OLD, NONCE))
    assert known_token([NEW, OLD], NONCE, stored) == link_token(OLD, NONCE)
    assert known_token([NEW], NONCE, stored) == link_token(NEW, NONCE)  # the old secret was thrown away


def test_a_receipt_code_is_two_groups_without_letters_that_look_alike() -> None:
    code = receipt_code(NEW, NONCE)
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}", code)
    assert receipt_code(NEW, fresh_nonce()) != code


@pytest.mark.parametrize("typed", [str.lower, lambda code: code.replace("-", " "), lambda code: code.replace("-", "")])
def test_a_receipt_code_may_be_typed_as_people_type(typed: object) -> None:
    assert callable(typed)
    assert receipt_matches([NEW], NONCE, typed(receipt_code(NEW, NONCE)))


def test_letters_that_look_alike_are_taken_for_the_digits() -> None:
    nonce = next(one for one in (f"{n:032x}" for n in range(999)) if {"0", "1"} <= set(receipt_code(NEW, one)))
    code = receipt_code(NEW, nonce)
    assert receipt_matches([NEW], nonce, code.replace("0", "O").replace("1", "l"))
    assert receipt_matches([NEW], nonce, code.replace("0", "o").replace("1", "I"))


@pytest.mark.parametrize("typed", ["", "-", "00000-00000", "é" * 10, "x" * 10_000])
def test_anything_else_opens_nothing(typed: str) -> None:
    assert not receipt_matches([NEW, OLD], NONCE, typed)


def test_a_receipt_code_is_good_under_any_kept_secret() -> None:
    code = receipt_code(OLD, NONCE)
    assert receipt_matches([NEW, OLD], NONCE, code)
    assert not receipt_matches([NEW], NONCE, code)


def test_nonces_are_128_random_bits() -> None:
    nonces = {fresh_nonce() for _ in range(100)}
    assert len(nonces) == 100
    assert all(re.fullmatch(r"[0-9a-f]{32}", nonce) for nonce in nonces)
