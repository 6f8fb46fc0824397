"""A QR code as the path of an SVG picture."""

from __future__ import annotations

from dataclasses import dataclass

import segno


@dataclass(frozen=True, slots=True)
class Qr:
    """``path`` draws the dark modules as squares of 1; ``size`` is the modules of a side, with the quiet zone."""

    path: str
    size: int


def qr_of(text: str) -> Qr:
    """The code of a text, with the quiet zone of four modules that readers need."""
    rows = [bytes(row) for row in segno.make(text, error="m", micro=False).matrix_iter(border=4)]
    dark = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, module in enumerate(row) if module)
    return Qr("".join(dark), len(rows))
