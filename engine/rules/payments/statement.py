"""Reads a bank's file of transactions: CSV with the columns that the mapping names, in the forms that banks use."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.errors import Refusal
from engine.rules.payments.amounts import MOST_VND, whole_dong
from engine.rules.payments.reference import references_in
from engine.rules.payments.wire import StatementForm
from engine.text import Text

MOST_BYTES = 20_000_000
_HEAD = 40  # lines in which the names of the columns must stand; banks print their own head above them
_FIRST_DAY, _LAST_DAY = dt.date(2000, 1, 1), dt.date(2100, 1, 1)
_KEY = re.compile(r"[\x21-\x7e]{1,100}")
OUTGOING = "/out"
"""Behind the bank's number of money that left: banks book a reversal under the number of what it reverses."""


class StatementUnreadable(Refusal):
    """A bank file is no file of transactions as the mapping describes it."""

    code = "statement-unreadable"
    vi = "Không đọc được tệp của ngân hàng: {why_vi}. Xem mục statement trong connections/payments.yaml."
    en = "The bank's file cannot be read: {why_en}. See the section statement in connections/payments.yaml."


@dataclass(frozen=True, slots=True, kw_only=True)
class BankLine:
    """A transaction: ``vnd`` below 0 left the account. ``text`` is kept only where it names no single reference."""

    line: int
    account: str
    key: str
    day: dt.date
    vnd: int
    reference: str | None
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """The transactions of a file; ``doubled`` are lines that repeat an earlier one, ``faults`` those not understood."""

    lines: Sequence[BankLine]
    doubled: Sequence[int]
    faults: Sequence[tuple[int, Text]]


def read_statement(content: bytes, form: StatementForm, account: str | None = None) -> Statement:
    """The transactions in the bytes of a file. ``account`` is whose file it is where no column says so.

    Raises StatementUnreadable for what is no such file at all; a line that is wrong is a fault and stops no other.
    """
    rows, separator = _rows(_text(content))
    head, columns = _head(rows, form)
    lines: dict[tuple[str, str], BankLine] = {}
    doubled, faults = list[int](), list[tuple[int, Text]]()
    for number, cells in rows[head + 1 :]:
        if _swallows(cells, separator, columns["day"], form.days):
            faults.append((number, _UNCLOSED))
            continue
        told = {name: cells[at].strip() if at < len(cells) else "" for name, at in columns.items()}
        if not told["key"] or not told["day"]:
            continue  # blank lines, sums and the bank's foot
        found = _line(number, told, form, account)
        if isinstance(found, Text):
            faults.append((number, found))
        elif found.vnd:
            known = lines.setdefault((found.account, found.key), found)
            if known is not found and _same(known, found):
                doubled.append(number)
            elif known is not found:
                vi, en = f"số tham chiếu đã có ở dòng {known.line} với nội dung khác", "with other content"
                faults.append((number, Text(vi, f"the reference stands in line {known.line} {en}")))
    return Statement(lines=list(lines.values()), doubled=doubled, faults=faults)


def _text(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        most = MOST_BYTES // 1_000_000
        raise _unreadable(f"tệp lớn hơn {most} MB", f"it has more than {most} MB")
    try:
        wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
        text = content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable("không phải UTF-8", "it is not UTF-8") from error
    if "\x00" in text:
        raise _unreadable("có ký tự NUL", "it holds a NUL character")
    return text


_UNCLOSED = Text(
    "dấu ngoặc kép mở mà không đóng, các dòng sau bị gộp vào dòng này; sửa tệp rồi đọc lại",
    "a quotation mark is opened and not closed, so this line holds those after it; mend the file and read it again",
)


def _swallows(cells: Sequence[str], separator: str, day_at: int, days: Sequence[str]) -> bool:
    """Whether a cell holds further lines of the file, with their days: one begins with a quotation mark that is part of
    the payer's words. A cell of several lines is otherwise what it seems."""
    more = [line.split(separator) for cell in cells for line in cell.splitlines()[1:]]
    return any(len(parts) > day_at and _day(parts[day_at].strip(), days) is not None for parts in more)


def _rows(text: str) -> tuple[list[tuple[int, list[str]]], str]:
    """The rows with the numbers of their lines, and the separator, which the most of the first lines have."""
    first = text.splitlines()[:_HEAD]
    separator = max(",;\t", key=lambda one: sum(line.count(one) for line in first))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        return [(reader.line_num, row) for row in reader], separator
    except csv.Error as error:
        raise _unreadable(f"CSV sai: {error}", f"it is not CSV: {error}") from error


def _head(rows: Sequence[tuple[int, list[str]]], form: StatementForm) -> tuple[int, dict[str, int]]:
    """Where the names of the columns stand, and the place of each."""
    for place, (_, cells) in enumerate(rows[:_HEAD]):
        named = {" ".join(cell.split()).casefold(): at for at, cell in reversed(list(enumerate(cells)))}
        found = {}
        for key, names in form.columns.items():
            at = next((named[name.casefold()] for name in names if name.casefold() in named), None)
            if at is not None:
                found[key] = at
        if {"day", "key", "text"} <= found.keys() and ("amount" in found or "credit" in found):
            return place, found
    raise _unreadable("không thấy dòng tên cột (ngày, số tham chiếu, nội dung, số tiền)", "no line names the columns")


def _line(number: int, told: Mapping[str, str], form: StatementForm, account: str | None) -> BankLine | Text:
    own = re.sub(r"[\s.\-]", "", told.get("account") or account or "")
    if not re.fullmatch(r"[0-9A-Z]{4,19}", own):
        return Text("không rõ số tài khoản", "it is not clear of which account")
    if not _KEY.fullmatch(told["key"]):
        return Text("số tham chiếu có ký tự lạ hoặc quá dài", "the reference number has odd characters or is too long")
    day = _day(told["day"], form.days)
    if day is None:
        return Text(f"ngày “{told['day'][:30]}” không đúng dạng", f'the day "{told["day"][:30]}" has no known form')
    vnd = _amount(told)
    if vnd is None or abs(vnd) > MOST_VND:
        return Text("số tiền không đúng dạng", "the amount has no known form")
    named = references_in(told["text"])
    one = named[0] if len(named) == 1 else None
    key = told["key"] + (OUTGOING if vnd < 0 else "")
    text = None if one else "".join(filter(str.isprintable, told["text"]))[:200]
    return BankLine(line=number, account=own, key=key, day=day, vnd=vnd, reference=one, text=text)


def _amount(told: Mapping[str, str]) -> int | None:
    """The amount with its sign: of one column, or a credit less a debit."""
    if "amount" in told:
        return whole_dong(told["amount"])
    if not told.get("credit") and not told.get("debit"):
        return None
    credit, debit = (whole_dong(told.get(name) or "0") for name in ("credit", "debit"))
    if credit is None or debit is None or (credit and debit):
        return None
    return credit if credit else -abs(debit)


def _day(text: str, forms: Sequence[str]) -> dt.date | None:
    for form in forms:
        try:
            day = dt.datetime.strptime(text, form).date()  # noqa: DTZ007 - a civil day of the bank
        except ValueError:
            continue
        if _FIRST_DAY <= day < _LAST_DAY:
            return day
    return None


def _same(one: BankLine, other: BankLine) -> bool:
    return (one.day, one.vnd, one.reference, one.text) == (other.day, other.vnd, other.reference, other.text)


def _unreadable(vi: str, en: str) -> StatementUnreadable:
    return StatementUnreadable(why_vi=vi, why_en=en)
