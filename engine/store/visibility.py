"""Which dossiers an actor may see: one rule, a condition on ``dossiers`` in every list, count, search and single read.

A dossier that is not visible is answered like one that does not exist. ``tests.plain_sight`` says the same rule over a
row in hand; a test compares the two.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, bindparam, exists, false, literal_column, or_, select, true

from engine.rules.procedure.permissions import Actor
from engine.store.dossiers import dossier_offices, dossiers


def visible_dossiers(actor: Actor, on: dt.date) -> ColumnElement[bool]:
    """The one rule for what may be seen: a condition on ``dossiers`` for every list, count, search and single read.

    Staff see the dossiers in which one of their offices ever had a part; a monitor those of the province; a citizen the
    one that the link belongs to; a timer all; anyone else none.
    """
    sight, values = sight_of(actor, on)
    return _rule(sight, values.get("seen_offices"), values.get("seen_provinces"), values.get("seen_dossier"))


class Sight(NamedTuple):
    """By what an actor sees dossiers; the values stand beside it, so that one statement serves all who see alike."""

    kind: str
    by_office: bool
    by_province: bool

    def rule(self) -> ColumnElement[bool]:
        """``visible_dossiers`` with gaps for the values that ``sight_of`` gives beside it."""
        return _rule(
            self,
            bindparam("seen_offices", expanding=True),
            bindparam("seen_provinces", expanding=True),
            bindparam("seen_dossier"),
        )


def sight_of(actor: Actor, on: dt.date) -> tuple[Sight, dict[str, Any]]:
    """By what an actor sees dossiers on a day, and the values to fill into the rule."""
    if actor.kind == "system":
        return Sight("system", False, False), {}
    if actor.kind == "citizen":
        return Sight("citizen", False, False), {"seen_dossier": actor.dossier_id}
    offices, provinces = sorted(actor.offices(on)), sorted(actor.monitored_provinces(on))
    values = {"seen_offices": offices, "seen_provinces": provinces}
    return Sight("staff", bool(offices), bool(provinces)), {name: value for name, value in values.items() if value}


def _rule(sight: Sight, offices: Any, provinces: Any, dossier: Any) -> ColumnElement[bool]:
    """The values may be given, or gaps for them."""
    if sight.kind == "system":
        return true()
    if sight.kind == "citizen":
        return cast(ColumnElement[bool], dossiers.c.id == dossier)
    rules: list[ColumnElement[bool]] = []
    if sight.by_office:
        rules.append(has_part(offices))
    if sight.by_province:
        rules.append(dossiers.c.province.in_(provinces))
    return or_(*rules) if rules else false()


_PART = dossier_offices.alias("part")


def has_part(offices: Any) -> ColumnElement[bool]:
    """One of the offices ever had a part in the dossier; office codes, or a gap for them.

    Looked up dossier by dossier, which OFFSET makes PostgreSQL do: left free, it reads all that an office ever had a
    part in beforehand, and puts that in order, for the fifty rows of a page.
    """
    of_this = select(1).where(_PART.c.dossier_id == dossiers.c.id, _PART.c.office.in_(offices))
    return exists(of_this.correlate(dossiers).offset(literal_column("0")))
