"""Under which names a member of staff finds notices in the inbox: as a person, for one that they stand in for, and by
the roles that they have in offices."""

from __future__ import annotations

import datetime as dt

from engine.rules.procedure.permissions import Actor, roles_in


def inbox_recipients(who: Actor, today: dt.date) -> frozenset[str]:
    """The values of ``outbox.recipient`` that mean this person on a day: ``person:<id>``, ``office:<code>/<role>``."""
    persons = {who.person_id, *(one.person_id for one in who.substitutions if one.valid(today))}
    roles = {f"office:{office}/{role}" for office in who.offices(today) for role in roles_in(who, office, today)}
    return frozenset(roles | {f"person:{person}" for person in persons})
