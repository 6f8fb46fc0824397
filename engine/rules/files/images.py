"""JPEG and PNG: their structure is read from the first byte to the last, and their pixels are bounded from the header.

A picture of 74 bytes can declare gigabytes of pixels, which a program that opens it would reserve. What follows the
end of a picture could be another file; a phone may append further pictures (MPF), which are read in the same way.
"""

from __future__ import annotations

import re
import struct
import zlib

from engine.rules.files.archives import carries_archive
from engine.rules.files.refusals import UnacceptableFile, change, unacceptable
from engine.text import Text

MAX_PIXELS = 100_000_000
MAX_SIDE = 40_000
MAX_TAIL = 1_024
"""Bytes after the end that are taken: padding and the small marks that some cameras append."""

PNG_START, JPEG_START = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_PNG_END = b"\x00\x00\x00\x00IEND\xaeB`\x82"
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7]")
_MAX_SCANS, _MAX_SEGMENTS, _MAX_FILL = 300, 20_000, 1_000
_MAX_PICTURES = 20
_MARKUP = (b"<script", b"<?php", b"<!doctype", b"<html", b"<iframe")
SMALLER = Text("Hãy chụp hoặc quét lại ở độ phân giải thấp hơn", "Photograph or scan it again at a lower resolution")
SAVE_AGAIN = Text(
    "Hãy mở ảnh, chụp màn hình hoặc lưu lại thành JPEG, rồi gửi ảnh mới",
    "Open it, take a screenshot or save it again as JPEG, and send the new picture",
)


def check_png(content: bytes) -> None:
    """Raises UnacceptableFile unless this is one whole PNG of an ordinary size."""
    at, first = len(PNG_START), True
    while True:
        if at + 12 > len(content):
            raise cut()
        size, kind = struct.unpack(">L4s", content[at : at + 8])
        end = at + 12 + size
        if end > len(content):
            raise cut()
        if first != (kind == b"IHDR") or (first and size != 13) or not kind.isalpha():
            raise _damaged()
        if first:
            if zlib.crc32(content[at + 4 : end - 4]) != int.from_bytes(content[end - 4 : end], "big"):
                raise _damaged()
            _check_pixels(*struct.unpack(">LL", content[at + 8 : at + 16]))
            first = False
        if kind == b"IEND":
            if content[at:end] != _PNG_END:
                raise _damaged()
            break
        at = end
    _check_rest(content, end)


def check_jpeg(content: bytes) -> None:
    """Raises UnacceptableFile unless this is one whole JPEG of an ordinary size, or several one after the other."""
    end = _end_of_jpeg(content, 0)
    for _ in range(_MAX_PICTURES):
        following = content.find(JPEG_START, end, end + MAX_TAIL)
        if following < 0:
            break
        end = _end_of_jpeg(content, following)
    _check_rest(content, end)


def check_markup(content: bytes) -> None:
    """Raises UnacceptableFile where a browser or a server could take the content for a page or a program."""
    lower = content.lower()
    if any(mark in lower for mark in _MARKUP):
        raise change("trong ảnh có mã chương trình", "the picture holds program text", SAVE_AGAIN)


def _end_of_jpeg(content: bytes, start: int) -> int:
    """Where the picture that begins at ``start`` ends; its frames were checked."""
    at, framed, scans = start + 2, False, 0
    for _ in range(_MAX_SEGMENTS):
        marker, at = _marker(content, at)
        if marker == 0xD9:
            if not framed or not scans:
                raise _damaged()
            return at
        if marker in _ALONE:
            continue
        size = int.from_bytes(content[at : at + 2], "big")
        if size < 2 or at + size > len(content):
            raise cut()
        if marker in _FRAMES:
            if size < 8:
                raise _damaged()
            height, width = struct.unpack(">HH", content[at + 3 : at + 7])
            _check_pixels(width, height)
            framed = True
        at += size
        if marker == 0xDA:
            scans += 1
            if scans > _MAX_SCANS:
                raise _damaged()
            at = _end_of_scan(content, at)
    raise _damaged()


def _marker(content: bytes, at: int) -> tuple[int, int]:
    """The marker at ``at``, after any fill bytes, and where its segment begins."""
    if at >= len(content):
        raise cut()
    if content[at] != 0xFF:
        raise _damaged()
    fill = content[at : at + _MAX_FILL]
    at += len(fill) - len(fill.lstrip(b"\xff"))
    if at >= len(content):
        raise cut()
    return content[at], at + 1


def _end_of_scan(content: bytes, at: int) -> int:
    """The next marker that is no part of a scan's data: neither a stuffed byte nor a restart."""
    found = _MARKER.search(content, at)
    if found is None:
        raise cut()
    return found.start()


def _check_pixels(width: int, height: int) -> None:
    if not width or not height:
        raise _damaged()
    if width > MAX_SIDE or height > MAX_SIDE or width * height > MAX_PIXELS:
        raise change(
            f"ảnh có {width} × {height} điểm ảnh, quá {MAX_PIXELS // 1_000_000} triệu",
            f"the picture has {width} × {height} pixels, more than {MAX_PIXELS // 1_000_000} million",
            SMALLER,
        )


def _check_rest(content: bytes, end: int) -> None:
    if len(content) - end > MAX_TAIL or carries_archive(content):
        raise change("có dữ liệu khác sau ảnh", "something else stands after the picture", SAVE_AGAIN)
    check_markup(content)


def cut() -> UnacceptableFile:
    """The refusal of a file that ends too early."""
    return unacceptable("tệp bị cắt mất phần cuối", "its end is missing")


def _damaged() -> UnacceptableFile:
    return unacceptable("ảnh bị hỏng", "the picture is damaged")
