"""The feed of events: a page of CloudEvents after a position, for programs that ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.notices.cloud_event import cloud_event
from engine.store.event_feed import events_after
from engine.transaction import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPage:
    """CloudEvents in the order of the feed. ``next`` is the position to ask after; ``more`` says that some follow."""

    events: tuple[dict[str, Any], ...]
    next: int
    more: bool


def event_feed(unit: UnitOfWork, after: int, limit: int) -> FeedPage:
    """The events after the position ``after``. The caller must admit administrators only."""
    found = events_after(unit.reader(), after, limit + 1)
    shown = found[:limit]
    public_url = unit.settings.public_url
    return FeedPage(
        events=tuple(cloud_event(one.key, one.template, one.created_at, one.data, public_url) for one in shown),
        next=shown[-1].feed_position if shown else after,
        more=len(found) > limit,
    )
