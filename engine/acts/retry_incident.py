"""The act ``retry_incident``: lets what failed be tried once more, all of one cause or all of a kind."""

from __future__ import annotations

from engine.acts.staff.administrators import must_say_why
from engine.acts.staff.record import record_staff
from engine.dossier.incidents import Incident, incidents
from engine.errors import Forbidden, NotFound
from engine.store.form_seals import seal_again
from engine.store.incidents import ring_again, send_again
from engine.transaction import UnitOfWork


def retry_incident(unit: UnitOfWork, kind: str, key: str, reason: str) -> int:
    """Tries one group again; returns how many notices, clocks or forms. Raises Forbidden, NotFound, InvalidInput."""
    _must_administer(unit, reason)
    found = [one for one in incidents(unit.begin(), kind) if one.key == key and one.retried]
    if not found:
        raise NotFound(what=f"incident {key}")
    return _retry(unit, found, reason)


def retry_all(unit: UnitOfWork, reason: str) -> int:
    """Tries everything again; returns how many notices, clocks and forms. Raises Forbidden, InvalidInput."""
    _must_administer(unit, reason)
    return _retry(unit, [one for one in incidents(unit.begin()) if one.retried], reason)


def _retry(unit: UnitOfWork, found: list[Incident], reason: str) -> int:
    clocks = [row for one in found if one.kind in ("clocks", "refused") for row in one.rows]
    notices = [int(row[0]) for one in found if one.kind in ("notices", "webhooks", "failing") for row in one.rows]
    seals = [row for one in found if one.kind == "seals" for row in one.rows]
    count = ring_again(unit.begin(), clocks, unit.now) + send_again(unit.begin(), notices, unit.now)
    count += seal_again(unit.begin(), seals)
    if count:
        names = ", ".join(sorted({one.kind for one in found}))
        record_staff(unit, "retry-incident", None, [], f"{reason} ({names}: {count})")
        unit.rings = unit.rings or bool(notices)
    return count


def _must_administer(unit: UnitOfWork, reason: str) -> None:
    if unit.actor.kind not in ("admin", "system"):
        raise Forbidden(why_vi="chỉ dành cho người quản trị", why_en="administrators only")
    must_say_why(reason)
