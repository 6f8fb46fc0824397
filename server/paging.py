"""Keys of the next page (keyset paging): opaque to callers, and refused when this module did not make them."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from collections.abc import Sequence
from typing import Any

import orjson

from engine.errors import InvalidInput
from engine.queries.page import After

LARGEST = 2**53


def page_key(*parts: str | int | None) -> str:
    """The value of the parameter ``after`` that requests the next page."""
    return base64.urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


def key_of(after: After | None) -> str | None:
    """The key of the page that begins after a line; None when no page follows."""
    if after is None:
        return None
    moment = after.moment.astimezone(dt.UTC).isoformat().replace("+00:00", "Z") if after.moment else None
    return page_key(moment, after.id)


def read_after(key: str | None) -> After | None:
    """The line after which a page begins; its moment has a zone, or is None. Raises InvalidInput."""
    found = read_moment_key(key)
    if found is None:
        return None
    return After(id=found[1], moment=dt.datetime.fromisoformat(found[0]) if found[0] is not None else None)


def read_key(key: str | None) -> tuple[str | None, int] | None:
    """(moment, text or None; id) of the last row of the previous page; None without a key. Raises InvalidInput."""
    if key is None:
        return None
    try:
        parts = orjson.loads(base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)))
        first, last = parts
        fits = first is None or (isinstance(first, str) and "\0" not in first)
        if not fits or not isinstance(last, int) or not 0 <= last <= LARGEST:
            raise ValueError
    except (ValueError, TypeError, binascii.Error) as error:
        raise InvalidInput({"after": "String does not match expected pattern."}) from error
    return first, last


def read_parts(key: str | None, kinds: Sequence[type[int] | type[str]]) -> tuple[Any, ...] | None:
    """The parts of a key that has one of each of these kinds, in order; None without a key. Raises InvalidInput."""
    if key is None:
        return None
    try:
        parts = orjson.loads(base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)))
        if not isinstance(parts, list) or [type(part) for part in parts] != list(kinds):
            raise ValueError
        if any("\0" in part if isinstance(part, str) else not 0 <= part <= LARGEST for part in parts):
            raise ValueError
    except (ValueError, TypeError, binascii.Error) as error:
        raise InvalidInput({"after": "String does not match expected pattern."}) from error
    return tuple(parts)


def read_moment_key(key: str | None) -> tuple[str | None, int] | None:
    """Like ``read_key``, for keys whose first part is an ISO 8601 moment with its zone or None. Raises InvalidInput."""
    found = read_key(key)
    if found is not None and found[0] is not None:
        try:
            aware = dt.datetime.fromisoformat(found[0]).tzinfo is not None
        except ValueError:
            aware = False
        if not aware:
            raise InvalidInput({"after": "String does not match expected pattern."})
    return found
