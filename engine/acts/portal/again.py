"""The acts with which an administrator sends to the national portal again: what is stuck, a period, whole dossiers."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection

from sqlalchemy import insert, select, update

from engine.acts.staff.administrators import must_say_why
from engine.acts.staff.record import record_staff
from engine.clock import midnight
from engine.dossier.tellings import whole_telling
from engine.errors import Conflict, Forbidden, wrong
from engine.store.dossiers import dossiers
from engine.store.portal import portal_differences, portal_tellings
from engine.store.portal_queue import replay, supersede, try_again
from engine.transaction import UnitOfWork

MOST_AT_ONCE = 1_000
LONGEST_REPLAY = 366  # days


class NoPortal(Conflict):
    """This installation is not connected to the national portal."""

    code = "no-portal"
    vi = "Chưa nối với Cổng Dịch vụ công quốc gia. Người vận hành đặt MOTCUA_PORTAL_URL rồi khởi động lại."
    en = "There is no connection to the national portal. Its operator sets MOTCUA_PORTAL_URL and starts again."


def retry_portal(unit: UnitOfWork, reason: str) -> int:
    """Tries what is parked or failing again, now; returns how many. Raises Forbidden, InvalidInput, NoPortal."""
    _must_administer(unit, reason)
    count = try_again(unit.begin(), unit.now)
    _recorded(unit, "portal-retry", reason, count)
    return count


def replay_portal(unit: UnitOfWork, start: dt.date, end: dt.date, reason: str) -> int:
    """Sends the tellings of events from ``start`` to ``end`` (inclusive days) once more, under their keys.

    Raises Forbidden, InvalidInput, NoPortal.
    """
    _must_administer(unit, reason)
    if not dt.timedelta() <= end - start <= dt.timedelta(days=LONGEST_REPLAY):
        raise wrong(
            "until", f"phải sau ngày đầu, tối đa {LONGEST_REPLAY} ngày", f"must be 0 to {LONGEST_REPLAY} days on"
        )
    until = midnight(end + dt.timedelta(days=1))
    count = replay(unit.begin(), midnight(start), until, unit.now)
    _recorded(unit, "portal-replay", f"{reason} ({start} – {end})", count)
    return count


def resend_dossiers(unit: UnitOfWork, codes: Collection[str], reason: str) -> int:
    """Tells whole dossiers anew, in place of what is unsent about them; returns how many.

    A code that is unknown here, or whose truth is elsewhere, is passed over. Raises Forbidden, InvalidInput, NoPortal.
    """
    _must_administer(unit, reason)
    if len(codes) > MOST_AT_ONCE:
        raise wrong("codes", f"tối đa {MOST_AT_ONCE} hồ sơ một lần", f"{MOST_AT_ONCE} dossiers at once are the most")
    connection = unit.begin()
    wanted = select(dossiers).where(dossiers.c.code.in_(list(codes)), dossiers.c.source.is_(None))
    rows = connection.execute(wanted.order_by(dossiers.c.id).with_for_update()).mappings().all()
    ids = [row["id"] for row in rows]
    if ids:
        steps, token = supersede(connection, ids, unit.now), secrets.token_hex(8)
        connection.execute(insert(portal_tellings), [whole_telling(dict(row), unit.now, token) for row in rows])
        if steps:
            connection.execute(insert(portal_tellings), steps)
        opened = (portal_differences.c.dossier_id.in_(ids), portal_differences.c.ended_at.is_(None))
        connection.execute(update(portal_differences).where(*opened).values(repaired_at=unit.now))
    _recorded(unit, "portal-resend", reason, len(ids))
    return len(ids)


def _must_administer(unit: UnitOfWork, reason: str) -> None:
    if unit.actor.kind not in ("admin", "system"):
        raise Forbidden(why_vi="chỉ dành cho người quản trị", why_en="administrators only")
    if unit.settings.portal is None:
        raise NoPortal()
    must_say_why(reason)


def _recorded(unit: UnitOfWork, act: str, reason: str, count: int) -> None:
    if count:
        record_staff(unit, act, None, [], f"{reason} ({count})")
        unit.rings = True
