"""What the page of a forecast shows: the picture of two shares, and the steps of two versions side by side."""

from __future__ import annotations

from dataclasses import dataclass

from engine.queries.what_if import Trial
from engine.rules.history.what_if import Forecast, StepForecast
from engine.rules.procedure.definition import Release
from engine.text import Text

_LEFT, _WIDE = 92.0, 220.0


@dataclass(frozen=True, slots=True)
class ShareMark:
    """Where a share on time stands in the picture: its point, and the ends of the line around it."""

    share: float
    low: float
    high: float
    x: float
    x_low: float
    x_high: float
    y: float


@dataclass(frozen=True, slots=True)
class PictureOfShares:
    """The share on time today, of the version that is tried, and (below) what really happened; None: not known."""

    before: ShareMark
    after: ShareMark
    ticks: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class StepLine:
    """A state with its figures today and as tried; None where a version does not have it, or nobody came there."""

    name: Text
    before: StepForecast | None
    after: StepForecast | None
    bottleneck: bool


def picture_of(told: Trial) -> PictureOfShares:
    """Where the marks of a forecast stand: 0 to 100 percent, from left to right."""
    before, after = told.between
    return PictureOfShares(
        _mark(told.before, before, 30.0),
        _mark(told.after, after, 62.0),
        tuple((percent, _x(percent / 100)) for percent in (0, 25, 50, 75, 100)),
    )


def step_lines(told: Trial, now: Release, release: Release) -> tuple[StepLine, ...]:
    """Every state that dossiers pass in one of both versions, in the order of the tried one, then of the other."""
    before = {one.state: one for one in told.before.steps}
    after = {one.state: one for one in told.after.steps}
    keys = [*release.states, *(key for key in now.states if key not in release.states)]
    return tuple(
        StepLine(
            (release if key in release.states else now).states[key].name,
            before.get(key),
            after.get(key),
            key == told.after.bottleneck,
        )
        for key in keys
        if key in before or key in after
    )


def _mark(told: Forecast, around: tuple[float, float], y: float) -> ShareMark:
    low, high = around
    return ShareMark(told.on_time, low, high, _x(told.on_time), _x(low), _x(high), y)


def _x(share: float) -> float:
    return round(_LEFT + share * _WIDE, 1)
