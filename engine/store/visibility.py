"""The visibility rule: one SQL condition on ``dossiers`` in every list, count, search and single read.

A dossier that is not visible is answered like one that does not exist. ``tests.plain_sight`` is the same rule for one
row in memory; a test compares the two.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, exists, false, literal_column, or_, select, true

from engine.rules.procedure.permissions import Actor
from engine.store.dossiers import dossier_offices, dossiers

Values = Sequence[str | BindParameter[str]] | BindParameter[Sequence[str]]
"""Codes, or a parameter for them."""


def visible_dossiers(actor: Actor, on: dt.date) -> ColumnElement[bool]:
    """The condition on ``dossiers`` that the actor may see a row on the day ``on``, with the values in it.

    Staff see the dossiers in which one of their offices ever had a part, and those that were opened by a dossier which
    their office holds; a monitor those of the province; a citizen the one that the link belongs to; a timer all.
    """
    sight, values = sight_of(actor, on)
    return _rule(sight, values.get("seen_offices", ()), values.get("seen_provinces", ()), values.get("seen_dossier"))


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
        )


def sight_of(actor: Actor, on: dt.date) -> tuple[Sight, dict[str, Any]]:
    """The shape of the rule for an actor on a day, and the values of its parameters."""
    if actor.kind == "system":
        return Sight("system", False, False), {}
    if actor.kind == "citizen":
        return Sight("citizen", False, False), {"seen_dossier": actor.dossier_id}
    offices, provinces = sorted(actor.offices(on)), sorted(actor.monitored_provinces(on))
    values = {"seen_offices": offices, "seen_provinces": provinces}
    return Sight("staff", bool(offices), bool(provinces)), {name: value for name, value in values.items() if value}


def _rule(
    sight: Sight, offices: Values, provinces: Values, dossier: int | BindParameter[int] | None
) -> ColumnElement[bool]:
    """The condition; ``offices``, ``provinces`` and ``dossier`` are values or parameters."""
    if sight.kind == "system":
        return true()
    if sight.kind == "citizen":
        return dossiers.c.id == dossier
    rules: list[ColumnElement[bool]] = []
    if sight.by_office:
        rules += [has_part(offices), holds_parent(offices)]
    if sight.by_province:
        rules.append(dossiers.c.province.in_(provinces))
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
