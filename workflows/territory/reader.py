"""The strict parser of units.csv and successions.csv, and the writer of their rows; mistakes get file and line.

Dates are ISO 8601. An empty ``valid_to`` means that the unit still exists, an empty ``share`` that none was published;
else it is a fraction or decimal above 0, at most 1. ``aliases`` are separated by blanks. ``standing`` may be missing as
a whole, which means that nothing is doubtful. The same rows fill the database tables ``units`` and ``successions``.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path
from typing import TypeVar, cast

from engine.errors import Refusal
from engine.rules.territory.territory import Territory
from engine.rules.territory.units import CHANGES, KINDS, LEVELS, STANDINGS, Change, Level, Standing, Succession, Unit

FOLDER = Path(__file__).parent

UNIT_COLUMNS = ("code", "level", "kind", "name_vi", "parent", "valid_from", "valid_to", "legal", "aliases")
SUCCESSION_COLUMNS = ("from_id", "to_id", "kind", "date", "share", "default", "legal", "standing")

Item = TypeVar("Item")


class MalformedTerritoryFile(Refusal):
    """A line of a territory file is malformed, or the file cannot be read (line 0)."""

    code = "malformed-territory-file"
    vi = "{file}, dòng {line}: {why}"
    en = "{file}, line {line}: {why}"


def read_territory(folder: Path = FOLDER) -> Territory:
    """The territory of ``units.csv`` and ``successions.csv`` in ``folder``.

    Raises MalformedTerritoryFile for a malformed line, BrokenTerritory for lines that contradict each other.
    """
    return Territory(read_units(folder / "units.csv"), read_successions(folder / "successions.csv"))


def read_units(path: Path) -> list[Unit]:
    return _records(path, UNIT_COLUMNS, _unit)


def read_successions(path: Path) -> list[Succession]:
    return _records(path, SUCCESSION_COLUMNS, _succession, optional=1)


def unit_row(unit: Unit) -> tuple[str, ...]:
    """The fields of one line, in the order of UNIT_COLUMNS."""
    ended = unit.valid_to.isoformat() if unit.valid_to else ""
    place = unit.name_vi, unit.parent or "", unit.valid_from.isoformat(), ended
    return (unit.code, unit.level, unit.kind, *place, unit.legal, " ".join(unit.aliases))


def succession_row(edge: Succession) -> tuple[str, ...]:
    """The fields of one line, in the order of SUCCESSION_COLUMNS."""
    share = "" if edge.share is None else str(edge.share)
    default = "yes" if edge.default else "no"
    return (edge.from_id, edge.to_id, edge.kind, edge.date.isoformat(), share, default, edge.legal, edge.standing)


def _records(
    path: Path, columns: tuple[str, ...], read: Callable[[dict[str, str]], Item], optional: int = 0
) -> list[Item]:
    """The items of a file. The last ``optional`` columns may be missing."""
    line = 1
    found: list[Item] = []
    try:
        with path.open(encoding="utf-8", errors="strict", newline="") as file:
            rows = csv.reader(file, strict=True)
            head = tuple(next(rows, ()))
            if head not in (columns, columns[: len(columns) - optional]):
                raise ValueError(f"the first line must be {','.join(columns)}")
            columns = head
            for row in rows:
                line = rows.line_num
                if len(row) != len(columns):
                    raise ValueError(f"{len(row)} fields instead of {len(columns)}")
                found.append(read(dict(zip(columns, row, strict=True))))
    except OSError as reason:
        raise MalformedTerritoryFile(file=path.name, line=0, why=reason.strerror or "cannot be read") from reason
    except (csv.Error, ValueError) as reason:  # a broken encoding is a ValueError too
        raise MalformedTerritoryFile(file=path.name, line=line, why=str(reason)) from reason
    return found


def _unit(row: dict[str, str]) -> Unit:
    level = cast(Level, _one_of("level", row["level"], LEVELS.values()))
    kind = _one_of("kind", row["kind"], (kind for kind, (own, _) in KINDS.items() if own == level))
    if not (row["code"].isalnum() and row["code"].isascii()):
        raise ValueError(f'code "{row["code"]}" is not made of letters and digits')
    if not row["name_vi"].strip():
        raise ValueError("name_vi is empty")
    parent = row["parent"] or None
    if parent is not None and (parent[:1] not in LEVELS or parent[1:2] != ":" or not parent[2:]):
        raise ValueError(f'parent "{parent}" is not written like "p:79" or "d:760"')
    ended = _date("valid_to", row["valid_to"]) if row["valid_to"] else None
    start = _date("valid_from", row["valid_from"])
    aliases = tuple(row["aliases"].split())
    return Unit(row["code"], level, kind, row["name_vi"], parent, start, ended, row["legal"], aliases)


def _succession(row: dict[str, str]) -> Succession:
    kind = cast(Change, _one_of("kind", row["kind"], CHANGES))
    default = _one_of("default", row["default"], ("yes", "no")) == "yes"
    date = _date("date", row["date"])
    standing = cast(Standing, _one_of("standing", row.get("standing", ""), STANDINGS))
    return Succession(row["from_id"], row["to_id"], kind, date, _share(row["share"]), default, row["legal"], standing)


def _one_of(column: str, value: str, allowed: Iterable[str]) -> str:
    choices = list(allowed)
    if value not in choices:
        raise ValueError(f'{column} "{value}" is not one of {", ".join(choices)}')
    return value


def _date(column: str, value: str) -> dt.date:
    try:
        date = dt.date.fromisoformat(value)
    except ValueError:
        date = None
    if date is None or date.isoformat() != value:  # 20250701 and 2025-W27-2 are ISO dates too
        raise ValueError(f'{column} "{value}" is not a date like 2025-07-01')
    return date


def _share(value: str) -> Fraction | None:
    if not value:
        return None
    try:
        return Fraction(value)
    except (ValueError, ZeroDivisionError):
        raise ValueError(f'share "{value}" is not a number like 0.25 or 1/3') from None
