"""How the two sides may differ about a dossier, whose fault that is, and which differences a resend settles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from engine.text import Text

FIELDS: Final = ("procedure", "received", "due", "state", "ended", "office", "documents", "fee", "result")
"""The differences that one field of the dossier's message shows."""
MISSING_THERE: Final = "missing_there"
MISSING_HERE: Final = "missing_here"
DUPLICATE: Final = "duplicate_there"
KINDS: Final[Mapping[str, Text]] = {
    MISSING_THERE: Text("thiếu bên Cổng", "missing there"),
    MISSING_HERE: Text("thiếu bên này", "missing here"),
    DUPLICATE: Text("trùng bên Cổng", "twice there"),
    "procedure": Text("khác thủ tục", "procedure differs"),
    "received": Text("khác ngày tiếp nhận", "day of reception differs"),
    "due": Text("khác ngày hẹn trả", "due date differs"),
    "state": Text("khác trạng thái", "state differs"),
    "ended": Text("khác ngày kết thúc", "day of the end differs"),
    "office": Text("khác mã cơ quan", "office code differs"),
    "documents": Text("khác giấy tờ", "papers differ"),
    "fee": Text("khác phí, lệ phí", "fee differs"),
    "result": Text("khác kết quả", "result differs"),
}
"""The twelve kinds."""

FAULTS: Final[Mapping[str, Text]] = {
    "waiting": Text("hàng đợi bên này chưa gửi", "our outbox has not sent it yet"),
    "network": Text("bên này không gửi tới được", "ours: it could not be delivered"),
    "mapping": Text("tệp ánh xạ thiếu mã", "the mapping file lacks a code"),
    "refused": Text("Cổng từ chối", "the portal refused it"),
    "untold": Text("bên này chưa từng gửi", "ours: it was never told"),
    "theirs": Text("Cổng đã nhận nhưng giữ khác", "the portal accepted it and holds something else"),
}
"""Whose turn it is."""

ENDED: Final = frozenset({"3", "7", "8", "10"})
"""The portal's status codes after which nothing follows there."""
_BY_PERSON: Final[Mapping[str, Text]] = {
    MISSING_HERE: Text(
        "Hồ sơ có trên Cổng mà không có ở đây: tìm theo mã trong hàng hồ sơ nộp trực tuyến; nếu Cổng ghi nhầm nơi "
        "nhận, đề nghị đơn vị vận hành Cổng chuyển đi.",
        "The portal holds a dossier that is not here: look for its code among the online filings; if the portal has "
        "the wrong receiver, ask its operator to pass it on.",
    ),
    DUPLICATE: Text(
        "Cổng giữ hai bản cùng mã: gửi lại không gộp được. Báo mã cho đơn vị vận hành Cổng để bỏ một bản.",
        "The portal holds two records of one code: a resend cannot merge them. Tell its operator the code, so that one "
        "is removed.",
    ),
    "procedure": Text(
        "Hai bên ghi hai thủ tục: xem hồ sơ thuộc thủ tục nào, rồi sửa tệp ánh xạ hoặc nhờ đơn vị vận hành Cổng sửa.",
        "The two sides name two procedures: see which is right, then change the mapping file or ask the portal's "
        "operator to change it.",
    ),
    "state": Text(
        "Cổng ghi hồ sơ đã kết thúc mà bên này còn xử lý: hỏi người nộp hoặc đơn vị vận hành Cổng trước khi gửi lại.",
        "The portal says the dossier has ended while it runs here: ask the applicant or the portal's operator before "
        "it is sent again.",
    ),
}
_MEND_MAPPING = Text(
    "Thêm mã vào tệp ánh xạ, kiểm tra bằng motcua portal check-mapping, rồi gửi lại.",
    "Add the code to the mapping file, check it by motcua portal check-mapping, then send again.",
)
_RESEND = Text("Gửi lại toàn bộ hồ sơ.", "Send the whole dossier again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference: its kind, what stands here and there (never personal data), and whether a resend settles it."""

    kind: str
    ours: str | None
    theirs: str | None
    safe: bool


def differing(ours: Mapping[str, str], theirs: Mapping[str, str]) -> tuple[Difference, ...]:
    """The differences between two records, each as canonical texts by kind.

    Another procedure, and a state after which nothing follows there while ours goes on, are a person's to settle.

    >>> [one.kind for one in differing({"state": "4", "due": "1"}, {"state": "4", "due": "2"})]
    ['due']
    """
    found = []
    for kind in FIELDS:
        here, there = ours.get(kind, ""), theirs.get(kind, "")
        if here != there:
            ahead = kind == "state" and there in ENDED and here not in ENDED
            safe = kind != "procedure" and not ahead
            found.append(Difference(kind=kind, ours=here[:200], theirs=there[:200], safe=safe))
    return tuple(found)


def advice(kind: str, fault: str, safe: bool) -> Text:
    """What to do about a difference."""
    if fault == "mapping":
        return _MEND_MAPPING
    return _RESEND if safe else _BY_PERSON.get(kind, _RESEND)
