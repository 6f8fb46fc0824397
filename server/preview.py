"""Pictures of the pages of uploaded files. A browser gets these alone: an uploaded file is never shown on this origin.

Each picture is drawn in a process of its own (``server.preview_process``) with limits on memory and time, without the
environment of this one. At most ``AT_ONCE`` are drawn at once; who comes then waits a little.
"""

from __future__ import annotations

import hashlib
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore, Lock

from engine.errors import Refusal
from engine.rules.file_types import JPEG, PDF, PNG

AT_ONCE, PATIENCE, LONGEST = 2, 8.0, 15.0  # processes; seconds
MOST_PAGES = 500
_KINDS = {PDF.media: "pdf", JPEG.media: "image", PNG.media: "image"}
_PROGRAM = Path(__file__).with_name("preview_process.py")
_REMEMBERED = 16
_drawn: dict[tuple[bytes, int], Picture] = {}
"""The last pictures: a page is asked for twice, once for the number of pages and once for the picture."""
_remembering = Lock()
_places = BoundedSemaphore(AT_ONCE)


class NoPreview(Refusal):
    """The file cannot be shown as pictures: it is of another kind, damaged, or too large to draw."""

    code = "no-preview"
    vi = "Không xem trước được tệp này. Hãy tải tệp về để xem."
    en = "This file cannot be previewed. Download it to see it."


class PreviewBusy(Refusal):
    """Other pictures are being drawn."""

    code = "preview-busy"
    status = 503
    vi = "Máy chủ đang dựng trang xem trước khác. Hãy thử lại sau {seconds} giây."
    en = "The server is drawing other previews. Try again in {seconds} seconds."


@dataclass(frozen=True, slots=True)
class Picture:
    """One page of a file as a PNG picture, and the number of pages of the file."""

    pages: int
    png: bytes


def can_preview(media_type: str | None) -> bool:
    """Whether files of this media type can be shown as pictures."""
    return media_type in _KINDS


def picture_of(content: bytes, media_type: str, number: int) -> Picture:
    """The page ``number`` (from 0; beyond the last one: the last) of a file. Raises NoPreview, PreviewBusy."""
    kind = _KINDS.get(media_type)
    if kind is None or not 0 <= number < MOST_PAGES:
        raise NoPreview()
    which = (hashlib.sha256(content).digest(), number)
    if (known := _drawn.get(which)) is not None:
        return known
    picture = _draw(content, kind, number)
    with _remembering:
        while len(_drawn) >= _REMEMBERED:
            del _drawn[next(iter(_drawn))]
        _drawn[which] = picture
    return picture


def _draw(content: bytes, kind: str, number: int) -> Picture:
    if not _places.acquire(timeout=PATIENCE):
        raise PreviewBusy(seconds=5)
    try:
        done = subprocess.run(  # noqa: S603 - our own program and two words of our own
            [sys.executable, "-I", str(_PROGRAM), kind, str(number)],
            input=content,
            capture_output=True,
            timeout=LONGEST,
            env={},
            check=True,
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise NoPreview() from error
    finally:
        _places.release()
    return Picture(struct.unpack(">I", done.stdout[:4])[0], done.stdout[4:])
