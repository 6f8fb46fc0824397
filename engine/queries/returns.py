"""Results that wait to be collected: whose they are, who may collect them, since when, and what is still owed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from engine.clock import civil_day
from engine.dossier.case import Case, read_case
from engine.dossier.read_many import read_cases
from engine.errors import NotFound
from engine.forms.handed_over import results_standing
from engine.queries.look_up import code_of
from engine.queries.page import After, Page
from engine.queries.queue import Ask, queue_page, short_name
from engine.rules.masking import masked_number, masked_text
from engine.rules.procedure.portal_status import PortalStatus
from engine.security.citizen_link import RECEIPT_ALPHABET, RECEIPT_LENGTH, link_hash, receipt_matches
from engine.store.returns import ReadyRow, count_ready, people_of, ready_results
from engine.store.sessions import dossier_by_link
from engine.store.visibility import visible_dossiers
from engine.text import Text
from engine.transaction import UnitOfWork

LONG_AFTER = dt.timedelta(days=30)
"""A result that waits longer than this is called uncollected for long."""
MOST_RECEIPTS = 3000
"""Results among which a receipt code is looked for."""
_LINK = re.compile(r"/h/([A-Za-z0-9_\-]{20,200})")
_RECEIPT = re.compile(rf"[{RECEIPT_ALPHABET}OIL]{{{RECEIPT_LENGTH}}}")
Way = Literal["applicant", "representative", "post"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Collector:
    """Who may be expected to collect the result. ``name`` is None of a consignment by post."""

    way: Way
    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnLine:
    """A result that waits. ``due_vnd`` is what is still owed; ``days`` since it was ready."""

    code: str
    procedure: Text
    applicant: str | None
    collector: Collector
    ready_at: dt.datetime
    days: int
    long: bool
    due_vnd: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Who took a result, masked: an identity paper or an authority, or the number of a consignment."""

    name: str | None
    identity_number: str | None
    authority: str | None
    tracking: str | None
    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnView:
    """One result to hand over. ``why`` says why it cannot be now; ``taken`` who took it, once that happened."""

    line: ReturnLine
    version: int
    results: tuple[Text, ...]
    applicant_number: str | None
    representative: Collector | None
    authority: str | None
    why: Text | None
    returned_at: dt.datetime | None
    taken: Taken | None


def results_waiting(
    unit: UnitOfWork, *, long: bool = False, after: After | None = None, limit: int = 50
) -> Page[ReturnLine]:
    """A page of the results that the actor's offices must return, longest waiting first; ``long``: only for long."""
    place = (after.moment, after.id) if after is not None and after.moment is not None else None
    since = unit.now - LONG_AFTER if long else None
    rows = _ready(unit, limit + 1, since, place)
    following = After(id=rows[limit - 1].id, moment=rows[limit - 1].finished_at) if len(rows) > limit else None
    return Page(lines=tuple(_lines(unit, [row.code for row in rows[:limit]])), after=following)


def number_waiting(unit: UnitOfWork) -> tuple[int, int]:
    """How many results wait, and how many of them for long."""
    offices = sorted(unit.actor.acting_offices(unit.today))
    if not offices:
        return 0, 0
    visible = visible_dossiers(unit.actor, unit.today)
    return count_ready(unit.reader(), visible, offices, unit.now - LONG_AFTER)


def results_found(unit: UnitOfWork, asked: str) -> tuple[ReturnLine, ...]:
    """The waiting results that a QR code, a receipt code, a dossier code or a name finds."""
    link = _LINK.search(asked)
    if link is not None:
        keys = dossier_by_link(unit.reader(), link_hash(link[1]))
        return tuple(_waiting(unit, [keys.code] if keys is not None else []))
    plain = "".join(sign for sign in asked.upper() if sign.isalnum())
    if _RECEIPT.fullmatch(plain) and (found := _by_receipt(unit, plain)):
        return tuple(_waiting(unit, found))
    exact = _waiting(unit, [code_of(asked)])
    if exact:
        return tuple(exact)
    page = queue_page(unit, Ask(queue="return", holder="us", text=asked))
    return tuple(_lines(unit, [line.code for line in page.lines]))


def result_to_return(unit: UnitOfWork, code: str) -> ReturnView:
    """One result, ready or returned. Raises NotFound."""
    case = read_case(unit, code, along=("documents", "fees", "ledger"))
    if PortalStatus(case.row["portal"]) not in (PortalStatus.READY, PortalStatus.RETURNED):
        raise NotFound(what=code)
    people = people_of(unit.reader(), [case.id])[case.id]
    named = [row for row in people if row["kind"] == "representative" and row["until"] is None]
    given = [row for row in people if row["kind"] in ("collector", "post")]
    return ReturnView(
        line=_line(unit, case, people),
        version=case.row["version"],
        results=results_standing(case),
        applicant_number=masked_number(case.applicant["identity_number"]),
        representative=Collector(way="representative", name=named[-1]["name"]) if named else None,
        authority=masked_text(named[-1]["authority"]) if named else None,
        why=_why_not(case),
        returned_at=case.row["returned_at"],
        taken=_taken(given[-1]) if given else None,
    )


def _ready(
    unit: UnitOfWork,
    limit: int,
    since: dt.datetime | None = None,
    after: tuple[dt.datetime, int] | None = None,
) -> list[ReadyRow]:
    offices = sorted(unit.actor.acting_offices(unit.today))
    visible = visible_dossiers(unit.actor, unit.today)
    if not offices:
        return []
    return ready_results(unit.reader(), visible, offices, since=since, after=after, limit=limit)


def _by_receipt(unit: UnitOfWork, typed: str) -> list[str]:
    keys = unit.settings.secret_keys
    return [row.code for row in _ready(unit, MOST_RECEIPTS) if receipt_matches(keys, row.link_nonce, typed)]


def _waiting(unit: UnitOfWork, codes: Sequence[str]) -> list[ReturnLine]:
    """The lines of those of these dossiers that wait at the actor's desk."""
    offices = unit.actor.acting_offices(unit.today)
    cases = read_cases(unit, codes, along=("documents", "fees", "ledger"))
    return _of_cases(unit, [case for case in cases if _waits(case) and case.row["holder_office"] in offices])


def _lines(unit: UnitOfWork, codes: Sequence[str]) -> list[ReturnLine]:
    return _of_cases(unit, read_cases(unit, codes, along=("documents", "fees", "ledger")))


def _of_cases(unit: UnitOfWork, cases: Sequence[Case]) -> list[ReturnLine]:
    people = people_of(unit.reader(), [case.id for case in cases]) if cases else {}
    return [_line(unit, case, people[case.id]) for case in cases]


def _waits(case: Case) -> bool:
    return PortalStatus(case.row["portal"]) is PortalStatus.READY


def _line(unit: UnitOfWork, case: Case, people: Sequence[Mapping[str, Any]]) -> ReturnLine:
    ready_at = case.row["finished_at"] or case.row["entered_at"]
    return ReturnLine(
        code=case.code,
        procedure=short_name(case.release),
        applicant=case.applicant["name"],
        collector=_collector(case, people),
        ready_at=ready_at,
        days=(unit.today - civil_day(ready_at)).days,
        long=unit.now - ready_at > LONG_AFTER,
        due_vnd=case.money().due,
    )


def _collector(case: Case, people: Sequence[Mapping[str, Any]]) -> Collector:
    named = [row["name"] for row in people if row["kind"] == "representative" and row["until"] is None]
    if named:
        return Collector(way="representative", name=named[-1])
    if case.row["channel"] == "post":
        return Collector(way="post", name=None)
    return Collector(way="applicant", name=case.applicant["name"])


def _why_not(case: Case) -> Text | None:
    """Why the actor cannot return the result now; None if they can, or if it was returned already."""
    if not _waits(case):
        return None
    actions = case.release.actions
    found = [(option, verdict) for option, verdict in case.options() if actions[option.action].effect == "return"]
    for option, verdict in found:
        if option.allowed and verdict is not None and verdict.allowed:
            return None
    if not found:
        return Text("quy trình này không có bước trả kết quả", "this procedure has no step that returns the result")
    option, verdict = found[0]
    return verdict.why if verdict is not None else option.why


def _taken(row: Mapping[str, Any]) -> Taken:
    return Taken(
        name=row["name"],
        identity_number=masked_number(row["identity_number"]),
        authority=row["authority"],
        tracking=row["tracking"],
        at=row["since"],
    )
