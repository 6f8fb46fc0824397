"""Everything that the page of one dossier shows, gathered once from the queries."""

from __future__ import annotations

from functools import partial
from typing import Any

from engine.acts.possible import why_not
from engine.dossier.case import Case
from engine.dossier.similar import similar_to
from engine.errors import Forbidden, Refusal
from engine.forms.issued import Issue, issue_of
from engine.queries.clock_bar import Turn, clock_bar_of, turns_of
from engine.queries.colleagues import commune_name, named
from engine.queries.dossier import DossierView, Offer, clock_of, dossier_of
from engine.queries.forms import issues_of
from engine.queries.journal import Away, JournalLine, journal_of_case, month_of_part
from engine.queries.messages import messages
from engine.queries.next_hands import next_hands
from engine.queries.parties import parties_view
from engine.queries.reads import Look, looks_at
from engine.queries.relations import OfficeHeld, Relations, relations_of
from engine.queries.sent_notices import sent_notices
from engine.queries.verifications import verifications
from engine.text import Text
from web.desk.dossier.bar import Drawing, draw
from web.desk.dossier.doors import Door
from web.desk.dossier.every_door import DOORS
from web.desk.dossier.joint import joint_steps
from web.desk.dossier.opened import note_open
from web.desk.dossier.steps import needs_form
from web.desk.dossier.story import KINDS, corrections, notes, told
from web.desk.dossier.values import fields_said
from web.desk.dossier.whole import Asked, StepButton, Value, Whole
from web.desk.dossier.words import may_answer

RECENT = 80
"""Entries of the journal that the page shows. What it needs of a longer journal has a query of its own."""
_FIRST = ("receive", "forward", "submit", "sign", "finish", "return", "answer", "step", "ask", "back")


def gather(case: Case, chosen: str, upto: int | None) -> Whole:
    """The page of an open case. ``chosen`` is the kind of lines, ``upto`` the newest entry of older ones."""
    unit, row = case.unit, case.row
    view, (lines, away) = dossier_of(case), _lines(case, upto)
    whole = _is_whole(case, lines)
    around = relations_of(case, map(_entry, lines) if whole else None)
    asked = verifications(unit, case)
    ids = [row["holder_id"], *(one.asked_by for one in asked), *(one.answered_by for one in asked)]
    people = {one.id: one.name for one in named(unit, ids)}
    kind, sign = _kind(view)
    return Whole(
        view=view,
        clock=clock_of(case),
        kind=kind,
        sign=sign,
        held_by=people.get(row["holder_id"] or 0),
        holds=row["holder_id"] is not None and row["holder_id"] == unit.actor.person_id,
        bar=_bar(case, lines if whole else turns_of(case)),
        joint=joint_steps(case, lines),
        missing=tuple(case.release.documents[key].name for key in view.missing_documents),
        relations=around,
        parties=parties_view(case),
        asked=tuple(Asked(one, unit.catalogue.office_name(one.office), may_answer(case, one)) for one in asked),
        similar=tuple(similar_to(case)),
        people=people,
        others_here=note_open(unit, case.id),
        **_possible(case, view, around),
        away=away,
        **_happened(case, view, lines, chosen, whole=whole),
    )


def _possible(case: Case, view: DossierView, around: Relations) -> dict[str, Any]:
    """What the person may do, and why the rest is not possible."""
    row = case.row
    others, locked = _doors(case)
    refused = [one for one in view.actions if not one.allowed]
    return {
        "steps": _steps(case, view, around),
        "others": others,
        "locked": (*((one.name, one.why) for one in refused if one.why), *locked),
        "waiting": tuple(one for one in refused if _waits_here(case, one)),
        "possible": {act: why_not(case, act) for act in _BESIDE},
        "opens": row["opened_at"] is None and row["holder_office"] is not None and why_not(case, "open") is None,
    }


def _happened(
    case: Case, view: DossierView, lines: tuple[JournalLine, ...], chosen: str, *, whole: bool
) -> dict[str, Any]:
    """The story of the dossier, and what follows from it."""
    looks, sees_looks = _looks(case, chosen)
    if chosen == "xem" and not sees_looks:
        chosen = ""
    corrected, values = corrections(lines), fields_said(case.release, view, partial(commune_name, case))
    return {
        "values": tuple(
            Value(key, field, words, tuple((line, one.before) for line, one in corrected.get(key, ())))
            for key, field, words in values
        ),
        "issues": _issues(lines) if whole else issues_of(case),
        "told": () if chosen in ("thong-bao", "xem") else told(case, lines, chosen),
        "older": lines[0].number - 1 if lines and lines[0].number > 1 else None,
        "notices": sent_notices(case) if chosen == "thong-bao" else (),
        "month_away": month_of_part(case, _SOURCES[chosen]) if chosen in _SOURCES else None,
        "looks": looks,
        "sees_looks": sees_looks,
        "kinds": KINDS,
        "chosen": chosen,
        "notes": notes(lines),
        "messages": () if whole and _MESSAGES.isdisjoint(line.act for line in lines) else messages(case),
    }


_SOURCES = {"thong-bao": "outbox", "xem": "reads"}
"""What the kinds of lines that are not in the journal are read from."""
_MESSAGES = frozenset({"send_message", "write_message"})
_BESIDE = (
    "check_document",
    "remove_document",
    "settle_fee",
    "waive_fee",
    "rectify",
    "end_party",
    "add_note",
    "read_personal_data",
)


def _lines(case: Case, upto: int | None) -> tuple[tuple[JournalLine, ...], Away | None]:
    last = min(upto or case.row["version"], case.row["version"])
    found = journal_of_case(case, after=max(0, last - RECENT), limit=RECENT)
    return tuple(line for line in found.lines if line.number <= last), found.away


def _is_whole(case: Case, lines: tuple[JournalLine, ...]) -> bool:
    """Whether these lines are the whole journal."""
    return bool(lines) and lines[0].number == 1 and lines[-1].number == case.row["version"]


def _entry(line: JournalLine) -> dict[str, Any]:
    return {"act": line.act, "data": line.data, "changes": line.changes}


def _bar(case: Case, turns: tuple[Turn, ...]) -> Drawing | None:
    try:
        found = clock_bar_of(case, turns)
    except Refusal:  # the calendar says nothing of some day
        return None
    return draw(found) if found is not None else None


def _issues(lines: tuple[JournalLine, ...]) -> tuple[Issue, ...]:
    made = (line for line in lines if line.act == "issue_form")
    return tuple(issue_of({"data": line.data, "at": line.at, "number": line.number}) for line in made)


def _kind(view: DossierView) -> tuple[str, str]:
    """The colour and the sign of the verdict."""
    status = view.standing.state.status
    if status.ended:
        return ("good", "ok") if view.returned_at is not None else ("plain", "flag")
    if view.overdue:
        return "late", "late"
    if view.standing.clock == "paused":
        return "wait", "pause"
    return "plain", "clock"


def _steps(case: Case, view: DossierView, around: Relations) -> tuple[StepButton, ...]:
    rules = {one.key: one for one in around.offices}
    allowed = [one for one in view.actions if one.allowed]
    allowed.sort(key=lambda one: _rank(case.release.actions[one.action].effect))
    buttons = []
    for number, offer in enumerate(allowed, 1):
        after = next_hands(case, offer.action)
        rule = _rule(rules.get(after.key or "") if after is not None else None)
        buttons.append(StepButton(offer, needs_form(case, offer), after, rule, str(number) if number < 10 else ""))
    return tuple(buttons)


def _rule(held: OfficeHeld | None) -> Text | None:
    return held.reason if held is not None else None


def _rank(effect: str) -> int:
    return _FIRST.index(effect) if effect in _FIRST else len(_FIRST)


def _waits_here(case: Case, offer: Offer) -> bool:
    """Whether somebody takes this step from the present state; a timer's step waits for nobody."""
    action = case.release.actions[offer.action]
    return case.row["state"] in action.sources and action.by != ("system",)


def _doors(case: Case) -> tuple[tuple[tuple[Door, str], ...], tuple[tuple[Text, Text], ...]]:
    """The acts of the menu that are possible, and why the others are not."""
    possible: list[tuple[Door, str]] = []
    locked: list[tuple[Text, Text]] = []
    for door in DOORS:
        if door.menu:
            why = door.why_not(case, {})
            if why is None:
                possible.append((door, door.name))
            else:
                locked.append((door.title, why))
    return tuple(possible), tuple(locked)


def _looks(case: Case, chosen: str) -> tuple[tuple[Look, ...], bool]:
    """Who saw personal data, for those who may read that; and whether the person is one of them."""
    actor = case.unit.actor
    if not actor.admin and not actor.monitored_provinces(case.today):
        return (), False
    try:
        return (looks_at(case.unit, code=case.code).lines if chosen == "xem" else ()), True
    except Forbidden:
        return (), False
