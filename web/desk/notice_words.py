"""The words of a notice in the inbox: its published template's, or those of the notices that every desk has."""

from __future__ import annotations

from engine.queries.inbox import InboxLine
from engine.text import Text

_BUILT_IN = {
    "duoc-giao-viec": Text("Anh/chị được giao hồ sơ này", "This dossier was assigned to you"),
    "go-nhan-viec": Text("Hồ sơ này không còn do anh/chị giữ", "You do not hold this dossier any more"),
    "sap-den-han": Text("Hồ sơ sắp đến hạn", "The dossier is due soon"),
    "buoc-qua-han": Text("Bước xử lý đã quá hạn", "The step is overdue"),
}
_OTHER = Text("Có thông báo về hồ sơ", "A notice about the dossier")


def words_of(line: InboxLine) -> Text:
    """What a notice says in one line."""
    return line.subject or _BUILT_IN.get(line.template, _OTHER)
