"""How many people have each role at each office on a day."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, func, or_, select

from engine.store.people import memberships


def people_of_posts(connection: Connection, on: dt.date) -> dict[tuple[str, str], int]:
    """The number of people by office and role."""
    lasts = or_(memberships.c.valid_to.is_(None), memberships.c.valid_to > on)
    counted = (
        select(memberships.c.office, memberships.c.role, func.count(memberships.c.person_id.distinct()).label("many"))
        .where(memberships.c.valid_from <= on, lasts)
        .group_by(memberships.c.office, memberships.c.role)
    )
    return {(row.office, row.role): row.many for row in connection.execute(counted)}
