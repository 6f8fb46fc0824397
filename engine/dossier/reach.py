"""Whether a dossier has reached an office's part: whether a state of its roles was ever entered."""

from __future__ import annotations

from sqlalchemy import or_, select

from engine.dossier.case import Case
from engine.store.journal import journal


def reached(case: Case, key: str) -> bool:
    """Whether a state of the routing key's roles was ever entered; the journal tells of earlier ones."""
    roles = [name for name, role in case.release.roles.items() if role.unit == key]
    if not roles or case.row["holder_role"] in roles:
        return bool(roles)
    if key not in case.reached:
        case.reached[key] = _told(case, roles)
    return case.reached[key]


def _told(case: Case, roles: list[str]) -> bool:
    held = or_(*(journal.c.body.contains(f'"holder_role":"{role}"', autoescape=True) for role in roles))
    of_this = select(journal.c.number).where(journal.c.dossier_id == case.id, held).limit(1)
    return case.unit.reader().execute(of_this).first() is not None
