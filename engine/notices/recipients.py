"""The inbox recipients that mean a member of staff: the person, the people they substitute, their roles in offices."""

from __future__ import annotations

import datetime as dt

from engine.rules.procedure.permissions import Actor, roles_in


def inbox_recipients(who: Actor, today: dt.date) -> frozenset[str]:
    """The values of ``outbox.recipient`` that mean this actor on a day: ``person:<id>``, ``office:<code>/<role>``."""
    persons = {who.person_id, *(one.person_id for one in who.substitutions if one.valid(today))}
    roles = {f"office:{office}/{role}" for office in who.offices(today) for role in roles_in(who, office, today)}
    return frozenset(roles | {f"person:{person}" for person in persons})
