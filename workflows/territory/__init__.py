"""The dated territory of the country: its files (units, successions), and their strict reader."""

from workflows.territory.reader import (
    FOLDER,
    SUCCESSION_COLUMNS,
    UNIT_COLUMNS,
    MalformedTerritoryFile,
    read_successions,
    read_territory,
    read_units,
    succession_row,
    unit_row,
)

__all__ = [
    "FOLDER",
    "SUCCESSION_COLUMNS",
    "UNIT_COLUMNS",
    "MalformedTerritoryFile",
    "read_successions",
    "read_territory",
    "read_units",
    "succession_row",
    "unit_row",
]
