"""Both sides compared, against the double as a process: each kind found, whose turn it is, what is repaired."""

from __future__ import annotations

import datetime as dt

import pytest

from engine.acts.portal.again import resend_dossiers
from engine.acts.portal.compare import compare_with_portal
from engine.connection_ports import PortalFailed
from engine.queries.portal import difference_groups, standing
from engine.rules.portal.differences import KINDS
from tests.doubles.process import Running
from tests.installation.portal import Connected, connected_anew
from tests.installation.world import World

ALTERED = {
    "procedure": {"MaTTHC": "1.999999"},
    "received": {"NgayTiepNhan": "20200101000000"},
    "due": {"NgayHenTra": "20200101000000"},
    "state": {"TrangThaiHoSo": "1"},
    "ended": {"NgayKetThucXuLy": "20200101000000"},
    "office": {"DonViXuLy": "H00"},
    "documents": {"TaiLieuNop": []},
    "fee": {"DanhSachLePhi": []},
    "result": {"DanhSachGiayToKetQua": [{"TenGiayTo": "lạ"}]},
}
SAFE = set(KINDS) - {"missing_here", "duplicate_there", "procedure"}


@pytest.fixture
def linked(world: World, portal_double: Running) -> Connected:
    return connected_anew(world, portal_double)


def seeded(linked: Connected, each: int) -> dict[str, set[str]]:
    """So many differences of every kind, by kind: the codes."""
    codes = iter([linked.world.land_at("checking") for _ in range(each * 11)])
    linked.tell(100)
    changes, wanted = list[tuple[str, str, dict[str, object]]](), dict[str, set[str]]()
    for kind in KINDS:
        some = [f"H75.99999-260302-{n:04d}" for n in range(each)] if kind == "missing_here" else None
        wanted[kind] = set(some or (next(codes) for _ in range(each)))
        what = {"missing_there": "lose", "missing_here": "invent", "duplicate_there": "double"}.get(kind, "alter")
        changes += [(what, code, ALTERED.get(kind, {})) for code in sorted(wanted[kind])]
    linked.change(*changes)
    return wanted


def test_two_equal_sides_do_not_differ(linked: Connected) -> None:
    for _ in range(3):
        linked.world.land_at("checking")
    linked.tell()
    done = linked.compare()
    assert (done.ended, done.pairs, done.differing) == (True, 3, 0)
    (told,) = linked.world.try_act("system", standing).comparisons
    assert (told.here, told.there, told.same, told.on_time, told.share) == (3, 3, 3, 3, 1.0)


def test_every_kind_is_found_and_the_safe_ones_are_repaired(linked: Connected) -> None:
    world, each = linked.world, 2
    wanted = seeded(linked, each)
    assert linked.compare().differing == each * len(KINDS)
    found: dict[str, set[str]] = {}
    for one in linked.found():
        found.setdefault(one.kind, set()).add(one.code)
        assert (one.fault, one.safe) == ("untold" if one.kind == "missing_here" else "theirs", one.kind in SAFE)
        assert one.advice.vi and one.since == world.now
    assert found == wanted
    assert {one.kind for one in world.try_act("system", difference_groups)} == set(KINDS)
    began, world.now = world.now, world.now + dt.timedelta(hours=1)
    world.act("system", resend_dossiers, sorted({one.code for one in linked.found() if one.safe}), "sửa")
    linked.tell()
    assert linked.compare().differing == each * (len(KINDS) - len(SAFE))
    left = linked.found()
    assert {one.kind for one in left} == set(KINDS) - SAFE and all(one.since == began for one in left)
    history = linked.found(ended=True, kind="due")
    assert len(history) == each and all(one.ended_at == world.now and one.repaired_at for one in history)


def test_what_is_under_way_is_no_difference_and_what_waits_too_long_is_ours(linked: Connected) -> None:
    world = linked.world
    code = world.land_at("checking")
    assert linked.compare().differing == 0
    assert world.try_act("system", standing).comparisons[0].under_way == 1
    world.now += dt.timedelta(hours=1)
    linked.compare()
    (one,) = linked.found()
    assert (one.code, one.kind, one.fault, one.since) == (code, "missing_there", "waiting", linked.rows(code)[0].at)


def test_it_says_whose_turn_it_is(linked: Connected) -> None:
    world = linked.world
    refused = world.land_at("checking")
    linked.faults(refuse=1.0)
    linked.tell(1)
    linked.faults()
    forgotten = world.land_at("checking")
    linked.faults(forget=1.0)
    linked.tell()
    linked.faults()
    linked.compare()
    assert {one.code: one.fault for one in linked.found()} == {refused: "refused", forgotten: "theirs"}


def test_a_dossier_from_before_the_connection_was_never_told(world: World, portal_double: Running) -> None:
    code = world.land_at("checking")
    linked = connected_anew(world, portal_double)
    linked.compare()
    (one,) = linked.found()
    assert (one.kind, one.fault, one.safe) == ("missing_there", "untold", True)
    world.act("system", resend_dossiers, [code], "lần đầu")
    linked.tell()
    assert linked.compare().differing == 0


def test_a_dossier_that_ended_there_is_not_overwritten_without_asking(linked: Connected) -> None:
    code = linked.world.land_at("checking")
    linked.tell()
    linked.change(("alter", code, {"TrangThaiHoSo": "7"}))
    linked.compare()
    (one,) = linked.found()
    assert (one.kind, one.ours, one.theirs, one.safe) == ("state", "4", "7", False)


def test_a_code_that_the_mapping_lacks_is_the_mappings(linked: Connected) -> None:
    code = linked.world.land_at("checking")
    linked.tell()
    object.__setattr__(linked.portal._mapping, "codes", {**linked.portal._mapping.codes, "channel": {"portal": "2"}})
    linked.compare()
    (one,) = linked.found()
    assert one.code == code and not one.safe and "counter" in one.ours


def test_a_comparison_goes_on_behind_the_last_code(linked: Connected, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.acts.portal.compare.BATCH", 2)
    for _ in range(5):
        linked.world.land_at("checking")
    linked.tell()
    slices = 0
    while not compare_with_portal(linked.world.runtime, linked.portal, seconds=0).ended:
        slices += 1
    assert slices == 2
    (told,) = linked.world.try_act("system", standing).comparisons
    assert (told.here, told.there, told.same) == (5, 5, 5)


def test_a_portal_that_does_not_answer_leaves_the_comparison_open(linked: Connected) -> None:
    linked.world.land_at("checking")
    linked.tell()
    linked.faults(error=1.0)
    with pytest.raises(PortalFailed):
        linked.compare()
    linked.faults()
    assert linked.compare().ended
    (told,) = linked.world.try_act("system", standing).comparisons
    assert told.error is None and told.same == 1
