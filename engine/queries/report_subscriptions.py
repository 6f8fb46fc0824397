"""The reports that somebody gets by mail."""

from __future__ import annotations

from dataclasses import dataclass

from engine.store.report_mails import has_address, subscriptions
from engine.text import Text
from engine.transaction import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A subscription: each ``week`` or ``month``, of the office or province that ``of`` names; None: everything."""

    id: int
    rhythm: str
    office: str | None
    province: str | None
    of: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """The person's subscriptions. ``address``: the account has one that mails go to."""

    address: bool
    lines: tuple[Line, ...]


def own_subscriptions(unit: UnitOfWork) -> Own:
    """What the caller gets by mail, oldest first."""
    person = unit.actor.person_id
    if person is None:
        return Own(address=False, lines=())
    names = {one.code: one.name_vi for one in unit.catalogue.territory.units("province", unit.today)}
    lines = []
    for one in subscriptions(unit.reader(), person):
        of = unit.catalogue.office_name(one.office) if one.office else None
        if one.province:
            said = names.get(one.province, one.province)
            of = Text(said, said)
        lines.append(Line(id=one.id, rhythm=one.rhythm, office=one.office, province=one.province, of=of))
    return Own(address=has_address(unit.reader(), person), lines=tuple(lines))
