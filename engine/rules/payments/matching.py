"""Compares what the bank booked with what is known here, transaction by transaction.

``matched``: both know it. ``differs``: one reference, two amounts. ``double``: the bank has one more payment than is
known for a charge that is paid. ``missing_here``: money for an open charge that nobody told. ``unknown``: money that
names no charge. ``outgoing``: money that left, and no refund of ours. ``missing_there``: known here, and not in the
bank's files of its day.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from engine.text import Text

Kind = Literal["matched", "differs", "double", "missing_here", "unknown", "outgoing", "missing_there"]
KINDS: Mapping[Kind, tuple[Text, Text]] = {
    "missing_here": (
        Text("Ngân hàng có, ở đây chưa ghi", "Booked by the bank, not known here"),
        Text("Bấm Ghi thu: tiền vào đúng hồ sơ theo mã nội dung.", "Settle it: the reference names its dossier."),
    ),
    "double": (
        Text("Nộp hai lần", "Paid twice"),
        Text("Bấm Ghi thu: khoản thừa thành khoản phải hoàn trả.", "Settle it: the surplus becomes owed back."),
    ),
    "differs": (
        Text("Số tiền khác nhau", "The amounts differ"),
        Text(
            "Xem chứng từ của ngân hàng; sửa bút toán trong hồ sơ, hoặc hỏi cổng thanh toán.",
            "Look at the bank's paper; correct the entry in the dossier, or ask the gateway.",
        ),
    ),
    "unknown": (
        Text("Không rõ nộp cho hồ sơ nào", "It names no charge"),
        Text(
            "Tìm hồ sơ của người nộp rồi xếp vào, hoặc đóng với lý do.", "Find the dossier, or close it with a reason."
        ),
    ),
    "missing_there": (
        Text("Ở đây có, ngân hàng chưa có", "Known here, not booked by the bank"),
        Text(
            "Có thể ngân hàng ghi vào ngày sau: đọc tệp ngày sau. Nếu vẫn không có, hỏi cổng thanh toán.",
            "The bank may book it a day later: read that file. If it stays away, ask the gateway.",
        ),
    ),
    "outgoing": (
        Text("Tiền ra không phải hoàn trả của ta", "Money that left, and no refund of ours"),
        Text("Phí ngân hàng hoặc chuyển nhầm: đóng với lý do.", "A bank fee or a mistake: close it with a reason."),
    ),
    "matched": (Text("Khớp", "Matched"), Text("Không phải làm gì.", "Nothing to do.")),
}
SAFE: tuple[Kind, ...] = ("missing_here", "double")
"""The kinds that one click repairs: the reference proves whose money it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """A transaction of the bank. ``closed``: somebody has looked at it and said why nothing is to be done."""

    account: str
    key: str
    day: dt.date
    vnd: int
    reference: str | None
    text: str | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A payment (below 0 a refund) that is known here. ``bank_key`` is the bank's number of one from a file."""

    id: int
    account: str
    day: dt.date
    vnd: int
    reference: str | None
    bank_key: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a transaction is; ``booked`` or ``known`` is None where one side does not have it."""

    kind: Kind
    booked: Booked | None
    known: Known | None

    @property
    def safe(self) -> bool:
        return self.kind in SAFE


def matched(
    booked: Sequence[Booked],
    known: Sequence[Known],
    charges: Mapping[str, str],
    covered: Sequence[tuple[str, dt.date, dt.date]],
) -> list[Finding]:
    """Every transaction of both sides with its kind; closed ones that match nothing are left out.

    ``charges`` are the states of charges by reference; ``covered`` the accounts and days of the files that were read.
    """
    found, lines, ours = _paired(booked, known)
    for line in lines:
        twin = next((one for one in ours if line.reference and _may_be(line, one)), None)
        if twin is not None:
            ours.remove(twin)
            found.append(Finding(kind="differs", booked=line, known=twin))
        elif not line.closed:
            found.append(Finding(kind=_alone(line, charges), booked=line, known=None))
    for one in ours:
        if any(account == one.account and first <= one.day <= last for account, first, last in covered):
            found.append(Finding(kind="missing_there", booked=None, known=one))
    return found


def _paired(booked: Iterable[Booked], known: Sequence[Known]) -> tuple[list[Finding], list[Booked], list[Known]]:
    """The pairs of one transaction: by the bank's number, then by account, reference and amount; and what is left."""
    ours = dict(enumerate(known))
    by_key = {(one.account, one.bank_key): place for place, one in ours.items() if one.bank_key}
    by_name: dict[tuple[str, str | None, int], list[int]] = defaultdict(list)
    for place, one in ours.items():
        by_name[one.account, one.reference, one.vnd].append(place)
    found, rest = list[Finding](), list[Booked]()
    for line in booked:
        told = by_key.get((line.account, line.key))
        if told is not None and told in ours:
            found.append(Finding(kind="matched", booked=line, known=ours.pop(told)))
        else:
            rest.append(line)
    left = list[Booked]()
    for line in rest:
        places = by_name[line.account, line.reference, line.vnd] if line.reference else []
        same = next((one for one in places if one in ours and not ours[one].bank_key), None)
        if same is None:
            left.append(line)
        else:
            found.append(Finding(kind="matched", booked=line, known=ours.pop(same)))
    return found, left, list(ours.values())


def _may_be(line: Booked, one: Known) -> bool:
    same = (line.account, line.reference) == (one.account, one.reference)
    return same and one.bank_key is None and (line.vnd > 0) == (one.vnd > 0)


def _alone(line: Booked, charges: Mapping[str, str]) -> Kind:
    if line.vnd < 0:
        return "outgoing"
    if line.reference is None or line.reference not in charges:
        return "unknown"
    return "double" if charges[line.reference] == "paid" else "missing_here"
