"""A release in normal form that uses every part of a release: the main sample of the tests of the rules."""

from __future__ import annotations

import datetime as dt
from typing import Any

from engine.rules.procedure.definition import (
    Action,
    Branch,
    Child,
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
from tests.installation.releases import roles, sample_release, step, text


def land_release(**changes: Any) -> Release:
    """Reissue of a land-use certificate: every part of a release is used at least once."""
    parts: dict[str, Any] = {
        "procedure": "1.012783",
        "version": 3,
        "name": text("Cấp đổi Giấy chứng nhận", "Reissue land-use certificate"),
        "legal": ("151/2025/NĐ-CP",),
        "effective": Effective(dt.date(2027, 1, 1)),
        "sector": Sector("DD", text("Đất đai", "Land")),
        "channels": ("counter", "post", "portal"),
        "applicants": ("citizen", "organisation"),
        "roles": {
            **roles("counter", "specialist"),
            "leader": Role(text("Lãnh đạo ký", "Leader"), "handler"),
            "tax": Role(text("Cơ quan thuế", "Tax office"), "tax"),
        },
        "routing": _routing(),
        "sla": Sla(
            (TermBranch(Term(10, "working_day"), "land.remeasured"), TermBranch(Term(5, "working_day"))),
            warn=Term(1, "working_day"),
        ),
        "states": _states(),
        "actions": _actions(),
        "fields": _fields(),
        "documents": _documents(),
        "fees": _fees(),
        "notify": _notices(),
        "children": {
            "residence": Child(
                "1.004222",
                text("Đăng ký thường trú", "Residence"),
                "returned",
                when="land.remeasured",
                fields={"home.commune": "land.commune"},
            ),
        },
    }
    return sample_release(**(parts | changes))


def _routing() -> dict[str, Route]:
    return {
        "intake": Route(by="any_commune_in_province"),
        "handler": Route(
            branches=(
                Branch("VPDK-TINH", 'applicant.kind == "organisation"'),
                Branch("VPDK-CN-LONGKHANH", 'land.commune in former_district("long-khanh")'),
                Branch("VPDK-TINH"),
            )
        ),
        "tax": Route(by="competent:tax", place="land.commune"),
    }


def _states() -> dict[str, State]:
    return {
        "new": State(text("Mới đăng ký", "New"), 1, "not_started", initial=True),
        "accepted": State(text("Được tiếp nhận", "Accepted"), 2, "running", "counter", limit=Term(4, "working_hour")),
        "checking": State(text("Đang thẩm định", "Under review"), 4, "running", "specialist"),
        "supplement": State(text("Chờ bổ sung", "Awaiting papers"), 5, "paused", remind=Term(5, "working_day")),
        "finance": State(text("Chờ thuế", "Awaiting tax"), 6, "paused", "tax", remind=Term(10, "working_day")),
        "signing": State(text("Chờ ký", "Awaiting signature"), 4, "running", "leader"),
        "ready": State(text("Đã xong", "Ready"), 9, "stopped", "counter"),
        "withdrawn": State(text("Đã rút", "Withdrawn"), 7, "stopped", final=True),
        "refused": State(text("Không tiếp nhận", "Refused"), 3, "stopped", final=True),
        "returned": State(text("Đã trả", "Returned"), 10, "stopped", final=True),
    }


def _actions() -> dict[str, Action]:
    ask, added = text("Yêu cầu bổ sung", "Ask for papers"), text("Đã bổ sung", "Papers added")
    receive = step(text("Tiếp nhận", "Accept"), "new", "accepted", "counter", "receive", guard=_COMPLETE)
    ways = (Branch("finance", "land.tax_due"), Branch("signing", "verifications.open == 0"))
    lapse, pay = text("Quá hạn bổ sung", "Papers never came"), text("Đã nộp thuế", "Tax paid")
    sign = text("Ký duyệt", "Sign")
    refuse = text("Từ chối", "Refuse")
    back = text("Trả kết quả", "Return")
    return {
        "receive": receive,
        "refuse": step(refuse, "new", "refused", "counter", "refuse", reason="required", form="mau-03"),
        "forward": step(text("Chuyển xử lý", "Forward"), "accepted", "checking", "counter", "forward"),
        "ask": step(ask, "checking", "supplement", "specialist", "ask", reason="required", form="mau-02"),
        "resubmit": step(added, "supplement", "checking", "counter applicant", "answer"),
        "finish_review": Action(
            text("Xong thẩm định", "Finish review"), ("checking",), ways, ("specialist",), "submit"
        ),
        "paid": step(pay, "finance", "signing", "tax specialist", "step", attach="bien_lai"),
        "sign": step(sign, "signing", "ready", "leader", "sign", attach="ket_qua", signature="digital"),
        "return": step(back, "ready", "returned", "counter", "return", guard="fees.settled"),
        "withdraw": step(text("Rút hồ sơ", "Withdraw"), _OPEN, "withdrawn", "applicant", "withdraw"),
        "lapse": step(lapse, "supplement", "withdrawn", "system", "withdraw", after=Term(30, "calendar_day")),
    }


_COMPLETE, _OPEN = "documents.complete && land.area > 0", "accepted checking supplement"


def _documents() -> dict[str, Document]:
    return {
        "don": Document(text("Đơn đăng ký", "Application"), original=1),
        "gcn": Document(text("Giấy chứng nhận đã cấp", "Certificate"), original=1, on_missing="refuse"),
        "trich_do": Document(text("Mảnh trích đo", "Survey"), original=1, when="land.remeasured"),
        "ket_qua": Document(text("Giấy chứng nhận mới", "New certificate"), original=1, result=True),
        "bien_lai": Document(text("Biên lai", "Receipt"), original=1),
    }


def _fees() -> dict[str, Fee]:
    return {
        "le_phi": Fee(text("Lệ phí", "Fee"), 50_000, by_province={"79": 30_000}),
        "trang": Fee(text("Phí mỗi trang", "Fee a page"), 2_000, per="pages"),
        "do_dac": Fee(text("Phí đo đạc", "Survey fee"), 200_000, when="land.remeasured", collect="on_return"),
    }


def _notices() -> tuple[Notice, ...]:
    return (
        Notice("entered", ("applicant",), ("sms", "email"), "da-tiep-nhan", subject="accepted"),
        Notice("overdue", ("applicant", "leader"), ("sms",), "qua-han"),
    )


def _fields() -> dict[str, Field]:
    return {
        "land.commune": Field("unit", text("Xã nơi có đất", "Commune of the land"), required=True),
        "land.area": Field("number", text("Diện tích", "Area"), required=True, minimum=1, maximum=1_000_000),
        "land.tax_due": Field("boolean", text("Phải nộp thuế", "Tax is due")),
        "land.remeasured": Field("boolean", text("Có đo đạc lại", "Measured again")),
        "land.surveyor": Field("text", text("Đơn vị đo", "Surveyor"), required=True, when="land.remeasured"),
        "pages": Field("number", text("Số trang", "Pages")),
        "owner.name": Field("text", text("Họ tên", "Name"), required=True, personal=True),
        "owner.id": Field("identity_number", text("Số định danh", "Identity number"), personal=True),
        "owner.born": Field("date", text("Ngày sinh", "Born")),
        "owner.kind": Field(
            "choice", text("Loại", "Kind"), choices={"one": text("Một người"), "two": text("Vợ chồng")}
        ),
        "spouse": Field("text", text("Vợ, chồng", "Spouse"), when='owner.kind == "two"'),
        "spouse_mark": Field("text", text("Ghi chú", "Note"), when='spouse != ""'),
        "value": Field("money", text("Giá trị", "Value")),
        "note": Field("long_text", text("Ghi chú", "Note")),
        "plot": Field("text", text("Số thửa", "Plot"), pattern="[0-9]+-[0-9]+", help=text("như 12-345", "like 12-345")),
        "scan": Field("file", text("Bản chụp", "Scan")),
    }


FUNCTIONS = {"former_district": {"long-khanh": ["26080", "26083"]}.__getitem__}
