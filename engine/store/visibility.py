"""The visibility rule: one SQL condition on ``dossiers`` in every list, count, search and single read.

A dossier that is not visible is answered like one that does not exist. ``tests.plain_sight`` is the same rule for one
row in memory; a test compares the two.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    and_,
    bindparam,
    exists,
    false,
    literal_column,
    not_,
    or_,
    select,
    true,
)

from engine.clock import midnight
from engine.rules.procedure.permissions import Actor
from engine.store.dossiers import dossier_offices, dossiers, verifications

Values = Sequence[str | BindParameter[str]] | BindParameter[Sequence[str]]
"""Codes, or a parameter for them."""


def visible_dossiers(actor: Actor, on: dt.date) -> ColumnElement[bool]:
    """The condition on ``dossiers`` that the actor may see a row on the day ``on``, with the values in it.

    Staff see the dossiers in which one of their offices has a part, and for some days those in which it had one, and
    those that were opened by a dossier which their office holds; a monitor those of the province; a citizen the one
    that the link belongs to; a timer all; anyone else none.
    """
    sight, values = sight_of(actor, on)
    return _rule(
        sight, values.get("seen_offices", ()), values.get("seen_provinces", ()), values.get("seen_dossier"), on
    )


def asked_dossiers(actor: Actor, on: dt.date, days: int) -> ColumnElement[bool]:
    """The condition that one of the actor's offices is asked something about the dossier, or answered ``days`` ago.

    It lets them see the question and what was attached to it, and nothing else of the dossier.
    """
    if actor.kind != "staff":
        return false()
    about = verifications.c.dossier_id == dossiers.c.id
    return exists(select(1).where(about, own_questions(actor, on, days)).correlate(dossiers))


def is_only_asked(connection: Connection, actor: Actor, on: dt.date, days: int, which: ColumnElement[bool]) -> bool:
    """Whether the actor sees no more of the dossier ``which`` than a question that was put to one of their offices."""
    if actor.kind != "staff":
        return False
    asked = select(dossiers.c.id).where(which, asked_dossiers(actor, on, days), not_(visible_dossiers(actor, on)))
    return connection.execute(asked).first() is not None


def own_questions(actor: Actor, on: dt.date, days: int) -> ColumnElement[bool]:
    """The condition on ``verifications`` that a question is one of the actor's offices, and still theirs to see."""
    since = midnight(on - dt.timedelta(days=days))
    standing = or_(verifications.c.answered_at.is_(None), verifications.c.answered_at >= since)
    return and_(verifications.c.office.in_(sorted(actor.acting_offices(on))), standing)


class Sight(NamedTuple):
    """The shape of the visibility rule for an actor, without its values: actors of one shape share a statement."""

    kind: str
    by_office: bool
    by_province: bool

    def rule(self) -> ColumnElement[bool]:
        """The condition of ``visible_dossiers`` with parameters, whose values ``sight_of`` returns."""
        return _rule(
            self,
            bindparam("seen_offices", expanding=True),
            bindparam("seen_provinces", expanding=True),
            bindparam("seen_dossier"),
            bindparam("seen_on"),
        )


def sight_of(actor: Actor, on: dt.date) -> tuple[Sight, dict[str, Any]]:
    """The shape of the rule for an actor on a day, and the values of its parameters."""
    if actor.kind == "system":
        return Sight("system", False, False), {}
    if actor.kind == "citizen":
        return Sight("citizen", False, False), {"seen_dossier": actor.dossier_id}
    offices, provinces = sorted(actor.offices(on)), sorted(actor.monitored_provinces(on))
    values: dict[str, Any] = {"seen_offices": offices, "seen_provinces": provinces, "seen_on": on if offices else None}
    return Sight("staff", bool(offices), bool(provinces)), {name: value for name, value in values.items() if value}


def _rule(
    sight: Sight,
    offices: Values,
    provinces: Values,
    dossier: int | BindParameter[int] | None,
    on: dt.date | BindParameter[dt.date],
) -> ColumnElement[bool]:
    """The condition; ``offices``, ``provinces``, ``dossier`` and ``on`` are values or parameters."""
    if sight.kind == "system":
        return true()
    if sight.kind == "citizen":
        return dossiers.c.id == dossier
    rules: list[ColumnElement[bool]] = []
    if sight.by_province:
        rules.append(dossiers.c.province.in_(provinces))  # first: it is in the row, and the others are looked up
    if sight.by_office:
        rules += [sees_part(offices, on), holds_parent(offices)]
    return or_(*rules) if rules else false()


_PART = dossier_offices.alias("part")
_PARENT = dossiers.alias("parent")


def holds_parent(offices: Values) -> ColumnElement[bool]:
    """The condition that one of the offices holds the dossier that opened this one (liên thông): a look by row id, and
    none for the many dossiers without a parent."""
    of_this = select(1).where(_PARENT.c.id == dossiers.c.parent_id, _PARENT.c.holder_office.in_(offices))
    return and_(dossiers.c.parent_id.is_not(None), exists(of_this.correlate(dossiers).offset(literal_column("0"))))


def has_part(offices: Values) -> ColumnElement[bool]:
    """The condition that one of the offices (codes or a parameter) ever had a part in the dossier.

    OFFSET makes PostgreSQL look it up dossier by dossier. Without it the planner reads and sorts all dossiers that an
    office ever had a part in, for the fifty rows of a page.
    """
    of_this = select(1).where(_PART.c.dossier_id == dossiers.c.id, _PART.c.office.in_(offices))
    return exists(of_this.correlate(dossiers).offset(literal_column("0")))


def sees_part(offices: Values, on: dt.date | BindParameter[dt.date]) -> ColumnElement[bool]:
    """The condition that one of the offices sees the dossier on the day ``on`` by its part in it."""
    of_this = select(1).where(_PART.c.dossier_id == dossiers.c.id, _PART.c.office.in_(offices))
    lasts = or_(_PART.c.until.is_(None), _PART.c.until > on)
    return exists(of_this.where(lasts).correlate(dossiers).offset(literal_column("0")))
