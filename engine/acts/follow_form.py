"""Moves a dossier to the competent offices after a correction of its form; called by ``change_form``.

An office changes only where the correction changes the result of the routing. An office that a person chose, or that a
reform gave, stays while the routing gives the same result.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import select

from engine.acts.follow_office import works_at
from engine.dossier.case import Case
from engine.dossier.joint import role_asked
from engine.dossier.rights import must_have_counter
from engine.errors import Conflict, Refusal
from engine.rules.deadlines import timing
from engine.rules.deadlines.pauses import term_to_data
from engine.rules.offices.routing import INTAKE, NeedsAPerson, deciding_place, place_name, route_key
from engine.store.dossiers import dossiers
from engine.text import Text


class PlaceSettled(Conflict):
    """A value that decides the competence can no longer be corrected by an entry of this dossier alone."""

    code = "place-settled"
    vi = "Không đính chính được nội dung quyết định cơ quan có thẩm quyền của hồ sơ {dossier}: {why_vi}."
    en = "What decides the competent office of dossier {dossier} cannot be corrected any more: {why_en}."


@dataclass(frozen=True, slots=True)
class Followed:
    """The consequences of a correction.

    ``data`` belongs into its journal entry: ``place`` (from, to), ``offices`` (key, from, to, reason) and ``term``
    (kept, by_form), each only where it applies. ``reason`` says in the applicant's language why another office decides;
    it is empty where the same one does. ``events`` are for the notices.
    """

    data: dict[str, Any] = field(default_factory=dict)
    reason: str = ""

    @property
    def events(self) -> list[tuple[str, str | None]]:
        return [("action", "transfer")] if self.reason else []


@dataclass(frozen=True, slots=True)
class _Move:
    key: str
    source: str | None
    target: str
    reason: Text


def follow_form(case: Case, before: Mapping[str, Any]) -> Followed:
    """Updates place, offices and holder of the row; ``before`` are the facts before the correction.

    Receiving office, state, code and term stay. The term was promised; where the form now gives another one, the entry
    says so. The due moment moves only where the new office has other closures. Raises PlaceSettled, CounterClosed,
    NeedsAPerson, and the refusals of routing: the receiving office may not receive for the new place, no office is
    competent there, no such place.
    """
    name = place_name(case.release, "handler")
    place = case.row["place"]
    new_place = _value(before, name) != _value(case.facts(), name)
    # After a reform the form keeps the code that was filled in; the dossier's own place replaces it.
    old = _with(before, name, place) if place else before
    now = _with(case.facts(), name, place) if place and not new_place else case.facts()
    moves = [move for key in case.release.routing for move in _move(case, key, old, now, new_place)]
    if new_place:
        place = deciding_place(case.workflow, now, case.unit.catalogue.territory, case.today)
    data: dict[str, Any] = {}
    if place != case.row["place"]:
        data["place"] = {"from": case.row["place"], "to": place}
    if moves:
        data["offices"] = [
            {"key": one.key, "from": one.source, "to": one.target, "reason": {"vi": one.reason.vi, "en": one.reason.en}}
            for one in moves
        ]
    if data:
        _must_be_changeable(case)
        if "place" in data:  # codes are reused, so a code needs its day
            case.change(place=place, placed_on=case.today)
        _pass_on(case, {one.key: one.target for one in moves})
    language = case.applicant.get("language") or "vi"
    reason = next((one.reason.in_(language) for one in moves if one.key == "handler"), "")
    return Followed(data | _kept_term(case, old, now), reason)


def _move(case: Case, key: str, old: Mapping[str, Any], now: Mapping[str, Any], new_place: bool) -> list[_Move]:
    """One move where the office of this routing key changes, else none. Raises the refusals of ``follow_form``."""
    was, found = _ask(case, key, old), _ask(case, key, now)
    if isinstance(found, Refusal):
        if new_place or not isinstance(was, Refusal):
            _must_be_changeable(case)
            must_have_counter(case)
            raise found
        return []
    offices, reason = found
    current = case.row["offices"].get(key)
    if key == INTAKE or current in offices or (not isinstance(was, Refusal) and was[0] == offices):
        return []
    if len(offices) > 1:
        raise NeedsAPerson(
            key=key,
            candidates=offices,
            why_vi=f"{reason.vi}; chuyển hồ sơ đến cơ quan được chọn rồi mới đính chính",
            why_en=f"{reason.en}; transfer the dossier to the one chosen, then correct it",
        )
    return [_Move(key, current, offices[0], reason)]


def _ask(case: Case, key: str, facts: Mapping[str, Any]) -> tuple[list[str], Text] | Refusal:
    known, intake = case.unit.catalogue.map, case.counter
    try:
        return route_key(case.workflow, key, facts, known, case.today, intake)[:2]
    except Refusal as refusal:
        return refusal


def _must_be_changeable(case: Case) -> None:
    if case.row["finished_at"] is not None:
        raise PlaceSettled(
            dossier=case.code,
            why_vi="hồ sơ đã giải quyết xong, kết quả do cơ quan cũ ban hành",
            why_en="the dossier is decided, and its result is of the office that had it",
        )
    children = case.unit.begin().execute(select(dossiers.c.code).where(dossiers.c.parent_id == case.id)).scalars()
    if codes := ", ".join(sorted(children)):
        raise PlaceSettled(
            dossier=case.code,
            why_vi=f"hồ sơ liên thông {codes} đã mở theo nội dung cũ; hãy dùng thao tác chuyển cơ quan cho từng hồ sơ",
            why_en=f"the linked dossiers {codes} were opened by what it said; transfer each dossier instead",
        )


def _pass_on(case: Case, targets: Mapping[str, str]) -> None:
    row = case.row
    case.change(offices={**row["offices"], **targets})
    if "handler" in targets:
        case.change(handler_office=targets["handler"])
        case.change(**timing.due_columns(row, case.release, case.calendar))
    role = role_asked(case.unit.reader(), case.id, case.release, row["state"])
    office = targets.get(case.release.roles[role].unit) if role is not None else None
    if role is None or office is None:
        return
    case.change(holder_office=office, holder_role=role)
    if row["holder_id"] is None or not works_at(case.unit, row["holder_id"], office, role, case.today):
        case.change(holder_id=None, opened_at=None)


def _kept_term(case: Case, old: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """The entry's ``term`` where the form now gives another term than the promised one, which stays."""
    kept = case.row["term"]
    by_form = term_to_data(case.workflow.total_term(now))
    if kept is None or by_form in (kept, term_to_data(case.workflow.total_term(old))):
        return {}
    return {"term": {"kept": kept, "by_form": by_form}}


def _value(facts: Mapping[str, Any], name: str) -> Any:
    value: Any = facts
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value or None


def _with(facts: Mapping[str, Any], name: str, value: Any) -> Mapping[str, Any]:
    """The same facts with another value under a dotted name; lazily read facts are not read here."""
    head, _, rest = name.partition(".")
    inside = _with(facts.get(head) or {}, rest, value) if rest else value
    return ChainMap({head: inside}, cast(MutableMapping[str, Any], facts))
