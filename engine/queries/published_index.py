"""The points of the 34 provinces in the index of Decision 766/QĐ-TTg, as the national portal published them.

``index_766_provinces.csv`` holds what a public crawler read from the portal on ``READ_ON``. These are published figures
of authorities, which no copyright protects (Law on Intellectual Property, art. 15). The portal had marked the national
denominators as temporary, so the figures serve for comparison [M].
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from engine.text import Text

READ_ON = dt.date(2026, 10, 10)
SOURCE = Text(
    "Cổng Dịch vụ công quốc gia, Bộ chỉ số 766, đọc ngày 10/10/2026; mẫu số toàn quốc khi đó là số tạm tính [M]",
    "National Public Service Portal, index 766, read on 10 October 2026; its national denominators were temporary [M]",
)
_GROUPS = {
    "publicity": "publicity_18",
    "progress": "progress_20",
    "online": "online_12",
    "payment": "payment_10",
    "digitisation": "digitisation_22",
    "satisfaction": "satisfaction_18",
}
"""The column of each group of the index; its number are the most points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedLine:
    """A province with its whole score and its points by group. ``code`` is its identifier in dossier codes (H29)."""

    rank: int
    code: str
    name: str
    score: float
    points: Mapping[str, float]


@cache
def published_index() -> tuple[PublishedLine, ...]:
    """Every province, the highest score first.

    >>> published_index()[0].name, published_index()[-1].points["progress"]
    ('Đồng Tháp', 14.81)
    """
    text = (files("engine.queries") / "index_766_provinces.csv").read_text(encoding="utf-8")
    rows = sorted(csv.DictReader(text.splitlines()), key=lambda row: -float(row["score"]))
    return tuple(
        PublishedLine(
            rank=rank,
            code=row["code"],
            name=row["province"],
            score=float(row["score"]),
            points={key: float(row[of]) for key, of in _GROUPS.items()},
        )
        for rank, row in enumerate(rows, 1)
    )


def published_of(name: str) -> PublishedLine | None:
    """The line of a province by its name, with or without its kind (*Thành phố Huế*); None where there is none.

    >>> published_of("Thành phố Hồ Chí Minh").code, published_of("Tỉnh Gia Lai").rank
    ('H29', 4)
    """
    bare = bare_name(name)
    return next((one for one in published_index() if bare_name(one.name) == bare), None)


def most_points(group: str) -> int:
    """The most points that a group gave then."""
    return int(_GROUPS[group].rpartition("_")[2])


def bare_name(name: str) -> str:
    """The name of a province without the word for its kind, as the table has it."""
    for kind in ("Thành phố ", "Tỉnh ", "TP. "):
        name = name.removeprefix(kind)
    return name
