"""The words of a plan of a reform: where it stands, what became of its dossiers, and what is checked before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.queries.reform_plans import PlanView
from engine.text import Text

STAGES: Mapping[str, tuple[Text, str, str]] = {
    "made": (Text("Đã lập, chưa trình", "Made, not put up"), "wait", "note"),
    "proposed": (Text("Chờ phê duyệt", "Waits for approval"), "soon", "clock"),
    "approved": (Text("Đã phê duyệt", "Approved"), "good", "ok"),
    "loading": (Text("Đang nạp", "Being loaded"), "wait", "play"),
    "ready": (Text("Sẵn sàng", "Ready"), "good", "ok"),
    "applying": (Text("Đang áp dụng", "Being applied"), "wait", "play"),
    "applied": (Text("Đã áp dụng", "Applied"), "good", "check"),
    "revert-asked": (Text("Chờ duyệt hoàn lại", "Way back waits for approval"), "soon", "clock"),
    "reverting": (Text("Đang hoàn lại", "Being taken back"), "wait", "undo"),
    "reverted": (Text("Đã hoàn lại", "Taken back"), "", "undo"),
    "withdrawn": (Text("Đã rút", "Withdrawn"), "", "x"),
    "refused": (Text("Không thực hiện được", "Could not be done"), "late", "late"),
    "done": (Text("Đã thực hiện", "Done"), "good", "check"),
}
"""For each stage of a plan its words, and the kind and the icon of its tag."""
STANDING: Mapping[str, Text] = {
    "stays": Text("giữ nguyên", "stay"),
    "moves": Text("tự chuyển", "move by themselves"),
    "without": Text("không có nơi nhận", "have no office to go to"),
    "waiting": Text("chờ chuyển", "still to be moved"),
    "person": Text("chờ người quyết định", "wait for a person"),
    "done": Text("đã chuyển", "moved"),
    "stale": Text("đã thay đổi sau khi lập kế hoạch, hãy lập lại", "changed since the plan; plan again"),
    "ended": Text("đã kết thúc trước khi chuyển", "ended before they were moved"),
    "replaced": Text("thuộc kế hoạch sau", "belong to a later plan"),
    "reverted": Text("đã hoàn lại", "taken back"),
    "touched": Text("đã có người xử lý tiếp nên không hoàn lại", "were worked on since and stay"),
}
"""What becomes, or became, of a plan's dossiers, after their number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A line of the checks before a plan is applied; ``kind`` is that of its tag: good, soon, late."""

    kind: str
    words: Text


def checks_of(plan: PlanView) -> tuple[Check, ...]:
    """What is checked, what somebody has to do, and what would refuse the plan."""
    return (*_of_dossiers(plan), *(_of_everything(plan) if plan.whole else ()), *_of_texts(plan))


def _of_dossiers(plan: PlanView) -> Iterator[Check]:
    without, person = plan.outcomes.get("without", 0), plan.standing.get("person", plan.outcomes.get("person", 0))
    yield Check(
        kind="late" if without else "good",
        words=Text(
            f"{without} hồ sơ không có nơi nhận; có thì không áp dụng được",
            f"{without} dossiers have no office to go to; with any of them the plan is refused",
        ),
    )
    yield Check(
        kind="soon" if person else "good",
        words=Text(f"{person} hồ sơ cần người quyết định", f"{person} dossiers need a person's decision"),
    )
    yield Check(kind="good", words=Text("Không thời hạn nào tính lại từ đầu", "No time limit begins anew"))
    if stale := plan.standing.get("stale", 0):
        yield Check(
            kind="late",
            words=Text(
                f"{stale} hồ sơ đã thay đổi sau khi lập kế hoạch; hãy lập kế hoạch lại",
                f"{stale} dossiers changed since the plan; plan again",
            ),
        )


def _of_everything(plan: PlanView) -> Iterator[Check]:
    """What the plan says of the country as a whole only."""
    yield Check(
        kind="soon" if plan.counted.assign else "good",
        words=Text(
            f"{plan.counted.assign} vai trò cán bộ cần phân công, {plan.counted.follow} chuyển theo cơ quan kế thừa",
            f"{plan.counted.assign} posts of clerks need an assignment, {plan.counted.follow} follow their office",
        ),
    )
    if plan.counted.other_closures:
        yield Check(
            kind="soon",
            words=Text(
                f"{plan.counted.other_closures} hồ sơ đến cơ quan có ngày nghỉ riêng khác",
                f"{plan.counted.other_closures} dossiers come to an office with other days of closure",
            ),
        )
    if plan.counted.left_behind:
        yield Check(
            kind="soon",
            words=Text(
                f"{plan.counted.left_behind} hồ sơ còn chờ quyết định của lần sắp xếp trước; lần này không động đến",
                f"{plan.counted.left_behind} dossiers wait for an earlier reform; this one does not reach them",
            ),
        )


def _of_texts(plan: PlanView) -> Iterator[Check]:
    if unread := sum(not one.verified for one in plan.reform.legal):
        yield Check(
            kind="soon",
            words=Text(
                f"{unread} căn cứ chưa đối chiếu với Công báo",
                f"{unread} legal texts were not read in the official gazette",
            ),
        )
