"""The settings of signing in to the pages, a part of ``engine.settings``."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSettings:
    """The identity provider of the staff: where it describes itself, and what it knows this installation by."""

    discovery_url: str
    client_id: str
    client_secret: str
    trusted_second_factor: bool
    """Whether a second factor that the provider asked for (claim ``amr``) counts as one here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSettings:
    """How long sessions of pages last, and what they ask for."""

    idle: dt.timedelta
    longest: dt.timedelta
    proof: dt.timedelta
    """How long a password or a code is proof enough for signing, waiving and unmasking."""
    second_factor: bool
    """Whether leaders and administrators must have a second factor."""
    provider: ProviderSettings | None
