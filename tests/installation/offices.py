"""Offices and competences of the invented country (``places``), and the two offices of a commune of today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from engine.rules.offices.competence import Competence
from engine.rules.offices.index import OfficeIndex
from engine.rules.offices.offices import Office
from engine.rules.territory.units import Level
from engine.text import Text
from tests.installation.places import FIRST, REFORM, UNITS


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


def centre_and_authority(commune: str, province: str, since: dt.date) -> Iterator[Office]:
    """``TT-…`` receives dossiers of a commune of today, and ``UB-…`` decides them."""
    for prefix, body, name in (("TT", "centre", "Trung tâm"), ("UB", "authority", "UBND")):
        yield Office(
            code=f"{prefix}-{commune}",
            body=body,
            unit_id=f"c:{commune}@{since}",
            name=Text(f"{name} {commune}", f"{body} {commune}"),
            province=province,
            valid_from=since,
            receives=body == "centre",
            identifier=f"H{commune}",
            hotline="1900 0000",
        )
