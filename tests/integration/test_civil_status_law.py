"""The Civil Status Law 03/2026/QH16 is in force on 1 March 2027: a birth received before goes on under the old law."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from engine.acts.file_dossier import file_dossier
from engine.acts.perform_action import perform_action
from engine.acts.publish import publish_release
from engine.rules.procedure.definition import Release
from engine.store.releases import releases
from tests.installation.content import shipped
from tests.installation.world import World

BIRTH, OLD, NEW = "1.001193", "60/2014/QH13", "03/2026/QH16"
LAST_MINUTE, FIRST_MINUTE, MONDAY = "2027-02-28 23:59", "2027-03-01 00:00", "2027-03-01 08:05"
FIELDS = {
    "registry.commune": "26080",
    "child.name": "Nguyễn An Mẫu",
    "child.born": "2027-02-20",
    "child.sex": "female",
    "child.birthplace": "Long Khánh",
    "mother.name": "Trần Thị Mẫu",
    "birth.at_hospital": True,
}
PAPERS = [{"key": "to_khai", "original": 1}, {"key": "chung_sinh", "original": 1}]


def births() -> list[Release]:
    return [one for one in shipped().releases if one.procedure == BIRTH]


@pytest.fixture
def office(world: World) -> World:
    """The world with both laws published, and a civil-status officer in the commune."""
    for release in births():
        world.try_act("system", publish_release, release)
    return world


def filed(office: World, at: str, **changes: Any) -> str:
    """A birth filed online, unless told otherwise."""
    usual = {"procedure": BIRTH, "fields": FIELDS, "documents": PAPERS, "channel": "portal", "receive": False}
    office.at(at)
    filing = office.filing(**(usual | changes))
    return office.try_act("counter" if changes else "system", file_dossier, filing).case.code


def law(office: World, code: str) -> str:
    return str(office.runtime.catalogue.workflow(office.row(code)["release"]).release.legal[0])


def test_the_old_version_ends_on_the_day_before_the_law(office: World) -> None:
    with office.database.connect() as connection:
        rows = connection.execute(releases.select().where(releases.c.procedure == BIRTH)).all()
    spans = {row.version: (row.start, row.until) for row in rows}
    assert spans == {
        2: (dt.date(2024, 1, 1), dt.date(2027, 2, 28)),
        3: (dt.date(2027, 3, 1), None),
    }


def test_midnight_parts_the_laws(office: World) -> None:
    before, after = filed(office, LAST_MINUTE), filed(office, FIRST_MINUTE)
    assert (law(office, before), law(office, after)) == (OLD, NEW)
    for code in (before, after):  # both are read on Monday morning, and each keeps its law
        office.act("counter", perform_action, code, "receive", at=MONDAY)
        office.act("counter", perform_action, code, "forward")
        office.act("asked", perform_action, code, "submit")
        assert office.row(code)["state"] == "signing"
    assert (law(office, before), law(office, after)) == (OLD, NEW)


def test_a_reception_of_the_last_working_day_that_is_entered_later_is_under_the_old_law(office: World) -> None:
    received = dt.datetime(2027, 2, 26, 9, tzinfo=dt.UTC)
    late = {"channel": "counter", "receive": True, "received_at": received, "received_reason": "Mất điện"}
    assert law(office, filed(office, MONDAY, **late)) == OLD
    assert law(office, filed(office, MONDAY, channel="counter", receive=True)) == NEW
