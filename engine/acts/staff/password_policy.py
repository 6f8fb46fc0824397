"""Which passwords are refused to whom: none that names the account, the person, an office of theirs or a place."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import select

from engine.errors import Refusal
from engine.rules.offices.index import OfficeIndex
from engine.security.weak_passwords import joined, known_words, weakness_of
from engine.store.people import memberships, people
from engine.text import Text
from engine.transaction import UnitOfWork

_KINDS = ("thanhpho", "tinh", "phuong", "xa", "dackhu", "thitran")


def weakness(unit: UnitOfWork, password: str, *, person: int = 0, names: Sequence[str] = ()) -> Text | None:
    """Why this person's password is refused; None for a good one. ``names`` are those of a person not yet added."""
    row = unit.begin().execute(select(people).where(people.c.id == person)).one_or_none()
    if row is not None:
        names = (*names, row.username, row.name, row.email or "", row.phone or "")
    held = unit.begin().execute(select(memberships.c.office).where(memberships.c.person_id == person)).scalars()
    own = [word for code in dict.fromkeys(held) for word in (code, _office(unit, code))]
    return weakness_of(password, [*known_words(*names, *own), *_offices(unit), *_places(unit)])


def _office(unit: UnitOfWork, code: str) -> str:
    name = unit.catalogue.office_name(code)
    return name.vi if name is not None else ""


def _offices(unit: UnitOfWork) -> list[str]:
    """The codes and names of all offices: who is added has none yet. None before the territory is published."""
    try:
        return _words_of(unit.catalogue.map.offices)
    except Refusal:
        return []


@lru_cache(maxsize=1)
def _words_of(offices: OfficeIndex) -> list[str]:
    """Kept until offices are published anew: there are tens of thousands, and joining their names takes a second."""
    return list(dict.fromkeys(joined(word) for one in offices.all() for word in (one.code, one.name.vi)))


def _places(unit: UnitOfWork) -> list[str]:
    """The names of provinces, also earlier ones, and of today's communes; none before the territory is published."""
    try:
        territory = unit.catalogue.territory
        found = (*territory.units("province"), *territory.units("commune", unit.today))
    except Refusal:
        return []
    names = dict.fromkeys(joined(one.name_vi) for one in found)
    return [*names, *(name.removeprefix(kind) for name in names for kind in _KINDS if name.startswith(kind))]
