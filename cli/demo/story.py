"""The story of ``motcua demo --once``: four dossiers of three procedures, walked over HTTP with all processes."""

from __future__ import annotations

from typing import Any

import click

from cli.demo import telling
from cli.demo.walk import Stage, Walk

APPLICANT: dict[str, Any] = {
    "kind": "citizen",
    "name": "Nguyễn Thị Mẫu",
    "identity_number": "079190000001",
    "phone": "0900000001",
    "email": "nguoi.nop@example.vn",
    "address": "Số 1 đường Mẫu",
    "verified": True,
}


def tell(stage: Stage, result: bytes) -> list[Walk]:
    """Walks all dossiers; ``result`` is the PDF that the authorities give back. Raises Unexpected, NotDelivered."""
    return [
        permit_before_the_reform(stage),
        permit_after_the_reform(stage, result),
        birth(stage, result),
        land(stage, result),
    ]


def permit_before_the_reform(stage: Stage) -> Walk:
    telling.heading("1. Giấy phép xây dựng nộp ngày 16/06/2025, khi còn cấp huyện (building permit under the district)")
    stage.set_time("2025-06-16T09:00:00+07:00")
    walk = Walk(stage, "tiepnhan.q1", permit_filing("MC-760-C"))
    telling.routing(walk.show("tiepnhan.q1"))
    walk.act("tiepnhan.q1", "forward")
    return walk


def permit_after_the_reform(stage: Stage, result: bytes) -> Walk:
    telling.heading("2. Cũng giấy phép ấy nộp ngày 15/07/2025: thẩm quyền đã về phường (the same, a month later)")
    stage.set_time("2025-07-15T08:40:00+07:00")
    counter, officer, leader = "tiepnhan.saigon", "chuyenvien.saigon", "lanhdao.saigon"
    walk = Walk(stage, counter, permit_filing("TT-26740"))
    telling.routing(walk.show(counter))
    walk.explain(counter)
    walk.act(counter, "forward")
    stage.set_time("2025-07-17T10:00:00+07:00")
    walk.act(officer, "ask", reason="Bản vẽ mặt cắt thiếu kích thước móng; xin bổ sung trong một lần.")
    stage.set_time("2025-07-22T14:30:00+07:00")
    walk.citizen("resubmit")
    walk.explain(officer)
    stage.set_time("2025-07-24T09:15:00+07:00")
    walk.act(officer, "inspect")
    stage.set_time("2025-07-28T15:30:00+07:00")
    walk.act(officer, "inspected")
    walk.act(officer, "submit")
    walk.attach(leader, "ket_qua", "giay-phep-xay-dung.pdf", result)
    walk.act(leader, "sign")
    stage.set_time("2025-07-29T08:20:00+07:00")
    walk.settle(counter, "nha_o")
    walk.act(counter, "return")
    _delivered(stage, walk)
    return walk


def birth(stage: Stage, result: bytes) -> Walk:
    telling.heading("3. Đăng ký khai sinh, trong ngày (birth registration, same day)")
    stage.set_time("2026-02-10T10:15:00+07:00")
    counter, officer, leader = "tiepnhan.saigon", "chuyenvien.saigon", "lanhdao.saigon"
    walk = Walk(stage, counter, birth_filing("TT-26740"))
    walk.explain(counter)
    walk.act(counter, "forward")
    stage.set_time("2026-02-10T11:10:00+07:00")
    walk.act(officer, "submit")
    walk.attach(leader, "ket_qua", "giay-khai-sinh.pdf", result)
    walk.act(leader, "sign")
    stage.set_time("2026-02-10T14:05:00+07:00")
    walk.act(counter, "return")
    _delivered(stage, walk)
    return walk


def land(stage: Stage, result: bytes) -> Walk:
    telling.heading(
        "4. Cấp đổi giấy chứng nhận đất, qua Tết 2026: nghĩa vụ tài chính, ký số (land certificate, across Tết)"
    )
    stage.set_time("2026-02-12T15:20:00+07:00")
    counter, officer, leader = "tiepnhan.longkhanh", "datdai.longkhanh", "lanhdao.longkhanh"
    walk = Walk(stage, counter, land_filing("TT-26080"))
    telling.routing(walk.show(counter))
    walk.explain(counter)
    walk.act(counter, "forward")
    stage.set_time("2026-02-13T09:00:00+07:00")
    walk.act(officer, "to_tax")
    stage.set_time("2026-02-25T10:00:00+07:00")
    walk.attach("thue.dongnai", "bien_lai", "bien-lai.pdf", result)
    walk.act("thue.dongnai", "paid")
    walk.explain(officer)
    walk.attach(leader, "ket_qua", "giay-chung-nhan.pdf", result)
    walk.act(leader, "sign")
    stage.set_time("2026-02-26T08:30:00+07:00")
    walk.settle(counter, "le_phi", "transfer")
    walk.act(counter, "return")
    _delivered(stage, walk)
    return walk


def _delivered(stage: Stage, walk: Walk) -> None:
    """Prints the delivered notices: at least those of receipt, result and return. Raises NotDelivered."""
    for notice in stage.wait_for_notices(walk.code, least=3):
        click.echo(f"    ✉ {notice['channel']:<6} {notice['subject'] or notice['body']}")


def permit_filing(centre: str) -> dict[str, Any]:
    return {
        "procedure": "1.013225",
        "intake_office": centre,
        "receive": True,
        "applicant": APPLICANT | {"commune": "26740"},
        "fields": {
            "land.commune": "26740",
            "land.parcel": "Thửa 12, tờ 5",
            "land.address": "Số 1 đường Mẫu",
            "land.area": 80,
            "building.kind": "house",
            "building.floors": 3,
            "building.area": 210,
        },
        "documents": [
            {"key": "don", "original": 1},
            {"key": "giay_dat", "certified": 1},
            {"key": "ban_ve", "original": 2},
        ],
    }


def birth_filing(centre: str) -> dict[str, Any]:
    return {
        "procedure": "1.001193",
        "intake_office": centre,
        "receive": True,
        "applicant": APPLICANT | {"commune": "26740"},
        "fields": {
            "registry.commune": "26740",
            "child.name": "Nguyễn An Mẫu",
            "child.born": "2026-01-20",
            "child.sex": "female",
            "child.birthplace": "Bệnh viện Mẫu",
            "mother.name": "Nguyễn Thị Mẫu",
            "birth.at_hospital": True,
        },
        "documents": [{"key": "to_khai", "original": 1}, {"key": "chung_sinh", "original": 1}],
    }


def land_filing(centre: str) -> dict[str, Any]:
    return {
        "procedure": "1.012783",
        "intake_office": centre,
        "receive": True,
        "applicant": APPLICANT | {"commune": "26080"},
        "fields": {
            "land.commune": "26080",
            "land.certificate": "AB 123456",
            "land.parcel": "Thửa 7, tờ 21",
            "land.area": 150,
            "land.tax_due": True,
            "reissue.reason": "worn",
        },
        "documents": [{"key": "don", "original": 1}, {"key": "gcn", "original": 1}],
    }
