"""The people who decide about dossiers that a reform cannot place by itself, and those who may see their numbers.

Both groups are members of the authority of a province.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from engine.errors import Forbidden
from engine.rules.offices.index import level_of
from engine.rules.offices.offices import Office
from engine.rules.offices.routing import Map
from engine.rules.procedure.permissions import MONITOR, Actor, roles_in

LEADER, AUTHORITY = "leader", "authority"
OVERSEERS = (LEADER, MONITOR)
"""The roles in the authority of a province that may see the numbers of its dossiers by status."""


def provinces_of(actor: Actor, roles: Collection[str], known: Map, date: dt.date, on: dt.date) -> frozenset[str]:
    """The codes of provinces, as before the reform of ``date``, for which the actor has one of ``roles`` on a day.

    The actor must have the role in the authority of a province of which the earlier province became a part.
    """
    held = (code for code in actor.offices(on) if roles_in(actor, code, on) & {*roles})
    theirs = {office.province for code in held if (office := known.offices.get(code)) and _of_province(office)}
    return frozenset(
        unit.code
        for unit in known.territory.units("province", date - dt.timedelta(days=1))
        if {one.unit.code for one in known.territory.successors(unit.id, date)} & theirs
    )


def decided_provinces(actor: Actor, known: Map, date: dt.date, on: dt.date) -> frozenset[str]:
    """The codes of provinces, as before the reform of ``date``, whose dossiers the actor decides. Raises Forbidden."""
    provinces = provinces_of(actor, {LEADER}, known, date, on)
    if not provinces:
        raise Forbidden(
            why_vi="chỉ lãnh đạo Ủy ban nhân dân tỉnh quyết định hồ sơ chờ của tỉnh",
            why_en="only the leaders of a province's authority decide for the dossiers of the province",
        )
    return provinces


def _of_province(office: Office) -> bool:
    return office.body == AUTHORITY and level_of(office.unit_id) == "province"
