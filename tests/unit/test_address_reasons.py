"""Why an address means what it means, in both languages: one case for each sentence."""

from __future__ import annotations

import pytest

from engine.rules.territory import resolution
from tests.unit.address_country import AFTER, BEFORE, READER
from tests.unit.tables import blocks

TABLE = """\
Phường Bến Thành
    Tên hiện hành: Phường Bến Thành, Thành phố Sông Lớn.
    In force under this name: Phường Bến Thành, Thành phố Sông Lớn.
Phường Bến Thành, Quận 1
    Phường Bến Thành, Quận 1, Thành phố Sông Lớn từ 01/07/2025 là Phường Bến Thành, Thành phố Sông Lớn (nghị
        quyết 1).
    Phường Bến Thành, Quận 1, Thành phố Sông Lớn is since 2025-07-01 Phường Bến Thành, Thành phố Sông Lớn (nghị
        quyết 1).
Phường Hợp Giang, Tỉnh Cao Bằng
    Phường Hợp Giang, Thành phố Cao Bằng, Tỉnh Cao Bằng từ 01/07/2025 là Phường Thục Phán, Tỉnh Cao Bằng (nghị
        quyết 1).
    Phường Hợp Giang, Thành phố Cao Bằng, Tỉnh Cao Bằng is since 2025-07-01 Phường Thục Phán, Tỉnh Cao Bằng
        (nghị quyết 1).
Phường Đa Kao, Quận 1
    Phường Đa Kao, Quận 1, Thành phố Sông Lớn từ 01/07/2025 thuộc Phường Tân Định, Thành phố Sông Lớn (nghị
        quyết 1).
    Phường Đa Kao, Quận 1, Thành phố Sông Lớn is since 2025-07-01 part of Phường Tân Định, Thành phố Sông Lớn
        (nghị quyết 1).
Quận 1
    Cấp huyện không còn từ 01/07/2025 (luật 72); Quận 1, Thành phố Sông Lớn chỉ còn cho biết tỉnh, thành phố:
        Thành phố Sông Lớn.
    The district level ended on 2025-07-01 (luật 72); Quận 1, Thành phố Sông Lớn only says the province: Thành
        phố Sông Lớn.
Phường Chia
    Phường Chia, Quận Bình Thạnh, Thành phố Sông Lớn đã được chia từ 01/07/2025 (nghị quyết 1) cho: Phường Bình
        Thạnh (112), Phường Gia Định (113). Cần thôn, tổ dân phố hoặc thửa đất để chọn.
    Phường Chia, Quận Bình Thạnh, Thành phố Sông Lớn was divided on 2025-07-01 (nghị quyết 1) between: Phường
        Bình Thạnh (112), Phường Gia Định (113). The hamlet or the plot decides.
Thanh An, Thạnh An
    Có 2 đơn vị phù hợp; hãy ghi thêm xã, huyện hoặc tỉnh.
    2 units fit; add the commune, district or province.
thanh an
    Có 2 đơn vị phù hợp; hãy ghi thêm xã, huyện hoặc tỉnh.
    2 units fit; add the commune, district or province.
Bình Thạnh
    Tên hiện hành: Phường Bình Thạnh, Thành phố Sông Lớn. Trước đây cùng tên: Quận Bình Thạnh, Thành phố Sông
        Lớn → Thành phố Sông Lớn (79).
    In force under this name: Phường Bình Thạnh, Thành phố Sông Lớn. Earlier units of this name: Quận Bình
        Thạnh, Thành phố Sông Lớn → Thành phố Sông Lớn (79).
c:120
    Phường Mai Sau (120) chỉ có từ ngày 01/01/2026.
    Phường Mai Sau (120) exists only from 2026-01-01.
Phường Mai Sau, Sông Lớn
    Không có “phường mai sau” trong Thành phố Sông Lớn; chỉ hiểu được: Thành phố Sông Lớn.
    There is no “phường mai sau” in Thành phố Sông Lớn; only this was understood: Thành phố Sông Lớn.
Phường Mai Sau
    Phường Mai Sau (120) chỉ có từ ngày 01/01/2026.
    Phường Mai Sau (120) exists only from 2026-01-01.
Xã Xyz Abc, Huyện Hòa An
    Không có “xã xyz abc” trong Huyện Hòa An, Tỉnh Cao Bằng; chỉ hiểu được: Huyện Hòa An, Tỉnh Cao Bằng.
    There is no “xã xyz abc” in Huyện Hòa An, Tỉnh Cao Bằng; only this was understood: Huyện Hòa An, Tỉnh Cao
        Bằng.
Xã Đa Kao, Quận 1
    Có Phường Tân Định, Thành phố Sông Lớn, nhưng “xã đa kao” trong địa chỉ không khớp; cần người kiểm tra.
    There is Phường Tân Định, Thành phố Sông Lớn, but “xã đa kao” in the address does not fit it; a person must
        check.
dakaw
    Chỉ gần giống tên viết hoặc tên cũ của Phường Tân Định, Thành phố Sông Lớn; cần người kiểm tra.
    Only close to a spelling or an earlier name of Phường Tân Định, Thành phố Sông Lớn; a person must check.
sông lon
    Chỉ gần giống tên viết hoặc tên cũ của Thành phố Sông Lớn; cần người kiểm tra.
    Only close to a spelling or an earlier name of Thành phố Sông Lớn; a person must check.
Xã Mất
    Không nhận ra đơn vị hành chính nào trong “Xã Mất”.
    No administrative unit is recognised in “Xã Mất”.
ở đâu đó
    Không nhận ra đơn vị hành chính nào trong “ở đâu đó”.
    No administrative unit is recognised in “ở đâu đó”.
Thị trấn Lên
    Thị trấn Lên, Huyện Bảo Lạc, Tỉnh Cũ từ 01/07/2025 là Phường Lên, Tỉnh Cao Bằng (nghị quyết 1).
    Thị trấn Lên, Huyện Bảo Lạc, Tỉnh Cũ is since 2025-07-01 Phường Lên, Tỉnh Cao Bằng (nghị quyết 1).
Tỉnh Cũ
    Tỉnh Cũ từ 01/07/2025 thuộc Tỉnh Cao Bằng (nghị quyết 1).
    Tỉnh Cũ is since 2025-07-01 part of Tỉnh Cao Bằng (nghị quyết 1).
Huyện Bảo Lạc
    Cấp huyện không còn từ 01/07/2025 (luật 72); Huyện Bảo Lạc, Tỉnh Cũ chỉ còn cho biết tỉnh, thành phố: Tỉnh
        Cao Bằng.
    The district level ended on 2025-07-01 (luật 72); Huyện Bảo Lạc, Tỉnh Cũ only says the province: Tỉnh Cao
        Bằng.
Phường Xyz, Tỉnh Cũ
    Không có “phường xyz” trong Tỉnh Cũ; chỉ hiểu được: Tỉnh Cũ.
    There is no “phường xyz” in Tỉnh Cũ; only this was understood: Tỉnh Cũ.
"""
"""An address, and below it the sentence of each language the day after the reform."""


@pytest.mark.parametrize(("text", "vi", "en"), blocks(TABLE))
def test_the_reason_says(text: str, vi: str, en: str) -> None:
    found = READER.resolve(text, AFTER)
    assert (found.reason("vi"), found.reason("en")) == (vi, en)


def test_no_more_than_three_earlier_units_are_named() -> None:
    (one,) = READER.resolve("Phường Bến Thành", BEFORE).candidates
    vi, en = resolution.namesakes([one] * 4)
    assert vi.count("→") == en.count("→") == 3


def test_a_path_without_a_law_has_a_dash_and_a_law_is_named_once() -> None:
    (one,) = READER.resolve("Phường Đa Kao, Quận 1", AFTER).candidates
    assert resolution._laws(one.path * 2) == "nghị quyết 1"
    assert resolution._laws(()) == "—"


def test_the_reason_is_vietnamese_unless_english_is_asked_for() -> None:
    found = READER.resolve("Phường Bến Thành", AFTER)
    assert found.reason() == found.reason("vi") == found.reason_vi != found.reason("en")
