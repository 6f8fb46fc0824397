"""The settings of the connection to the national portal, a part of ``engine.settings``."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalSettings:
    """The national portal: its address, who signs in there, and the mapping file (None: the shipped one)."""

    url: str
    username: str
    password: str
    agency: str
    """The code of the unit in whose name everything is told (``madonvi``)."""
    mapping: Path | None
    on_time: dt.timedelta
    """Within which a change must be known there to count as told on time."""
    grace: dt.timedelta
    """How old an unsent telling may be before reconciliation counts its dossier as different."""
    compare_at: int
    """The hour of the day (0 to 23, Viet Nam) from which on the two sides are compared once a day."""
