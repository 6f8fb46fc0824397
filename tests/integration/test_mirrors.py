"""Dossiers whose truth is in another system: in the same lists, marked, and acted on there."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from engine.acts.add_note import add_note
from engine.acts.hold import assign, claim, mark_opened
from engine.acts.mirror import Mirrored, mirror
from engine.acts.perform_action import perform_action
from engine.acts.recount import recount
from engine.acts.transfer import transfer
from engine.dossier.case import read_case
from engine.dossier.elsewhere import TruthElsewhere
from engine.errors import Forbidden, InvalidInput
from engine.queries.dossier import offers_of
from engine.queries.queue import Ask, QueueLine, queue_page
from engine.queries.reports import on_time
from engine.rules.procedure.portal_status import PortalStatus
from engine.store.paces import finished_times
from tests.installation.short_releases import LAND
from tests.installation.world import BRANCH, LONG_KHANH, World, moment

DUE = moment("2026-03-05 16:00")


def told(**changes: Any) -> Mirrored:
    usual: dict[str, Any] = {
        "source": "btp",
        "number": "G22.99-260302-0007",
        "procedure": LAND,
        "state": "checking",
        "intake_office": LONG_KHANH,
        "offices": {"intake": LONG_KHANH, "handler": BRANCH},
        "applicant": "Hồ Minh Nhật",
        "received_at": moment("2026-03-01 09:00"),
        "due_at": DUE,
        "differs": [{"what": "hạn trả", "here": "05/03", "there": "06/03"}],
    }
    return Mirrored(**(usual | changes))


def lines(world: World, who: str, **ask: Any) -> list[QueueLine]:
    return list(world.try_act(who, queue_page, Ask(**ask)).lines)


def test_reports_measure_the_office_and_the_working_days_told_are_of_our_own(world: World) -> None:
    """Decision 766 measures an office by all that it handles; what citizens are told is counted from our journal."""
    states = world.runtime.catalogue.current(LAND, dt.date(2026, 3, 2)).release.states
    ended = next(key for key, one in states.items() if one.status in (PortalStatus.READY, PortalStatus.RETURNED))
    code = world.act("system", mirror, told(state=ended, finished_at=moment("2026-03-02 08:00"))).code
    assert world.row(code)["finished_at"] is not None
    lines_of = world.try_act("specialist", on_time, dt.date(2026, 3, 1), dt.date(2026, 3, 31))
    assert [(line.office, line.finished, line.late) for line in lines_of] == [(BRANCH, 1, 0)]
    with world.reading() as connection:
        times = list(finished_times(connection, moment("2026-03-01 00:00"), moment("2026-04-01 00:00")))
    assert times == []


def test_it_stands_in_the_same_lists_marked_with_its_source(world: World) -> None:
    own = world.land_at("checking")
    code = world.act("system", mirror, told()).code
    found = {line.code: line for line in lines(world, "specialist")}
    assert set(found) == {own, code}
    line = found[code]
    assert line.mirror is not None and found[own].mirror is None
    assert (line.mirror.source, line.mirror.synced_at) == ("btp", world.now)
    assert line.mirror.differs[0]["there"] == "06/03"
    assert line.due_at == DUE and line.left.words.vi.startswith("Còn ")
    assert [one.code for one in lines(world, "specialist", mirrored=True)] == [code]
    assert [one.code for one in lines(world, "specialist", mirrored=False)] == [own]
    assert [one.code for one in lines(world, "counter", everywhere=True, text="ho minh nhat")] == [code]


def test_what_the_other_system_says_later_is_written_and_the_same_is_not(world: World) -> None:
    code = world.act("system", mirror, told()).code
    world.act("system", mirror, told(differs=()), at="2026-03-02 10:00")
    assert [one["act"] for one in world.entries(code)] == ["mirror"]
    (line,) = lines(world, "specialist")
    assert line.mirror is not None and (line.mirror.synced_at, line.mirror.differs) == (world.now, ())
    later = DUE + dt.timedelta(days=1)
    world.act("system", mirror, told(due_at=later), at="2026-03-02 11:00")
    assert world.row(code)["due_at"] == later
    assert [one["act"] for one in world.entries(code)] == ["mirror", "mirror"]


@pytest.mark.parametrize("act", [claim, add_note, transfer, assign, perform_action])
def test_every_act_is_refused(world: World, act: Any) -> None:
    code = world.act("system", mirror, told()).code
    more: dict[Any, list[Any]] = {
        add_note: ["Ghi chú"],
        transfer: ["VPDK-75", "Lý do"],
        assign: [world.person("specialist2")],
        perform_action: ["finish_review"],
    }
    refusal = world.refuse(TruthElsewhere, "specialist", act, code, *more.get(act, []))
    assert (refusal.code, refusal.status) == ("truth-elsewhere", 409)


def test_the_applicant_is_refused_too_and_offers_say_why(world: World) -> None:
    code = world.act("system", mirror, told()).code
    world.refuse(TruthElsewhere, world.citizen(code), perform_action, code, "withdraw")
    offers = world.try_act("specialist", lambda unit: offers_of(read_case(unit, code)))
    assert not any(offer.allowed for offer in offers)
    assert any(offer.why is not None and "hệ thống khác" in offer.why.vi for offer in offers)


def test_opening_it_changes_nothing_and_no_timer_rings(world: World) -> None:
    code = world.act("system", mirror, told()).code
    world.act("specialist", mark_opened, code)
    assert len(world.entries(code)) == 1 and world.armed(code) == {}
    assert not world.act("system", recount, world.row(code)["id"], {"what": "calendar"})
    assert world.row(code)["due_at"] == DUE


def test_only_the_system_mirrors(world: World) -> None:
    world.refuse(Forbidden, "counter", mirror, told())
    world.refuse(InvalidInput, "system", mirror, told(state="nowhere"))
    world.refuse(InvalidInput, "system", mirror, told(source=""))
    world.refuse(InvalidInput, "system", mirror, told(offices={}))
