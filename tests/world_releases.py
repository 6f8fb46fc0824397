"""The procedures of the tests' world: land (everything a release may hold), residence (opened by land), certified
copies (same day). Small on purpose; the shipped ones have their own stories."""

from __future__ import annotations

import datetime as dt
from typing import Any

from engine.rules.procedure.definition import (
    Action,
    Branch,
    Document,
    Effective,
    Fee,
    Field,
    Notice,
    Release,
    Role,
    Route,
    Sector,
    Sla,
    State,
    Term,
    TermBranch,
)
from tests.unit.releases import land_release, text

LAND, RESIDENCE, COPIES = "1.012783", "1.004222", "2.000815"
SINCE = Effective(dt.date(2025, 7, 1))


def world_releases() -> list[Release]:
    return [land(), residence(), copies()]


def land(**changes: Any) -> Release:
    """Reissue of a land-use certificate, with real offices; 5 working days, 10 when the land is measured again."""
    base = land_release()
    routing = dict(base.routing)
    routing["intake"] = Route(by="any_centre_in_province", place="land.commune")
    routing["handler"] = Route(
        branches=(
            Branch("VPDK-75", 'applicant.kind == "organisation"'),
            Branch("VPDK-CN-LONGKHANH", 'land.commune in former_district("long-khanh")'),
            Branch("VPDK-75"),
        ),
        place="land.commune",
    )
    parts: dict[str, Any] = {
        "effective": SINCE,
        "version": 1,
        "routing": routing,
        "documents": base.documents
        | {"cccd": Document(text("Căn cước công dân", "Identity card"), copy=0, reusable=True)},
        "actions": base.actions
        | {
            "send_back": Action(
                text("Trả lại chuyên viên", "Send back"),
                ("signing",),
                (Branch("checking"),),
                ("leader",),
                "back",
                reason="required",
            ),
            "correct": Action(
                text("Sửa rồi tiếp nhận lại", "Put right"),
                ("accepted",),
                (Branch("accepted"),),
                ("counter",),
                "receive",
            ),
        },
        "notify": (
            *base.notify,
            Notice("entered", ("specialist", "holder"), ("inbox",), "viec-moi", subject="checking"),
            Notice("action", ("applicant",), ("sms", "email"), "can-bo-sung", subject="ask"),
            Notice("remind", ("applicant",), ("sms",), "nhac-bo-sung", subject="supplement"),
            Notice("due_in", ("holder",), ("inbox",), "sap-den-han", term=Term(2, "working_day")),
        ),
    }
    return land_release(**(parts | changes))


def residence(**changes: Any) -> Release:
    """Permanent residence: the police of the commune of the home decide, within 7 working days."""
    return _plain(
        RESIDENCE,
        "Đăng ký thường trú",
        Route(by="competent", place="home.commune"),
        Sla((TermBranch(Term(7, "working_day")),)),
        {"home.commune": Field("unit", text("Nơi thường trú", "Home commune"), required=True)},
        documents={"gcn": Document(text("Giấy tờ về chỗ ở", "Proof of the dwelling"), original=1)},
        **changes,
    )


def copies(**changes: Any) -> Release:
    """Certified copies: the commune of the applicant, the same day, 2,000 đồng a page."""
    return _plain(
        COPIES,
        "Chứng thực bản sao",
        Route(by="competent"),
        Sla((TermBranch(Term(0, "same_day")),), warn=Term(1, "working_hour")),
        {"pages": Field("number", text("Số trang", "Pages"), required=True, minimum=1)},
        fees={"trang": Fee(text("Phí mỗi trang", "A page"), 2_000, per="pages")},
        **changes,
    )


def _plain(procedure: str, name: str, handler: Route, sla: Sla, fields: dict[str, Field], **changes: Any) -> Release:
    parts: dict[str, Any] = {
        "procedure": procedure,
        "version": 1,
        "name": text(name),
        "legal": ("118/2025/NĐ-CP",),
        "effective": SINCE,
        "sector": Sector("HC", text("Hành chính")),
        "channels": ("counter", "portal"),
        "applicants": ("citizen",),
        "roles": {
            "counter": Role(text("Cán bộ tiếp nhận", "Counter clerk"), "intake"),
            "specialist": Role(text("Chuyên viên", "Specialist"), "handler"),
        },
        "routing": {"intake": Route(by="any_commune_in_province"), "handler": handler},
        "sla": sla,
        "fields": fields,
        "states": {
            "new": State(text("Mới", "New"), 1, "not_started", initial=True),
            "working": State(text("Đang xử lý", "In work"), 4, "running", "specialist"),
            "ready": State(text("Xong", "Ready"), 9, "stopped", "counter"),
            "returned": State(text("Đã trả", "Returned"), 10, "stopped", final=True),
        },
        "actions": {
            "receive": _step("Tiếp nhận", "new", "working", "counter", "receive"),
            "finish": _step("Xong", "working", "ready", "specialist", "finish"),
            "return": _step("Trả", "ready", "returned", "counter", "return"),
        },
    }
    return Release(**(parts | changes))


def _step(name: str, source: str, target: str, role: str, effect: Any) -> Action:
    return Action(text(name), (source,), (Branch(target),), (role,), effect)
