"""The settings of the connection to the national population data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.setting_values import address, number, path


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationSettings:
    """``mapping`` is the file of the field names; None: the shipped one. ``seconds`` bound the whole exchange."""

    url: str
    token: str
    seconds: int
    mapping: Path | None


def population_from(environment: Mapping[str, str]) -> PopulationSettings | None:
    """What the environment says (names in docs/operations.md). Raises WrongSetting."""
    url = address(environment, "MOTCUA_POPULATION_URL", ("http://", "https://"))
    if url is None:
        return None
    return PopulationSettings(
        url=url,
        token=environment.get("MOTCUA_POPULATION_TOKEN", ""),
        seconds=number(environment, "MOTCUA_POPULATION_SECONDS", 4, 1, 30),
        mapping=path(environment, "MOTCUA_POPULATION_MAPPING"),
    )
