"""The one normal form of numbers, dates and the numbers of papers: any way of writing gives it, nonsense is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.values.compact import compact
from engine.rules.values.dates import first_day, last_day, years_between
from engine.rules.values.decimals import decimal, in_normal_form, scaled
from engine.rules.values.identity_papers import identity_number, identity_paper, year_of_birth
from engine.rules.values.tax_codes import tax_code
from engine.rules.values.telephones import international, telephone, telephone_if_one
from engine.rules.values.wrong_value import WrongValue

GROUPS = st.sampled_from(["", " ", ".", "-", "\u00a0", "\u2011", "\u2013", "\u2212", "\u00ad", "\u3000"])
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


@st.composite
def written(draw: st.DrawFn, digits: str) -> str:
    """The digits as somebody may write them: in groups, full-width or not."""
    told = "".join(digit + draw(GROUPS) for digit in digits)
    return told.translate(FULL_WIDTH) if draw(st.booleans()) else told


def refused(normal: Callable[[str], object], text: str) -> bool:
    try:
        normal(text)
    except WrongValue as wrong:
        assert wrong.text.vi and wrong.text.en
        return True
    return False


@given(st.data())
def test_a_number_of_a_paper_has_one_form_however_it_is_written(data: st.DataObject) -> None:
    for normal, told in (
        (identity_number, "079200000123"),
        (identity_paper, "079200000123"),
        (identity_paper, "271234567"),
        (tax_code, "0100109106"),
        (telephone, "0901234567"),
        (telephone, "02838291234"),
    ):
        assert normal(data.draw(written(told))) == told
    assert tax_code(data.draw(written("0100109106001"))) == "0100109106-001"
    assert identity_paper(data.draw(written("b1234567"))) == "B1234567"


@pytest.mark.parametrize("normal", [identity_number, identity_paper, tax_code, telephone])
@given(text=st.text(max_size=40) | st.from_regex(r"[+(]?[0-9 .-]{6,16}", fullmatch=True))
def test_any_text_is_put_into_normal_form_once_or_refused(normal: Callable[[str], str], text: str) -> None:
    if not refused(normal, text):
        assert normal(normal(text)) == normal(text)


@pytest.mark.parametrize(
    ("normal", "number"),
    [
        *((identity_number, text) for text in ("07920000012", "0792000001234", "0" * 12, "1" * 12, "B1234567", "")),
        *((identity_number, text) for text in ("003200000123", "097200000123", "000200000123", "079400000123")),
        *((identity_paper, text) for text in ("000000000", "111111111", "1234", "1234567890", "79 200 000 0123 4567")),
        *((identity_paper, text) for text in ("B_1234567", "xã", "", "5" * 8)),
        *((tax_code, text) for text in ("0100109107", "0100109106-000", "010010910", "0" * 10, "1234567890", "A" * 10)),
        *((tax_code, text) for text in ("003200000123", "01001091060012")),
        *((telephone, text) for text in ("090123456", "09012345678", "12345", "+", "1" * 16, "abc", "0000000000", "")),
        *((telephone, text) for text in ("0901234567 ext 2", "+84 901 234 56")),
    ],
)
def test_what_nobody_can_have_issued_is_refused(normal: Callable[[str], str], number: str) -> None:
    assert refused(normal, number)


def test_a_citizen_has_no_passport_of_digits_alone() -> None:
    assert identity_paper("12345678") == "12345678"
    assert refused(lambda text: identity_paper(text, citizen=True), "12345678")
    assert identity_paper("B1234567", citizen=True) == "B1234567"


@pytest.mark.parametrize(
    "typed",
    ["0901234567", "+84901234567", "84901234567", "0084901234567", "+84 (0)901 234 567", "(090) 123-4567", "901234567"],
)
def test_every_way_to_dial_a_telephone_is_one_number(typed: str) -> None:
    assert telephone(typed) == "0901234567"
    assert international(typed) == "+84901234567"


def test_a_telephone_abroad_keeps_its_country_and_what_is_none_stays_as_it_was() -> None:
    assert telephone("0049 30 123456") == telephone("+49 (30) 123456") == "+4930123456" == international("+49 30123456")
    assert telephone("1900 1234") == "19001234"
    assert telephone_if_one("gọi trưởng thôn") == "gọi trưởng thôn"


@given(st.integers(0, 999_999_999).map(lambda number: f"{number:09}"))
def test_at_most_one_digit_completes_a_tax_code(first: str) -> None:
    fitting = [digit for digit in "0123456789" if not refused(tax_code, first + digit)]
    assert len(fitting) <= 1


def test_the_year_of_birth_stands_in_the_number() -> None:
    assert [year_of_birth(number) for number in ("079099000001", "079199000001", "079200000001", "079326000001")] == [
        1999, 1999, 2000, 2026,
    ]  # fmt: skip
    assert year_of_birth("271234567") is year_of_birth("B1234567") is year_of_birth("123456789012") is None


PLACES = st.integers(1, 6)
NUMBERS = st.decimals(-1_000_000, 1_000_000, allow_nan=False, allow_infinity=False, places=2)


@given(NUMBERS, st.sampled_from([",", "."]))
def test_a_decimal_is_exact_whatever_sign_stands_before_its_places(number: Decimal, sign: str) -> None:
    told = f"{number:.2f}".replace(".", sign)
    assert decimal(told, 2) == number
    normal = in_normal_form(decimal(told, 2))
    assert Decimal(normal) == number and decimal(normal, 2) == number
    assert scaled(normal, 2) == number * 100


@given(NUMBERS)
def test_thousands_may_be_grouped_in_either_way(number: Decimal) -> None:
    english = f"{number:,.2f}"
    vietnamese = english.translate(str.maketrans(",.", ".,"))
    for told in (english, vietnamese, vietnamese.replace(".", " "), vietnamese.replace(".", "\u00a0")):
        assert decimal(told, 2) == number, told


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("1.250", 2), ("1,500", 1),
        ("1.234", 2), ("1,234", 2), ("12.345", 1), ("85,45", 1), ("1.2.3", 2), ("1,2,3", 2), ("1.23.456", 2), ("", 1),
        ("1e3", 1), ("x", 1), ("--1", 1), ("1 2", 1), ("0x1", 1), ("1" * 29, 1), ("1." + "0" * 27 + "1", 6), ("½", 1),
        (True, 1), (None, 1), (float("nan"), 1), (float("inf"), 1), (85.45, 1), ([1], 1),
    ],
)  # fmt: skip
def test_what_is_no_number_or_may_be_two_is_refused(text: object, places: int) -> None:
    with pytest.raises(WrongValue):
        decimal(text, places)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("85,4", "85.4"), ("85.40", "85.4"), ("85", "85"), ("０，５", "0.5"), ("-0,0", "0"), ("1.234.567", "1234567"),
        ("1.234,5", "1234.5"), ("1,234.5", "1234.5"), ("0,125", None), ("007,5", "7.5"), ("\u22121,5", "-1.5"),
        (85.4, "85.4"), (1000, "1000"), ("100", "100"),
    ],
)  # fmt: skip
def test_a_number_has_one_form(text: object, normal: str | None) -> None:
    assert in_normal_form(decimal(text, 3 if normal is None else 2)) == (normal or "0.125")


@given(st.dates(dt.date(1850, 1, 1), dt.date(2200, 12, 31)))
def test_a_part_of_a_date_holds_the_date(day: dt.date) -> None:
    for told in (f"{day:%Y-%m-%d}", f"{day:%Y-%m}", f"{day:%Y}"):
        first, last = first_day(told), last_day(told)
        assert first is not None and last is not None and first <= day <= last
    assert first_day(f"{day:%Y}") == dt.date(day.year, 1, 1) and last_day(f"{day:%Y}") == dt.date(day.year, 12, 31)


@pytest.mark.parametrize(
    "told", ["", "19", "195", "1950-", "1950-13", "1950-00", "1951-02-29", "1950-5", "12/1950", "٢٠٢٠"]
)
def test_what_is_no_date_has_no_day(told: str) -> None:
    assert first_day(told) is last_day(told) is None


@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)), st.integers(0, 120))
def test_an_age_is_reached_on_the_birthday_and_not_a_day_before(born: dt.date, age: int) -> None:
    birthday = (
        dt.date(born.year + age, 3, 1) if (born.month, born.day) == (2, 29) else born.replace(year=born.year + age)
    )
    assert years_between(born, birthday) == age
    assert years_between(born, birthday - dt.timedelta(days=1)) == age - 1


def test_marks_that_group_digits_are_taken_out() -> None:
    assert compact(" (０79)\u2013200.000/123\u200b") == "079200000123"
