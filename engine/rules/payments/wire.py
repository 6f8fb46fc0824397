"""What the messages of a payment gateway and the lines of a bank file mean, as the mapping file says.

Names on the other side are dotted paths into its JSON (``data.amount``). Nothing of it is verified by a gateway's own
documentation, so a value that is not what the mapping expects is refused and never guessed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from engine.clock import LOCAL
from engine.errors import Refusal
from engine.rules.payments.amounts import MOST_VND, whole_dong


class MessageUnreadable(Refusal):
    """A message of the payment gateway is not as the mapping file says."""

    code = "payment-unreadable"
    vi = "Thông báo của cổng thanh toán không đọc được: {field} {why_vi}. Xem workflows/connections/payments.yaml."
    en = "The message of the payment gateway cannot be read: {field} {why_en}. See workflows/connections/payments.yaml."


@dataclass(frozen=True, slots=True)
class Call:
    """A request to the gateway: its path, our names to its names in what is sent and in the answer."""

    path: str
    send: Mapping[str, str]
    receive: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TransactionForm:
    """A transaction as it stands in a callback and in the answer about a payment."""

    fields: Mapping[str, str]
    paid: frozenset[str]
    other: frozenset[str]


@dataclass(frozen=True, slots=True)
class StatementForm:
    """The columns of a bank file, each by the names that banks give it, and the forms of its days."""

    columns: Mapping[str, Sequence[str]]
    days: Sequence[str]


@dataclass(frozen=True, slots=True)
class Wire:
    """The whole mapping. ``callback`` and ``items`` say where transactions stand in the two messages."""

    create: Call
    status: Call
    refund: Call
    refund_done: frozenset[str]
    refund_refused: frozenset[str]
    transaction: TransactionForm
    callback: str
    items: str
    headers: Mapping[str, str]
    statement: StatementForm
    verified: bool


@dataclass(frozen=True, slots=True)
class Paid:
    """Money that came in: ``key`` is what its source calls it, ``reference`` what the payer named."""

    key: str
    reference: str
    vnd: int
    at: dt.datetime


def paid_in(form: TransactionForm, told: Any) -> Paid | None:
    """The payment that a transaction tells of; None where its status says that no money came in.

    Raises MessageUnreadable.
    """
    status = text_at(told, form.fields["status"], 40)
    if status in form.other:
        return None
    if status not in form.paid:
        raise _wrong(form.fields["status"], f"lạ: “{status}”", f'is unknown: "{status}"')
    currency = form.fields.get("currency")
    if currency and text_at(told, currency, 10) not in ("VND", "704"):
        raise _wrong(currency, "phải là VND", "must be VND")
    return Paid(
        key=text_at(told, form.fields["key"], 120),
        reference=words_at(told, form.fields["reference"]),
        vnd=vnd_at(told, form.fields["vnd"]),
        at=moment_at(told, form.fields["at"]),
    )


def at_path(told: Any, path: str) -> Any:
    """The value at a dotted path; None where there is none. An empty path is the whole.

    >>> at_path({"data": {"amount": 5}}, "data.amount")
    5
    """
    for name in filter(None, path.split(".")):
        told = told.get(name) if isinstance(told, dict) else None
    return told


def text_at(told: Any, path: str, most: int) -> str:
    """A text of 1 to ``most`` printable characters, or a whole number as text. Raises MessageUnreadable."""
    value = at_path(told, path)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not 1 <= len(value) <= most or not value.isprintable():
        raise _wrong(path, f"phải là chữ, 1 đến {most} ký tự", f"must be a text of 1 to {most} characters")
    return value


def words_at(told: Any, path: str) -> str:
    """What a payer wrote: any text, also an empty one, without what cannot be shown, cut to 200 characters.

    Whoever pays may write anything, and their money has come whatever they wrote. Raises MessageUnreadable.
    """
    value = at_path(told, path)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise _wrong(path, "phải là chữ", "must be a text")
    return "".join(filter(str.isprintable, " ".join(value[:1_000].split())))[:200]


def vnd_at(told: Any, path: str) -> int:
    """An amount in whole đồng, as a number or as digits. Raises MessageUnreadable."""
    value = at_path(told, path)
    if isinstance(value, float) and abs(value) <= MOST_VND and value.is_integer():
        value = int(value)  # in JSON 54000.0 is the number 54000
    vnd = whole_dong(str(value)) if isinstance(value, (int, str)) and not isinstance(value, bool) else None
    if vnd is None or not 1 <= vnd <= MOST_VND:
        raise _wrong(path, "phải là số đồng nguyên, từ 1", "must be whole đồng, from 1")
    return vnd


def moment_at(told: Any, path: str) -> dt.datetime:
    """A moment of this century: ISO 8601 (civil time where it names no zone), 14 digits of civil time, or seconds since
    1970. Raises MessageUnreadable.
    """
    value = at_path(told, path)
    with suppress(ValueError, OverflowError, OSError):
        found = _moment(value)
        if found is not None and _BEGIN <= found < _END:
            return found
    raise _wrong(path, "phải là thời điểm", "must be a moment")


_BEGIN, _END = dt.datetime(2000, 1, 1, tzinfo=dt.UTC), dt.datetime(2100, 1, 1, tzinfo=dt.UTC)


def _moment(value: Any) -> dt.datetime | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return dt.datetime.fromtimestamp(value, dt.UTC)
    if isinstance(value, str) and re.fullmatch(r"\d{14}", value, re.ASCII):
        return dt.datetime.strptime(value, "%Y%m%d%H%M%S").replace(tzinfo=LOCAL).astimezone(dt.UTC)
    if isinstance(value, str) and len(value) <= 40:
        found = dt.datetime.fromisoformat(value)
        return (found if found.tzinfo else found.replace(tzinfo=LOCAL)).astimezone(dt.UTC)
    return None


def _wrong(field: str, vi: str, en: str) -> MessageUnreadable:
    return MessageUnreadable(field=field, why_vi=vi, why_en=en)
