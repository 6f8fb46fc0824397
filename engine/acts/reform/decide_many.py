"""The act ``decide_many``: a leader of a province's authority decides in triage for many dossiers at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from engine.acts.reform.decide import decide, in_triage
from engine.acts.reform.run import Run
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.rules.reform.deciders import decided_provinces
from engine.store.plans import reform_items
from engine.transaction import UnitOfWork

MOST = 200
"""The most dossiers decided by one request; the result says how many are left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A decision: dossiers (``codes``, or all of an old ``commune``, or of a ``hamlet`` of it) go to the new commune
    ``target``, by the text ``legal`` and for the given reason."""

    target: str
    legal: str
    reason: str
    codes: Sequence[str] = ()
    commune: str | None = None
    hamlet: str | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """The numbers of dossiers: ``asked`` are decided by this request, ``moved`` of them moved, ``left`` remain."""

    asked: int
    moved: int
    left: int


def decide_many(unit: UnitOfWork, run: Run, choice: Choice) -> Decided:
    """Decides for the waiting dossiers of the actor's provinces that ``choice`` names, at most ``MOST``.

    Raises Forbidden, NotReady, InvalidInput, NotInTriage, Busy.
    """
    provinces = decided_provinces(unit.actor, run.known, run.reform.date, unit.today)
    found = in_triage(unit.begin(), run, codes=choice.codes, commune=choice.commune, hamlet=choice.hamlet)
    mine = select(reform_items.c.dossier_id).where(
        reform_items.c.reform_id == run.id, reform_items.c.status == "person", reform_items.c.province.in_(provinces)
    )
    own = set(unit.begin().execute(mine).scalars())
    ids = [one for one in found if one in own]
    moved, by = 0, unit.actor.label
    unit.actor = SYSTEM_ACTOR  # the leader's office need not see the dossier; the journal entry names the leader
    for dossier in ids[:MOST]:
        item = decide(unit, run, dossier, choice.target, by=by, legal=choice.legal, reason=choice.reason)
        moved += item.outcome == "moves"
    return Decided(len(ids[:MOST]), moved, len(ids[MOST:]))
