"""The strict parser of ``connections/accounts.csv``: the bank accounts that receive the fees of offices, with dates."""

from __future__ import annotations

import csv
import datetime as dt
import re
from pathlib import Path
from typing import NoReturn

from engine.errors import Refusal
from engine.rules.payments.accounts import Account, Accounts, clash

COLUMNS = ("office", "bin", "number", "holder", "bank", "valid_from", "valid_to")
_FORMS = {
    "office": (r"\S{1,40}", "mã cơ quan, tối đa 40 ký tự", "the code of an office, at most 40 characters"),
    "bin": (r"[0-9]{6}", "sáu chữ số của ngân hàng (BIN của Napas)", "the six digits of the bank (BIN of Napas)"),
    "number": (r"[0-9A-Z]{4,19}", "4 đến 19 chữ số hoặc chữ hoa", "4 to 19 digits or capital letters"),
    "holder": (r"[^\x00-\x1f]{1,100}", "tên chủ tài khoản, tối đa 100 ký tự", "the holder, at most 100 characters"),
    "bank": (r"[^\x00-\x1f]{1,100}", "tên ngân hàng, tối đa 100 ký tự", "the bank, at most 100 characters"),
}


class BadAccounts(Refusal):
    """A line of the table of accounts is malformed."""

    code = "bad-accounts"
    vi = "{file}, dòng {line}: {why_vi}"
    en = "{file}, line {line}: {why_en}"


def read_accounts(path: Path) -> Accounts:
    """The accounts of a file; none where there is no file. Raises BadAccounts, which names the line."""
    if not path.exists():
        return Accounts()
    found: list[Account] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if tuple(reader.fieldnames or ()) != COLUMNS:
                listed = ",".join(COLUMNS)
                _wrong(path, 1, f"dòng đầu phải là {listed}", f"the first line must be {listed}")
            for row in reader:
                fresh = _account(path, reader.line_num, row)
                if (other := clash(found, fresh)) is not None:
                    day = max(other.valid_from, fresh.valid_from)
                    _wrong(
                        path,
                        reader.line_num,
                        f"{fresh.office} đã có tài khoản {other.number} vào ngày {day:%d/%m/%Y}",
                        f"{fresh.office} has the account {other.number} on {day:%d/%m/%Y} already",
                    )
                found.append(fresh)
    except (UnicodeDecodeError, csv.Error, OSError) as error:
        _wrong(path, 1, f"không phải CSV UTF-8: {error}", f"not CSV in UTF-8: {error}")
    return Accounts(tuple(found))


def _account(path: Path, line: int, row: dict[str, str | None]) -> Account:
    if None in row or None in row.values():
        _wrong(path, line, "số ô không bằng số cột", "the number of cells is not that of the columns")
    cells = {name: (value or "").strip() for name, value in row.items()}
    for name, (form, vi, en) in _FORMS.items():
        if not re.fullmatch(form, cells[name]):
            _wrong(path, line, f"{name} phải là {vi}", f"{name} must be {en}")
    first, last = _day(path, line, cells, "valid_from"), None
    if cells["valid_to"]:
        last = _day(path, line, cells, "valid_to")
        if last <= first:
            _wrong(path, line, "valid_to phải sau valid_from", "valid_to must be after valid_from")
    texts = {name: cells[name] for name in _FORMS}
    return Account(**texts, valid_from=first, valid_to=last)


def _day(path: Path, line: int, cells: dict[str, str], name: str) -> dt.date:
    try:
        return dt.date.fromisoformat(cells[name])
    except ValueError:
        _wrong(path, line, f"{name} phải là ngày dạng 2026-03-01", f"{name} must be a day like 2026-03-01")


def _wrong(path: Path, line: int, vi: str, en: str) -> NoReturn:
    raise BadAccounts(file=path.name, line=line, why_vi=vi, why_en=en)
