"""A small country for the tests: two provinces, districts that end on 1 July 2025, communes that merge and divide."""

from __future__ import annotations

import datetime as dt

from engine.rules.offices.competence import Competence
from engine.rules.offices.index import OfficeIndex
from engine.rules.offices.offices import Office
from engine.rules.territory.territory import Territory
from engine.rules.territory.units import Level, Succession, Unit
from engine.text import Text

FIRST, REFORM = dt.date(2024, 1, 1), dt.date(2025, 7, 1)
JUNE, JULY = dt.date(2025, 6, 15), dt.date(2025, 7, 15)


def unit(code: str, level: Level, kind: str, name: str, parent: str | None, new: bool, ends: bool = False) -> Unit:
    return Unit(code, level, kind, name, parent, REFORM if new else FIRST, REFORM if ends else None)


UNITS = [
    unit("79", "province", "thanh_pho_tw", "Thành phố A", None, new=False),
    unit("01", "province", "tinh", "Tỉnh B", None, new=False),
    unit("760", "district", "quan", "Quận 1", "p:79", new=False, ends=True),
    unit("100", "commune", "phuong", "Phường Cũ Một", "d:760", new=False, ends=True),
    unit("101", "commune", "phuong", "Phường Cũ Hai", "d:760", new=False, ends=True),
    unit("102", "commune", "phuong", "Phường Chia", "d:760", new=False, ends=True),
    unit("100", "commune", "phuong", "Phường Mới", "p:79", new=True),
    unit("103", "commune", "phuong", "Phường Khác", "p:79", new=True),
    unit("010", "district", "huyen", "Huyện Xa", "p:01", new=False, ends=True),
    unit("200", "commune", "xa", "Xã Xa", "d:010", new=False, ends=True),
    unit("200", "commune", "xa", "Xã Xa", "p:01", new=True),
]
SUCCESSIONS = [
    Succession("d:760@2024-01-01", "p:79@2024-01-01", "abolished", REFORM),
    Succession("d:010@2024-01-01", "p:01@2024-01-01", "abolished", REFORM),
    Succession("c:200@2024-01-01", "c:200@2025-07-01", "continued", REFORM, default=True),
    Succession("c:100@2024-01-01", "c:100@2025-07-01", "merged", REFORM, default=True),
    Succession("c:101@2024-01-01", "c:100@2025-07-01", "merged", REFORM, default=True),
    Succession("c:102@2024-01-01", "c:100@2025-07-01", "divided", REFORM, default=True),
    Succession("c:102@2024-01-01", "c:103@2025-07-01", "divided", REFORM),
]
TERRITORY = Territory(UNITS, SUCCESSIONS)


def office(code: str, body: str, unit_id: str, province: str = "79", **more: object) -> Office:
    first = dt.date.fromisoformat(unit_id[-10:])
    ended = next(one.valid_to for one in UNITS if one.id == unit_id)
    parts: dict[str, object] = {"valid_from": first, "valid_to": ended}
    return Office(code, body, unit_id, Text(f"Cơ quan {code}", f"Office {code}"), province, **(parts | more))  # type: ignore[arg-type]


OFFICES = [
    office("UB-760", "authority", "d:760@2024-01-01"),
    office("UB-100-C", "authority", "c:100@2024-01-01"),
    office("UB-101-C", "authority", "c:101@2024-01-01"),
    office("UB-102-C", "authority", "c:102@2024-01-01"),
    office("UB-100", "authority", "c:100@2025-07-01"),
    office("UB-103", "authority", "c:103@2025-07-01"),
    office("UB-010", "authority", "d:010@2024-01-01", "01"),
    office("UB-200", "authority", "c:200@2025-07-01", "01"),
    office("UB-79", "authority", "p:79@2024-01-01"),
    office("UB-01", "authority", "p:01@2024-01-01", "01"),
    office("MC-760", "one_stop", "d:760@2024-01-01", receives=True),
    office("MC-100-C", "one_stop", "c:100@2024-01-01", receives=True),
    office("TT-100", "centre", "c:100@2025-07-01", receives=True),
    office("TT-103", "centre", "c:103@2025-07-01", receives=True),
    office("TT-79", "centre", "p:79@2024-01-01", receives=True, valid_from=REFORM),
    office("TT-200", "centre", "c:200@2025-07-01", "01", receives=True),
    office("VP-79", "land", "p:79@2024-01-01", area=("c:100@2025-07-01",)),
    office("THUE-79", "tax", "p:79@2024-01-01"),
    office("THUE-01", "tax", "p:01@2024-01-01", "01"),
]


def competence(
    subject: str, level: Level, body: str = "authority", start: dt.date = FIRST, end: dt.date | None = None,
    kinds: str = "", legal: str = "",
) -> Competence:  # fmt: skip
    who = frozenset(kinds.split("|")) if kinds else None
    return Competence(subject, who, level, body, start, end, legal or f"{subject}/{level}")


COMPETENCES = [
    competence("1.013225", "district", end=REFORM, legal="50/2014/QH13"),
    competence("1.013225", "commune", start=REFORM, legal="140/2025/NĐ-CP"),
    competence("tax", "province", "tax"),
]
INDEX = OfficeIndex(OFFICES)
