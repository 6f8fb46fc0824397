"""The procedure that the tests' house carries out: every kind of step, and no more of each than one."""

from __future__ import annotations

import datetime as dt

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
from engine.text import Text

PROCEDURE = "1.000001"
START = dt.date(2025, 7, 1)


def text(vi: str, en: str) -> Text:
    return Text(vi=vi, en=en)


def release() -> Release:
    """A procedure with every kind of step: intake, supplement, fee, signature, return, refusal, withdrawal, stop."""

    def to(state: str) -> tuple[Branch, ...]:
        return (Branch(state),)

    return Release(
        procedure=PROCEDURE,
        version=1,
        name=text("Xác nhận thử nghiệm", "Trial confirmation"),
        legal=("01/2025/NĐ-CP",),
        effective=Effective(START),
        sector=Sector("TN", text("Thử nghiệm", "Trial")),
        channels=("counter", "portal", "post"),
        applicants=("citizen", "business"),
        roles={
            "counter": Role(text("Cán bộ tiếp nhận", "Counter clerk"), "intake"),
            "specialist": Role(text("Chuyên viên", "Specialist"), "handler"),
            "leader": Role(text("Lãnh đạo", "Leader"), "handler"),
        },
        routing={"intake": Route(by="any_centre_in_province"), "handler": Route(by="competent", place="land.commune")},
        sla=Sla((TermBranch(Term(5, "working_day")),), calendar="vn", warn=Term(1, "working_day")),
        states={
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
        },
        actions={
            "receive": Action(text("Tiếp nhận", "Receive"), ("new",), to("accepted"), ("counter",), "receive"),
            "refuse": Action(
                text("Từ chối", "Refuse"), ("new",), to("refused"), ("counter",), "refuse", reason="required"
            ),
            "forward": Action(text("Chuyển", "Forward"), ("accepted",), to("checking"), ("counter",), "forward"),
            "ask": Action(
                text("Yêu cầu bổ sung", "Ask for papers"),
                ("checking",),
                to("supplement"),
                ("specialist",),
                "ask",
                reason="required",
                form="mau-02",
            ),
            "answer": Action(
                text("Bổ sung", "Supplement"), ("supplement",), to("checking"), ("applicant", "counter"), "answer"
            ),
            "submit": Action(text("Trình ký", "Submit"), ("checking",), to("signing"), ("specialist",), "submit"),
            "sign": Action(text("Ký", "Sign"), ("signing",), to("ready"), ("leader",), "finish"),
            "return": Action(
                text("Trả kết quả", "Return"),
                ("ready",),
                to("returned"),
                ("counter",),
                "return",
                guard="fees.settled",
            ),
            "withdraw": Action(
                text("Rút hồ sơ", "Withdraw"),
                ("new", "accepted", "checking", "supplement"),
                to("withdrawn"),
                ("applicant",),
                "withdraw",
            ),
            "stop": Action(text("Dừng", "Stop"), ("checking",), to("stopped"), ("leader",), "stop", reason="required"),
        },
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
