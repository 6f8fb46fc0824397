"""The QR code at the foot of the first page of a result, by which whoever holds the paper checks it."""

from __future__ import annotations

import segno
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

SIDE = 56.0
"""Points: 2 cm, which a telephone reads from a printed page."""
_LEFT, _FOOT = 34.0, 16.0
_QUIET = 4


def add_qr(writer: IncrementalPdfFileWriter, address: str) -> None:
    """Draws the code of an address over the lower left corner of the first page, on white ground."""
    page, _ = writer.find_page_for_modification(0)
    left, foot = _corner(page.get_object())
    drawn = f"Q q {_squares(address, left + _LEFT, foot + _FOOT)} Q".encode("ascii")
    # What the page draws may leave a transformation behind: it is kept to itself.
    writer.add_stream_to_page(0, writer.add_object(generic.StreamObject(stream_data=b"q ")), prepend=True)
    writer.add_stream_to_page(0, writer.add_object(generic.StreamObject(stream_data=drawn)))


def _squares(address: str, x: float, y: float) -> str:
    rows = [bytes(row) for row in segno.make(address, error="m", micro=False).matrix_iter(border=_QUIET)]
    size = SIDE / len(rows)
    dark = " ".join(
        f"{x + column * size:.3f} {y + (len(rows) - 1 - row) * size:.3f} {size:.3f} {size:.3f} re"
        for row, modules in enumerate(rows)
        for column, module in enumerate(modules)
        if module
    )
    return f"1 g {x:.3f} {y:.3f} {SIDE} {SIDE} re f 0 g {dark} f"


def _corner(page: generic.DictionaryObject) -> tuple[float, float]:
    """The lower left corner of a page, whose size may stand in a node above it."""
    node = page
    while "/MediaBox" not in node and "/Parent" in node:
        node = node["/Parent"]
    box = node["/MediaBox"] if "/MediaBox" in node else [0, 0]  # noqa: SIM401 - its get() does not follow references
    return float(box[0]), float(box[1])
