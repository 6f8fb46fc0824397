"""A country for addresses: names that only accents tell apart, a ward that keeps its name, one that is divided."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from engine.rules.territory.addresses import AddressReader
from engine.rules.territory.territory import Territory
from engine.rules.territory.units import Change, Level, Succession, Unit

FIRST, REFORM, LATER = dt.date(2024, 1, 1), dt.date(2025, 7, 1), dt.date(2026, 1, 1)
BEFORE, AFTER = dt.date(2025, 6, 30), dt.date(2025, 7, 1)

_OLD: tuple[tuple[str, Level, str, str, str | None, tuple[str, ...]], ...] = (
    ("760", "district", "quan", "Quận 1", "p:79", ()),
    ("761", "district", "quan", "Quận Bình Thạnh", "p:79", ()),
    ("040", "district", "thanh_pho", "Thành phố Cao Bằng", "p:01", ()),
    ("041", "district", "huyen", "Huyện Hòa An", "p:01", ("haan",)),
    ("100", "commune", "phuong", "Phường Bến Thành", "d:760", ()),
    ("101", "commune", "phuong", "Phường Đa Kao", "d:760", ("dakaw",)),
    ("102", "commune", "phuong", "Phường 1", "d:761", ()),
    ("103", "commune", "phuong", "Phường Chia", "d:761", ()),
    ("200", "commune", "phuong", "Phường Hợp Giang", "d:040", ()),
    ("201", "commune", "xa", "Xã Hoà Chung", "d:041", ()),
    ("204", "commune", "xa", "Xã Mất", "d:041", ()),
    ("205", "commune", "thi_tran", "Thị trấn Nước Hai", "d:041", ()),
    ("02", "province", "tinh", "Tỉnh Cũ", None, ()),
    ("050", "district", "huyen", "Huyện Bảo Lạc", "p:02", ()),
    ("104", "commune", "phuong", "Phường Đổi", "d:760", ()),
    ("105", "commune", "phuong", "Phường Nhường", "d:760", ()),
    ("206", "commune", "thi_tran", "Thị trấn Lên", "d:050", ()),
)
_NEW: tuple[tuple[str, Level, str, str, str | None, tuple[str, ...]], ...] = (
    ("100", "commune", "phuong", "Phường Bến Thành", "p:79", ()),
    ("101", "commune", "phuong", "Phường Tân Định", "p:79", ("tandinhcu",)),
    ("113", "commune", "phuong", "Phường Gia Định", "p:79", ()),
    ("210", "commune", "phuong", "Phường Thục Phán", "p:01", ()),
    ("211", "commune", "xa", "Xã Hòa An", "p:01", ()),
    ("116", "commune", "phuong", "Phường Đổi", "p:79", ()),
    ("206", "commune", "phuong", "Phường Lên", "p:01", ()),
)
_ALWAYS: tuple[tuple[str, Level, str, str, str | None, tuple[str, ...]], ...] = (
    ("79", "province", "thanh_pho_tw", "Thành phố Sông Lớn", None, ("songto",)),
    ("01", "province", "tinh", "Tỉnh Cao Bằng", None, ()),
    ("114", "commune", "phuong", "Phường Phương Liên", "p:79", ()),
    ("115", "commune", "phuong", "Phường Phương Sài", "p:79", ()),
    ("212", "commune", "xa", "Xã Thanh An", "p:01", ()),
    ("213", "commune", "xa", "Xã Thạnh An", "p:01", ()),
    ("214", "commune", "xa", "Xã Mỹ Quý", "p:01", ()),
    ("215", "commune", "xa", "Xã Ea H'leo", "p:01", ()),
    ("216", "commune", "xa", "Xã Mỹ Quý", "p:79", ()),
)


def _edge(source: str, target: str, kind: Change, share: str | None = None, default: bool = True) -> Succession:
    law = "nghị quyết 1" if kind != "abolished" else "luật 72"
    part = Fraction(share) if share else None
    return Succession(f"{source}@{FIRST}", target, kind, REFORM, part, default, law)


COUNTRY = Territory(
    [
        *(Unit(*one[:5], FIRST, REFORM, aliases=one[5]) for one in _OLD),
        *(Unit(*one[:5], REFORM, aliases=one[5]) for one in _NEW),
        *(Unit(*one[:5], FIRST, aliases=one[5]) for one in _ALWAYS),
        Unit("112", "commune", "phuong", "Phường Bình Thạnh", "p:79", REFORM, LATER),
        Unit("118", "commune", "phuong", "Phường Bình Thạnh Mới", "p:79", LATER),
        Unit("120", "commune", "phuong", "Phường Mai Sau", "p:79", LATER),
        Unit("121", "commune", "phuong", "Phường Mai Sau Nữa", "p:79", LATER),
    ],
    [
        *(_edge(f"d:{code}", f"p:79@{FIRST}", "abolished") for code in ("760", "761")),
        *(_edge(f"d:{code}", f"p:01@{FIRST}", "abolished") for code in ("040", "041")),
        _edge("c:100", f"c:100@{REFORM}", "continued"),
        _edge("c:101", f"c:101@{REFORM}", "merged"),
        _edge("c:102", f"c:112@{REFORM}", "merged"),
        _edge("c:103", f"c:112@{REFORM}", "divided", "0.7"),
        _edge("c:103", f"c:113@{REFORM}", "divided", "0.3", default=False),
        _edge("c:200", f"c:210@{REFORM}", "renamed"),
        _edge("c:201", f"c:211@{REFORM}", "merged"),
        _edge("d:050", f"p:01@{FIRST}", "abolished"),
        _edge("p:02", f"p:01@{FIRST}", "merged"),
        _edge("c:104", f"c:101@{REFORM}", "merged"),
        _edge("c:105", f"c:116@{REFORM}", "renamed"),
        _edge("c:206", f"c:206@{REFORM}", "upgraded"),
        Succession(f"c:112@{REFORM}", f"c:118@{LATER}", "renamed", LATER, None, True, "nghị quyết 2"),
        _edge("c:205", f"c:211@{REFORM}", "merged"),
    ],
)
READER = AddressReader(COUNTRY)
