"""The mapping of our facts to the messages of the national portal: names, codes and dates, as a file tells them.

It is pure: the program knows which facts there are, the file says what the other side calls them. Codes that change are
dated, and the day that decides is that of the event which is told.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from engine.errors import Refusal

KINDS: Final = ("dossier", "progress", "documents", "fees", "results")
"""The messages. ``dossier`` carries the lists, too; the last three carry one list each."""
FACTS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("code", "procedure.name", "sector", "sector.name", "applicant", "applicant.number"), "text"),
    **dict.fromkeys(("handler.name", "holder.name", "intake.name", "person", "role", "step"), "text"),
    **dict.fromkeys(("filed", "received", "due", "ended", "returned", "refused"), "moment"),
    **dict.fromkeys(("at", "entered", "step_due"), "moment"),
    **dict.fromkeys(("digitised", "verified", "paid_online"), "flag"),
    **dict.fromkeys(("handler", "holder", "intake"), "agency"),
    **dict.fromkeys(("handler.unit", "intake.unit"), "unit"),
    "procedure": "procedure",
    "channel": "channel",
    "applicant.kind": "applicant",
    "status": "status",
}
"""The facts of a dossier and of a step, each with its kind: how it is written follows from that."""
LISTS: Final[Mapping[str, Mapping[str, str]]] = {
    "documents": {"name": "text", "copies": "number", "digitised": "flag", "reused": "flag"},
    "fees": {"name": "text", "vnd": "number", "paid": "flag", "paid_at": "moment", "method": "paid"},
    "results": {"name": "text", "signed_at": "moment", "signed": "flag"},
}
"""The lists of a dossier with the facts of their entries."""
CODES: Final = ("status", "channel", "applicant", "paid")
FORMS: Final[Mapping[str, str]] = {"yyyyMMddHHmmss": "%Y%m%d%H%M%S", "yyyyMMdd": "%Y%m%d", "iso": "%Y-%m-%dT%H:%M:%S"}
"""How a moment may be written, in the civil time of Viet Nam."""
ADDRESSES: Final = ("login", "call", "list")
ENVELOPE: Final = (
    *("username", "password", "session", "agency", "service", "updating", "data", "key", "sequence", "fields", "after"),
    *("error", "message", "fingerprint", "expired"),
)


class NotMapped(Refusal):
    """A value has no code on the other side; the mapping file must get one."""

    code = "not-mapped"
    vi = "Tệp ánh xạ chưa có mã {kind} cho “{value}” ngày {day}. Thêm dòng vào tệp rồi gửi lại."
    en = "The mapping file has no {kind} code for “{value}” on {day}. Add a line to the file, then send again."


class Dated:
    """Codes by our own code and by day: each holds from its day until the next one begins.

    >>> known = Dated([("A", dt.date(2025, 7, 1), "new"), ("A", dt.date(2020, 1, 1), "old")])
    >>> known.on("A", dt.date(2025, 6, 30)), known.on("A", dt.date(2025, 7, 1)), known.on("B", dt.date(2025, 7, 1))
    ('old', 'new', None)
    """

    def __init__(self, lines: list[tuple[str, dt.date, str]]) -> None:
        self._known: dict[str, list[tuple[dt.date, str]]] = {}
        for ours, start, theirs in sorted(lines):
            self._known.setdefault(ours, []).append((start, theirs))

    def on(self, ours: str, day: dt.date) -> str | None:
        """The code on a day; None where no line holds."""
        lines = self._known.get(ours)
        at = bisect_right(lines, day, key=lambda line: line[0]) if lines else 0
        return lines[at - 1][1] if lines and at else None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageForm:
    """A message: its service, its fields (their name → our fact) and its lists (their name → our list)."""

    service: str
    fields: Mapping[str, str]
    lists: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalMapping:
    """A checked mapping file. ``compare`` maps kinds of differences to the field of ``dossier`` that shows them."""

    verified: bool
    source: str
    addresses: Mapping[str, str]
    envelope: Mapping[str, str]
    moments: str
    messages: Mapping[str, MessageForm]
    lists: Mapping[str, Mapping[str, str]]
    compare: Mapping[str, str]
    codes: Mapping[str, Mapping[str, str]]
    states: Mapping[tuple[str, str], str]
    agencies: Dated
    units: Dated
    procedures: Dated

    def code(self, kind: str, ours: str, day: dt.date) -> str:
        """The code of a status, a channel, a kind of applicant or a way to pay. Raises NotMapped."""
        theirs = self.codes[kind].get(ours)
        if theirs is None:
            raise NotMapped(kind=kind, value=ours, day=day)
        return theirs

    def agency(self, office: str, identifier: str, day: dt.date) -> str:
        """The code of an office on a day: the file's, else the office's own identifier. Raises NotMapped."""
        theirs = self.agencies.on(office, day) or identifier
        if not theirs:
            raise NotMapped(kind="agency", value=office, day=day)
        return theirs
