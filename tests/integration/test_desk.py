"""The desk: counts that equal their lists for everybody, neighbours in a list, what came, saved views."""

from __future__ import annotations

import pytest

from engine.acts.hold import claim
from engine.acts.saved_views import change_view, delete_view, save_view, see_desk
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.queries.desk import Arrivals, Desk, desk, lately
from engine.queries.queue import QUEUES, Ask, holder_counts, neighbours, queue_count, queue_page
from engine.queries.saved_views import views
from tests.installation.short_releases import COPIES
from tests.installation.world import APPLICANT, BRANCH, FIELDS, LONG_KHANH, PEOPLE, World
from tests.spoken import spoken

LATER = "2026-04-20 09:00"


@pytest.fixture
def busy(world: World) -> list[str]:
    """Dossiers of several offices in many states, some of them overdue or waiting for the applicant."""
    far = {"applicant": APPLICANT | {"commune": "26740"}, "intake_office": "TT-26740"}
    codes = [world.land_at(state) for state in ("accepted", "checking", "checking")]
    codes.append(
        world.file("other_counter", intake_office="TT-26020", fields=FIELDS | {"land.commune": "26020"}).case.code
    )
    codes.append(world.file("far_counter", procedure=COPIES, fields={"pages": 1}, documents=[], **far).case.code)
    asked = world.land_at("checking")
    ask = next(
        key
        for key, action in world.runtime.catalogue.workflow(world.row(asked)["release"]).release.actions.items()
        if action.effect == "ask" and "checking" in action.sources
    )
    world.do("specialist", asked, ask, reason="Thiếu bản vẽ")
    codes.append(asked)
    world.act("specialist", claim, codes[1])
    return codes


@pytest.mark.parametrize("at", ["2026-03-02 08:30", LATER])
@pytest.mark.parametrize("who", [*PEOPLE])
def test_every_count_equals_its_list(world: World, busy: list[str], who: str, at: str) -> None:
    world.at(at)
    shown: Desk = world.try_act(who, desk)
    for queue in QUEUES:
        listed = world.try_act(who, queue_page, Ask(queue=queue), limit=200).lines
        assert (queue, shown.number(queue)) == (queue, len(listed))
        assert world.try_act(who, queue_count, Ask(queue=queue)) == len(listed)
    for queue in (None, *QUEUES):
        numbers = world.try_act(who, holder_counts, Ask(queue=queue))
        for holder in (None, "us", "me", "nobody"):
            number = numbers.of(holder)
            listed = world.try_act(who, queue_page, Ask(queue=queue, holder=holder), limit=200).lines
            assert (queue, holder, number) == (queue, holder, len(listed))
    if world.actor(who).acting_offices(world.now.date()):
        assert shown.mine == len(world.try_act(who, queue_page, Ask(holder="me")).lines)
        assert shown.unclaimed == len(world.try_act(who, queue_page, Ask(holder="nobody")).lines)


def test_the_counts_are_those_that_one_expects(world: World, busy: list[str]) -> None:
    world.at(LATER)
    specialist: Desk = world.try_act("specialist", desk)
    assert (specialist.number("overdue"), specialist.number("supplement")) == (2, 1)
    assert (specialist.mine, specialist.unclaimed) == (1, 1)
    counter: Desk = world.try_act("counter", desk)
    assert counter.number("supplement") == 1 and counter.number("overdue") == 1
    assert world.try_act("far_counter", desk).number("new") == 1


def test_the_numbers_need_few_statements_whatever_their_size(world: World, busy: list[str]) -> None:
    def asked() -> int:
        with spoken(world.database) as told:
            world.try_act("specialist", desk)
        return len(told)

    before = asked()
    world.land_at("checking")
    assert asked() == before <= 6


def test_neighbours_follow_the_list(world: World, busy: list[str]) -> None:
    ask = Ask()
    codes = [line.code for line in world.try_act("specialist", queue_page, ask).lines]
    assert len(codes) >= 3
    for order in ("due", "newest"):
        asked = Ask(order="newest") if order == "newest" else ask
        codes = [line.code for line in world.try_act("specialist", queue_page, asked).lines]
        for place, code in enumerate(codes):
            found = world.try_act("specialist", neighbours, asked, code)
            assert found.previous == (codes[place - 1] if place else None)
            assert found.next == (codes[place + 1] if place + 1 < len(codes) else None)
    assert world.try_act("far_counter", neighbours, ask, codes[0]).next is None


def test_what_came_is_new_until_one_has_seen_it(world: World, busy: list[str]) -> None:
    world.at("2026-03-02 10:00")
    came: Arrivals = world.try_act("specialist", lately)
    assert {one.code for one in came.other} == {busy[1], busy[2]} and came.new == 2
    world.act("specialist", see_desk)
    assert world.try_act("specialist", lately).new == 0
    world.at("2026-03-02 10:05")
    late = world.land_at("checking")
    fresh = [one.code for one in world.try_act("specialist", lately).other if one.new]
    assert fresh == [late]


def test_an_answer_comes_back(world: World, busy: list[str]) -> None:
    asked = busy[-1]
    release = world.runtime.catalogue.workflow(world.row(asked)["release"]).release
    state = world.row(asked)["state"]
    answer = next(
        key
        for key, one in release.actions.items()
        if one.effect == "answer" and state in one.sources and "applicant" in one.by
    )
    world.at("2026-03-03 09:00")
    world.do(world.citizen(asked), asked, answer)
    came: Arrivals = world.try_act("specialist", lately)
    assert [(one.code, one.way, one.new) for one in came.back] == [(asked, "answered", True)]


class TestSavedViews:
    def test_one_has_ones_own_and_those_of_ones_offices(self, world: World) -> None:
        own = world.act("specialist", save_view, "Của  tôi", "hang=qua-han")
        shared = world.act("specialist", save_view, "Chung", "giu=chua-ai", BRANCH)
        assert [one.id for one in world.try_act("specialist", views)] == [shared, own]
        (seen,) = world.try_act("specialist2", views)
        assert (seen.id, seen.name, seen.query, seen.mine, seen.removable) == (
            shared,
            "Chung",
            "giu=chua-ai",
            False,
            False,
        )
        assert world.try_act("counter", views) == ()

    def test_who_saved_it_changes_it_and_a_leader_deletes_a_shared_one(self, world: World) -> None:
        number = world.act("specialist", save_view, "Chung", "", BRANCH)
        world.refuse(Forbidden, "specialist2", change_view, number, "Khác", BRANCH)
        world.refuse(Forbidden, "specialist2", delete_view, number)
        world.refuse(NotFound, "counter", delete_view, number)
        world.act("specialist", change_view, number, "Mới", None)
        assert world.try_act("specialist2", views) == ()
        world.refuse(NotFound, "leader", delete_view, number)
        world.act("specialist", change_view, number, "Mới", BRANCH)
        world.act("leader", delete_view, number)
        assert world.try_act("specialist", views) == ()

    def test_a_name_is_needed_and_an_office_of_ones_own(self, world: World) -> None:
        world.refuse(InvalidInput, "specialist", save_view, "  ", "")
        world.refuse(InvalidInput, "specialist", save_view, "x" * 81, "")
        world.refuse(InvalidInput, "specialist", save_view, "x", "q" * 1001)
        world.refuse(Forbidden, "specialist", save_view, "x", "", LONG_KHANH)
