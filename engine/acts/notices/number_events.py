"""The act that gives new events their places in the feed, just before a program reads it."""

from __future__ import annotations

from engine.errors import Conflict, Forbidden
from engine.store.event_feed import number_waiting, unnumbered
from engine.transaction import UnitOfWork


class NoFeed(Conflict):
    """This installation keeps no events for programs that ask."""

    code = "no-event-feed"
    vi = "Hệ thống này không lưu sự kiện để đọc. Người vận hành bật bằng MOTCUA_EVENT_FEED=1 rồi khởi động lại."
    en = "This installation keeps no events to read. Its operator sets MOTCUA_EVENT_FEED=1 and starts it again."


def number_events(unit: UnitOfWork) -> int:
    """Gives positions to the events that were committed since; returns how many. Raises Forbidden, NoFeed."""
    if not unit.actor.admin:
        raise Forbidden(why_vi="chỉ dành cho người quản trị", why_en="administrators only")
    if not unit.settings.event_feed:
        raise NoFeed()
    return number_waiting(unit.begin()) if unnumbered(unit.reader()) else 0
