"""The journal's arithmetic: canonical bytes, the chain and where it breaks, commitments, folding."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as some

from engine.rules.journal.entries import (
    ORIGIN,
    Entry,
    _plain,
    canonical,
    commitment,
    entry,
    first_break,
    fold,
    plain_row,
)

AT = dt.datetime(2026, 3, 2, 1, 0, 0, 7, tzinfo=dt.UTC)


def chain(changes: list[dict[str, Any]], code: str = "H75-1") -> list[Entry]:
    entries: list[Entry] = []
    for number, change in enumerate(changes, start=1):
        entries.append(
            entry(
                code=code,
                number=number,
                previous=entries[-1].hash if entries else ORIGIN,
                at=AT,
                act="step",
                actor="staff:1",
                changes=change,
                data={},
                private=None,
            )
        )
    return entries


def test_canonical_bytes_are_sorted_and_hold_moments_in_utc() -> None:
    local = AT.astimezone(ZoneInfo("Asia/Ho_Chi_Minh"))
    assert canonical({"b": local, "a": [1, ("ế", None)]}) == (
        '{"a":[1,["ế",null]],"b":"2026-03-02T01:00:00.000007Z"}'.encode()
    )


def test_an_entry_is_the_hash_of_its_body_and_names_the_one_before() -> None:
    first, second = chain([{"state": "new"}, {"state": "ready"}])
    assert first.hash == hashlib.sha256(first.body.encode()).hexdigest()
    assert orjson.loads(first.body)["previous"] == ORIGIN
    assert orjson.loads(second.body)["previous"] == first.hash


def test_the_same_act_in_another_place_of_the_chain_has_another_hash() -> None:
    first, second = chain([{"state": "new"}, {"state": "new"}])
    assert first.hash != second.hash
    assert chain([{"state": "new"}], code="H75-2")[0].hash != first.hash


def edited(entries: list[Entry]) -> list[Entry]:
    return [entries[0], replace(entries[1], body=entries[1].body.replace("staff:1", "staff:2")), entries[2]]


def edited_with_its_hash(entries: list[Entry]) -> list[Entry]:
    body = entries[1].body.replace("staff:1", "staff:2")
    return [entries[0], Entry(2, body, hashlib.sha256(body.encode()).hexdigest()), entries[2]]


def no_json(entries: list[Entry]) -> list[Entry]:
    return [entries[0], Entry(2, "{", hashlib.sha256(b"{").hexdigest()), entries[2]]


def no_entry(entries: list[Entry]) -> list[Entry]:
    return [entries[0], Entry(2, "{}", hashlib.sha256(b"{}").hexdigest()), entries[2]]


@pytest.mark.parametrize(
    ("tamper", "number"),
    [
        (edited, 2),
        (edited_with_its_hash, 3),
        (no_json, 2),
        (no_entry, 2),
        (lambda entries: entries[1:], 1),
        (lambda entries: [entries[0], entries[2]], 2),
        (lambda entries: entries[:2], 3),
        (lambda entries: [], 1),
        (lambda entries: [entries[1], entries[0], entries[2]], 1),
        (lambda entries: [*entries, entries[2]], 4),
        (lambda entries: chain([{}, {}, {}], code="H75-2"), 1),
        (lambda entries: chain([{"state": "other"}, {}, {}]), 4),  # whole, yet not the chain that the row names
    ],
)
def test_the_first_break_is_named(tamper: Callable[[list[Entry]], list[Entry]], number: int) -> None:
    entries = chain([{"state": "new"}, {}, {"state": "ready"}])
    assert first_break("H75-1", entries, entries[-1].hash, 3) is None
    broken = first_break("H75-1", tamper(entries), entries[-1].hash, 3)
    assert broken is not None and broken.number == number
    assert broken.vi and broken.en


def test_folding_keeps_the_last_value_of_each_column() -> None:
    entries = chain([{"state": "new", "due_at": None}, {"due_at": AT}, {"state": "ready"}])
    assert fold(entries) == plain_row({"state": "ready", "due_at": AT})


json_values = some.recursive(
    some.none() | some.booleans() | some.integers(-(2**53), 2**53) | some.text(),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(), inner, max_size=3),
    max_leaves=8,
)


@given(some.lists(some.dictionaries(some.sampled_from("abcd"), json_values), min_size=1, max_size=6))
def test_folding_any_chain_is_applying_its_changes_one_by_one(changes: list[dict[str, Any]]) -> None:
    entries, row = chain(changes), dict[str, Any]()
    for change in changes:
        row |= change
    assert first_break("H75-1", entries, entries[-1].hash, len(entries)) is None
    assert fold(entries) == plain_row(row)


@given(json_values, json_values)
def test_canonical_bytes_tell_values_apart(one: Any, other: Any) -> None:
    same = orjson.loads(canonical(one)) == orjson.loads(canonical(other))
    assert (canonical(one) == canonical(other)) == (same and repr(_typed(one)) == repr(_typed(other)))


def test_a_commitment_hides_behind_its_salt() -> None:
    data = {"name": "Nguyễn Văn Mẫu", "reason": "x"}
    first, second = commitment(b"0" * 16, data), commitment(b"1" * 16, data)
    assert first != second
    assert first == commitment(b"0" * 16, dict(reversed(data.items())))
    assert first != commitment(b"0" * 16, data | {"reason": "y"})


def _typed(value: Any) -> Any:
    """True and 1 are equal in Python and different in JSON."""
    if isinstance(value, dict):
        return sorted((key, repr(_typed(item))) for key, item in value.items())
    return [_typed(item) for item in value] if isinstance(value, list) else (type(value).__name__, value)


held = some.recursive(
    json_values | some.dates() | some.datetimes(timezones=some.timezones()),
    lambda inner: (
        some.lists(inner, max_size=3).map(tuple)
        | some.dictionaries(some.text() | some.integers(0, 9), inner, max_size=3).map(MappingProxyType)
    ),
    max_leaves=8,
)


@given(held)
def test_the_short_way_to_canonical_bytes_gives_what_the_long_way_gives(value: Any) -> None:
    assert canonical(value) == orjson.dumps(_plain(value), option=orjson.OPT_SORT_KEYS)
