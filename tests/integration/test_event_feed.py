"""The feed of events: every event once, in the order of its dossier, however transactions commit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import orjson
import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from sqlalchemy import insert

from engine.acts.notices.deliver import deliver_notices
from engine.acts.notices.number_events import NoFeed, number_events
from engine.errors import Forbidden
from engine.queries.event_feed import FeedPage, event_feed
from engine.store.event_feed import events_after, number_waiting
from engine.store.outbox import outbox
from tests.installation.world import World

only_postgresql = pytest.mark.parametrize(
    "world", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)


@pytest.fixture
def fed(world: World) -> World:
    world.runtime = replace(world.runtime, settings=replace(world.runtime.settings, event_feed=True))
    return world


def read(world: World, after: int = 0, limit: int = 100) -> FeedPage:
    """A page as a program reads it."""
    world.try_act("admin", number_events)
    return world.try_act("admin", lambda unit: event_feed(unit, after, limit))


def pages(world: World, limit: int) -> Iterator[dict[str, Any]]:
    after, more = 0, True
    while more:
        page = read(world, after, limit)
        yield from page.events
        after, more = page.next, page.more


def test_a_program_reads_every_event_once_and_each_dossier_in_order(fed: World) -> None:
    codes = [fed.land_at(state) for state in ("checking", "accepted")]
    events = list(pages(fed, 2))
    assert {event["subject"] for event in events} == set(codes)
    assert len({event["id"] for event in events}) == len(events) > 4
    for code in codes:
        told = [event for event in events if event["subject"] == code]
        sequence = [event["sequence"] for event in told]
        assert sequence == sorted(sequence)
        assert told[-1]["data"]["state"] == fed.row(code)["state"]
    assert list(pages(fed, 100)) == events, "what was read once is read the same again"


def test_nothing_new_gives_an_empty_page_to_ask_after_again(fed: World) -> None:
    fed.land_at("checking")
    last = read(fed).next
    assert read(fed, last) == FeedPage(events=(), next=last, more=False)
    code = fed.land_at("checking")
    assert {event["subject"] for event in read(fed, last).events} == {code}


def test_the_sdk_reads_the_events_of_the_feed(fed: World) -> None:
    fed.land_at("checking")
    for event in read(fed).events:
        headers = {"content-type": "application/cloudevents+json"}
        parsed = from_http_event(HTTPMessage(headers, orjson.dumps(event)))
        assert (parsed.get_id(), parsed.get_subject(), parsed.get_data()) == (
            event["id"],
            event["subject"],
            event["data"],
        )


def test_the_worker_sends_nothing_of_the_feed(fed: World) -> None:
    class Nobody:
        def send(self, message: Any) -> str:
            assert message.channel != "webhook"
            return ""

    fed.land_at("checking")
    deliver_notices(fed.runtime, Nobody())
    assert read(fed).events


def test_only_administrators_read_it_and_only_where_it_is_kept(world: World) -> None:
    world.land_at("checking")
    world.refuse(NoFeed, "admin", number_events)
    world.runtime = replace(world.runtime, settings=replace(world.runtime.settings, event_feed=True))
    world.refuse(Forbidden, "leader", number_events)
    assert read(world).events == (), "what happened before it was kept is not in it"


@only_postgresql
def test_an_event_that_is_committed_late_is_not_passed_over(fed: World) -> None:
    code = fed.land_at("checking")
    last = read(fed).next
    database, row = fed.runtime.database, _row(fed, code)
    with database.connect() as slow, database.connect() as quick:
        with slow.begin():
            slow.execute(insert(outbox), row | {"key": "slow"})
            with quick.begin():
                quick.execute(insert(outbox), row | {"key": "quick"})
            assert [event["id"] for event in read(fed, last).events] == ["quick"]
        first = read(fed, last)
    assert [event["id"] for event in first.events] == ["quick", "slow"]
    assert [event["id"] for event in read(fed, first.next - 1).events] == ["slow"]


@only_postgresql
def test_two_programs_that_ask_at_once_are_told_the_same_positions(fed: World) -> None:
    code = fed.land_at("checking")
    read(fed)
    database, row = fed.runtime.database, _row(fed, code)
    with database.connect() as one, database.connect() as two:
        with one.begin():
            one.execute(insert(outbox), [row | {"key": f"k{number}"} for number in range(5)])
        with one.begin():
            assert number_waiting(one) == 5
        with two.begin():
            assert number_waiting(two) == 0
            positions = [event.feed_position for event in events_after(two, 0, 100)]
    assert positions == list(range(1, len(positions) + 1))


def _row(world: World, code: str) -> dict[str, Any]:
    """A row of the feed about this dossier, without its key."""
    return {
        "dossier_id": world.row(code)["id"],
        "channel": "webhook",
        "recipient": "feed",
        "template": "dossier.state_changed",
        "data": {"code": code, "entry": 99, "version": 99},
        "created_at": world.now,
        "status": "sent",
        "attempts": 0,
        "next_attempt_at": world.now,
        "sent_at": world.now,
    }
