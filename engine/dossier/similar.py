"""A hint that the same filing came twice: same procedure, same person, same place or same form, and still running.

It is never a refusal. Only dossiers that the actor may see are named; a citizen sees no other dossier than the own one.
One telephone may stand in a hundred thousand dossiers (of an agent, a bank): only those filed next to this one are
looked at.
"""

from __future__ import annotations

import datetime as dt
from functools import cache

from sqlalchemy import CompoundSelect, Select, bindparam, select, union

from engine.dossier.case import Case
from engine.store.dossiers import applicants, dossiers
from engine.store.sql.question import PreparedSelect
from engine.store.sql.schema import BigId
from engine.store.visibility import Sight, sight_of

MOST = 10
_LOOKED_AT = 50
_NEXT_TO_IT = 100
"""Dossiers with the same telephone, or the same identity number, before this one and after it."""


def similar_to(case: Case) -> list[str]:
    """The codes of running dossiers that look like this one, newest first."""
    known, days = case.applicant, case.unit.settings.similar_days
    told = tuple(name for name in ("identity_number", "phone") if known.get(name))
    if not told or not days or case.release.states[case.row["state"]].final:
        return []
    sight, values = sight_of(case.unit.actor, case.today)
    filed, around = case.row["filed_at"], dt.timedelta(days=days)
    values |= {"procedure": case.row["procedure"], "this": case.id, "since": filed - around, "until": filed + around}
    values |= {name: known[name] for name in told}  # type: ignore[literal-required]  # two columns of the applicant
    form, place = known.get("form") or {}, case.row["place"]
    found = _looking_alike(sight, told).rows(case.unit.reader(), values)
    return [row.code for row in found if (place and row.place == place) or (row.form or {}) == form][:MOST]


@cache
def _looking_alike(sight: Sight, told: tuple[str, ...]) -> PreparedSelect:
    """The statement for an actor of this kind and an applicant of whom these columns are known."""
    filed = dossiers.c.filed_at.between(bindparam("since"), bindparam("until"))
    return PreparedSelect(
        select(dossiers.c.code, dossiers.c.place, applicants.c.form)
        .join(applicants, applicants.c.dossier_id == dossiers.c.id)
        .where(dossiers.c.procedure == bindparam("procedure"), dossiers.c.finished_at.is_(None))
        .where(dossiers.c.id.in_(_next_to_it(told)), filed, sight.rule())
        .order_by(dossiers.c.id.desc())
        .limit(_LOOKED_AT)
    )


def _next_to_it(told: tuple[str, ...]) -> CompoundSelect[tuple[int]]:
    """The dossiers of the same person that stand next to this one, by each column and on both sides."""
    return union(*(side for name in told for side in (_beside(name, after=False), _beside(name, after=True))))


def _beside(name: str, *, after: bool) -> Select[tuple[int]]:
    number, this = applicants.c.dossier_id, bindparam("this", type_=BigId)
    side, order = (number > this, number) if after else (number < this, number.desc())
    same = select(number).where(applicants.c[name] == bindparam(name), side)
    return select(same.order_by(order).limit(_NEXT_TO_IT).subquery().c.dossier_id)
