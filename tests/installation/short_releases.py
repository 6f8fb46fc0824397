"""The procedures of ``World``: land (everything a release may hold), residence (opened by land), certified copies (same
day), building permits (reform of July 2025). Small on purpose; the shipped procedures have stories of their own."""

from __future__ import annotations

import datetime as dt
from typing import Any

from engine.rules.procedure.definition import (
    Branch,
    Document,
    Effective,
    Fee,
    Field,
    Notice,
    Release,
    Route,
    Sla,
    Term,
    TermBranch,
)
from tests.installation.land_release import land_release
from tests.installation.releases import START, sample_release, step, text

LAND, RESIDENCE, COPIES, PERMIT = "1.012783", "1.004222", "2.000815", "1.013225"


def world_releases() -> list[Release]:
    return [land(), residence(), copies()]


def land(**changes: Any) -> Release:
    """Reissue of a land-use certificate, with real offices; 5 working days, 10 when the land is measured again."""
    base, send_back = land_release(), text("Trả lại chuyên viên", "Send back")
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
        "effective": Effective(START),
        "version": 1,
        "routing": routing,
        "documents": base.documents
        | {"cccd": Document(text("Căn cước công dân", "Identity card"), copy=0, reusable=True)},
        "actions": base.actions
        | {
            "send_back": step(send_back, "signing", "checking", "leader", "back", reason="required"),
            "correct": step(text("Sửa rồi tiếp nhận lại", "Put right"), "accepted", "accepted", "counter", "receive"),
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
    return short_release(
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
    return short_release(
        COPIES,
        "Chứng thực bản sao",
        Route(by="competent"),
        Sla((TermBranch(Term(0, "same_day")),), warn=Term(1, "working_hour")),
        {"pages": Field("number", text("Số trang", "Pages"), required=True, minimum=1)},
        fees={"trang": Fee(text("Phí mỗi trang", "A page"), 2_000, per="pages")},
        **changes,
    )


def permit(**changes: Any) -> Release:
    """Building permits, decided by whichever authority is competent in the commune of the site, since 2024."""
    return short_release(
        PERMIT,
        "Cấp phép xây dựng",
        Route(by="competent", place="land.commune"),
        Sla((TermBranch(Term(20, "working_day")),)),
        {
            "land.commune": Field("unit", text("Nơi xây dựng", "Commune of the site"), required=True),
            "land.hamlet": Field("text", text("Khu phố", "Quarter")),
        },
        **{"effective": Effective(dt.date(2024, 1, 1))} | changes,
    )


def short_release(
    procedure: str, name: str, handler: Route, sla: Sla, fields: dict[str, Field], **changes: Any
) -> Release:
    """A procedure of four states. ``handler`` says which office decides, ``sla`` within which time."""
    routing = {"intake": Route(by="any_commune_in_province"), "handler": handler}
    parts = {"procedure": procedure, "name": text(name), "routing": routing, "sla": sla, "fields": fields}
    return sample_release(**(parts | changes))
