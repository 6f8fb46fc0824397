"""Reading addresses in a country made up for it (address_country.py), the day before and the day after its reform."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest

from engine.rules.territory.addresses import LONGEST_ADDRESS
from engine.rules.territory.resolution import Resolution
from engine.rules.territory.units import AddressTooLong, Unit
from tests.unit.address_country import AFTER, BEFORE, LATER, READER
from tests.unit.tables import blocks


def described(found: Resolution) -> str:
    """In short: the outcome, the candidates (``*`` the default one) with their origin where it is another, then what
    was understood, what bore the name earlier, and what is left over."""
    candidates = [
        _id(one.unit) + "*" * one.is_default + (f" from {_id(one.origin)}" if one.origin != one.unit else "")
        for one in found.candidates
    ]
    parts = [f"{found.outcome}: {', '.join(candidates)}".rstrip(": "), "+".join(map(_id, found.understood))]
    parts += [f"also {_id(one.origin)}" for one in found.also]
    return " | ".join([*parts, f"left {found.leftover}"] if found.leftover else parts).rstrip()


def _id(unit: Unit) -> str:
    return f"{unit.key}@{unit.valid_from.year}"


TABLE = """\
Phường Bến Thành, Quận 1
    one: c:100@2024* | c:100@2024+d:760@2024
    one: c:100@2025* from c:100@2024 | c:100@2024+d:760@2024
Phường Bến Thành
    one: c:100@2024* | c:100@2024
    one: c:100@2025* |
12 Lê Lợi, P. Bến Thành, Q.1, TP Sông Lớn
    one: c:100@2024* | c:100@2024+d:760@2024+p:79@2024 | left 12 lê lợi
    one: c:100@2025* from c:100@2024 | c:100@2024+d:760@2024+p:79@2024 | left 12 lê lợi
Số 5 đường Bến Thành Phường Đa Kao Quận 1
    one: c:101@2024* | c:101@2024+d:760@2024 | left số 5 đường bến thành
    one: c:101@2025* from c:101@2024 | c:101@2024+d:760@2024 | left số 5 đường bến thành
P1, Q. Bình Thạnh
    one: c:102@2024* | c:102@2024+d:761@2024
    one: c:112@2025* from c:102@2024 | c:102@2024+d:761@2024
Phường 01, Quận Bình Thạnh, Thành phố Sông Lớn
    one: c:102@2024* | c:102@2024+d:761@2024+p:79@2024
    one: c:112@2025* from c:102@2024 | c:102@2024+d:761@2024+p:79@2024
Phường Chia, Quận Bình Thạnh
    one: c:103@2024* | c:103@2024+d:761@2024
    candidates: c:112@2025* from c:103@2024, c:113@2025 from c:103@2024 | c:103@2024+d:761@2024
Đa Kao
    one: c:101@2024* | c:101@2024
    one: c:101@2025* from c:101@2024 | c:101@2024
Phường Đa Kao, Quận 1
    one: c:101@2024* | c:101@2024+d:760@2024
    one: c:101@2025* from c:101@2024 | c:101@2024+d:760@2024
Phường Đa Kao, Quận Bình Thạnh
    candidates: c:101@2024, d:761@2024 |  | left quận bình thạnh
    candidates: c:101@2025 from c:101@2024, p:79@2024 from d:761@2024 |  | left quận bình thạnh
Xã Đa Kao, Quận 1
    candidates: c:101@2024 | c:101@2024+d:760@2024 | left xã
    candidates: c:101@2025 from c:101@2024 | c:101@2024+d:760@2024 | left xã
dakaw
    candidates: c:101@2024 | c:101@2024
    candidates: c:101@2025 from c:101@2024 | c:101@2024
dakaw, Quận 1
    one: c:101@2024* | c:101@2024+d:760@2024
    one: c:101@2025* from c:101@2024 | c:101@2024+d:760@2024
Quận 3, Thành phố Sông Lớn
    none | p:79@2024 | left quận 3
    none | p:79@2024 | left quận 3
Phường Xyz, Quận 1
    none | d:760@2024 | left phường xyz
    none | d:760@2024 | left phường xyz
Phường Xyz, Thành phố Sông Lớn
    none | p:79@2024 | left phường xyz
    none | p:79@2024 | left phường xyz
Phường Bến Thành, Tỉnh Cao Bằng
    candidates: c:100@2024, p:01@2024 |  | left tỉnh cao bằng
    candidates: c:100@2025, p:01@2024 |  | left tỉnh cao bằng
Bến Thành, Cao Bằng
    candidates: d:040@2024, p:01@2024 |  | left bến thành
    one: p:01@2024* |  | left bến thành
Cao Bằng
    candidates: d:040@2024, p:01@2024 |
    one: p:01@2024* |
Tỉnh Cao Bằng
    one: p:01@2024* | p:01@2024
    one: p:01@2024* | p:01@2024
Thành phố Cao Bằng, Tỉnh Cao Bằng
    one: d:040@2024* | d:040@2024+p:01@2024
    one: p:01@2024* from d:040@2024 | d:040@2024+p:01@2024
Phường Hợp Giang, Thành phố Cao Bằng, Tỉnh Cao Bằng
    one: c:200@2024* | c:200@2024+d:040@2024+p:01@2024
    one: c:210@2025* from c:200@2024 | c:200@2024+d:040@2024+p:01@2024
Phường Hợp Giang, Tỉnh Cao Bằng
    one: c:200@2024* | c:200@2024+p:01@2024
    one: c:210@2025* from c:200@2024 | c:200@2024+p:01@2024
hop giang cao bang
    one: c:200@2024* | c:200@2024+d:040@2024
    one: c:210@2025* from c:200@2024 | c:200@2024+d:040@2024
Phường Thục Phán, Thành phố Cao Bằng
    none | d:040@2024 | left phường thục phán
    one: c:210@2025* | c:210@2025+d:040@2024
thanh an
    candidates: c:212@2024, c:213@2024 |
    candidates: c:212@2024, c:213@2024 |
Thạnh An
    one: c:213@2024* | c:213@2024
    one: c:213@2024* | c:213@2024
Thành An
    candidates: c:212@2024, c:213@2024 |
    candidates: c:212@2024, c:213@2024 |
Thành An, Cao Bằng
    candidates: c:212@2024, c:213@2024 |
    candidates: c:212@2024, c:213@2024 |
my qui, cao bang
    one: c:214@2024* | c:214@2024+p:01@2024
    one: c:214@2024* | c:214@2024+p:01@2024
Mĩ Quí
    candidates: c:214@2024, c:216@2024 |
    candidates: c:214@2024, c:216@2024 |
Mĩ Quý, Sông Lớn
    one: c:216@2024* | c:216@2024+p:79@2024
    one: c:216@2024* | c:216@2024+p:79@2024
Ea Hleo
    one: c:215@2024* | c:215@2024
    one: c:215@2024* | c:215@2024
phuong lien
    one: c:114@2024* | c:114@2024
    one: c:114@2024* | c:114@2024
phuong sai gon
    none |  | left phuong sai gon
    none |  | left phuong sai gon
Phường Mai Sau
    none | c:120@2026 | left phường mai sau
    none | c:120@2026 | left phường mai sau
Mai Sau Nữa
    none | c:121@2026 | left mai sau nữa
    none | c:121@2026 | left mai sau nữa
Xã Mất, Huyện Hòa An
    one: c:204@2024* | c:204@2024+d:041@2024
    none | c:204@2024+d:041@2024
100
    one: c:100@2024* | c:100@2024
    one: c:100@2025* | c:100@2025
c:100
    one: c:100@2024* | c:100@2024
    one: c:100@2025* | c:100@2025
d:760
    one: d:760@2024* | d:760@2024
    one: p:79@2024* from d:760@2024 | d:760@2024
760
    one: d:760@2024* | d:760@2024
    one: p:79@2024* from d:760@2024 | d:760@2024
999
    none |  | left 999
    none |  | left 999
c:120
    none | c:120@2026
    none | c:120@2026
c:100@2024-01-01
    one: c:100@2024* | c:100@2024
    one: c:100@2025* from c:100@2024 | c:100@2024
c:100@2025-07-01
    none | c:100@2025
    one: c:100@2025* | c:100@2025
c:100@2023-01-01
    none |  | left c 100 2023 01 01
    none |  | left c 100 2023 01 01
songto
    one: p:79@2024* | p:79@2024
    one: p:79@2024* | p:79@2024
sông lon
    candidates: p:79@2024 | p:79@2024
    candidates: p:79@2024 | p:79@2024
Tỉnh lộ 8, Xã Thanh An
    one: c:212@2024* | c:212@2024 | left tỉnh lộ 8
    one: c:212@2024* | c:212@2024 | left tỉnh lộ 8
TT. Nước Hai
    one: c:205@2024* | c:205@2024
    one: c:211@2025* from c:205@2024 | c:205@2024
thị trấn nước hai, huyện hoà an
    one: c:205@2024* | c:205@2024+d:041@2024
    one: c:211@2025* from c:205@2024 | c:205@2024+d:041@2024
huyện hòa an
    one: d:041@2024* | d:041@2024
    one: p:01@2024* from d:041@2024 | d:041@2024
haan
    candidates: d:041@2024 | d:041@2024
    candidates: p:01@2024 from d:041@2024 | d:041@2024
...
    none |
    none |
1
    none |  | left 1
    none |  | left 1
Quận Bình Thạnh
    one: d:761@2024* | d:761@2024
    one: p:79@2024* from d:761@2024 | d:761@2024
Bình Thạnh
    one: d:761@2024* | d:761@2024
    one: c:112@2025* |  | also d:761@2024
Bình Thạnh, Sông Lớn
    one: d:761@2024* | d:761@2024+p:79@2024
    one: c:112@2025* |  | also d:761@2024
tandinhcu
    none | c:101@2025 | left tandinhcu
    candidates: c:101@2025 | c:101@2025
tandinhcu, Sông Lớn
    one: p:79@2024* | p:79@2024 | left tandinhcu
    one: c:101@2025* | c:101@2025+p:79@2024
H. Hoà An, T. Cao Bằng
    one: d:041@2024* | d:041@2024+p:01@2024
    one: p:01@2024* from d:041@2024 | d:041@2024+p:01@2024
Xã Hòa Chung, H. Hòa An
    one: c:201@2024* | c:201@2024+d:041@2024
    one: c:211@2025* from c:201@2024 | c:201@2024+d:041@2024
Thanh An Thanh An Thanh An Thanh An, Cao Bằng
    one: c:212@2024* | c:212@2024+p:01@2024 | left thanh an thanh an thanh an
    one: c:212@2024* | c:212@2024+p:01@2024 | left thanh an thanh an thanh an
Gia Định, Quận Bình Thạnh
    one: d:761@2024* | d:761@2024 | left gia định
    one: c:113@2025* | c:113@2025+d:761@2024
Phường Tân Định (Đa Kao cũ), Sông Lớn
    candidates: c:101@2024 | c:101@2024+p:79@2024 | left phường tân định cũ
    one: c:101@2025* | c:101@2025+p:79@2024 | left đa kao cũ
Phường Đổi, Quận 1
    one: c:104@2024* | c:104@2024+d:760@2024
    one: c:101@2025* from c:104@2024 | c:104@2024+d:760@2024 | also c:116@2025
Phường Đổi
    one: c:104@2024* | c:104@2024
    one: c:116@2025* |  | also c:104@2024
Phường Lên, Huyện Bảo Lạc
    candidates: c:206@2024 | c:206@2024+d:050@2024 | left phường
    one: c:206@2025* | c:206@2025+d:050@2024
Huyện Bảo Lạc, Tỉnh Cũ
    one: d:050@2024* | d:050@2024+p:02@2024
    one: p:01@2024* from d:050@2024 | d:050@2024+p:02@2024
Tỉnh Cũ
    one: p:02@2024* | p:02@2024
    one: p:01@2024* from p:02@2024 | p:02@2024
Phường Mai Sau, Phường Mai Sau Nữa
    none | c:121@2026 | left phường mai sau phường mai sau nữa
    none | c:121@2026 | left phường mai sau phường mai sau nữa
nhà Mai Sau Nữa
    none | c:121@2026 | left nhà mai sau nữa
    none | c:121@2026 | left nhà mai sau nữa
Cao Bằng, Cao Bằng
    one: d:040@2024* | d:040@2024+p:01@2024
    one: p:01@2024* from d:040@2024 | d:040@2024+p:01@2024
Phường Bình Thạnh, Quận Bình Thạnh
    none | d:761@2024 | left phường bình thạnh
    one: c:112@2025* | c:112@2025+d:761@2024
Quận 1 Quận 1 Phường Bến Thành
    candidates: c:100@2024 | c:100@2024+d:760@2024 | left quận 1
    candidates: c:100@2025 from c:100@2024 | c:100@2024+d:760@2024 | left quận 1
Phường Thục Phán, Thành phố Cao Bằng, Tỉnh Cao Bằng
    none | d:040@2024+p:01@2024 | left phường thục phán
    one: c:210@2025* | c:210@2025+d:040@2024+p:01@2024
Hòa An, Cao Bằng
    one: d:041@2024* | d:041@2024+p:01@2024
    one: c:211@2025* |  | also d:041@2024
Phường Bến Thành, Quận Bình Thạnh
    candidates: c:100@2024, d:761@2024 |  | left quận bình thạnh
    candidates: c:100@2025 |  | also d:761@2024 | left quận bình thạnh
"""
"""An address, and in the two lines below it what it means on the two days."""


@pytest.mark.parametrize(("text", "before", "after"), blocks(TABLE))
def test_an_address_means_on_the_two_days(text: str, before: str, after: str) -> None:
    assert (described(READER.resolve(text, BEFORE)), described(READER.resolve(text, AFTER))) == (before, after)


def test_the_longest_address_is_read_and_one_character_more_is_refused() -> None:
    longest = "Phường Bến Thành".rjust(LONGEST_ADDRESS)
    assert READER.resolve(longest, AFTER).unit is not None
    with pytest.raises(AddressTooLong) as refused:
        READER.resolve(longest + "a", AFTER)
    assert refused.value.facts == {"length": LONGEST_ADDRESS + 1, "most": LONGEST_ADDRESS}


def test_what_cannot_be_printed_is_a_blank_in_what_is_sent_back() -> None:
    found = READER.resolve("\x00Phường\x07Xyz\n", AFTER)
    assert found.asked == "Phường Xyz"
    assert "“Phường Xyz”" in found.reason_vi


def test_names_go_up_to_the_province_as_they_were_on_the_day_of_the_unit() -> None:
    (found,) = READER.resolve("Phường Đa Kao, Quận 1", AFTER).candidates
    assert found.full_name == "Phường Tân Định, Thành phố Sông Lớn"
    assert found.origin_name == "Phường Đa Kao, Quận 1, Thành phố Sông Lớn"
    assert [edge.kind for edge in found.path] == ["merged"]


def test_the_default_is_the_one_candidate_that_is_marked_and_the_unit_the_only_one() -> None:
    divided = READER.resolve("Phường Chia, Quận Bình Thạnh", AFTER)
    assert divided.unit is None
    assert [one.is_default for one in divided.candidates] == [True, False]
    assert [one.share for one in divided.candidates] == [Fraction(7, 10), Fraction(3, 10)]
    unsure = READER.resolve("thanh an", AFTER)
    assert unsure.unit is None
    assert not any(one.is_default for one in unsure.candidates)


@pytest.mark.parametrize("on", [LATER, LATER + dt.timedelta(days=1)])
def test_a_unit_can_be_named_from_its_first_day(on: dt.date) -> None:
    assert described(READER.resolve("Phường Mai Sau", on)) == "one: c:120@2026* | c:120@2026"
    assert described(READER.resolve("c:120", on)) == "one: c:120@2026* | c:120@2026"
    assert READER.resolve("c:120", LATER - dt.timedelta(days=1)).outcome == "none"


def test_the_day_of_a_division_is_told_also_after_a_later_change_of_a_part() -> None:
    found = READER.resolve("Phường Chia, Quận Bình Thạnh", LATER)
    assert described(found).startswith("candidates: c:118@2026* from c:103@2024, c:113@2025 from c:103@2024")
    assert "was divided on 2025-07-01 (nghị quyết 1; nghị quyết 2) between" in found.reason_en
    assert "được chia từ 01/07/2025 (nghị quyết 1; nghị quyết 2) cho" in found.reason_vi
