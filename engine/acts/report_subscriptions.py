"""Reports by mail: a leader, monitor or administrator asks for them and ends it; and the one item of a province's
readiness that a person must say."""

from __future__ import annotations

from typing import Final

from sqlalchemy import insert, update

from engine.errors import Forbidden, NotFound, wrong
from engine.rules.period import RHYTHMS
from engine.rules.procedure.permissions import LEADER, roles_in
from engine.store.report_mails import (
    has_address,
    readiness_ticks,
    report_subscriptions,
    subscribe_in_turn,
    subscriptions,
)
from engine.store.sql.put import put
from engine.transaction import UnitOfWork

MOST: Final = 20
"""Subscriptions that a person may have."""
EQUIPMENT: Final = "equipment"
"""The item that nothing here can be counted for: equipment and lines are in place."""


def subscribe(unit: UnitOfWork, rhythm: str, office: str | None = None, province: str | None = None) -> int:
    """Asks for the indicators of each week or month by mail; returns the id.

    Raises Forbidden, NotFound (no such office or province), InvalidInput.
    """
    person = _reader(unit, office, province)
    if rhythm not in RHYTHMS:
        raise wrong("rhythm", "chọn tuần hoặc tháng", "choose week or month")
    connection = unit.begin()
    subscribe_in_turn(connection, person)
    known = subscriptions(connection, person)
    if any((one.rhythm, one.office, one.province) == (rhythm, office, province) for one in known):
        raise wrong("rhythm", "đã đăng ký báo cáo này", "this report is subscribed already")
    if len(known) >= MOST:
        raise wrong("rhythm", f"tối đa {MOST} đăng ký", f"at most {MOST} subscriptions")
    if not has_address(connection, person):
        raise wrong("rhythm", "tài khoản chưa có địa chỉ thư", "the account has no e-mail address")
    values = {"person_id": person, "rhythm": rhythm, "office": office, "province": province, "begun_at": unit.now}
    asked = insert(report_subscriptions).values(**values).returning(report_subscriptions.c.id)
    number: int = connection.execute(asked).scalar_one()
    return number


def unsubscribe(unit: UnitOfWork, number: int) -> None:
    """Ends a subscription of one's own. Raises NotFound."""
    of = report_subscriptions.c
    own = (of.id == number, of.person_id == unit.actor.person_id, of.ended_at.is_(None))
    ended = unit.begin().execute(update(report_subscriptions).where(*own).values(ended_at=unit.now))
    if ended.rowcount == 0:
        raise NotFound(what=f"subscription {number}")


def say_equipped(unit: UnitOfWork, province: str, ready: bool) -> None:
    """Says whether equipment and lines of a province are in place; its monitor or an administrator does.

    Raises Forbidden.
    """
    person = unit.actor.person_id
    if person is None or not (unit.actor.admin or province in unit.actor.monitored_provinces(unit.today)):
        raise Forbidden(
            why_vi="chỉ người giám sát tỉnh hoặc quản trị", why_en="only the province's monitor or an admin"
        )
    _must_be_known(unit, province)
    row = {"province": province, "item": EQUIPMENT, "ready": int(ready), "said_by": person, "said_at": unit.now}
    put(unit.begin(), readiness_ticks, row)


def _reader(unit: UnitOfWork, office: str | None, province: str | None) -> int:
    """The person, who reads the figures of this office and province. Raises Forbidden, NotFound."""
    actor, today = unit.actor, unit.today
    overseen = actor.monitored_provinces(today)
    leads = {code for code in actor.offices(today) if LEADER in roles_in(actor, code, today)}
    known = unit.catalogue.offices.get(office) if office else None
    in_office = office is None or office in leads or (known is not None and known.province in overseen)
    in_province = province is None or province in overseen
    if actor.person_id is None or not (actor.admin or ((leads or overseen) and in_office and in_province)):
        raise Forbidden(
            why_vi="chỉ số liệu của cơ quan, tỉnh mình", why_en="only figures of one's own office or province"
        )
    if office is not None:
        unit.catalogue.office(office)
    if province is not None:
        _must_be_known(unit, province)
    return actor.person_id


def _must_be_known(unit: UnitOfWork, province: str) -> None:
    """Raises NotFound for what is no province today."""
    if province not in {one.code for one in unit.catalogue.territory.units("province", unit.today)}:
        raise NotFound(what=province)
