"""The type of an uploaded file, found in its bytes: an allow-list, since a name or a declared type proves little.

PDF, JPEG and PNG are recognised by their first bytes and their end. DOCX, XLSX and ODT are ZIP archives that declare
themselves as such a document, hold no macros, and do not grow beyond a bound when unpacked (a "zip bomb" of 42 kB holds
petabytes).
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass

from engine.errors import Refusal

MAX_MEMBERS = 2_000
MAX_UNPACKED = 200_000_000
MAX_RATIO = 200
RATIO_FROM = 1_000_000  # below this a high ratio is ordinary (an empty sheet) and harmless


class UnacceptableFile(Refusal):
    """The file is not of an accepted type, or is damaged."""

    code = "unacceptable-file"
    vi = "Không nhận tệp này: {why_vi}. Chỉ nhận PDF, JPEG, PNG, DOCX, XLSX, ODT."
    en = "This file is not taken: {why_en}. PDF, JPEG, PNG, DOCX, XLSX and ODT are."


@dataclass(frozen=True, slots=True)
class FileType:
    """A type of file: its media type, and the extension of a download."""

    media: str
    extension: str


PDF = FileType("application/pdf", "pdf")
JPEG = FileType("image/jpeg", "jpg")
PNG = FileType("image/png", "png")
DOCX = FileType("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx")
XLSX = FileType("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx")
ODT = FileType("application/vnd.oasis.opendocument.text", "odt")
TAKEN = (PDF, JPEG, PNG, DOCX, XLSX, ODT)

LONGEST_NAME = 255
_NAME = re.compile(r"[^\x00-\x1f\x7f-\x9f/\\\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_END = b"IEND\xaeB`\x82"


class FileTooLarge(Refusal):
    """The file has more bytes than this installation accepts."""

    code = "file-too-large"
    status = 413
    vi = "Tệp quá lớn; tối đa {most} byte."
    en = "The file is too large; at most {most} bytes are taken."


def check_content(content: bytes, name: str, most: int) -> str:
    """The media type of an upload, from its bytes. ``most`` is the largest accepted size in bytes.

    ``name`` is the sender's name for the file, kept for people only. Raises FileTooLarge, UnacceptableFile.
    """
    if len(content) > most:
        raise FileTooLarge(most=most)
    if name and (len(name) > LONGEST_NAME or not _NAME.fullmatch(name)):
        raise UnacceptableFile(why_vi="tên tệp không hợp lệ", why_en="its name is not valid")
    return file_type(content).media


def extension(media: str) -> str:
    """The extension of a file of this media type, ``bin`` for a type that is not accepted.

    >>> extension("image/jpeg"), extension("video/mp4")
    ('jpg', 'bin')
    """
    return next((kind.extension for kind in TAKEN if kind.media == media), "bin")


def file_type(content: bytes) -> FileType:
    """The type of the file that ``content`` is. Raises UnacceptableFile.

    >>> file_type(b"%PDF-1.7 ... %%EOF").extension
    'pdf'
    """
    if not content:
        raise UnacceptableFile(why_vi="tệp rỗng", why_en="it is empty")
    if content.startswith(b"%PDF-"):
        return _complete(PDF, b"%%EOF" in content[-2048:])
    if content.startswith(b"\xff\xd8\xff"):
        return _complete(JPEG, b"\xff\xd9" in content[-1024:])
    if content.startswith(_PNG_START):
        return _complete(PNG, _PNG_END in content[-1024:])
    if content.startswith(b"PK\x03\x04"):
        return _document(content)
    raise UnacceptableFile(why_vi="không thuộc loại được nhận", why_en="it is of another kind")


def _complete(kind: FileType, whole: bool) -> FileType:
    if not whole:
        raise UnacceptableFile(why_vi="tệp bị cắt mất phần cuối", why_en="its end is missing")
    return kind


def _document(content: bytes) -> FileType:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _kind_of_archive(archive)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError) as error:
        raise UnacceptableFile(why_vi="tệp nén bị hỏng", why_en="the archive is damaged") from error


def _kind_of_archive(archive: zipfile.ZipFile) -> FileType:
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise UnacceptableFile(why_vi="tệp nén có quá nhiều mục", why_en="it holds too many members")
    _check_sizes(archive, members)
    if min((member.header_offset for member in members), default=0) != 0:
        # A program that reads from the front would find another archive than one that reads from the end.
        raise UnacceptableFile(
            why_vi="có dữ liệu khác trước tệp nén", why_en="something else stands before the archive"
        )
    names = {member.filename for member in members}
    if len(names) != len(members) or any(_unsafe_name(name) for name in names):
        raise UnacceptableFile(why_vi="tên trong tệp nén không hợp lệ", why_en="names inside it are invalid")
    if any("vbaproject" in name.lower() or name.startswith("Basic/") for name in names):
        raise UnacceptableFile(why_vi="tệp có macro", why_en="it contains macros")
    if "[Content_Types].xml" in names:
        if "word/document.xml" in names:
            return DOCX
        if "xl/workbook.xml" in names:
            return XLSX
    if "mimetype" in names and archive.read("mimetype").strip() == ODT.media.encode():
        return ODT
    raise UnacceptableFile(
        why_vi="tệp nén không phải văn bản được nhận", why_en="the archive is no document that is taken"
    )


def _check_sizes(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    """Unpacks every member without keeping it, because an archive may declare false sizes. Raises UnacceptableFile."""
    total = 0
    for member in members:
        if member.flag_bits & 0x1:
            raise UnacceptableFile(why_vi="tệp bị khóa bằng mật khẩu", why_en="it is protected by a password")
        unpacked = 0
        with archive.open(member) as stream:
            while piece := stream.read(65_536):
                unpacked += len(piece)
                total += len(piece)
                bomb = unpacked > RATIO_FROM and unpacked > MAX_RATIO * max(1, member.compress_size)
                if total > MAX_UNPACKED or bomb:
                    raise UnacceptableFile(why_vi="giải nén ra quá lớn", why_en="it unpacks to too much")


def _unsafe_name(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ".." in name.split("/")
