"""The entries of the journal: their canonical bytes, the hash chain, commitments to personal data, and folding.

An entry is ``{"act", "actor", "at", "changes", "code", "data", "number", "previous", "private"}``. Its hash is the
SHA-256 of its canonical bytes, which contain the previous entry's hash. ``changes`` are the columns of the dossier's
row that the act set, so folding all entries of a dossier gives its row. An entry never contains personal data:
``private`` is a salted commitment to them. Erasing the salt and the data leaves the chain valid (Law 91/2025 on
personal data).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

ORIGIN = "0" * 64
"""The ``previous`` hash of the first entry of a dossier."""
KEYS = frozenset({"act", "actor", "at", "changes", "code", "data", "number", "previous", "private"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it is stored: its canonical ``body`` and the ``hash`` over it."""

    number: int
    body: str
    hash: str


@dataclass(frozen=True, slots=True)
class Break:
    """The first entry that does not fit, and why (vi, en)."""

    number: int
    vi: str
    en: str


def canonical(value: Any) -> bytes:
    """Canonical JSON: sorted keys, no spaces, UTF-8, moments in UTC with microseconds and ``Z``. Raises TypeError.

    >>> canonical({"number": 1, "at": dt.datetime(2026, 2, 13, tzinfo=dt.UTC)})
    b'{"at":"2026-02-13T00:00:00.000000Z","number":1}'
    """
    try:
        return orjson.dumps(value, default=_told, option=_CANONICAL)
    except TypeError:  # orjson refuses keys that are not text
        return orjson.dumps(_plain(value), option=orjson.OPT_SORT_KEYS)


def entry(
    *,
    code: str,
    number: int,
    previous: str,
    at: dt.datetime,
    act: str,
    actor: str,
    changes: Mapping[str, Any],
    data: Mapping[str, Any] | orjson.Fragment,
    private: str | None,
) -> Entry:
    """The entry after the one whose hash is ``previous`` (ORIGIN for the first), with its own hash."""
    body = canonical(
        {
            "act": act,
            "actor": actor,
            "at": at,
            "changes": changes,
            "code": code,
            "data": data,
            "number": number,
            "previous": previous,
            "private": private,
        }
    )
    return Entry(number, body.decode(), hashlib.sha256(body).hexdigest())


def commitment(salt: bytes, data: Mapping[str, Any]) -> str:
    """SHA-256 over the salt (16 random bytes) and the canonical data, as hexadecimal."""
    return hashlib.sha256(salt + canonical(data)).hexdigest()


def first_break(code: str, entries: Iterable[Entry], head: str, version: int) -> Break | None:
    """The first fault of a dossier's entries, given in order, or None when the chain is whole.

    ``head`` (the hash of the last entry) and ``version`` (the number of entries) are columns of its row.
    """
    previous, number = ORIGIN, 0
    for stored in entries:
        number += 1
        if stored.number != number:
            return Break(number, f"thiếu mục số {number}", f"entry {number} is missing")
        if not hmac.compare_digest(hashlib.sha256(stored.body.encode()).hexdigest(), stored.hash):
            return Break(number, "nội dung không khớp với mã băm", "the content does not match its hash")
        body = _read(stored.body)
        if body is None:
            return Break(number, "nội dung không đọc được", "the content cannot be read")
        if body["previous"] != previous or body["number"] != number or body["code"] != code:
            return Break(number, "không nối tiếp mục trước", "it does not follow the entry before it")
        previous = stored.hash
    if number != version or previous != head:
        return Break(number + 1, "chuỗi kết thúc khác với hồ sơ", "the chain does not end where the dossier says")
    return None


def fold(entries: Iterable[Entry]) -> dict[str, Any]:
    """The dossier's row by its journal: the changes of all entries applied in order, in plain JSON values."""
    row: dict[str, Any] = {}
    for stored in entries:
        row.update(orjson.loads(stored.body)["changes"])
    return row


def plain_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row in plain JSON values, to be compared with the answer of ``fold``."""
    plain: dict[str, Any] = orjson.loads(canonical(row))
    return plain


def _read(body: str) -> dict[str, Any] | None:
    """The parsed body of an entry; None when it is not an entry."""
    try:
        read = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return read if isinstance(read, dict) and read.keys() == KEYS else None


_CANONICAL = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME


def _told(value: Any) -> Any:
    """The form in JSON of a value that JSON has no type for. Raises TypeError."""
    if isinstance(value, dt.datetime):
        return _moment(value)
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no place in a journal")


@lru_cache(maxsize=256)  # the entries of one act, or of a thousand in one transaction, have the same moments
def _moment(value: dt.datetime) -> str:
    return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


_SIMPLE = frozenset({str, int, bool, float})


def _plain(value: Any) -> Any:
    """The same value with every key as text."""
    if value is None or type(value) in _SIMPLE:
        return value
    if isinstance(value, dt.datetime):
        return _told(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
