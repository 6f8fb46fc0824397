"""What an act tells the national portal, against its double as a process: content, order, retries, parking, replay."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import update

from engine.acts.documents import add_document
from engine.acts.portal.again import NoPortal, replay_portal, resend_dossiers, retry_portal
from engine.acts.portal.tell import LANES, Line, tell_portal
from engine.acts.settle_fee import settle_fee
from engine.errors import Forbidden, InvalidInput
from engine.queries.portal import late_by_telling, standing, unsent_tellings
from engine.rules.portal.mapping import Dated
from engine.store.portal import portal_tellings
from engine.store.portal_queue import lease
from tests.doubles.process import Running, free_port
from tests.installation.portal import Connected, asked, connected_anew
from tests.installation.world import World, moment


@pytest.fixture
def linked(world: World, portal_double: Running) -> Connected:
    return connected_anew(world, portal_double)


def test_without_a_portal_nothing_is_written(world: World) -> None:
    world.land_at("checking")
    assert world.try_act("system", standing).waiting == 0
    world.refuse(NoPortal, "admin", retry_portal, "vì sao")


def test_every_step_is_told_in_its_order(linked: Connected) -> None:
    world = linked.world
    code = world.land_at("checking")
    kinds = [row.kind for row in linked.rows(code)]
    assert kinds == ["dossier", "progress"] * 3
    linked.tell()
    told = linked.records()[code]
    assert told["MaHoSo"] == code and told["TrangThaiHoSo"] == str(world.row(code)["portal"])
    assert told["ChuHoSo"] == "Nguyễn Văn Mẫu" and told["KenhThucHien"] == "1"
    assert [one["TenGiayTo"] != "" for one in told["TaiLieuNop"]] == [True, True]
    counts = linked.counts()
    assert (counts["keys"], counts["steps"], counts.get("out_of_order", 0)) == (6, 3, 0)
    assert {row.status for row in linked.rows(code)} == {"sent"}


def test_a_fee_and_a_paper_are_told_without_a_change_of_state(linked: Connected) -> None:
    world = linked.world
    code = world.land_at("checking")
    linked.tell()
    key = next(iter(world.fees(code)))
    world.act("counter", settle_fee, code, key, "cash", "01234")
    assert [row.kind for row in linked.rows(code)][-1] == "fees"
    linked.tell()
    assert any(one["DaNop"] == "1" for one in linked.records()[code]["DanhSachLePhi"])
    world.act("specialist", add_document, code, key="other", original=1)
    assert [row.kind for row in linked.rows(code)][-2:] == ["documents", "results"]
    linked.tell()
    assert len(linked.records()[code]["TaiLieuNop"]) == 3


def test_nothing_passes_what_failed_and_it_is_tried_again(linked: Connected) -> None:
    world = linked.world
    code = world.land_at("checking")
    linked.faults(error=1.0)
    linked.tell(1)
    first, *others = linked.rows(code)
    assert (first.status, first.attempts, first.cause) == ("waiting", 1, "network") and "500" in first.error
    assert all(row.attempts == 0 and row.next_attempt_at == first.next_attempt_at for row in others)
    linked.faults()
    linked.tell()
    assert linked.counts()["keys"] == 0
    world.now += dt.timedelta(minutes=1)
    linked.tell()
    assert linked.counts()["keys"] == 6 and linked.counts().get("out_of_order", 0) == 0


def test_a_refusal_is_parked_with_its_cause_and_what_follows_waits(linked: Connected) -> None:
    world = linked.world
    code = world.land_at("checking")
    linked.faults(refuse=1.0)
    linked.tell()
    assert [row.status for row in linked.rows(code)] == ["parked", *["waiting"] * 5]
    parked = world.try_act("system", unsent_tellings, "parked")
    assert [(one.code, one.fault.en) for one in parked] == [(code, "the portal refused it")]
    linked.faults()
    world.now += dt.timedelta(days=1)
    linked.tell()
    assert linked.counts()["keys"] == 0
    assert world.act("admin", retry_portal, "Cổng đã sửa") == 1
    linked.tell()
    assert linked.counts()["keys"] == 6 and {row.status for row in linked.rows(code)} == {"sent"}


def test_a_lost_answer_and_a_second_delivery_change_nothing_there(linked: Connected) -> None:
    code = linked.world.land_at("checking")
    linked.portal._with_session({})
    linked.faults(lost_answer=1.0)
    linked.tell(1)
    linked.faults(twice=1.0)
    linked.world.now += dt.timedelta(minutes=1)
    linked.tell()
    counts = linked.counts()
    assert (counts["records"], counts["keys"], counts["steps"]) == (1, 6, 3)
    assert counts["duplicates"] == 1 + 6 and counts.get("out_of_order", 0) == 0
    assert linked.records()[code]["TrangThaiHoSo"] == str(linked.world.row(code)["portal"])


def test_a_session_that_has_ended_is_renewed(linked: Connected) -> None:
    linked.world.land_at("checking")
    linked.tell()
    asked(linked.double, "expire", [])
    linked.world.land_at("checking")
    linked.tell()
    assert linked.counts()["keys"] == 12


def test_a_portal_that_is_down_rests_and_costs_no_attempts(world: World, portal_double: Running) -> None:
    nowhere = Running(f"http://127.0.0.1:{free_port()}", portal_double.process)
    linked = Connected(world, nowhere)
    codes = [world.file().case.code for _ in range(20)]
    line = Line()
    tally = tell_portal(world.runtime, linked.portal, line=line)
    assert (tally.taken, tally.waiting) == (40, 40) and line.resting
    assert sum(linked.rows(code)[0].attempts for code in codes) < 20 + 8
    assert all(linked.rows(code)[1].attempts == 0 for code in codes)
    assert tell_portal(world.runtime, linked.portal, line=line).taken == 0


def test_what_is_due_of_a_dossier_leaves_in_one_batch_over_connections_that_are_kept(linked: Connected) -> None:
    world = linked.world
    code, other = world.land_at("checking"), world.land_at("checking")
    before = asked(linked.double, "lines")[0]
    assert tell_portal(world.runtime, linked.portal, line=Line()).sent == 12
    for _ in range(5):
        world.act("specialist", add_document, code, key="other", original=1)
        assert tell_portal(world.runtime, linked.portal, line=Line()).sent == 2
    told = asked(linked.double, "lines")[0] - before
    assert told <= LANES + 1 and linked.counts().get("out_of_order", 0) == 0
    assert linked.records()[other]["MaHoSo"] == other


def test_a_lease_ends_before_what_is_parked_not_due_or_held_by_another(linked: Connected) -> None:
    world = linked.world
    code = world.land_at("checking")
    first, second, third, *_ = (row.id for row in linked.rows(code))
    later = world.now + dt.timedelta(hours=1)
    for change in ({"status": "parked"}, {"next_attempt_at": later}):
        _change(world, third, change)
        with world.database.begin() as connection:
            assert [row.id for row in lease(connection, world.now, later, 10)] == [first, second]
            connection.rollback()
        _change(world, third, {"status": "waiting", "next_attempt_at": world.now})
    with world.database.begin() as connection:
        assert [row.id for row in lease(connection, world.now, later, 10)] == [row.id for row in linked.rows(code)]
    with world.database.begin() as connection:
        assert lease(connection, world.now, later, 10) == []


def _change(world: World, number: int, values: dict[str, Any]) -> None:
    with world.database.begin() as connection:
        connection.execute(update(portal_tellings).where(portal_tellings.c.id == number).values(**values))


def test_codes_are_those_of_the_event_and_not_of_the_sending(linked: Connected) -> None:
    """A code that changes at midnight: one event a second before, one at midnight, both told in the morning."""
    world = linked.world
    mapping = linked.portal._mapping
    office = world.row(world.land_at("checking"))["handler_office"]
    object.__setattr__(mapping, "agencies", Dated([(office, dt.date(2026, 4, 30), "NEW")]))
    codes = []
    for at in ("2026-04-29 23:59:59", "2026-04-30 00:00"):
        world.now = moment(at)
        codes.append(world.land_at("checking"))
    world.now = moment("2026-05-04 08:00")
    linked.tell()
    old, new = (linked.records()[code]["DonViXuLy"] for code in codes)
    assert old == world.runtime.catalogue.office(office).identifier and new == "NEW"


def test_an_office_without_a_code_parks_until_the_mapping_has_one(linked: Connected) -> None:
    world = linked.world
    code = world.land_at("checking")
    mapping = linked.portal._mapping
    whole = mapping.codes
    object.__setattr__(mapping, "codes", {**whole, "channel": {"portal": "2"}})
    linked.tell()
    (parked,) = world.try_act("system", unsent_tellings, "parked")
    assert parked.fault.en == "the mapping file lacks a code" and "counter" in parked.error
    object.__setattr__(mapping, "codes", whole)
    world.act("system", retry_portal, "đã thêm mã")
    linked.tell()
    assert linked.records()[code]["KenhThucHien"] == "1"


def test_a_period_is_replayed_under_the_same_keys(linked: Connected) -> None:
    world = linked.world
    code = world.land_at("checking")
    linked.tell()
    linked.change(("lose", code, {}))
    today = dt.date(2026, 3, 2)
    assert world.act("admin", replay_portal, today, today, "Cổng mất dữ liệu") == 6
    linked.tell()
    assert linked.records()[code]["MaHoSo"] == code
    assert world.act("admin", replay_portal, today + dt.timedelta(1), today + dt.timedelta(2), "thử") == 0
    world.refuse(InvalidInput, "admin", replay_portal, today, today - dt.timedelta(days=1), "thử")
    world.refuse(Forbidden, "leader", replay_portal, today, today, "thử")


def test_a_whole_telling_replaces_what_is_unsent(linked: Connected) -> None:
    world = linked.world
    code = world.land_at("checking")
    linked.faults(refuse=1.0)
    linked.tell()
    linked.faults()
    assert world.act("admin", resend_dossiers, [code, "KHONG-CO"], "gửi lại") == 1
    rows = linked.rows(code)
    assert [row.status for row in rows if row.kind == "dossier"] == ["dropped"] * 3 + ["waiting"]
    steps = [row for row in rows if row.kind == "progress"]
    assert [row.status for row in steps] == ["dropped"] * 3 + ["waiting"] * 3
    assert [row.key for row in steps[:3]] == [row.key for row in steps[3:]]
    assert tell_portal(world.runtime, linked.portal, line=Line()).sent == 4
    assert (linked.counts()["records"], linked.counts()["steps"]) == (1, 3)
    world.refuse(Forbidden, "counter", resend_dossiers, [code], "gửi lại")
    world.refuse(InvalidInput, "admin", resend_dossiers, [code], " ")


def test_a_dossier_that_the_portal_lost_is_told_as_a_whole_before_the_steps_that_it_refuses(linked: Connected) -> None:
    world = linked.world
    code = world.file().case.code
    linked.tell()
    linked.change(("lose", code, {}))
    _change(world, linked.rows(code)[1].id, {"status": "waiting", "next_attempt_at": world.now})
    linked.tell()
    parked = world.try_act("system", unsent_tellings, "parked")
    assert [(one.code, one.kind) for one in parked] == [(code, "progress")]
    world.act("admin", resend_dossiers, [code], "Cổng làm mất hồ sơ")
    linked.tell()
    assert linked.records()[code]["MaHoSo"] == code and linked.counts().get("out_of_order", 0) == 0
    assert world.try_act("system", standing).parked == world.try_act("system", standing).waiting == 0


def test_a_limit_that_was_kept_here_and_told_too_late_is_attributed(linked: Connected) -> None:
    world = linked.world
    code = world.file(channel="portal").case.code
    due = world.row(code)["intake_due_at"]
    linked.tell()
    linked.faults(error=1.0)
    world.do("counter", code, "receive")
    linked.tell()
    assert world.try_act("system", late_by_telling) == ()
    world.now = due + dt.timedelta(hours=1)
    (late,) = world.try_act("system", late_by_telling, code=code)
    assert (late.limit, late.limit_at, late.told_at) == ("intake", due, None)
    linked.faults()
    linked.tell()
    (late,) = world.try_act("system", late_by_telling)
    assert late.code == code and late.told_at == world.now and late.done_at < due
    linked.faults(error=1.0)
    whole = world.file(channel="portal").case.code
    world.do("counter", whole, "receive")
    linked.tell()
    world.act("system", resend_dossiers, [whole], "gửi cả hồ sơ")
    linked.faults()
    linked.tell()
    assert [one.code for one in world.try_act("system", late_by_telling)] == [code]
    world.now = world.row(whole)["intake_due_at"] + dt.timedelta(hours=1)
    assert [one.code for one in world.try_act("system", late_by_telling)] == [code]
    in_time = world.file(channel="portal").case.code
    world.do("counter", in_time, "receive")
    linked.tell()
    assert len(world.try_act("system", late_by_telling)) == 1
