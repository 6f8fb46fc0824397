"""Searching without accents: what a dossier is found by, and what it is not."""

from __future__ import annotations

import math
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.search_words import LONG_NAME, MOST_WORDS, terms_asked, terms_of

CODE, NAME, PHONE, IDENTITY = "H19.26080-261122-0000123", "Đặng Thị Hồng Đào", "0901 234 567", "075090000001"
TERMS = terms_of(CODE, NAME, PHONE.replace(" ", ""), IDENTITY)
SYLLABLES = ("Nguyễn", "Đặng", "Thị", "Đào", "Ưu", "Nghĩa", "Ỷ", "Lan", "công", "TY", "Quỳnh", "Hươu")


def found(text: str, terms: set[str] = TERMS) -> bool:
    return any(terms >= set(asked) for asked in terms_asked(text))


@pytest.mark.parametrize(
    "text",
    [
        "dang", "ĐẶNG", "Đào", "dao", "đào", "dang thi hong dao", "Đặng Thị Hồng Đào", "dao dang", "Hồng  Thị",
        CODE, CODE.lower(), "123", "0000123", PHONE, "0901234567", "901234567", IDENTITY, f"dao {IDENTITY}",
        *(unicodedata.normalize(form, text) for form in ("NFC", "NFD") for text in ("Đặng Thị Đào", "hồng")),
    ],
)  # fmt: skip
def test_a_dossier_is_found_by(text: str) -> None:
    assert found(text)


@pytest.mark.parametrize(
    "text", ["da", "dan", "dao mai", "mai", "%", "_", "\\", "' --", "1234", "12", "26080", "dang 124", "Đ", "…"]
)
def test_it_is_not_found_by(text: str) -> None:
    assert not found(text)


@given(st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=12), st.data())
def test_all_words_asked_for_and_only_they_must_occur(name: list[str], data: st.DataObject) -> None:
    asked = data.draw(st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=9))
    told = " ".join(asked).swapcase()
    assert found(told, terms_of(" ".join(name))) == (set(asked) <= set(name))


def test_a_whole_name_of_a_person_is_one_list_or_two() -> None:
    for name, lists in (("Đào", 1), ("Đặng Đào", 1), ("Đặng Thị Đào", 1), (NAME, 2), ("Công Tằng Tôn Nữ Thị Hươu", 2)):
        assert len(terms_asked(name)[0]) == lists
    assert len(terms_asked(f"{NAME} {IDENTITY}")[0]) == 3


@pytest.mark.parametrize("length", [LONG_NAME - 1, LONG_NAME, 26])
def test_a_long_name_costs_no_more_than_the_pairs_of_its_first_words(length: int) -> None:
    name = " ".join(chr(ord("a") + number) * 3 for number in range(length))
    kept = min(length, MOST_WORDS)
    further = math.comb(kept, 2) if length >= LONG_NAME else math.comb(kept, 3)
    assert len(terms_of(name)) == kept + math.comb(kept, 2) + further
    assert terms_asked(name) != []


def test_what_is_kept_and_what_is_asked_for_in_full() -> None:
    assert terms_of("H19-0012", "Lan Đào An") == {
        *("lan", "dao", "an", "dao lan", "an lan", "an dao", "an dao lan"),
        *("h19-0012", "12"),
    }
    assert terms_of(None, "", "0") == {"0"}
    assert terms_of() == set()
    assert terms_asked("Lan") == [["lan"]]
    assert terms_asked("12 Lan") == [["12", "lan"]]
    assert terms_asked("Lan Đào") == [["dao lan"]]
    assert terms_asked("Đào Lan An") == [["an dao lan"], ["+ dao lan", "+ an lan"]]
    assert terms_asked("d a c b") == [["a c d", "a b c"], ["+ a d", "+ b c"]]
    assert terms_asked("g f e d c b a") == [["+ f g", "+ d e", "+ b c", "+ a b"]]
    assert terms_asked("000") == [["000"]]
    assert terms_asked(" ") == terms_asked("…") == []


def test_a_name_is_long_from_seven_words_on_and_found_by_every_one_of_them() -> None:
    name = "a b c d e f g h i j k l m n o p"
    assert LONG_NAME == 7
    assert "p" in terms_of(name) and "q" in terms_of(f"{name} q")
    assert "+ a b" in terms_of("a b c d e f g") and "a b c" not in terms_of("a b c d e f g")
    assert "+ a b" not in terms_of("a b c d e f") and "a b c" in terms_of("a b c d e f")


COMPANY = (
    "Công ty Trách nhiệm hữu hạn Một thành viên Đầu tư Xây dựng Thương mại Dịch vụ Xuất nhập khẩu "
    "và Phát triển Nông nghiệp Công nghệ cao Hoàng Gia Phú Quý Việt Nam"
)


@given(st.data())
def test_a_company_is_found_by_any_of_its_words(data: st.DataObject) -> None:
    words = COMPANY.split()
    asked = data.draw(st.lists(st.sampled_from(words), min_size=1, max_size=len(words)))
    assert found(" ".join(asked), terms_of(COMPANY))
    assert not found(" ".join([*asked, "Thủy"]), terms_of(COMPANY))


@given(st.text(max_size=400))
def test_any_text_can_be_asked_for(text: str) -> None:
    lists = terms_asked(text)
    assert len(lists) <= 20 and all(lists)
    assert not lists or found(text, terms_of(text))


@pytest.mark.parametrize("apostrophe", ["'", "’", "‘", "ʼ", "`", "´", "′", "＇", "\u02b9", ""])
def test_a_name_is_found_with_and_without_its_apostrophe(apostrophe: str) -> None:
    kept = terms_of(f"Điểu R{apostrophe}lấp")
    for other in ("'", "’", "ʼ", "´", ""):
        assert found(f"điểu r{other}lap", kept), other
    assert not apostrophe or found("r lấp", kept)


@pytest.mark.parametrize(
    ("asked", "paper"),
    [
        ("blang", "Ƀlăng"), ("Ƀuôn", "buôn"), ("BUÔN", "ƀuôn"), ("cong ty", "Công­ ty"), ("congty", "Công\u00adty"),
        ("ａｎ", "An"), ("Ðào", "Đào"), ("dao", "Ɖào"), ("hợp tác", "Hợp-tác"), ("Jrai", "Ɉrai"),
    ],
)  # fmt: skip
def test_letters_that_look_alike_are_the_same(asked: str, paper: str) -> None:
    assert found(asked, terms_of(paper))


@pytest.mark.parametrize(
    "typed",
    [
        "0901234567", "0901 234 567", "0901.234.567", "0901-234-567", "(090) 123-4567", "+84901234567",
        "+84 901 234 567", "+84 (0)90 123 45 67", "84901234567", "0084 901 234 567",
        "０９０１ ２３４ ５６７", "0901\u2013234\u2013567",
        "đào 0901 234 567", "0901 234 567 đào",
    ],
)  # fmt: skip
def test_a_telephone_is_found_however_it_is_typed(typed: str) -> None:
    assert found(typed)
    assert found("0901234567", terms_of(typed.replace("đào", "").strip().replace(" ", "")))


@pytest.mark.parametrize(
    "dash", ["-", "\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2212", "－", " - ", " \u2013 "]
)
def test_a_code_is_found_in_part_with_any_dash(dash: str) -> None:
    whole = CODE.split("-")
    for parts in (whole, whole[1:], whole[:2]):
        assert found(dash.join(parts)), parts
        assert found(f"đào {dash.join(parts)}"), parts
    assert not found(dash.join(["261123", "0000123"]))
    assert not found(whole[0]), "the part of all dossiers of the office"


@pytest.mark.parametrize("typed", ["075 090 000 001", "075.090.000.001", "075090000001", "０７５０９０００0001"])
def test_an_identity_number_is_found_in_groups(typed: str) -> None:
    assert found(typed)


def test_a_passport_is_found_with_its_blank() -> None:
    assert found("b 1234567", terms_of("B1234567")) and found("B1234567", terms_of("b1234567"))
