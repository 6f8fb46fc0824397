"""What applicants hand in: an applicant, and the forms and papers of shipped procedures.

A form holds what every sample of its procedure has; tests add or replace fields of their own.
"""

from __future__ import annotations

from typing import Any

BIRTH, PERMIT, LAND = "1.001193", "1.013225", "1.012783"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def applicant(commune: str, serial: int | None = None, **more: Any) -> dict[str, Any]:
    """A citizen of a commune; each ``serial`` is another one."""
    told = {
        "kind": "citizen",
        "name": "Nguyễn Văn Mẫu",
        "identity_number": "079190000001",
        "phone": "0900000001",
        "email": "nguoi.nop@example.vn",
        "commune": commune,
        "verified": True,
    }
    if serial is not None:
        told["name"] = f"Người Nộp Mẫu {serial}"
        told |= {"identity_number": f"079190{serial:06d}", "phone": f"09{serial:08d}"}
        told["email"] = f"nguoi.nop.{serial}@example.vn"
    return told | more


def filing(
    procedure: str, ward: str, *, who: dict[str, Any] | None = None, fields: dict[str, Any] | None = None
) -> dict[str, Any]:
    """What the counter of a ward sends to file and receive one dossier. ``fields`` are added to the form."""
    form, papers = FORMS[procedure]
    place = "registry.commune" if procedure == BIRTH else "land.commune"
    return {
        "procedure": procedure,
        "intake_office": f"TT-{ward}",
        "receive": True,
        "applicant": who or applicant(ward),
        "fields": {place: ward, **form, **(fields or {})},
        "documents": [dict(paper) for paper in papers],
    }


FORMS: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]] = {
    BIRTH: (
        {
            "child.name": "Trẻ Mẫu",
            "child.born": "2026-02-20",
            "child.sex": "female",
            "child.birthplace": "Bệnh viện Mẫu",
            "mother.name": "Người Mẹ Mẫu",
            "birth.at_hospital": True,
        },
        [{"key": "to_khai", "original": 1}, {"key": "chung_sinh", "original": 1}],
    ),
    PERMIT: (
        {
            "land.parcel": "Thửa 12, tờ 5",
            "land.address": "Số 1 đường Mẫu",
            "land.area": 80,
            "building.kind": "house",
            "building.floors": 3,
            "building.area": 210,
        },
        [{"key": "don", "original": 1}, {"key": "giay_dat", "certified": 1}, {"key": "ban_ve", "original": 2}],
    ),
    LAND: (
        {
            "land.certificate": "AB 123456",
            "land.parcel": "Thửa 7, tờ 21",
            "land.area": 150,
            "reissue.reason": "worn",
        },
        [{"key": "don", "original": 1}, {"key": "gcn", "original": 1}],
    ),
}
"""Fields besides the commune, and papers, by procedure."""
