"""Forms 01, 02 and 03 as a sheet for the screen and the browser's printer: the words of the official form, in order.

The forms are Vietnamese, whatever language the page around them has. ``adapters.forms`` prints the same data as PDF.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

_TITLES: Final = {
    "01": "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
    "02": "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ",
    "03": "PHIẾU TỪ CHỐI GIẢI QUYẾT HỒ SƠ",
}
_COLUMNS: Final = ("Tên giấy tờ", "Bản chính", "Chứng thực", "Bản sao")
_KEEP: Final = (
    "Mã biên nhận dùng để xác nhận khi rút hồ sơ hoặc nhận kết quả: xin giữ kín, không chuyển cho người khác cùng với "
    "đường dẫn."
)

Rows = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """``rows`` stand beside the QR code of ``address``, ``further`` below the table and the list."""

    number: str
    title: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    rows: Rows
    address: str
    columns: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    items: tuple[str, ...]
    further: Rows
    notes: tuple[str, ...]
    signs: Rows


def sheet_of(number: str, said: Mapping[str, Any]) -> Sheet:
    """The sheet of what an issued form says. Raises KeyError for a form that is none of 01–03."""
    head = said["head"]
    make = {"01": _receipt, "02": _request, "03": _refusal}[number]
    lines, items, further, notes, signs = make(said)
    return Sheet(
        number=f"Mẫu số {number}",
        title=_TITLES[number],
        left=(head["authority"].upper(), head["unit"], f"Số: {head['number']}"),
        right=("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập – Tự do – Hạnh phúc", f"{head['place']}, {head['date']}"),
        rows=_known(_opening(number, said)),
        address=said.get("status_url", ""),
        columns=_COLUMNS if lines else (),
        lines=lines,
        items=items,
        further=_known(further),
        notes=(*notes, *(f"– {one}." for one in head["other_names"])),
        signs=signs,
    )


Body = tuple[tuple[tuple[str, ...], ...], tuple[str, ...], Rows, tuple[str, ...], Rows]
"""Lines of the table, items of the list, further rows, notes, and who signs."""


def _opening(number: str, said: Mapping[str, Any]) -> Rows:
    applicant = said["applicant"]
    return (
        ("Mã hồ sơ", said["code"]),
        ("Mã biên nhận", said.get("receipt_code", "")),
        ("Tiếp nhận hồ sơ của" if number == "01" else "Hồ sơ của", applicant["name"]),
        ("Địa chỉ", applicant["address"]),
        ("Liên hệ", " · ".join(part for part in (applicant["phone"], applicant["email"]) if part)),
        ("Nội dung yêu cầu giải quyết", said["request"]),
    )


def _receipt(said: Mapping[str, Any]) -> Body:
    lines = tuple(
        (one["name"], *(str(one[kind] or "–") for kind in ("originals", "certified", "copies")))
        for one in said["papers"]
    )
    further = (
        ("Thời gian giải quyết theo quy định", said["term"]),
        ("Thời gian nhận hồ sơ", said["received"]),
        ("Thời gian trả kết quả", said["due"]),
        ("Nơi nhận kết quả", said["collect"]),
        ("Phí, lệ phí", said["fees"]),
        ("Theo dõi hồ sơ tại", said.get("status_url", "")),
    )
    signs = (("NGƯỜI NỘP HỒ SƠ", said["submitter"]), ("NGƯỜI TIẾP NHẬN HỒ SƠ", said["receiver"]))
    return lines, (), further, (_KEEP,) if said.get("receipt_code") else (), signs


def _request(said: Mapping[str, Any]) -> Body:
    further = (("Lý do", said["reason"]), ("Nộp trước", said["before"]), ("Liên hệ hướng dẫn", _contact(said)))
    return (), tuple(said["items"]), further, (), (("NGƯỜI HƯỚNG DẪN", said["signer"]),)


def _refusal(said: Mapping[str, Any]) -> Body:
    further = (("Lý do từ chối", said["reason"]), ("Liên hệ hướng dẫn", _contact(said)))
    return (), (), further, (), (("NGƯỜI TIẾP NHẬN HỒ SƠ", said["signer"]),)


def _contact(said: Mapping[str, Any]) -> str:
    return ", ".join(part for part in (said["contact"], said["contact_phone"]) if part)


def _known(rows: Rows) -> Rows:
    """The rows that say something."""
    return tuple((label, value) for label, value in rows if value)
