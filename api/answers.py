"""Builds responses: JSON bytes from plain dictionaries, entity tags, and the links between pages of a list."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import request

from server.answer import JSON, Answer


def answer(data: Any, status: int = 200, **headers: str) -> Answer:
    """``data`` as JSON. A header is given with underscores: ``ETag=…``, ``Cache_Control=…``."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, to_json(data), {"Content-Type": JSON, **named})


def nothing(status: int = 204) -> Answer:
    return Answer(status, b"")


def to_json(data: Any) -> bytes:
    """JSON bytes. Moments are written in UTC as ISO 8601 with ``Z``, to the second when they have no fraction."""
    return orjson.dumps(data, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)


def etag(version: int) -> str:
    return f'"{version}"'


def moment(value: dt.datetime | None) -> str | None:
    return None if value is None else value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def page(items: list[Any], after: str | None) -> Answer:
    """One page of a list. ``after``, the key of the next page, is in the body and in a Link header (RFC 8288)."""
    headers = {} if after is None else {"Link": f'<{next_address(after)}>; rel="next"'}
    return answer({"items": items, "next": after}, 200, **headers)


def next_address(after: str) -> str:
    kept: list[tuple[str, str]] = [(key, value) for key, value in request.args.items(multi=True) if key != "after"]
    return f"{request.path}?{urlencode([*kept, ('after', after)])}"
