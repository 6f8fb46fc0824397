"""The catalogue: what one process publishes another sees, threads share it, and what is unknown is refused in words."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from engine import catalogue as catalogue_module
from engine.acts.publish import publish_release, publish_template, publish_territory
from engine.catalogue import Catalogue, NoRelease
from engine.errors import NotFound
from engine.rules.procedure.definition import Effective
from tests.installation.content import territory_around
from tests.installation.short_releases import COPIES, LAND, RESIDENCE, land
from tests.installation.world import World

TODAY, APRIL = dt.date(2026, 3, 2), dt.date(2026, 4, 1)


@pytest.fixture
def other(world: World) -> Iterator[Catalogue]:
    """The catalogue of another process."""
    made = Catalogue(world.database)
    yield made
    made._database.dispose()


def test_another_process_sees_it_at_once_when_asked_and_soon_when_not(
    world: World, other: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue_module, "LOOK_EVERY", 3600.0)
    assert other.current(LAND, APRIL).release.version == 1
    world.act("admin", publish_release, land(version=2, effective=Effective(APRIL)))
    assert world.runtime.catalogue.current(LAND, APRIL).release.version == 2  # the publisher, at once
    assert other.current(LAND, APRIL).release.version == 1  # it does not look again yet
    other.refresh()
    assert other.current(LAND, APRIL).release.version == 2
    world.act("admin", publish_release, land(version=3, effective=Effective(dt.date(2026, 5, 1))))
    monkeypatch.setattr(catalogue_module, "LOOK_EVERY", -1.0)
    assert other.current(LAND, dt.date(2026, 5, 1)).release.version == 3


def test_what_did_not_change_is_not_read_again(world: World, other: Catalogue) -> None:
    kept = other.territory, other.offices, other.map, other.calendar("vn")
    world.act("admin", publish_template, "moi", {"subject": {"vi": "x"}})
    other.refresh()
    assert other.template("moi") == {"subject": {"vi": "x"}}
    now = other.territory, other.offices, other.map, other.calendar("vn")
    assert all(one is before for one, before in zip(now, kept, strict=True))


def test_a_new_territory_reaches_routing_and_conditions(world: World, other: Catalogue) -> None:
    before, workflow = other.map, other.current(LAND, TODAY)
    world.act("admin", publish_territory, territory_around("731", "732", "760", "761"))
    other.refresh()
    assert other.map is not before and len(other.map.territory.units()) > len(before.territory.units())
    assert other.current(LAND, TODAY) is not workflow  # compiled anew: its conditions hold communes
    assert other.current(LAND, TODAY).digest == workflow.digest


def test_the_name_of_one_office_does_not_read_the_country_and_follows_what_is_published(
    world: World, other: Catalogue
) -> None:
    assert other.current(RESIDENCE, TODAY).release.procedure == RESIDENCE
    name = other.office_name("UB-26080")
    assert other.office_name("UB-00000") is None
    assert not {"units", "offices"} & set(other._kept)
    world.tamper(
        "UPDATE offices SET name_vi = 'Tên mới' WHERE code = 'UB-26080'",
        "UPDATE catalogue_versions SET number = number + 1 WHERE name = 'offices'",
    )
    assert other.office_name("UB-26080") == name and name is not None
    other.refresh()
    renamed = other.office_name("UB-26080")
    assert renamed is not None and renamed.vi == "Tên mới"
    assert other.office("UB-26080").name == renamed
    assert other.office_name("UB-26080") == renamed and other.office_name("UB-00000") is None  # from the whole


def test_a_release_is_compiled_once_for_all_threads(world: World, other: Catalogue) -> None:
    digest = world.runtime.catalogue.current(LAND, TODAY).digest
    found: list[Any] = []
    gate = threading.Barrier(8)

    def ask() -> None:
        gate.wait()
        found.append(other.workflow(digest))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and len({id(one) for one in found}) == 1


def test_threads_read_on_while_others_publish(world: World, other: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue_module, "LOOK_EVERY", -1.0)  # everybody looks every time
    faults: list[BaseException] = []
    done = threading.Event()

    def read() -> None:
        try:
            while not done.is_set():
                assert other.template("da-tiep-nhan")["subject"]["vi"]
                assert other.current(LAND, TODAY).release.version == 1
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for number in range(10):
            world.try_act("admin", publish_template, "da-tiep-nhan", {"subject": {"vi": str(number)}})
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert faults == []


def test_the_procedures_of_a_day_in_order_of_code(world: World) -> None:
    assert [one.release.procedure for one in world.runtime.catalogue.procedures(TODAY)] == [RESIDENCE, LAND, COPIES]
    assert world.runtime.catalogue.procedures(dt.date(2025, 6, 30)) == []


def test_what_is_unknown_is_refused_in_words(world: World) -> None:
    catalogue = world.runtime.catalogue
    for ask in (
        lambda: catalogue.workflow("0" * 64),
        lambda: catalogue.office("TT-00000"),
        lambda: catalogue.template("nothing"),
        lambda: catalogue.calendar("mars"),
    ):
        with pytest.raises(NotFound):
            ask()
    with pytest.raises(NoRelease):
        catalogue.current(LAND, dt.date(2025, 6, 30))
    with pytest.raises(NoRelease):
        catalogue.current("9.999999", TODAY)


def test_conditions_know_the_communes_of_a_former_district(world: World) -> None:
    workflow = world.runtime.catalogue.current(LAND, TODAY)
    facts = workflow.facts({"applicant": {"kind": "citizen"}, "land": {"commune": "26098"}})
    assert workflow.route_branch("handler", facts) == "VPDK-CN-LONGKHANH"
    elsewhere = workflow.facts({"applicant": {"kind": "citizen"}, "land": {"commune": "26020"}})
    assert workflow.route_branch("handler", elsewhere) == "VPDK-75"
