"""Version plans in words: whom each change touches, where dossiers go, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cli.output import language, say
from engine.queries.version_plans import DossierOutcome
from engine.rules.versions.fates import WHY

_OUTCOMES = {
    "moves": ("chuyển", "move"),
    "choice": ("cần chọn bước", "need a choice"),
    "cannot": ("không chuyển được", "cannot move"),
    "stays": ("giữ phiên bản cũ", "keep their version"),
}
_STANDING = {
    "waiting": ("chờ chuyển", "are still to be moved"),
    "choice": ("cần chọn bước, hãy lập kế hoạch mới", "need a choice; plan again"),
    "cannot": ("không chuyển được, giữ phiên bản cũ", "cannot move and keep their version"),
    "done": ("đã chuyển", "moved"),
    "stale": ("đã thay đổi sau khi lập kế hoạch, hãy lập lại", "changed since the plan; plan again"),
    "ended": ("đã kết thúc trước khi chuyển", "ended before they were moved"),
    "replaced": ("thuộc kế hoạch sau", "belong to a later plan"),
    "reverted": ("đã hoàn lại", "taken back"),
    "touched": ("đã có người xử lý tiếp nên không hoàn lại", "were worked on since and stay"),
}


def plan_lines(summary: dict[str, Any]) -> list[str]:
    """A plan as lines for a person: whom each change touches, where dossiers go, and whom somebody must look at."""
    counts, vi = summary["dossiers"], language() == "vi"
    lines = [f"{summary['procedure']}@{summary['version']}  {summary['from']}  {', '.join(summary['legal'])}", ""]
    for one in summary["changes"]:
        touched = say(f"[{one['dossiers']} hồ sơ]", f"[touches {one['dossiers']}]")
        lines.append(f"  v{one['version']}: {one['vi' if vi else 'en']}  {touched}")
    lines += ["", _counts(counts)]
    for one in summary["ways"]:
        target = one["target"] or "?"
        passage = one["state"] if one["outcome"] == "stays" else f"{one['state']} → {target}"
        why = f" ({WHY[one['why']].in_(language())})" if one["why"] else ""
        lines.append(f"{one['dossiers']:>9} v{one['version']} {passage}: {say(*_OUTCOMES[one['outcome']])}{why}")
    for one in summary["named"][:20]:
        among = f": {', '.join(one['candidates'])}" if one["candidates"] else ""
        lines.append(f"  ! {one['code']} ({one['state']}){among}")
    if summary["recompute"]:
        lines.append(
            say("Thời hạn được tính lại theo phiên bản mới.", "Time limits are recomputed by the new version.")
        )
    if "plan" in summary:
        lines.append(say(f"Mã băm: {summary['plan']}", f"Digest: {summary['plan']}"))
    return lines


def standing_lines(counts: Mapping[str, int]) -> list[str]:
    """The numbers of a plan's dossiers by outcome, one a line."""
    return [f"{counts[key]:>9} {say(*words)}" for key, words in _STANDING.items() if counts.get(key)]


def item_line(one: DossierOutcome) -> str:
    """One dossier of a plan and its outcome as a line."""
    why = f" ({WHY[one.why].in_(language())})" if one.why else ""
    passage = one.state + (f" → {one.target}" if one.target else "")
    return f"{one.code}  {passage}  {say(*_STANDING[one.status])}{why}"


def _counts(counts: Mapping[str, int]) -> str:
    """``412 open: 380 move unchanged, 29 need a choice, 3 cannot``."""
    parts = {
        "unchanged": ("chuyển nguyên bước", "move unchanged"),
        "moves": ("chuyển sang bước khác", "move to another step"),
        "choice": ("cần chọn", "need a choice"),
        "cannot": ("không chuyển được", "cannot"),
        "stays": ("giữ phiên bản cũ", "keep their version"),
    }
    told = ", ".join(f"{counts[key]} {say(*words)}" for key, words in parts.items() if counts[key])
    return say(f"{counts['open']} hồ sơ đang chạy", f"{counts['open']} open") + (f": {told}" if told else "")
