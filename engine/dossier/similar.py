"""A hint that the same filing came twice: same procedure, same person, same place or same form, and still running.

It is never a refusal. Only dossiers that the actor may see are named; a citizen sees no other dossier than the own one.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import and_, or_, select

from engine.dossier.case import Case
from engine.store.dossiers import applicants, dossiers
from engine.store.visibility import visible_dossiers

MOST = 10
_LOOKED_AT = 50


def similar_to(case: Case) -> list[str]:
    """The codes of running dossiers that look like this one, newest first."""
    known, days = case.applicant, case.unit.settings.similar_days
    same_person = [
        column == value
        for column, value in (
            (applicants.c.identity_number, known.get("identity_number")),
            (applicants.c.phone, known.get("phone")),
        )
        if value
    ]
    if not same_person or not days or case.release.states[case.row["state"]].final:
        return []
    recent = dossiers.c.filed_at >= case.row["filed_at"] - dt.timedelta(days=days)
    early = dossiers.c.filed_at <= case.row["filed_at"] + dt.timedelta(days=days)
    statement = (
        select(dossiers.c.code, dossiers.c.place, applicants.c.form)
        .join(applicants, applicants.c.dossier_id == dossiers.c.id)
        .where(dossiers.c.procedure == case.row["procedure"], dossiers.c.finished_at.is_(None))
        .where(dossiers.c.id != case.id, and_(recent, early), or_(*same_person))
        .where(visible_dossiers(case.unit.actor, case.today))
        .order_by(dossiers.c.id.desc())
        .limit(_LOOKED_AT)
    )
    form, place = known.get("form") or {}, case.row["place"]
    found = case.unit.reader().execute(statement).all()
    return [row.code for row in found if (place and row.place == place) or (row.form or {}) == form][:MOST]
