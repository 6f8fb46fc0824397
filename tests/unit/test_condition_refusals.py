"""What a condition may not say: each refusal with its column and its sentence in both languages."""

from __future__ import annotations

import pytest

from engine.rules.procedure.conditions import ConditionRefused
from tests.unit.tables import blocks
from tests.unit.test_conditions import compiled

TABLE = """\
size(people) > 1
    WrongType 6
    không đo được độ dài của số
    cannot take the size of a number
people.size() > 1
    WrongType 1
    không đo được độ dài của số
    cannot take the size of a number
land.commune.startsWith()
    BadCondition 14
    startsWith(…) cần một chữ
    startsWith(…) needs a text
land.commune.startsWith(1)
    WrongType 25
    ở đây cần chữ, không phải số
    expected text here, not a number
people.startsWith("a")
    WrongType 1
    ở đây cần chữ, không phải số
    expected text here, not a number
startsWith("a")
    UnknownName 1
    Không có hàm "startsWith". Có thể dùng: former_district, days_since, age, size
    There is no function "startsWith". Available: former_district, days_since, age, size
days_since() > 60
    WrongType 1
    days_since(…) cần một trường kiểu ngày
    days_since(…) needs a field of type date
days_since(people) > 60
    WrongType 12
    days_since(…) cần một trường kiểu ngày
    days_since(…) needs a field of type date
days_since("2026-01-01") > 60
    WrongType 12
    days_since(…) cần một trường kiểu ngày
    days_since(…) needs a field of type date
days_since(born) * 10000000000000 > 1
    BadCondition 18
    kết quả của "*" có thể vượt quá 64 bit
    the result of "*" could be too large for 64 bits
former_district() == 1
    BadCondition 1
    former_district(…) cần đúng một chữ trong ngoặc kép
    former_district(…) needs exactly one quoted text
former_district(1) == 1
    BadCondition 1
    former_district(…) cần đúng một chữ trong ngoặc kép
    former_district(…) needs exactly one quoted text
(land.remeasured ? -1000000000000000 : 1) * 10000 > 1
    BadCondition 43
    kết quả của "*" có thể vượt quá 64 bit
    the result of "*" could be too large for 64 bits
(land.remeasured ? 1 : -1000000000000000) * 10000 > 1
    BadCondition 43
    kết quả của "*" có thể vượt quá 64 bit
    the result of "*" could be too large for 64 bits
(land.remeasured ? 1000000000000000 : 1) * 10000 > 1
    BadCondition 42
    kết quả của "*" có thể vượt quá 64 bit
    the result of "*" could be too large for 64 bits
(land.remeasured ? 1 : 1000000000000000) * 10000 > 1
    BadCondition 42
    kết quả của "*" có thể vượt quá 64 bit
    the result of "*" could be too large for 64 bits
-(land.remeasured ? 1000000000000000 : 1) * 10000 > 1
    BadCondition 43
    kết quả của "*" có thể vượt quá 64 bit
    the result of "*" could be too large for 64 bits
-(land.remeasured ? 1 : -1000000000000000) * 10000 > 1
    BadCondition 44
    kết quả của "*" có thể vượt quá 64 bit
    the result of "*" could be too large for 64 bits
people * 9000 + people * 9000 > 1
    BadCondition 15
    kết quả của "+" có thể vượt quá 64 bit
    the result of "+" could be too large for 64 bits
people * 9000 - people * 9000 > 1
    BadCondition 15
    kết quả của "-" có thể vượt quá 64 bit
    the result of "-" could be too large for 64 bits
people * 9224 > 1
    BadCondition 8
    kết quả của "*" có thể vượt quá 64 bit
    the result of "*" could be too large for 64 bits
-people * 9224 > 1
    BadCondition 9
    kết quả của "*" có thể vượt quá 64 bit
    the result of "*" could be too large for 64 bits
1000000000000000 * 9000 + 1000000000000000 * 300 > 0
    BadCondition 25
    kết quả của "+" có thể vượt quá 64 bit
    the result of "+" could be too large for 64 bits
-1000000000000000 * 9000 - 1000000000000000 * 300 < 0
    BadCondition 26
    kết quả của "-" có thể vượt quá 64 bit
    the result of "-" could be too large for 64 bits
people > 1000000000000001
    BadCondition 10
    số lớn quá 1000000000000000
    the number is larger than 1000000000000000
documents.missing == land.commune
    WrongType 19
    không so sánh được danh sách với chữ
    cannot compare a list with text
documents.missing == documents.missing
    WrongType 19
    không dùng "==" với danh sách
    "==" does not work on a list
land.remeasured < land.remeasured
    WrongType 17
    không dùng "<" với đúng/sai
    "<" does not work on yes or no
"a" in land.commune
    WrongType 8
    bên phải "in" phải là danh sách, như ["a", "b"]
    the right side of "in" must be a list, such as ["a", "b"]
people in ["a"]
    WrongType 1
    ở đây cần chữ, không phải số
    expected text here, not a number
land.commune in [1]
    WrongType 1
    ở đây cần số, không phải chữ
    expected a number here, not text
"ric" != land.kind
    UnknownName 1
    Không có lựa chọn "ric". Ý bạn là "rice"? Có thể dùng: rice, forest
    There is no choice "ric". Did you mean "rice"? Available: rice, forest
land.kind in ["ric"]
    UnknownName 15
    Không có lựa chọn "ric". Ý bạn là "rice"? Có thể dùng: rice, forest
    There is no choice "ric". Did you mean "rice"? Available: rice, forest
land.remeasured in [true]
    BadCondition 21
    danh sách chỉ chứa chữ trong ngoặc kép hoặc số
    a list may hold quoted texts or numbers only
people in [1, "a"]
    WrongType 15
    danh sách trộn chữ với số
    the list mixes texts and numbers
people in []
    BadCondition 11
    danh sách trống không chứa gì cả
    an empty list holds nothing
1 ? 2 : 3
    WrongType 1
    ở đây cần đúng/sai, không phải số
    expected yes or no here, not a number
land.remeasured + 1 == 2
    WrongType 1
    ở đây cần số, không phải đúng/sai
    expected a number here, not yes or no
1 + land.remeasured == 2
    WrongType 5
    ở đây cần số, không phải đúng/sai
    expected a number here, not yes or no
land.remeasured || 1
    WrongType 20
    ở đây cần đúng/sai, không phải số
    expected yes or no here, not a number
people.x
    UnknownName 8
    "people" không có thuộc tính "x".
    "people" has no property "x".
land
    BadCondition 1
    "land" gồm nhiều dữ kiện; hãy ghi rõ một trong: land.commune, land.kind, land.remeasured
    "land" holds several facts; name one of: land.commune, land.kind, land.remeasured
land.x == 1
    UnknownName 6
    "land" không có thuộc tính "x". Có thể dùng: commune, kind, remeasured
    "land" has no property "x". Available: commune, kind, remeasured
x.y == 1
    UnknownName 1
    Không có tên "x". Có thể dùng: applicant, born, children, documents, dossier, fees, land, people, verifications
    There is no name "x". Available: applicant, born, children, documents, dossier, fees, land, people, verifications
land.remeasured ? "a" == land.commune : born
    WrongType 41
    ở đây cần đúng/sai, không phải ngày
    expected yes or no here, not a date
born in ["2020-01-01"]
    WrongType 1
    ở đây cần chữ, không phải ngày
    expected text here, not a date
born == "x"
    WrongType 9
    ngày phải viết như "2025-07-01", hoặc "" khi chưa khai
    a date is written "2025-07-01", or "" for one not given
"x" == born
    WrongType 1
    ngày phải viết như "2025-07-01", hoặc "" khi chưa khai
    a date is written "2025-07-01", or "" for one not given
born == people
    WrongType 6
    không so sánh được ngày với số
    cannot compare a date with a number
"""
"""A condition, and below it the kind of refusal with its column, and the two sentences."""


@pytest.mark.parametrize(("source", "where", "vi", "en"), blocks(TABLE))
def test_a_condition_is_refused_in_words(source: str, where: str, vi: str, en: str) -> None:
    with pytest.raises(ConditionRefused) as caught:
        compiled(source)
    assert f"{type(caught.value).__name__} {caught.value.column}" == where
    assert (caught.value.sentence("vi"), caught.value.sentence("en")) == (vi, en)


@pytest.mark.parametrize(
    "source",
    [
        "people * 9223 > 1",
        "1000000000000000 * 9000 - 1000000000000000 * 9000 == 0",
        "1000000000000000 * 9000 + 1000000000000000 * 200 > 0",
        "size(documents.missing) * 9000 - 1000000000000000 * 200 < 0",
        "people > 1000000000000000",
        'born == ""',
        '"" == land.kind',
    ],
)
def test_what_lies_just_within_the_limits_is_compiled(source: str) -> None:
    assert compiled(source).names is not None
