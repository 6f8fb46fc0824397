"""The strict parser of JSON bodies (RFC 8259 and I-JSON, RFC 7493), which runs before anything else reads a body.

It takes UTF-8, one object, no duplicate names, no NaN or Infinity, no NUL, no lone surrogates, numbers of at most 18
digits in a row, at most 20 levels, at most 1 MB. PostgreSQL cannot store NUL, and a body that two programs read
differently can slip past the checks of one of them.
"""

from __future__ import annotations

import math
import re
from typing import Any

import orjson
from flask import Request

from engine.errors import Refusal
from server.request_body import read_body
from server.request_limits import WrongContentType

MAX_JSON_BYTES = 1_000_000
MAX_DEPTH = 20

_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_LONG_NUMBER = re.compile(rb"\d{19}")


class MalformedJson(Refusal):
    """The body is not JSON as this interface takes it."""

    code = "malformed-json"
    status = 400
    vi = "Nội dung JSON không đọc được: {why_vi}."
    en = "The JSON body cannot be read: {why_en}."


def read_object(request: Request, *, required: bool = True) -> dict[str, Any]:
    """The JSON object of the body; an empty one when the body is absent and not ``required``.

    Raises BodyTooLarge, MalformedRequest, TooSlow, WrongContentType, MalformedJson.
    """
    raw = read_body(request, MAX_JSON_BYTES)
    if not raw and not required:
        return {}
    headers = request.environ
    if headers.get("CONTENT_TYPE") != "application/json" and request.mimetype != "application/json":
        raise WrongContentType(wanted="application/json")
    if headers.get("HTTP_CONTENT_ENCODING", "").lower() not in ("", "identity"):
        raise WrongContentType(wanted="application/json (identity)")
    return strict_object(raw)


def strict_object(raw: bytes) -> dict[str, Any]:
    """The object that the bytes hold. Raises MalformedJson.

    >>> strict_object(b'{"reason": "x", "count": 2}')
    {'reason': 'x', 'count': 2}
    """
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise MalformedJson(
            why_vi=f"sai cú pháp ở dòng {error.lineno}, cột {error.colno}",
            why_en=f"wrong syntax at line {error.lineno}, column {error.colno}: {error.msg}",
        ) from error
    if not isinstance(value, dict):
        raise MalformedJson(why_vi="phải là một đối tượng {…}", why_en="it must be an object {…}")
    outside = _STRING.sub(b"", raw)
    if _LONG_NUMBER.search(outside):
        raise MalformedJson(why_vi="số quá dài (tối đa 18 chữ số)", why_en="a number has more than 18 digits")
    # Outside strings every colon follows a name, and a parsed object keeps one of several equal names.
    if _count_names(value) != outside.count(b":"):
        raise MalformedJson(why_vi="một tên xuất hiện hai lần", why_en="a name appears twice in one object")
    return value


def _count_names(value: Any) -> int:
    """The number of names in all objects of ``value``. Raises MalformedJson for too much depth, NUL and infinity."""
    names, level, depth = 0, [value], 0
    while level:
        depth += 1
        below: list[Any] = []
        for item in level:
            if isinstance(item, (dict, list)):
                if depth > MAX_DEPTH:
                    raise MalformedJson(why_vi=f"lồng quá {MAX_DEPTH} cấp", why_en=f"deeper than {MAX_DEPTH} levels")
                below.extend(item)
                if isinstance(item, dict):
                    names += len(item)
                    below.extend(item.values())
            elif isinstance(item, str):
                if "\x00" in item:
                    raise MalformedJson(why_vi="có ký tự NUL", why_en="it contains a NUL character")
            elif isinstance(item, float) and not math.isfinite(item):
                raise MalformedJson(why_vi="số ngoài phạm vi", why_en="a number is out of range")
        level = below
    return names
