"""What money that came in is: compared with its charge and with what the dossier owes now.

``settled``: exactly what was open. ``less``, ``more``: another amount. ``double``: the charge was paid already.
``late``: the dossier had ended when it came. ``unknown``: no charge has this reference. ``elsewhere``: the truth about
the dossier is in another system. Only the last two enter no ledger. Whatever nobody owes is owed back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from engine.text import Text

Outcome = Literal["settled", "less", "more", "double", "late", "unknown", "elsewhere"]
OUTCOMES: Mapping[Outcome, Text] = {
    "settled": Text("đúng số tiền", "exact amount"),
    "less": Text("nộp thiếu", "too little"),
    "more": Text("nộp thừa", "too much"),
    "double": Text("nộp hai lần", "paid twice"),
    "late": Text("nộp sau khi hồ sơ kết thúc", "paid after the dossier had ended"),
    "unknown": Text("không rõ nộp cho hồ sơ nào", "unknown reference"),
    "elsewhere": Text("hồ sơ do hệ thống khác giữ", "dossier kept by another system"),
}
UNPLACED: tuple[Outcome, ...] = ("unknown", "elsewhere")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a payment is; ``parts`` are the đồng for each fee, ``surplus`` those that nobody owes."""

    outcome: Outcome
    parts: Mapping[str, int]
    surplus: int


def judged(vnd: int, charged: int, paid_before: int, due: Mapping[str, int], *, ended: bool) -> Verdict:
    """The verdict on ``vnd`` đồng for a charge of ``charged``, of which ``paid_before`` came in before.

    ``due`` is what each fee of the charge still lacks. ``ended``: nothing is asked for any more.

    >>> judged(60, 54, 0, {"a": 50, "b": 4}, ended=False)
    Verdict(outcome='more', parts={'a': 50, 'b': 4}, surplus=6)
    >>> judged(54, 54, 54, {"a": 0}, ended=False)
    Verdict(outcome='double', parts={}, surplus=54)
    """
    if paid_before >= charged:
        return Verdict("double", {}, vnd)
    if ended:
        return Verdict("late", {}, vnd)
    parts: dict[str, int] = {}
    left = vnd
    for key, lacking in due.items():
        if part := min(lacking, left):
            parts[key] = part
            left -= part
    open_ = charged - paid_before
    outcome: Outcome = "settled" if vnd == open_ else "less" if vnd < open_ else "more"
    return Verdict(outcome, parts, left)
