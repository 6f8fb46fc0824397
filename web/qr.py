"""A QR code as the path of an SVG picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import segno


@dataclass(frozen=True, slots=True)
class Qr:
    """``path`` draws the dark modules in rows of height 1; ``size`` is the modules of a side, with the quiet zone."""

    path: str
    size: int


def qr_of(text: str) -> Qr:
    """The code of a text, with the quiet zone of four modules that readers need."""
    rows = [bytes(row) for row in segno.make(text, error="m", micro=False).matrix_iter(border=4)]
    return Qr("".join(part for y, row in enumerate(rows) for part in _runs(y, row)), len(rows))


def _runs(y: int, row: bytes) -> Iterator[str]:
    """The rectangles of a row: dark modules side by side are one, which halves the page's weight."""
    x = 0
    for module, group in groupby(row):
        width = len(list(group))
        if module:
            yield f"M{x} {y}h{width}v1h-{width}z"
        x += width
