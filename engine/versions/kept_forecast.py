"""A forecast that is kept with a plan of a version: the figures, and the address parameters that give them again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

KEY = "forecast"
"""Its name in the summary of the plan (``engine.store.version_drafts``), whose counts it stands beside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptForecast:
    """Shares on time (0 to 1) of the version in force and of the planned one, between what the latter lies nine times
    in ten, over how many past dossiers. ``asked`` are the parameters of the page that shows it again."""

    before: float
    after: float
    low: float
    high: float
    learned: int
    asked: str
    at: dt.datetime

    def to_data(self) -> dict[str, Any]:
        """As it is stored."""
        shares = {"before": self.before, "after": self.after, "low": self.low, "high": self.high}
        return shares | {"learned": self.learned, "asked": self.asked, "at": self.at.isoformat()}


def kept_forecast(summary: Mapping[str, Any]) -> KeptForecast | None:
    """What a plan's summary keeps; None where no forecast was kept."""
    told = summary.get(KEY)
    if told is None:
        return None
    return KeptForecast(**{**told, "at": dt.datetime.fromisoformat(told["at"])})
