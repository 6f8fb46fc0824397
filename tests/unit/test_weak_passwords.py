"""Passwords that are guessed first are refused, and uncommon ones are taken."""

from __future__ import annotations

import pytest

from engine.security.weak_passwords import SHORTEST_PASSWORD, joined, known_words, weakness_of

KNOWN = [
    *known_words("tiepnhan.saigon", "Nguyễn Thị Lan", "TT-26740", "Trung tâm Phục vụ hành chính công phường Sài Gòn"),
    *map(joined, ("Tiền Giang", "Cà Mau", "Đắk Lắk")),
]


@pytest.mark.parametrize(
    "weak",
    [
        *("1234567890", "0123456789", "qwertyuiop", "1q2w3e4r5t", "password123", "P@ssw0rd2026", "aaaaaaaaaa"),
        *("abcabcabcabc", "30041975@@", "0912345678", "iloveyou2026", "Admin@123456", "Abc@123456"),
        *("matkhau123", "Matkhau@2026", "mật khẩu 123", "anhyeuem123", "vietnam@123", "UBND@2026", "motcua@2026"),
        *("tiepnhan.saigon", "tiepnhan.saigon1", "saigon.tiepnhan", "TT-26740-TT", "Nguyễn Thị Lan 1", "nguyenthilan"),
        *("Tiền Giang 2026", "tiengiang@2026", "camau@2024", "ĐẮK LẮK 2026", "Hanoi@123456", "phuongsaigon"),
    ],
)
def test_what_is_guessed_first_is_refused(weak: str) -> None:
    assert weakness_of(weak, KNOWN) is not None


@pytest.mark.parametrize(
    "good", ["mat-khau-du-dai", "ba con trau xanh", "correct horse battery", "q7vk2xw9hz", "đám mây tím bơi ngược"]
)
def test_what_is_not_guessed_is_taken(good: str) -> None:
    assert weakness_of(good, KNOWN) is None


def test_the_least_length_is_told() -> None:
    short = weakness_of("q7vk2xw9hz"[: SHORTEST_PASSWORD - 1])
    assert short is not None and str(SHORTEST_PASSWORD) in short.en


def test_a_very_long_one_is_rated_by_its_beginning() -> None:
    assert weakness_of("a" * 200) is not None
    assert weakness_of("ba con trau xanh " * 12) is None
