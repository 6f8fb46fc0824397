"""ZIP archives: their directory is checked before anything is unpacked, and unpacking stops at a bound.

The directory is bounded before ``zipfile`` reads it, because a directory of some megabytes costs seconds. Archive,
directory and members must follow each other without gaps and overlaps, so that nothing hides beside them and no part
is unpacked twice. Only the two methods of office documents are read (stored and deflate).
"""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable

from engine.rules.files.refusals import change, damaged_archive, unacceptable

MAX_MEMBERS = 2_000
MAX_DIRECTORY = 1_000_000
MAX_UNPACKED = 200_000_000
MAX_RATIO = 200
RATIO_FROM = 1_000_000  # below this a member's high ratio is ordinary (an empty sheet)
MAX_WHOLE_RATIO = 100
WHOLE_RATIO_FROM = 10_000_000  # below this a high ratio of the whole archive is harmless

START, _END, _ENTRY = b"PK\x03\x04", b"PK\x05\x06", b"PK\x01\x02"
_END_SIZE, _ENTRY_SIZE, _LOCAL_SIZE = 22, 46, 30
_LONGEST_COMMENT = 65_535
_LONGEST_DESCRIPTOR = 24  # bytes that may follow a member: its sizes, of 8 bytes each, a checksum and a signature
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    OSError,
    EOFError,
    LookupError,
    ValueError,
    ArithmeticError,
    RuntimeError,
    MemoryError,
)
"""What the decompressors raise for bytes that are no archive."""

Reader = Callable[[str], bytes]


def read_archive(content: bytes) -> tuple[list[str], Reader]:
    """The names of the members, and a function that reads one, after every member was unpacked to nowhere once.

    Raises UnacceptableFile.
    """
    _check_directory(content)
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        members = archive.infolist()
        _check_layout(content, archive.start_dir, members)
        _check_declared(len(content), members)
        _unpack(archive, len(content), members)
    except _UNREADABLE as error:
        raise damaged_archive() from error
    names = [member.filename for member in members]
    if len({name.lower() for name in names}) != len(names) or any(_is_unsafe(name) for name in names):
        raise unacceptable("tên trong tệp nén không hợp lệ", "names inside it are invalid")
    return names, archive.read


def carries_archive(content: bytes) -> bool:
    """Whether a program that reads archives from their end would find one in these bytes."""
    at = content.rfind(_END, max(0, len(content) - _END_SIZE - _LONGEST_COMMENT))
    while at >= 0:
        if at + _END_SIZE <= len(content):
            size = int.from_bytes(content[at + 12 : at + 16], "little")
            if size >= _ENTRY_SIZE and content.startswith(_ENTRY, max(0, at - size)):
                return True
        at = content.rfind(_END, max(0, len(content) - _END_SIZE - _LONGEST_COMMENT), at)
    return False


def _check_directory(content: bytes) -> None:
    """Checks the record at the archive's end: one archive from the first byte to the last, and a small directory."""
    at = content.rfind(_END, max(0, len(content) - _END_SIZE - _LONGEST_COMMENT))
    if at < 0 or at + _END_SIZE > len(content):
        raise unacceptable("tệp nén bị hỏng hoặc bị cắt mất phần cuối", "the archive is damaged or its end is missing")
    disk, first, here, count, size, offset, _ = struct.unpack("<HHHHLLH", content[at + 4 : at + _END_SIZE])
    if count > MAX_MEMBERS or size > MAX_DIRECTORY:
        raise unacceptable("tệp nén có quá nhiều mục", "it holds too many members")
    if (disk, first) != (0, 0) or here != count:
        raise damaged_archive()
    if at + _END_SIZE != len(content):
        raise unacceptable("có dữ liệu khác sau tệp nén", "something else stands after the archive")
    if offset + size != at:
        # A program that reads from the front would find another archive than one that reads from the end.
        raise unacceptable("có dữ liệu khác trước tệp nén", "something else stands before the archive")
    if content.count(_ENTRY, offset, at) < count or count * _ENTRY_SIZE > size:
        raise damaged_archive()


def _check_layout(content: bytes, directory: int, members: list[zipfile.ZipInfo]) -> None:
    """Requires that the members fill the archive up to its directory, one after the other."""
    end = 0
    for member in sorted(members, key=lambda one: one.header_offset):
        at = member.header_offset
        if not end <= at <= end + (_LONGEST_DESCRIPTOR if end else 0):
            raise unacceptable("có dữ liệu khác trong tệp nén", "something else stands between the archive's members")
        name, extra = struct.unpack("<HH", content[at + 26 : at + _LOCAL_SIZE])
        end = at + _LOCAL_SIZE + name + extra + member.compress_size
    if not members or not end <= directory <= end + _LONGEST_DESCRIPTOR:
        raise damaged_archive()


def _check_declared(size: int, members: list[zipfile.ZipInfo]) -> None:
    for member in members:
        if member.flag_bits & 0x1:
            raise change("tệp bị khóa bằng mật khẩu", "it is protected by a password")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise unacceptable("tệp được nén theo cách không nhận", "it is compressed in a way that is not taken")
    _must_be_bounded(sum(member.file_size for member in members), size)


def _unpack(archive: zipfile.ZipFile, size: int, members: list[zipfile.ZipInfo]) -> None:
    """Unpacks every member without keeping it, because an archive may declare false sizes. Raises UnacceptableFile."""
    total = 0
    for member in members:
        unpacked = 0
        with archive.open(member) as stream:
            while piece := stream.read(65_536):
                if not unpacked and is_foreign(piece):
                    raise change("tệp chứa tệp khác bên trong", "another file is embedded in it")
                unpacked += len(piece)
                total += len(piece)
                if unpacked > RATIO_FROM and unpacked > MAX_RATIO * max(1, member.compress_size):
                    raise unacceptable("giải nén ra quá lớn", "it unpacks to too much")
                _must_be_bounded(total, size)


def is_foreign(start: bytes) -> bool:
    """Whether a member with these first bytes is an archive, a program, or a document of its own.

    ``D0 CF 11 E0`` begins the compound files of old Office, in which macros and embedded objects are kept.
    """
    return start.startswith(_FOREIGN) or start[257:262] == b"ustar"


_FOREIGN = (
    *(b"PK\x03\x04", b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"\xfd7zXZ", b"BZh", b"MSCF", b"ITSF"),
    *(b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"#!", b"L\x00\x00\x00\x01\x14\x02\x00"),
    *(b"\xd0\xcf\x11\xe0", b"%PDF-", b"{\\rtf"),
)


def _must_be_bounded(unpacked: int, size: int) -> None:
    if unpacked > MAX_UNPACKED or (unpacked > WHOLE_RATIO_FROM and unpacked > MAX_WHOLE_RATIO * size):
        raise unacceptable("giải nén ra quá lớn", "it unpacks to too much")


def _is_unsafe(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ".." in name.split("/") or not name.isprintable()
