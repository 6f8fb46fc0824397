"""The door: what a request must look like before anything reads it.

JSON is read strictly (RFC 8259 and I-JSON, RFC 7493): UTF-8, an object, no duplicate names, no NaN or Infinity, no NUL,
no lone surrogates, integers that fit 64 bits, at most 20 levels, at most 1 MB. Paths and query strings are held to the
same: PostgreSQL cannot store NUL, and what one program reads differently from another is how checks are passed by.
"""

from __future__ import annotations

import math
import re
from typing import Any

import orjson
from flask import Request

from engine.errors import Refusal

MAX_JSON_BYTES = 1_000_000
MAX_DEPTH = 20
MAX_QUERY_BYTES = 4_000
MAX_PATH_BYTES = 1_000
MAX_HEADER_BYTES = 2_000
MULTIPART_OVERHEAD = 100_000

_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_LONG_NUMBER = re.compile(rb"\d{19}")
_UNSAFE = re.compile("[\x00-\x1f\x7f\ufffd\ud800-\udfff]")
_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")


class MalformedJson(Refusal):
    """The body is not JSON as this interface reads it."""

    code = "malformed-json"
    status = 400
    vi = "Nội dung JSON không đọc được: {why_vi}."
    en = "The JSON body cannot be read: {why_en}."


class MalformedRequest(Refusal):
    """The address or a header holds bytes that no valid request has."""

    code = "malformed-request"
    status = 400
    vi = "Yêu cầu không hợp lệ: {why_vi}."
    en = "The request is malformed: {why_en}."


class BodyTooLarge(Refusal):
    """More bytes than this resource takes."""

    code = "too-large"
    status = 413
    vi = "Nội dung gửi lên quá lớn; tối đa {most} byte."
    en = "The body is too large; at most {most} bytes are taken."


class UrlTooLong(Refusal):
    """The path or the query string is longer than any that means something."""

    code = "url-too-long"
    status = 414
    vi = "Địa chỉ quá dài."
    en = "The address is too long."


class HeaderTooLong(Refusal):
    """A header is longer than any that means something."""

    code = "header-too-long"
    status = 431
    vi = "Tiêu đề {header} quá dài."
    en = "The header {header} is too long."


class WrongContentType(Refusal):
    """The body is of a type that this resource does not read."""

    code = "wrong-content-type"
    status = 415
    vi = "Nội dung phải có kiểu {wanted}."
    en = "The body must be of type {wanted}."


def check_address(request: Request) -> None:
    """Path, query string and headers. Raises MalformedRequest, UrlTooLong, HeaderTooLong."""
    query, path = request.query_string, request.path
    if len(query) > MAX_QUERY_BYTES or len(path) > MAX_PATH_BYTES:
        raise UrlTooLong()
    # WSGI hands the path over as Latin-1 text; a replacement character after decoding means that it was not UTF-8.
    if _UNSAFE.search(path):
        raise MalformedRequest(why_vi="đường dẫn có ký tự không hợp lệ", why_en="the path has invalid characters")
    if query and (not query.isascii() or _PERCENT.search(query) or _unsafe_arguments(request)):
        raise MalformedRequest(
            why_vi="chuỗi truy vấn có ký tự không hợp lệ", why_en="the query string has invalid characters"
        )
    for name, value in request.environ.items():
        if name.startswith(("HTTP_", "CONTENT_")) and len(value) > MAX_HEADER_BYTES and name != "HTTP_COOKIE":
            raise HeaderTooLong(header=name.removeprefix("HTTP_").replace("_", "-").title()[:60])


def read_object(request: Request, *, required: bool = True) -> dict[str, Any]:
    """The JSON object of the body; an empty one when it is absent and not ``required``. Raises as the module says."""
    length = request.content_length
    if length is not None and length > MAX_JSON_BYTES:
        raise BodyTooLarge(most=MAX_JSON_BYTES)
    raw = request.stream.read(MAX_JSON_BYTES + 1)
    if len(raw) > MAX_JSON_BYTES:
        raise BodyTooLarge(most=MAX_JSON_BYTES)
    if not raw and not required:
        return {}
    if request.mimetype != "application/json":
        raise WrongContentType(wanted="application/json")
    if request.content_encoding not in (None, "", "identity"):
        raise WrongContentType(wanted="application/json (identity)")
    return strict_object(raw)


def strict_object(raw: bytes) -> dict[str, Any]:
    """The object that the bytes hold. Raises MalformedJson."""
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
    # Outside strings every colon belongs to one name; a parsed object keeps one of several equal names.
    if _count_names(value) != outside.count(b":"):
        raise MalformedJson(why_vi="một tên xuất hiện hai lần", why_en="a name appears twice in one object")
    return value


def _count_names(value: Any) -> int:
    """How many names all objects in ``value`` have together; refuses depth, NUL and infinity on the way."""
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


def _unsafe_arguments(request: Request) -> bool:
    return any(_UNSAFE.search(part) for pair in request.args.items(multi=True) for part in pair)
