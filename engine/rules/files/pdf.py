"""PDF: no program, no other file inside, no password (ISO 32000-2, 7.5.7, 7.6, 7.11, 12.6).

The scan looks for names, whatever object they stand in, since a reader finds objects by offsets and may so read what
another takes for a comment or a string. It covers everything outside of streams, and the streams of objects after
unpacking. Names are compared after their ``#`` escapes were resolved. A stream of another kind may hold no object.

A document that cannot be searched, for example because its objects are packed in a way that no program of today uses,
is refused too: to print it to a new PDF mends all of these.
"""

from __future__ import annotations

import itertools
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.rules.files.archives import carries_archive
from engine.rules.files.images import check_markup, cut
from engine.rules.files.refusals import ChangeFile, change
from engine.text import Text

START = b"%PDF-"
MAX_TAIL = 2_048
"""Bytes after the last mark of the end; more than MAX_JUNK of them must be white space."""
MAX_JUNK = 16
MAX_STREAMS = 100_000
MAX_UNPACKED = 100_000_000
MAX_ESCAPES = 300_000
MAX_SUSPECTS = 10_000
"""Words in streams that might begin an object: a picture has one by chance."""
MAX_OPENINGS, MAX_OPENED = 100, 8

_SPACE = rb"[\x00\t\n\x0c\r ]"
_BLANK = rb"(?:[\x00\t\n\x0c\r ]|%[^\r\n]*[\r\n])*"
_AFTER = rb"(?=[\x00\t\n\x0c\r ()<>\[\]{}/%]|$)"
_PROGRAM = Text("tệp PDF có mã chương trình hoặc lệnh tự chạy", "the PDF holds a program or an action of its own")
_FILE = Text("tệp PDF có tệp khác đính kèm bên trong", "another file is embedded in the PDF")
_MEDIA = Text("tệp PDF có phim, âm thanh hoặc mô hình ba chiều", "the PDF holds film, sound or a model")
_LOCKED = Text("tệp PDF bị khóa bằng mật khẩu hoặc mã hóa", "the PDF is encrypted or protected by a password")
_FORM = Text("tệp PDF là biểu mẫu động (XFA)", "the PDF is a dynamic form (XFA)")
_HIDDEN = Text("tệp PDF có phần không kiểm tra được", "a part of the PDF cannot be examined")
_AROUND = Text("có dữ liệu khác trước hoặc sau nội dung PDF", "something else stands before or after the PDF")
REFUSED = {
    **dict.fromkeys((b"JavaScript", b"JS", b"Launch", b"SubmitForm", b"ImportData", b"AA"), _PROGRAM),
    **dict.fromkeys((b"GoToR", b"GoToE", b"GoTo3DView", b"RichMediaExecute"), _PROGRAM),
    **dict.fromkeys((b"EmbeddedFile", b"EmbeddedFiles", b"EF", b"Collection", b"FileAttachment"), _FILE),
    **dict.fromkeys((b"RichMedia", b"RichMediaContent", b"Rendition", b"Movie", b"Sound", b"3D", b"U3D"), _MEDIA),
    b"Encrypt": _LOCKED,
    b"XFA": _FORM,
}
_NAMES = re.compile(rb"/(" + b"|".join(sorted(REFUSED, reverse=True)) + rb")" + _AFTER)
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"(?<!end)stream" + _SPACE + rb"*")
_BEFORE_STREAM = re.compile(rb">>" + _BLANK + rb"\Z")
_END = b"endstream"
_OBJECT = re.compile(rb"obj" + _BLANK + rb"(?:<<|\[" + _SPACE + rb"*<<)")
_PACKED = re.compile(rb"/ObjStm" + _AFTER)
_FIRST = re.compile(rb"/First" + _SPACE + rb"+(\d{1,9})" + _AFTER)
_HEAD = re.compile(_SPACE + rb"*\d+" + _SPACE + rb"+\d+" + _SPACE)
_UNUSUAL = re.compile(
    rb"/(LZWDecode|LZW|ASCII85Decode|A85|ASCIIHexDecode|AHx|RunLengthDecode|RL|Crypt|Predictor)" + _AFTER
)
_REFERENCE = rb"(\d{1,10})" + _BLANK + rb"\d+" + _BLANK + rb"R"
_OPENS = re.compile(rb"/OpenAction" + _AFTER + _BLANK + rb"(?:" + _REFERENCE + rb")?")
_ACTION = re.compile(rb"/S" + _BLANK + rb"(?:/([^\x00\t\n\x0c\r ()<>\[\]{}/%]+)|\d)")
_NEXT = re.compile(rb"/Next" + _AFTER)
_QUIET = frozenset({b"GoTo", b"Named"})
_LOOK = 4_000
"""Bytes that are looked at around a word: longer comments and longer actions are not written by any program."""


def check_pdf(content: bytes) -> None:
    """Raises UnacceptableFile unless this is one whole PDF that does nothing and carries nothing."""
    end = content.rfind(b"%%EOF")
    if end < 0 or len(content) - end > MAX_TAIL:
        raise cut()
    if len(content[end + 5 :].strip(b"\x00\t\n\x0c\r ")) > MAX_JUNK or carries_archive(content):
        raise _refused(_AROUND)
    check_markup(content[:1_024])
    scan = _Scan(content)
    scan.read()
    for piece in scan.pieces:
        if found := _NAMES.search(piece.text):
            raise _refused(REFUSED[found[1]])
    _check_opening(scan.pieces)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Text that may hold objects, escapes resolved; a stream of objects also as it was unpacked, with its offsets."""

    text: bytes
    packed: bytes = b""
    first: int = 0


@dataclass(slots=True)
class _Scan:
    """The pieces of a document, found within bounds on time and memory."""

    content: bytes
    pieces: list[_Piece] = field(default_factory=list)
    unpacked: int = 0
    escapes: int = 0
    suspects: int = 0
    words: int = 0

    def read(self) -> None:
        """Collects what stands outside of streams, and the streams of objects. Raises UnacceptableFile."""
        at, outside = 0, list[bytes]()
        while (found := self._stream(at)) is not None:
            end = self.content.find(_END, found.end())
            end = len(self.content) if end < 0 else end
            outside.append(self._resolved(self.content[at : found.start()]))
            self._must_hold_no_object(found.end(), end)
            self._read_stream(outside[-1], found.end(), end)
            at = end + len(_END)
        outside.append(self._resolved(self.content[at:]))
        self.pieces.append(_Piece(b"".join(outside)))

    def _stream(self, at: int) -> re.Match[bytes] | None:
        """The next word that begins a stream: it follows a dictionary."""
        while (found := _STREAM.search(self.content, at)) is not None:
            self.words += 1
            if self.words > MAX_STREAMS:
                raise _refused(_HIDDEN)
            before = self.content[max(0, found.start() - _LOOK) : found.start()]
            if before.rstrip(b"\x00\t\n\x0c\r ").endswith(b">>") or _ends_dictionary(before):
                return found
            at = found.end()
        return None

    def _must_hold_no_object(self, start: int, end: int) -> None:
        while (start := self.content.find(b"obj", start, end)) >= 0:
            self.suspects += 1
            if self.suspects > MAX_SUSPECTS or _OBJECT.match(self.content, start, min(end, start + _LOOK)):
                raise _refused(_HIDDEN)
            start += 3

    def _read_stream(self, before: bytes, start: int, end: int) -> None:
        """Unpacks a stream of objects; leaves one of another kind, such as a page or a picture.

        A stream of objects begins with pairs of numbers, whatever its dictionary calls it.
        """
        declared = bool(_PACKED.search(before))
        if declared and _UNUSUAL.search(before):
            raise _refused(_HIDDEN)
        try:
            head = zlib.decompressobj().decompress(self.content[start : start + 256], 64)
            flat = False
        except zlib.error:
            head, flat = self.content[start : min(end, start + 64)], True
        if not _HEAD.match(head):
            if declared:
                raise _refused(_HIDDEN)
            return
        if flat and not declared:
            return  # the text of a page may begin with numbers too
        packed = self.content[start:end] if flat else self._unpacked(start)
        firsts = _FIRST.findall(before)
        self.pieces.append(_Piece(self._resolved(packed), packed, int(firsts[-1]) if firsts else 0))

    def _unpacked(self, start: int) -> bytes:
        """Unpacks to where the packed data themselves end, which need not be where the next word says."""
        unpacker, parts, view = zlib.decompressobj(), list[bytes](), memoryview(self.content)
        try:
            while not unpacker.eof and start < len(view):
                parts.append(unpacker.decompress(view[start : start + 16_384], MAX_UNPACKED - self.unpacked + 1))
                self.unpacked += len(parts[-1])
                if self.unpacked > MAX_UNPACKED:
                    raise _refused(_HIDDEN)
                start += 16_384
        except zlib.error:
            raise _refused(_HIDDEN) from None
        return b"".join(parts)

    def _resolved(self, piece: bytes) -> bytes:
        """The bytes with the escapes of names resolved: ``/J#53`` is ``/JS``."""
        if b"#" not in piece:
            return piece
        self.escapes += piece.count(b"#")
        if self.escapes > MAX_ESCAPES:
            raise _refused(_HIDDEN)
        return _ESCAPE.sub(_resolve, piece)


def _ends_dictionary(before: bytes) -> bool:
    """Whether only white space and comments follow the end of a dictionary."""
    return b"%" in before and any(_BEFORE_STREAM.match(before, at) for at in _last(before))


def _last(before: bytes) -> Iterator[int]:
    """Where a dictionary may end: the last places, since a comment may hold such signs too."""
    at = len(before)
    for _ in range(8):
        at = before.rfind(b">>", 0, at)
        if at < 0:
            return
        yield at


def _check_opening(pieces: list[_Piece]) -> None:
    """Requires that opening the document only turns to a page."""
    numbers = set[int]()
    if sum(piece.text.count(b"/OpenAction") for piece in pieces) > MAX_OPENINGS:
        raise _refused(_HIDDEN)
    for piece in pieces:
        for found in _OPENS.finditer(piece.text):
            if found[1]:
                numbers.add(int(found[1]))
            elif piece.text.startswith(b"<<", found.end()):
                _check_action(piece.text[found.end() : found.end() + _LOOK])
    if len(numbers) > MAX_OPENED:
        raise _refused(_HIDDEN)
    for number in numbers:
        actions = list(itertools.islice(_definitions(pieces, number), MAX_OPENINGS + 1))
        if not 0 < len(actions) <= MAX_OPENINGS:
            raise _refused(_HIDDEN)
        for action in actions:
            if action.startswith(b"<<"):
                _check_action(action)


def _check_action(text: bytes) -> None:
    """Raises UnacceptableFile unless the dictionary at the beginning of ``text`` only turns to a page."""
    depth = 0
    for sign in re.finditer(rb"<<|>>", text):
        depth += 1 if sign[0] == b"<<" else -1
        if depth <= 0:
            text = text[: sign.end()]
            break
    if _NEXT.search(text) or any(name not in _QUIET for name in _ACTION.findall(text)):
        raise _refused(_PROGRAM)


def _definitions(pieces: list[_Piece], number: int) -> Iterator[bytes]:
    """The beginnings of the objects with this number."""
    header = re.compile(rb"(?<!\d)0*%d" % number + _SPACE + rb"+\d+" + _SPACE + rb"+obj" + _SPACE + rb"*")
    for piece in pieces:
        for found in header.finditer(piece.text):
            yield piece.text[found.end() : found.end() + _LOOK]
        numbers = piece.packed[: piece.first].split()
        for one, place in zip(numbers[::2], numbers[1::2], strict=False):
            if one.isdigit() and place.isdigit() and len(one) < 10 and len(place) < 10 and int(one) == number:
                at = piece.first + int(place)
                yield _ESCAPE.sub(_resolve, piece.packed[at : at + _LOOK].lstrip(b"\x00\t\n\x0c\r "))


def _resolve(escape: re.Match[bytes]) -> bytes:
    return bytes([int(escape[1], 16)])


def _refused(why: Text) -> ChangeFile:
    return change(why.vi, why.en)
