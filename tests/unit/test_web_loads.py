"""Who counts where, and who is ahead of whom."""

from __future__ import annotations

from adapters.gunicorn.load import PLACES, WebLoads


def test_the_freest_process_is_ahead_of_nobody() -> None:
    loads = WebLoads()
    busy, free = loads.enter(), loads.enter()
    loads.count(busy, 5)
    loads.count(free, 2)
    assert (loads.ahead(busy), loads.ahead(free)) == (3, 0)


def test_a_single_process_is_ahead_of_nobody() -> None:
    loads = WebLoads()
    alone = loads.enter()
    loads.count(alone, 40)
    assert loads.ahead(alone) == 0


def test_a_process_that_ended_counts_no_longer_and_its_place_is_taken_again() -> None:
    loads = WebLoads()
    ended, busy = loads.enter(), loads.enter()
    loads.count(busy, 9)
    assert loads.ahead(busy) == 9
    loads.leave(ended)
    assert loads.ahead(busy) == 0
    assert loads.enter() == ended


def test_more_processes_than_places_work_without_being_counted() -> None:
    loads = WebLoads()
    counted = [loads.enter() for _ in range(PLACES)]
    for place in counted:
        loads.count(place, 400)  # more than a byte holds
    more = loads.enter()
    loads.count(more, 7)
    loads.leave(more)
    assert more is None
    assert loads.ahead(more) == 0
    assert {loads.ahead(place) for place in counted} == {0}
