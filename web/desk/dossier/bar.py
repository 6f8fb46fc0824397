"""The clock of a dossier as a drawing: numbers and classes for an inline SVG picture, 760 wide."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from engine.clock import LOCAL, civil_day, midnight
from engine.queries.clock_bar import ClockBar, Stretch
from engine.text import Text

WIDTH, LEFT, RIGHT = 760, 12, 748
_MOST_LABELS, _COLOURS, _ROOM, _HALF_LABEL = 10, 4, 64.0, 18.0


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the band: ``kind`` is the class of its colour, ``words`` stand in it where there is room."""

    x: str
    width: str
    middle: str
    kind: str
    words: Text | None


@dataclass(frozen=True, slots=True)
class Tick:
    """The beginning of a day on the axis, or of an hour where all is within a day; ``words`` is its label, or
    empty, which stands at ``words_at``: at the edges a little inside the picture."""

    x: str
    words: str
    words_at: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment on the axis, with the side on which its words have room."""

    x: str
    words_at: str
    anchor: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Drawing:
    """The picture. ``colours`` gives the class of each holder in the legend, in the order of ``bar.sums``."""

    bar: ClockBar
    boxes: tuple[Box, ...]
    closed: tuple[tuple[str, str], ...]
    ticks: tuple[Tick, ...]
    now: Mark | None
    due: Mark | None
    promise: Mark | None
    colours: tuple[str, ...]


def draw(bar: ClockBar) -> Drawing:
    """The drawing of a clock bar."""
    colours = _colours(bar)
    boxes = [_box(bar, one, colours[one.office, one.role]) for one in bar.stretches]
    if bar.running and bar.due_at is not None and bar.due_at > bar.now:
        boxes.append(_between(bar, bar.now, bar.due_at, "h-left", None))
    promise = bar.first_promise if bar.first_promise and bar.first_promise <= bar.end else None
    return Drawing(
        bar=bar,
        boxes=tuple(boxes),
        closed=_closed(bar),
        ticks=_ticks(bar),
        now=_mark(bar, bar.now) if bar.running else None,
        due=_mark(bar, bar.due_at) if bar.due_at else None,
        promise=_mark(bar, promise) if promise else None,
        colours=tuple("hp" if one.paused else colours[one.office, one.role] for one in bar.sums),
    )


def _colours(bar: ClockBar) -> Mapping[tuple[str | None, Text | None], str]:
    holders = dict.fromkeys((one.office, one.role) for one in bar.stretches if not one.paused)
    found = {holder: f"h{number % _COLOURS + 1}" for number, holder in enumerate(holders)}
    return {**found, (None, None): found.get((None, None), "hp")}


def _box(bar: ClockBar, one: Stretch, colour: str) -> Box:
    return _between(bar, one.start, one.end, "hp" if one.paused else colour, None if one.paused else one.role)


def _between(bar: ClockBar, start: dt.datetime, end: dt.datetime, kind: str, words: Text | None) -> Box:
    left, right = _x(bar, start), _x(bar, end)
    wide = max(right - left, 1.0)
    fits = words is not None and wide > _ROOM and wide > 7 * max(len(words.vi), len(words.en))
    return Box(f"{left:.1f}", f"{wide:.1f}", f"{left + wide / 2:.1f}", kind, words if fits else None)


def _closed(bar: ClockBar) -> tuple[tuple[str, str], ...]:
    found = []
    for day in bar.closed:
        left = _x(bar, max(midnight(day), bar.start))
        right = _x(bar, min(midnight(day + dt.timedelta(days=1)), bar.end))
        if right > left:
            found.append((f"{left:.1f}", f"{right - left:.1f}"))
    return tuple(found)


def _ticks(bar: ClockBar) -> tuple[Tick, ...]:
    first, last = civil_day(bar.start) + dt.timedelta(days=1), civil_day(bar.end)
    days = max(0, (last - first).days + 1)
    every = -(-days // _MOST_LABELS) or 1
    thin = 1 if days <= 90 else every
    if not days:
        return _hours(bar)
    begun = [first + dt.timedelta(days=n) for n in range(0, days, thin)]
    return tuple(
        _tick(_x(bar, midnight(day)), f"{day:%d/%m}" if (day - first).days % every == 0 else "") for day in begun
    )


def _hours(bar: ClockBar) -> tuple[Tick, ...]:
    """The full hours between start and end, which are on the same day."""
    begin = midnight(civil_day(bar.start))
    hours = (begin + dt.timedelta(hours=n) for n in range(1, 24))
    return tuple(_tick(_x(bar, at), f"{at.astimezone(LOCAL):%H:%M}") for at in hours if bar.start <= at <= bar.end)


def _tick(x: float, words: str) -> Tick:
    return Tick(f"{x:.1f}", words, f"{min(max(x, _HALF_LABEL), WIDTH - _HALF_LABEL):.1f}")


def _mark(bar: ClockBar, at: dt.datetime) -> Mark:
    x = _x(bar, at)
    anchor, away = ("end", -6.0) if x > WIDTH - 130 else ("start", 6.0)
    return Mark(f"{x:.1f}", f"{x + away:.1f}", anchor, at)


def _x(bar: ClockBar, at: dt.datetime) -> float:
    whole = max((bar.end - bar.start).total_seconds(), 3600.0)
    part = (at - bar.start).total_seconds() / whole
    return LEFT + min(max(part, 0.0), 1.0) * (RIGHT - LEFT)
