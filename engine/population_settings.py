"""The settings of the connection to the national population data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationSettings:
    """``mapping`` is the file of the field names; None: the shipped one. ``seconds`` bound the whole exchange."""

    url: str
    token: str
    seconds: int
    mapping: Path | None
