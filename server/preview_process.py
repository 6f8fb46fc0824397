"""A program of its own, which draws one page of an uploaded file as a PNG picture: run by ``server.preview``.

It reads the file from its standard input and writes the picture to its standard output. It imports nothing of the
product, limits its own memory, time and files, and opens nothing. Whatever a hostile file does to the libraries that
draw it, it happens here.
"""

from __future__ import annotations

import io
import resource
import struct
import sys

MOST_MEMORY, MOST_SECONDS = 768 * 1024 * 1024, 10
MOST_PIXELS, LONGEST_SIDE = 40_000_000, 1400
KINDS = ("pdf", "image")


def main() -> int:
    """Draws the page that the arguments name: kind, and number from 0. Writes the number of pages and the picture."""
    kind, number = sys.argv[1], int(sys.argv[2])
    _limit()
    content = sys.stdin.buffer.read()
    pages, picture = _pdf(content, number) if kind == "pdf" else _image(content)
    sys.stdout.buffer.write(struct.pack(">I", pages) + picture)
    return 0


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _pdf(content: bytes, number: int) -> tuple[int, bytes]:
    import pypdfium2  # type: ignore[import-untyped]  # without types; here, since a picture needs no PDF

    document = pypdfium2.PdfDocument(content)
    pages = len(document)
    page = document[min(number, pages - 1)]
    scale = LONGEST_SIDE / max(*page.get_size(), 1.0)
    return pages, _png(page.render(scale=min(scale, 4.0), may_draw_forms=False).to_pil())


def _image(content: bytes) -> tuple[int, bytes]:
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise ValueError("too many pixels")
        picture = ImageOps.exif_transpose(opened)
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        return 1, _png(picture)


def _png(picture) -> bytes:  # type: ignore[no-untyped-def]  # of a library that is imported where it is needed
    packed = io.BytesIO()
    picture.convert("RGB").save(packed, "PNG", optimize=False)  # neither metadata nor a profile of the file is kept
    return packed.getvalue()


if __name__ == "__main__":
    raise SystemExit(main())
