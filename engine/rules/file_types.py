"""The type of an uploaded file, found in its bytes: an allow-list, since a name or a declared type proves little.

Each type has its checks in ``engine/rules/files/``: the file is whole, is nothing else beside, and does nothing by
itself. What is not taken is refused with what the sender can do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.errors import Refusal
from engine.rules.files.archives import START as ZIP_START
from engine.rules.files.archives import read_archive
from engine.rules.files.images import JPEG_START, PNG_START, check_jpeg, check_png
from engine.rules.files.office import WORD, check_office
from engine.rules.files.opendocument import TEXT, is_opendocument
from engine.rules.files.other_kinds import must_match_name, other_kind
from engine.rules.files.pdf import START as PDF_START
from engine.rules.files.pdf import check_pdf
from engine.rules.files.refusals import unacceptable


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
ODT = FileType(TEXT, "odt")
TAKEN = (PDF, JPEG, PNG, DOCX, XLSX, ODT)

LONGEST_NAME = 255
_NAME = re.compile(r"[^\x00-\x1f\x7f-\x9f/\\\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


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
        raise unacceptable("tên tệp không hợp lệ", "its name is not valid")
    kind = file_type(content)
    must_match_name(name, kind.extension)
    return kind.media


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
        raise unacceptable("tệp rỗng", "it is empty")
    if content.startswith(PDF_START):
        check_pdf(content)
        return PDF
    if content.startswith(JPEG_START):
        check_jpeg(content)
        return JPEG
    if content.startswith(PNG_START):
        check_png(content)
        return PNG
    if content.startswith(ZIP_START):
        return _document(content)
    raise other_kind(content)


def _document(content: bytes) -> FileType:
    names, read = read_archive(content)
    office = check_office(names, read)
    if office is not None:
        return DOCX if office == WORD else XLSX
    if is_opendocument(names, read):
        return ODT
    raise unacceptable("tệp nén không phải văn bản được nhận", "the archive is no document that is taken")
