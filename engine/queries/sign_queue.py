"""What waits for the actor's signature: each dossier with the paper that would be signed, and why it cannot be yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.dossier.case import Case
from engine.dossier.papers import History, attached, histories
from engine.dossier.read_many import read_cases
from engine.queries.page import After, Page
from engine.queries.queue import Ask, QueueLine, queue_count, queue_page
from engine.queries.time_left import TimeLeft
from engine.rules.part_rows import DocumentRow
from engine.rules.procedure.machine import Option
from engine.rules.procedure.permissions import Verdict
from engine.rules.procedure.signatures import is_signature
from engine.store.dossier_parts import journal_of, names_of_people
from engine.text import Text
from engine.transaction import UnitOfWork

MINE = Ask(queue="sign", holder="us")
"""The list of the desk that the sign queue is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperToSign:
    """The file that would be signed. ``brought_by`` is the name of who attached it."""

    id: int
    name: Text
    file_name: str | None
    media_type: str | None
    size: int | None
    sha256: str
    brought_by: str | None
    brought_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SignLine:
    """A dossier that waits for a signature.

    ``action`` is the signing action. ``attach`` is the name of the paper that it takes, None where it takes none, and
    ``attach_key`` its key. ``why`` says why the actor cannot sign now. ``for_id`` is the absent person whom the actor
    would sign for. ``sent_by`` brought the dossier to this desk.
    """

    code: str
    version: int
    procedure: Text
    applicant: str | None
    left: TimeLeft
    action: str
    action_name: Text
    attach: Text | None
    attach_key: str | None
    paper: PaperToSign | None
    why: Text | None
    for_id: int | None
    sent_by: str | None
    sent_at: dt.datetime

    @property
    def seen(self) -> str:
        """What a form says of what was seen: dossier, action, and the paper's hash or else the dossier's version."""
        return f"{self.code}~{self.action}~{self.paper.sha256 if self.paper else f'v{self.version}'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignDetail:
    """One line with what the sender said, and the actions that send the dossier back."""

    line: SignLine
    said: str | None
    back: tuple[tuple[str, Text, bool], ...]
    """Action, name, and whether it needs a reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandsInFor:
    """An absent person whom the actor signs for until a day, by a written assignment."""

    person: int
    name: str
    until: dt.date
    legal: str


def sign_queue(unit: UnitOfWork, *, after: After | None = None, limit: int = 50) -> Page[SignLine]:
    """A page of what waits for the actor's signature, most urgent first."""
    found = queue_page(unit, MINE, after=after, limit=limit)
    return Page(lines=tuple(_lines(unit, found.lines)), after=found.after)


def to_sign(unit: UnitOfWork) -> int:
    """How many dossiers wait for the actor's signature."""
    return queue_count(unit, MINE)


def sign_detail(unit: UnitOfWork, line: SignLine) -> SignDetail:
    """What the pane beside the list shows of a line."""
    cases = read_cases(unit, [line.code])
    if not cases:
        return SignDetail(line=line, said=None, back=())
    case = cases[0]
    here = [(key, one) for key, one in case.release.actions.items() if case.row["state"] in one.sources]
    back = [
        (key, one.name, one.reason == "required") for key, one in here if one.effect == "back" and case.may(key).allowed
    ]
    return SignDetail(line=line, said=_said(case), back=tuple(back))


def stand_ins(unit: UnitOfWork) -> tuple[StandsInFor, ...]:
    """The absent people whom the actor stands in for today."""
    return tuple(
        StandsInFor(person=one.person_id, name=one.name, until=one.valid_to - dt.timedelta(days=1), legal=one.legal)
        for one in unit.actor.substitutions
        if one.valid(unit.today)
    )


def _lines(unit: UnitOfWork, rows: Sequence[QueueLine]) -> list[SignLine]:
    found = {case.code: (case, _signature(case)) for case in read_cases(unit, [row.code for row in rows])}
    cases = {code: case for code, (case, signature) in found.items() if signature is not None}
    chosen = {code: signature for code, (_, signature) in found.items() if signature is not None}
    told = histories(unit, list(cases.values())) if cases else {}
    papers = {code: _paper(case, chosen[code][0], told[case.id]) for code, case in cases.items()}
    names = names_of_people(unit.reader(), _people(cases, papers, told))
    return [
        _line(row, cases[row.code], *chosen[row.code], papers[row.code], told[cases[row.code].id], names)
        for row in rows
        if row.code in cases
    ]


def _signature(case: Case) -> tuple[Option, Verdict | None] | None:
    """The signing action that the actor may take here, else the first one of the state; None where there is none."""
    signing = [
        (option, verdict)
        for option, verdict in case.options()
        if is_signature(case.release.actions[option.action])
        and case.row["state"] in case.release.actions[option.action].sources
    ]
    own = [(option, verdict) for option, verdict in signing if verdict is not None and verdict.allowed]
    return next(iter(own or signing), None)


def _paper(case: Case, option: Option, told: History) -> DocumentRow | None:
    key = case.release.actions[option.action].attach
    return attached(case, option.action, key, told) if key else None


def _people(
    cases: Mapping[str, Case], papers: Mapping[str, DocumentRow | None], told: Mapping[int, History]
) -> set[int]:
    labels = [told[case.id].sender for case in cases.values()]
    labels += [told[cases[code].id].brought.get(row["id"], (0, ""))[1] for code, row in papers.items() if row]
    return {number for label in labels if (number := _person(label)) is not None}


def _line(
    row: QueueLine,
    case: Case,
    option: Option,
    verdict: Verdict | None,
    paper: DocumentRow | None,
    told: History,
    names: Mapping[int, str],
) -> SignLine:
    key = case.release.actions[option.action].attach
    name = case.release.documents[key].name if key else None
    return SignLine(
        code=row.code,
        version=case.row["version"],
        procedure=row.procedure_name,
        applicant=row.applicant,
        left=row.left,
        action=option.action,
        action_name=option.name,
        attach=name,
        attach_key=key,
        paper=_shown(paper, name, told, names) if paper is not None and name is not None else None,
        why=_why_not(option, verdict, name, paper),
        for_id=verdict.behalf_of if verdict is not None else None,
        sent_by=names.get(_person(told.sender) or 0),
        sent_at=row.entered_at,
    )


def _shown(paper: DocumentRow, name: Text, told: History, names: Mapping[int, str]) -> PaperToSign:
    return PaperToSign(
        id=paper["id"],
        name=name,
        file_name=paper["file_name"],
        media_type=paper["media_type"],
        size=paper["size"],
        sha256=paper["sha256"] or "",
        brought_by=names.get(_person(told.brought.get(paper["id"], (0, ""))[1]) or 0),
        brought_at=paper["added_at"],
    )


def _why_not(option: Option, verdict: Verdict | None, name: Text | None, paper: DocumentRow | None) -> Text | None:
    if verdict is None:
        return option.why
    if not verdict.allowed:
        return verdict.why
    if name is not None and paper is None:
        return Text(f"chưa đính kèm “{name.vi}”", f"“{name.en}” is not attached yet")
    return None


def _said(case: Case) -> str | None:
    """The reason or note of the step that led here."""
    told = histories(case.unit, [case])[case.id]
    entries: Sequence[Any] = journal_of(case.unit.reader(), case.id, after=told.since - 1, limit=1)
    private = entries[0].private if entries else None
    said = private.get("note") or private.get("reason") if private else None
    return said if isinstance(said, str) else None


def _person(label: str) -> int | None:
    kind, _, number = label.partition(":")
    return int(number) if kind in ("staff", "admin") and number.isdigit() else None
