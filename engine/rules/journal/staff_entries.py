"""The journal of staff: one hash chain for the installation, and the state of staff that folding it gives.

An entry is ``{"act", "actor", "at", "changes", "number", "operator", "previous", "reason", "subject"}``. Its hash is
the SHA-256 of its canonical bytes, which contain the previous entry's hash. ``changes`` are ``[table, key, columns]``,
where ``columns`` is null for a row that was removed. An entry holds no names, addresses or secrets: people are numbers,
tokens are the beginning of their hash, and a password is a fingerprint of its salted hash.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from engine.rules.journal.entries import ORIGIN, Break, Entry, canonical

Change = tuple[str, Sequence[Any], Mapping[str, Any] | None]
"""(table, key, columns): a row of staff that an act set, or removed where ``columns`` is None."""
State = dict[tuple[str, str], dict[str, Any]]
"""The columns of every row of staff in plain JSON values, by table and canonical key."""
KEYS = frozenset({"act", "actor", "at", "changes", "number", "operator", "previous", "reason", "subject"})
TOKEN_ID = 16
"""Hexadecimal digits of a token's hash that name the token: 64 bits, which say nothing about the token."""


def staff_entry(
    *,
    number: int,
    previous: str,
    at: dt.datetime,
    act: str,
    actor: str,
    operator: str | None,
    subject: int | None,
    changes: Iterable[Change],
    reason: str,
) -> Entry:
    """The entry after the one whose hash is ``previous`` (ORIGIN for the first), with its own hash.

    ``operator`` is the account of the operating system behind a command; ``subject`` is the id of the person concerned.
    """
    body = canonical(
        {
            "act": act,
            "actor": actor,
            "at": at,
            "changes": [[table, list(key), columns] for table, key, columns in changes],
            "number": number,
            "operator": operator,
            "previous": previous,
            "reason": reason,
            "subject": subject,
        }
    )
    return Entry(number, body.decode(), hashlib.sha256(body).hexdigest())


def first_staff_break(entries: Iterable[Entry]) -> Break | None:
    """The first fault of the chain, whose entries are given in order, or None when it is whole."""
    previous = ORIGIN
    for number, stored in enumerate(entries, 1):
        if stored.number != number:
            return Break(number, f"thiếu mục số {number}", f"entry {number} is missing")
        if not hmac.compare_digest(hashlib.sha256(stored.body.encode()).hexdigest(), stored.hash):
            return Break(number, "nội dung không khớp với mã băm", "the content does not match its hash")
        body = _read(stored.body)
        if body is None:
            return Break(number, "nội dung không đọc được", "the content cannot be read")
        if body["previous"] != previous or body["number"] != number:
            return Break(number, "không nối tiếp mục trước", "it does not follow the entry before it")
        previous = stored.hash
    return None


def fold_staff(entries: Iterable[Entry]) -> State:
    """The rows of staff by their journal: the changes of all entries applied in order."""
    state: State = {}
    for stored in entries:
        for table, key, columns in orjson.loads(stored.body)["changes"]:
            named = (table, key_text(key))
            if columns is None:
                state.pop(named, None)
            else:
                state.setdefault(named, {}).update(columns)
    return state


def plain_state(changes: Iterable[Change]) -> State:
    """Rows read from the tables in the form of ``fold_staff``."""
    state: State = {}
    for table, key, columns in changes:
        state[table, key_text(key)] = orjson.loads(canonical(columns))
    return state


def key_text(key: Sequence[Any]) -> str:
    """The key of a row as text: canonical JSON."""
    return canonical(list(key)).decode()


def token_id(hashed: str) -> str:
    """The name of a token: the beginning of its hash."""
    return hashed[:TOKEN_ID]


def password_mark(stored: str | None) -> str | None:
    """A fingerprint of a stored password hash, which tells only whether it is the same; None without a password."""
    return hashlib.sha256(stored.encode()).hexdigest()[:32] if stored is not None else None


def subject_mark(issuer: str, subject: str) -> str:
    """A fingerprint of what an identity provider calls a person: it may be an address or a number of theirs."""
    return hashlib.sha256(f"{issuer}\0{subject}".encode()).hexdigest()[:32]


def _read(body: str) -> dict[str, Any] | None:
    try:
        read = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return read if isinstance(read, dict) and read.keys() == KEYS else None
