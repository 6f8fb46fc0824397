"""A hint that the same filing came twice: same procedure, same person, same place or same form, and still running.

It is never a refusal. Only dossiers that the actor may see are named; a citizen sees no other dossier than the own one.
"""

from __future__ import annotations

import datetime as dt
from functools import cache

from sqlalchemy import bindparam, or_, select

from engine.dossier.case import Case
from engine.store.dossiers import applicants, dossiers
from engine.store.sql.question import PreparedSelect
from engine.store.visibility import Sight, sight_of

MOST = 10
_LOOKED_AT = 50


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
    same_person = or_(*(applicants.c[name] == bindparam(name) for name in told))
    filed = dossiers.c.filed_at.between(bindparam("since"), bindparam("until"))
    return PreparedSelect(
        select(dossiers.c.code, dossiers.c.place, applicants.c.form)
        .join(applicants, applicants.c.dossier_id == dossiers.c.id)
        .where(dossiers.c.procedure == bindparam("procedure"), dossiers.c.finished_at.is_(None))
        .where(dossiers.c.id != bindparam("this"), filed, same_person, sight.rule())
        .order_by(dossiers.c.id.desc())
        .limit(_LOOKED_AT)
    )
