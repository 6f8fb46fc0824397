"""The settings of the connection to the national portal, a part of ``engine.settings``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.setting_values import WrongSetting, address, number, path


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


def portal_from(environment: Mapping[str, str]) -> PortalSettings | None:
    """The connection to the national portal, or None: nothing is told then, and no act writes anything for it."""
    url = address(environment, "MOTCUA_PORTAL_URL", ("http://", "https://"))
    if url is None:
        return None
    if "@" in url:
        raise WrongSetting(name="MOTCUA_PORTAL_URL", why="the password belongs into MOTCUA_PORTAL_PASSWORD")
    for name in ("MOTCUA_PORTAL_USER", "MOTCUA_PORTAL_PASSWORD", "MOTCUA_PORTAL_AGENCY"):
        if not environment.get(name):
            raise WrongSetting(name=name, why="it is needed with MOTCUA_PORTAL_URL")
    return PortalSettings(
        url=url.rstrip("/"),
        username=environment["MOTCUA_PORTAL_USER"],
        password=environment["MOTCUA_PORTAL_PASSWORD"],
        agency=environment["MOTCUA_PORTAL_AGENCY"],
        mapping=path(environment, "MOTCUA_PORTAL_MAPPING"),
        on_time=dt.timedelta(minutes=number(environment, "MOTCUA_PORTAL_ON_TIME_MINUTES", 15, 1, 10_080)),
        grace=dt.timedelta(minutes=number(environment, "MOTCUA_PORTAL_GRACE_MINUTES", 10, 0, 10_080)),
        compare_at=number(environment, "MOTCUA_PORTAL_COMPARE_HOUR", 1, 0, 23),
    )
