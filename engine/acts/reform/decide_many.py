"""A province decides in triage, many dossiers at once: whoever leads the authority of the province of the new order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from engine.acts.reform.decide import Waiting, decide, in_triage, triage
from engine.acts.reform.run import Run
from engine.errors import Forbidden
from engine.rules.offices.index import level_of
from engine.rules.offices.offices import Office
from engine.rules.offices.routing import Map
from engine.rules.procedure.permissions import SYSTEM_ACTOR, Actor, roles_in
from engine.store.plans import reform_items
from engine.transaction import UnitOfWork

LEADER, AUTHORITY = "leader", "authority"
MOST = 200
"""Dossiers decided by one request; the answer says how many are left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which dossiers (``codes``, or all of an old ``commune``, or of a ``hamlet`` of it) go to which commune of the new
    order, by which text and why."""

    target: str
    legal: str
    reason: str
    codes: Sequence[str] = ()
    commune: str | None = None
    hamlet: str | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """How many dossiers were ``asked`` about, how many of them ``moved``, and how many are ``left`` for a next time."""

    asked: int
    moved: int
    left: int


def provinces_of(actor: Actor, roles: Collection[str], known: Map, date: dt.date, on: dt.date) -> frozenset[str]:
    """The codes of the provinces before the reform of ``date`` that became part of one in whose authority the actor has
    one of ``roles`` on a day."""
    held = (code for code in actor.offices(on) if roles_in(actor, code, on) & {*roles})
    theirs = {office.province for code in held if (office := known.offices.get(code)) and _of_province(office)}
    return frozenset(
        unit.code
        for unit in known.territory.units("province", date - dt.timedelta(days=1))
        if {one.unit.code for one in known.territory.successors(unit.id, date)} & theirs
    )


def triage_of(unit: UnitOfWork, run: Run) -> list[Waiting]:
    """What waits for the actor's decision, most dossiers first. Raises Forbidden to who decides for no province."""
    decided = _must_decide(unit, run)
    return [one for one in triage(unit.begin(), run) if one.province in decided]


def decide_many(unit: UnitOfWork, run: Run, choice: Choice) -> Decided:
    """Decides for the waiting dossiers of the actor's provinces that ``choice`` names, at most ``MOST``. Raises
    Forbidden, NotReady, InvalidInput."""
    provinces = _must_decide(unit, run)
    found = in_triage(unit.begin(), run, codes=choice.codes, commune=choice.commune, hamlet=choice.hamlet)
    mine = select(reform_items.c.dossier_id).where(
        reform_items.c.reform_id == run.id, reform_items.c.status == "person", reform_items.c.province.in_(provinces)
    )
    own = set(unit.begin().execute(mine).scalars())
    ids = [one for one in found if one in own]
    moved, by = 0, unit.actor.label
    unit.actor = SYSTEM_ACTOR  # whoever decides need not be of an office that sees the dossier; the entry names them
    for dossier in ids[:MOST]:
        item = decide(unit, run, dossier, choice.target, by=by, legal=choice.legal, reason=choice.reason)
        moved += item.outcome == "moves"
    return Decided(len(ids[:MOST]), moved, len(ids[MOST:]))


def _must_decide(unit: UnitOfWork, run: Run) -> frozenset[str]:
    """The provinces before the reform for whose dossiers the actor decides."""
    provinces = provinces_of(unit.actor, {LEADER}, run.known, run.reform.date, unit.today)
    if not provinces:
        raise Forbidden(
            why_vi="chỉ lãnh đạo Ủy ban nhân dân tỉnh quyết định hồ sơ chờ của tỉnh",
            why_en="only the leaders of a province's authority decide for the dossiers of the province",
        )
    return provinces


def _of_province(office: Office) -> bool:
    return office.body == AUTHORITY and level_of(office.unit_id) == "province"
