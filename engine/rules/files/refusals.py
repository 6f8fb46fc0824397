"""The refusals of uploaded files. Each sentence says what is wrong with the file and what the sender can do."""

from __future__ import annotations

from engine.errors import Refusal
from engine.text import Text

PRINT_AGAIN = Text(
    "Hãy mở tệp, chọn In rồi lưu thành PDF mới, và gửi tệp PDF đó", "Open it, print it to a new PDF, and send that PDF"
)


class UnacceptableFile(Refusal):
    """The file is not of an accepted type, or is damaged."""

    code = "unacceptable-file"
    vi = "Không nhận tệp này: {why_vi}. Chỉ nhận PDF, JPEG, PNG, DOCX, XLSX, ODT."
    en = "This file is not taken: {why_en}. PDF, JPEG, PNG, DOCX, XLSX and ODT are."


class ChangeFile(UnacceptableFile):
    """The file is of an accepted type, or of a known one, and the sender can turn it into one that is taken."""

    vi = "Không nhận tệp này: {why_vi}. {do_vi}."
    en = "This file is not taken: {why_en}. {do_en}."


def unacceptable(vi: str, en: str) -> UnacceptableFile:
    """The refusal for this reason."""
    return UnacceptableFile(why_vi=vi, why_en=en)


def change(vi: str, en: str, do: Text = PRINT_AGAIN) -> ChangeFile:
    """The refusal for this reason, with what the sender can do."""
    return ChangeFile(why_vi=vi, why_en=en, do_vi=do.vi, do_en=do.en)


def damaged_archive() -> UnacceptableFile:
    """The refusal of an archive that cannot be read."""
    return unacceptable("tệp nén bị hỏng", "the archive is damaged")
