"""The visibility rule for statements that read most of the dossiers: reports, which count whatever the caller may see.

It is the rule of ``engine.store.visibility``, told another way; a test compares the two. That one looks each dossier's
offices up, which is best for a page of fifty. This one gathers the dossiers that
the caller sees first, by indexes: of a country's million dossiers an office sees thousands.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ColumnElement, or_, select, true, union_all

from engine.rules.procedure.permissions import Actor
from engine.store.dossiers import dossier_offices, dossiers
from engine.store.visibility import visible_dossiers

_CHILD, _PARENT = dossiers.alias("seen"), dossiers.alias("seen_parent")


def seen_by_many(actor: Actor, on: dt.date) -> ColumnElement[bool]:
    """The condition on ``dossiers`` that the actor may see a row on the day ``on``."""
    offices, provinces = sorted(actor.offices(on)), sorted(actor.monitored_provinces(on))
    if actor.kind != "staff" or not offices:
        return visible_dossiers(actor, on)
    lasts = or_(dossier_offices.c.until.is_(None), dossier_offices.c.until > on)
    own = select(dossier_offices.c.dossier_id).where(dossier_offices.c.office.in_(offices), lasts)
    opened = select(_CHILD.c.id).join(_PARENT, _PARENT.c.id == _CHILD.c.parent_id)
    seen = [own, opened.where(_CHILD.c.parent_id.is_not(None), _PARENT.c.holder_office.in_(offices))]
    if provinces:
        seen.append(select(_CHILD.c.id).where(_CHILD.c.province.in_(provinces)))
    return dossiers.c.id.in_(union_all(*seen))


def seen_in_order(actor: Actor, on: dt.date) -> ColumnElement[bool]:
    """The same for a statement that reads along an index and has enough after a while: whoever oversees a province sees
    a good part of what comes, so each dossier is asked; the few of an office are gathered first."""
    overseer = actor.kind == "staff" and bool(actor.monitored_provinces(on))
    return visible_dossiers(actor, on) if overseer else seen_by_many(actor, on)


def counted_by_many(actor: Actor, on: dt.date) -> ColumnElement[bool]:
    """The condition on ``dossiers`` that a figure for the actor counts a row: an administrator reads the figures of all
    dossiers and the list of none; of anybody else it is what they may see."""
    return true() if actor.admin else seen_by_many(actor, on)
