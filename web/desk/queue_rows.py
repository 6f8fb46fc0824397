"""A line of a list as its page shows it: plain words, made once, so that a page of many lines costs little."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.queries.queue import Mirror, QueueLine
from engine.text import Text
from server.context import language
from web.text import day

CHANNEL_NAMES: Mapping[str, Text] = {
    "counter": Text("Trực tiếp", "At the counter"),
    "portal": Text("Trực tuyến", "Online"),
    "vneid": Text("VNeID", "VNeID"),
    "post": Text("Bưu chính", "By post"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line in the visitor's language. ``kind`` is that of the time left, ``held`` says who holds the dossier;
    ``quiet`` that this is nobody."""

    id: int
    code: str
    href: str
    version: int
    left: str
    kind: str
    applicant: str
    procedure: str
    state: str
    held: str
    quiet: bool
    office: str
    filed: str
    channel: str
    next_act: str
    warned: bool
    mirror: Mirror | None


_ERASED = Text("(đã xóa)", "(erased)")
_ME, _APPLICANT = Text("Tôi", "Me"), Text("Người nộp", "The applicant")
_NOBODY = Text("Chưa nhận", "Not taken on")


def row_of(line: QueueLine, opened: Callable[[str], str]) -> Row:
    """The line. ``opened`` gives the address of a dossier within the list (``web.desk.list_address.opener``)."""
    lang = language()
    held, quiet = _holder(line, lang)
    return Row(
        id=line.id,
        code=line.code,
        href=opened(line.code),
        version=line.version,
        left=line.left.words.in_(lang),
        kind=line.left.kind,
        applicant=line.applicant or _ERASED.in_(lang),
        procedure=line.procedure_name.in_(lang),
        state=line.state.name.in_(lang),
        held=held,
        quiet=quiet,
        office=line.office.in_(lang) if line.office else "–",
        filed=day(line.filed_at),
        channel=CHANNEL_NAMES[line.channel].in_(lang),
        next_act=line.next_act.in_(lang) if line.next_act else "–",
        warned=line.warned,
        mirror=line.mirror,
    )


def _holder(line: QueueLine, lang: str) -> tuple[str, bool]:
    if line.mine:
        return _ME.in_(lang), False
    if line.holder_name:
        return line.holder_name, False
    if line.office is not None:
        return _NOBODY.in_(lang), True
    return (_APPLICANT.in_(lang), False) if line.state.status.asks else ("–", True)
