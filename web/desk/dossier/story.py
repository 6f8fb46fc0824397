"""The journal of a dossier as its page tells it: lines with words, the notes, the corrected values, chosen by kind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.dossier.case import Case
from engine.queries.journal import Corrected, JournalLine
from engine.rules.procedure.definition import Release
from engine.text import Text

KINDS: Mapping[str, Text] = {
    "": Text("tất cả", "all"),
    "viec": Text("việc", "acts"),
    "giay-to": Text("giấy tờ", "papers"),
    "thong-bao": Text("thông báo", "notices"),
    "xem": Text("lượt xem", "looks"),
}
_OF_PAPERS = frozenset({"add_document", "check_document", "remove_document", "issue_form"})


@dataclass(frozen=True, slots=True)
class Told:
    """A line of the journal. ``leads_to`` is the state that it led to, ``about`` what it was about."""

    line: JournalLine
    leads_to: Text | None
    about: Text | None


@dataclass(frozen=True, slots=True)
class Note:
    """A note of a colleague."""

    at: dt.datetime
    name: str
    text: str


def told(case: Case, lines: Iterable[JournalLine], kind: str) -> tuple[Told, ...]:
    """The lines of a kind, newest first."""
    chosen = [line for line in lines if kind == "" or (line.act in _OF_PAPERS) == (kind == "giay-to")]
    return tuple(Told(line, _leads_to(line, case.release), _about(line, case)) for line in reversed(chosen))


def notes(lines: Iterable[JournalLine]) -> tuple[Note, ...]:
    """The notes among the lines, newest first."""
    found = [Note(one.at, one.name or "", one.reason) for one in lines if one.act == "add_note" and one.reason]
    return tuple(reversed(found))


def corrections(lines: Iterable[JournalLine]) -> Mapping[str, tuple[tuple[JournalLine, Corrected], ...]]:
    """What was corrected, by the key of the form's field, oldest first."""
    found: dict[str, tuple[tuple[JournalLine, Corrected], ...]] = {}
    for line in lines:
        for one in line.corrected:
            found[one.key] = (*found.get(one.key, ()), (line, one))
    return found


def _leads_to(line: JournalLine, release: Release) -> Text | None:
    state = release.states.get(str(line.changes.get("state", "")))
    return state.name if state is not None and line.data.get("from") != line.data.get("to") else None


def _about(line: JournalLine, case: Case) -> Text | None:
    """A paper, a form, an office or a sum that the entry names."""
    data, release = line.data, case.release
    if line.act in ("add_document", "remove_document") and data.get("key") in release.documents:
        return release.documents[data["key"]].name
    if line.act == "check_document":
        return Text("đạt", "in order") if data.get("accepted") else Text("không đạt", "not in order")
    if line.act == "issue_form":
        return Text(f"Mẫu số {data.get('form')} ({data.get('mark')})", f"Form {data.get('form')} ({data.get('mark')})")
    if line.act in ("settle_fee", "open_charge", "receive_payment", "order_refund", "conclude_refund"):
        return Text(f"{data.get('vnd', 0):,} đ".replace(",", "."), f"{data.get('vnd', 0):,} đ")
    if line.act == "transfer":
        return case.unit.catalogue.office_name(str(data.get("to")))
    if line.act in ("ask_verification", "answer_verification"):
        return case.unit.catalogue.office_name(str(data.get("office")))
    if line.act == "link":
        return Text(str(data.get("other")), str(data.get("other")))
    return None
