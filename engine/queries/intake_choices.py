"""What a clerk chooses from at intake: own receiving offices, procedures by code or words, and kept drafts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from engine.dossier.intake_draft import Draft, clerk_of, read_draft, values_of
from engine.dossier.receivers import may_receive_at
from engine.rules.deadlines.trace import term_in_words
from engine.rules.offices.offices import Office
from engine.rules.plain_text import plain_text
from engine.rules.procedure.definition import Release
from engine.rules.procedure.machine import Workflow
from engine.store.intake_drafts import drafts_of
from engine.text import Text
from engine.transaction import UnitOfWork

MOST_LINES, MOST_DRAFTS = 8, 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureLine:
    """A procedure as a suggestion. ``term`` is None where the time limit depends on the dossier."""

    code: str
    name: Text
    short: Text
    term: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDraft:
    """A draft in the list of a clerk."""

    token: str
    saved_at: dt.datetime
    procedure: Text | None
    name: str


def receiving_offices(unit: UnitOfWork) -> tuple[Office, ...]:
    """The offices of today at which the actor may receive dossiers of some procedure, by code."""
    offices, today = unit.catalogue.offices, unit.today
    mine = [offices[code] for code in sorted(unit.actor.acting_offices(today)) if code in offices]
    workflows = unit.catalogue.procedures(today)
    return tuple(
        one
        for one in mine
        if one.receives
        and one.valid(today)
        and any(may_receive_at(unit.actor, one.code, workflow, today) for workflow in workflows)
    )


def procedures_like(unit: UnitOfWork, words: str, office: str) -> tuple[ProcedureLine, ...]:
    """The procedures that the actor may receive at ``office`` and whose code or name fits the words, best first.

    Accents do not count. A word fits where a word begins so; two or three letters also stand for the first letters of
    neighbouring words ("gp" for "giấy phép").
    """
    asked = plain_text(words).split()
    found = []
    for workflow in unit.catalogue.procedures(unit.today):
        if may_receive_at(unit.actor, office, workflow, unit.today) and _open_at_counter(workflow.release):
            rank = _rank(workflow.release, asked)
            if rank is not None:
                found.append((rank, workflow.release.procedure, workflow))
    return tuple(_line(workflow) for _, _, workflow in sorted(found, key=lambda one: one[:2])[:MOST_LINES])


def procedure_meant(unit: UnitOfWork, words: str, office: str) -> Workflow | None:
    """The procedure that the text names by its code, alone or before its name; else the only one that fits."""
    if not words.strip():
        return None
    code = words.split()[0]
    for workflow in unit.catalogue.procedures(unit.today):
        if workflow.release.procedure == code and may_receive_at(unit.actor, office, workflow, unit.today):
            return workflow
    like = procedures_like(unit, words, office)
    return unit.catalogue.current(like[0].code, unit.today) if len(like) == 1 else None


def kept_drafts(unit: UnitOfWork) -> tuple[KeptDraft, ...]:
    """The actor's drafts that were not filed, the last one first."""
    rows = drafts_of(unit.reader(), clerk_of(unit), MOST_DRAFTS)
    return tuple(_kept(unit, row.token, row.saved_at, values_of(unit, row)) for row in rows)


def draft(unit: UnitOfWork, token: str) -> Draft:
    """One own draft with its files. Raises NotFound, DraftFiled."""
    return read_draft(unit, token)


def _kept(unit: UnitOfWork, token: str, saved_at: dt.datetime, values: dict[str, str]) -> KeptDraft:
    code = (values.get("procedure") or "").split(" ", 1)[0]
    names = {one.release.procedure: one.release.in_lists for one in unit.catalogue.procedures(unit.today)}
    name = values.get("applicant.name", "")
    return KeptDraft(token=token, saved_at=saved_at, procedure=names.get(code), name=name)


def _open_at_counter(release: Release) -> bool:
    return release.public and "counter" in release.channels


def _rank(release: Release, asked: Sequence[str]) -> int | None:
    """How well the words fit, 0 best; None where one of them does not fit at all."""
    if not asked:
        return 3
    code = plain_text(release.procedure)
    if len(asked) == 1 and code.startswith(asked[0]):
        return 0
    words = plain_text(release.name.vi, release.in_lists.vi, release.name.en, release.procedure).split()
    initials = "".join(word[0] for word in words)
    for one in asked:
        begins = any(word.startswith(one) for word in words)
        short_for = 2 <= len(one) <= 4 and one.isalpha() and one in initials
        if not begins and not short_for:
            return None
    short = plain_text(release.in_lists.vi)
    return 1 if short.startswith(" ".join(asked)) else 2


def _line(workflow: Workflow) -> ProcedureLine:
    release = workflow.release
    arms = release.sla.total
    term = term_in_words(arms[0].term) if len(arms) == 1 else None
    return ProcedureLine(code=release.procedure, name=release.name, short=release.in_lists, term=term)
