"""Checks of a request before anything else reads it: method, path, query string and headers; the refusals of bodies.

Paths and query strings hold no bytes that a database cannot store, and none that two programs read differently.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from flask import Request

from engine.errors import Refusal

MAX_QUERY_BYTES = 4_000
MAX_PATH_BYTES = 1_000
MAX_HEADER_BYTES = 2_000
MULTIPART_OVERHEAD = 100_000

_UNSAFE = re.compile("[\x00-\x1f\x7f\ufffd\ud800-\udfff]")
_OF_A_HEADER = ("HTTP_", "CONTENT_")
_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")


class BadRequest(Refusal):
    """The request is malformed at the level of HTTP."""

    code = "malformed-request"
    status = 400
    vi = "Yêu cầu không hợp lệ."
    en = "The request is malformed."


class MalformedRequest(BadRequest):
    """The address or a header holds bytes that no valid request has."""

    vi = "Yêu cầu không hợp lệ: {why_vi}."
    en = "The request is malformed: {why_en}."


class TooSlow(Refusal):
    """The request did not arrive in time; nothing was changed."""

    code = "request-too-slow"
    status = 408
    vi = "Yêu cầu đến quá chậm nên đã bị ngắt; chưa có gì thay đổi. Xin gửi lại."
    en = "The request arrived too slowly and was cut off; nothing was changed. Send it again."


class TooLarge(Refusal):
    """The body is larger than this resource or this installation takes."""

    code = "too-large"
    status = 413
    vi = "Nội dung gửi lên quá lớn."
    en = "What was sent is too large."


class BodyTooLarge(TooLarge):
    """The body has more bytes than this resource takes."""

    vi = "Nội dung gửi lên quá lớn; tối đa {most} byte."
    en = "The body is too large; at most {most} bytes are taken."


class UrlTooLong(Refusal):
    """The path or the query string is longer than any valid one."""

    code = "url-too-long"
    status = 414
    vi = "Địa chỉ quá dài."
    en = "The address is too long."


class HeaderTooLong(Refusal):
    """A header is longer than any valid one."""

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
    """Checks method, path, query string and headers. Raises MalformedRequest, UrlTooLong, HeaderTooLong."""
    if request.environ["REQUEST_METHOD"] != request.method:
        # Methods have a case (RFC 9110, section 9.1), and Werkzeug reads them without: a proxy that allows some methods
        # alone would let ``post`` pass as another one.
        raise MalformedRequest(why_vi="phương thức phải viết hoa", why_en="a method is written in capitals")
    query, path = request.query_string, request.path
    if len(query) > MAX_QUERY_BYTES or len(path) > MAX_PATH_BYTES:
        raise UrlTooLong()
    # A replacement character in the decoded path means that it was not UTF-8.
    if _UNSAFE.search(path):
        raise MalformedRequest(why_vi="đường dẫn có ký tự không hợp lệ", why_en="the path has invalid characters")
    if query and (not query.isascii() or _PERCENT.search(query) or _unsafe_arguments(request)):
        raise MalformedRequest(
            why_vi="chuỗi truy vấn có ký tự không hợp lệ", why_en="the query string has invalid characters"
        )
    for name, value in request.environ.items():
        if name.startswith(_OF_A_HEADER) and len(value) > MAX_HEADER_BYTES and name != "HTTP_COOKIE":
            raise HeaderTooLong(header=name.removeprefix("HTTP_").replace("_", "-").title()[:60])


def _unsafe_arguments(request: Request) -> bool:
    try:
        unquote_to_bytes(request.query_string).decode()
    except UnicodeDecodeError:
        return True  # Werkzeug would read such bytes as the text that encodes them
    return any(_UNSAFE.search(part) for pair in request.args.items(multi=True) for part in pair)
