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
    """The share on time today and of the version that is tried, on a scale down to 80 %, or lower where one lies."""

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
    """Where the marks of a forecast stand, from the foot of the scale at the left to 100 percent."""
    before, after = told.between
    foot = next(one for one in (0.8, 0.6, 0.4, 0.2, 0.0) if one <= min(before[0], after[0]))
    ticks = [foot + (1 - foot) * quarter / 4 for quarter in range(5)]
    return PictureOfShares(
        _mark(told.before, before, 30.0, foot),
        _mark(told.after, after, 62.0, foot),
        tuple((round(one * 100), _x(one, foot)) for one in ticks),
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


def _mark(told: Forecast, around: tuple[float, float], y: float, foot: float) -> ShareMark:
    low, high = around
    return ShareMark(told.on_time, low, high, _x(told.on_time, foot), _x(low, foot), _x(high, foot), y)


def _x(share: float, foot: float) -> float:
    """The distance from the left; a share below the foot stands at the foot."""
    return round(_LEFT + max(share - foot, 0) / (1 - foot) * _WIDE, 1)
