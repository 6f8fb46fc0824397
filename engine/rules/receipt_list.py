"""The list of packages that an archive filled in and sent back: CSV, as spreadsheets of any language save it."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from typing import Final, NamedTuple

from engine.errors import Refusal, wrong

COLUMNS: Final = ("code", "sha256", "bytes", "procedure", "finished", "number", "day", "archive")
"""The columns of the list; the archive fills in the last three."""
NEEDED: Final = ("code", "sha256", "number", "day", "archive")
MOST_BYTES: Final = 20_000_000


class ReceiptListRefused(Refusal):
    """The list cannot be read at all; no receipt of it was recorded."""

    code = "archive-list-refused"
    vi = "Không đọc được danh sách: {why_vi}. Chưa ghi biên nhận nào."
    en = "The list cannot be read: {why_en}. No receipt was recorded."


class ListedReceipt(NamedTuple):
    """A receipt of the list, with the line that it ends on; ``day`` as it was written."""

    line: int
    code: str
    sha256: str
    number: str
    day: str
    archive: str


def read_receipt_list(content: bytes) -> tuple[ListedReceipt, ...]:
    """The lines with a number. Raises ReceiptListRefused.

    >>> read_receipt_list(b"code;sha256;number;day;archive\\nH1;ab;15;02/03/2026;TTLT\\nH2;cd;;;\\n")
    (ListedReceipt(line=2, code='H1', sha256='ab', number='15', day='02/03/2026', archive='TTLT'),)
    """
    if len(content) > MOST_BYTES:
        raise ReceiptListRefused(why_vi=f"tệp lớn hơn {MOST_BYTES} byte", why_en=f"it has more than {MOST_BYTES} bytes")
    try:
        return tuple(_receipts(content.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        words = {"why_vi": "tệp không phải UTF-8; hãy lưu thành “CSV UTF-8”", "why_en": "it is not UTF-8"}
        raise ReceiptListRefused(**words) from error
    except csv.Error as error:
        raise ReceiptListRefused(why_vi=f"CSV sai dạng ({error})", why_en=f"malformed CSV ({error})") from error


def receipt_day(written: str) -> dt.date:
    """The day of a receipt: 2026-12-31, or 31/12/2026 as spreadsheet programs turn it into. Raises InvalidInput.

    >>> receipt_day("31/12/2026") == receipt_day(" 2026-12-31 ")
    True
    """
    day = written.strip()
    if day.isascii():
        for form in ("%Y-%m-%d", "%d/%m/%Y"):
            try:
                return dt.datetime.strptime(day, form).date()  # noqa: DTZ007 - a civil day has no zone
            except ValueError:
                continue
    raise wrong("day", "phải ghi dạng 2026-12-31 hoặc 31/12/2026", "must read like 2026-12-31 or 31/12/2026")


def _receipts(text: str) -> Iterator[ListedReceipt]:
    first = text.partition("\n")[0]
    rows = csv.reader(
        io.StringIO(text.replace("\0", "\ufffd"), newline=""), delimiter=max(",;\t", key=first.count), strict=True
    )
    names = [name.strip() for name in next(rows, [])]
    if missing := [name for name in NEEDED if name not in names]:
        listed = ", ".join(missing)
        raise ReceiptListRefused(why_vi=f"thiếu cột {listed}", why_en=f"the columns {listed} are missing")
    for row in rows:
        cells = dict(zip(names, (cell.removeprefix("'").strip() for cell in row), strict=False))
        if cells.get("number"):
            yield ListedReceipt(rows.line_num, *(cells.get(name, "") for name in ListedReceipt._fields[1:]))
