"""The small pictures of reports: where the lines and points of a series stand (172×84, one scale for all)."""

from __future__ import annotations

from dataclasses import dataclass

from engine.queries.unit_weeks import TARGET, UnitLine, UnitWeeks

_LEFT, _RIGHT, _TOP, _BOTTOM = 24.0, 150.0, 8.0, 64.0


@dataclass(frozen=True, slots=True)
class Scale:
    """The shares that all pictures show, from ``low`` to 1, the target's height, and where the merger stands."""

    low: float
    target: float
    event: float | None

    def y(self, share: float) -> float:
        """The height of a share; one below the scale stands at its foot."""
        inside = max(self.low, share)
        return round(_TOP + (1 - inside) / (1 - self.low) * (_BOTTOM - _TOP), 1)

    @property
    def marks(self) -> tuple[tuple[int, float], ...]:
        """Percentages with their height: the top, the middle and the foot."""
        middle = (1 + self.low) / 2
        return tuple((round(100 * one), self.y(one)) for one in (1.0, middle, self.low))


@dataclass(frozen=True, slots=True)
class Picture:
    """A unit's series: ``path`` has a gap where nothing ended; ``last`` is (x, y, percentage) of its last week."""

    line: UnitLine
    path: str
    last: tuple[float, float, int] | None
    below: bool
    lowest: float | None


def scale_of(found: UnitWeeks) -> Scale:
    """One scale for every picture: down to 60 %, or lower where a share is."""
    shares = [
        one for line in found.lines for number in range(len(line.weeks)) if (one := line.share(number)) is not None
    ]
    least = min([0.6, *shares])
    low = next(foot for foot in (0.6, 0.4, 0.2, 0.0) if foot <= least)
    scale = Scale(low, 0.0, None)
    event = None
    if found.change is not None:
        days = (found.change - found.mondays[0]).days / (7 * (len(found.mondays) - 1) or 1)
        event = round(min(_RIGHT, _LEFT + days * (_RIGHT - _LEFT)), 1)
    return Scale(low, scale.y(TARGET), event)


def picture_of(line: UnitLine, scale: Scale) -> Picture:
    """Where the series of a unit stands."""
    step = (_RIGHT - _LEFT) / max(len(line.weeks) - 1, 1)
    path, drawing, last = "", False, None
    for number, share in enumerate(line.shares):
        if share is None:
            drawing = False
            continue
        x, y = round(_LEFT + number * step, 1), scale.y(share)
        path += f"{'L' if drawing else 'M'}{x:g} {y:g}"
        drawing, last = True, (x, y, round(100 * share))
    told = [one for one in line.shares if one is not None]
    below = line.last is not None and line.last < TARGET
    return Picture(line, path, last, below, min(told) if told else None)
