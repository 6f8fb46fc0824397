"""A procedure with every kind of step, and one of each: the one that the served installation carries out."""

from __future__ import annotations

from engine.rules.procedure.definition import (
    Action,
    Document,
    Fee,
    Field,
    Notice,
    Release,
    Route,
    Sector,
    Sla,
    State,
    Term,
    TermBranch,
)
from tests.installation.releases import roles, sample_release, step, text

PROCEDURE = "1.000001"


def trial_release() -> Release:
    """Intake, supplement, fee, signature, return, refusal, withdrawal, stop."""
    return sample_release(
        procedure=PROCEDURE,
        name=text("Xác nhận thử nghiệm", "Trial confirmation"),
        legal=("01/2025/NĐ-CP",),
        sector=Sector("TN", text("Thử nghiệm", "Trial")),
        channels=("counter", "portal", "post"),
        applicants=("citizen", "business"),
        roles=roles("counter", "specialist", "leader"),
        routing={"intake": Route(by="any_centre_in_province"), "handler": Route(by="competent", place="land.commune")},
        sla=Sla((TermBranch(Term(5, "working_day")),), calendar="vn", warn=Term(1, "working_day")),
        states=_states(),
        actions=_actions(),
        fields={
            "land.commune": Field("unit", text("Xã của thửa đất", "Commune of the plot"), required=True),
            "purpose": Field("text", text("Mục đích", "Purpose")),
            "father": Field("person", text("Cha", "Father"), personal=True),
        },
        documents={
            "form": Document(text("Tờ khai", "Form"), original=1),
            "card": Document(text("Giấy tờ tùy thân", "Identity paper"), copy=1, reusable=True),
        },
        fees={"fee": Fee(text("Lệ phí", "Fee"), 50_000, collect="on_return")},
        notify=(Notice("entered", ("specialist",), ("inbox",), "giao-viec", subject="checking"),),
    )


def _states() -> dict[str, State]:
    return {
        "new": State(text("Mới đăng ký", "New"), 1, "not_started", "counter", initial=True),
        "accepted": State(text("Đã tiếp nhận", "Accepted"), 2, "running", "counter", limit=Term(4, "working_hour")),
        "checking": State(text("Đang thẩm định", "Under review"), 4, "running", "specialist"),
        "supplement": State(text("Chờ bổ sung", "Awaiting papers"), 5, "paused"),
        "signing": State(text("Chờ ký", "Awaiting signature"), 4, "running", "leader"),
        "ready": State(text("Có kết quả", "Result ready"), 9, "stopped", "counter"),
        "returned": State(text("Đã trả", "Returned"), 10, "stopped", final=True),
        "refused": State(text("Từ chối", "Refused"), 3, "stopped", final=True),
        "withdrawn": State(text("Đã rút", "Withdrawn"), 7, "stopped", final=True),
        "stopped": State(text("Dừng", "Stopped"), 8, "stopped", final=True),
    }


def _actions() -> dict[str, Action]:
    ask, leave = text("Yêu cầu bổ sung", "Ask for papers"), "new accepted checking supplement"
    answer, back = text("Bổ sung", "Supplement"), text("Trả kết quả", "Return")
    return {
        "receive": step(text("Tiếp nhận", "Receive"), "new", "accepted", "counter", "receive"),
        "refuse": step(text("Từ chối", "Refuse"), "new", "refused", "counter", "refuse", reason="required"),
        "forward": step(text("Chuyển", "Forward"), "accepted", "checking", "counter", "forward"),
        "ask": step(ask, "checking", "supplement", "specialist", "ask", reason="required", form="mau-02"),
        "answer": step(answer, "supplement", "checking", "applicant counter", "answer"),
        "submit": step(text("Trình ký", "Submit"), "checking", "signing", "specialist", "submit"),
        "sign": step(text("Ký", "Sign"), "signing", "ready", "leader", "finish"),
        "return": step(back, "ready", "returned", "counter", "return", guard="fees.settled"),
        "withdraw": step(text("Rút hồ sơ", "Withdraw"), leave, "withdrawn", "applicant", "withdraw"),
        "stop": step(text("Dừng", "Stop"), "checking", "stopped", "leader", "stop", reason="required"),
    }
