"""Reads the fields of a posted form with a schema, and remembers what was typed for the page that shows it again."""

from __future__ import annotations

import re
from typing import Any

from flask import request
from marshmallow import Schema
from marshmallow.fields import List

from engine.errors import wrong
from server.request_limits import MalformedRequest
from server.values import checked

PROOFS = frozenset({"step_up_password", "step_up_code"})
"""The fields by which a person proves anew who they are (``web.step_up``)."""
KEYS = frozenset({"csrf", "key", "version"}) | PROOFS
"""The hidden fields of every form; they are no input of an act."""
EXACT = {"exact": True}
"""Metadata of a field of which no blank is taken away: a password."""


def must_be_text() -> None:
    """Requires that no field and no file name holds what a database cannot store: NUL. Raises MalformedRequest."""
    told = [part for pair in request.form.items(multi=True) for part in pair]
    told += [part for name, file in request.files.items(multi=True) for part in (name, file.filename or "")]
    if any("\x00" in one for one in told):
        raise MalformedRequest(why_vi="biểu mẫu có ký tự không hợp lệ", why_en="the form has invalid characters")


def loaded(schema: Schema) -> dict[str, Any]:
    """The checked values of the form. A field that was left empty counts as not given. Raises InvalidInput."""
    given: dict[str, Any] = {}
    for name, values in request.form.lists():
        if name in KEYS:
            continue
        if isinstance(schema.fields.get(name), List):
            given[name] = [value for value in values if value != ""]
        elif values[-1].strip() != "":
            exact = name in schema.fields and schema.fields[name].metadata.get("exact")
            given[name] = values[-1] if exact else values[-1].strip()
    return checked(schema, given)


def whole(text: str, default: int = 0) -> int:
    """A whole number of an address, read leniently: up to nine plain digits, else ``default``.

    >>> whole("12"), whole("²", 1), whole("-1"), whole("9" * 5000)
    (12, 1, 0, 0)
    """
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else default


def typed(name: str, default: object = "") -> str:
    """What the visitor typed into a field of the form that was refused, else ``default`` (None: empty)."""
    if request.method == "POST" and name in request.form:
        return request.form[name]
    return "" if default is None else str(default)


def typed_all(name: str) -> list[str]:
    """All values of a field with several, such as check boxes, of a form that was refused."""
    return request.form.getlist(name) if request.method == "POST" else []


def sent_or_pasted(pasted: str, most: int) -> bytes:
    """The file that was chosen in the field ``file``, up to one byte more than it may have, else the pasted text.

    Raises InvalidInput where there is neither.
    """
    chosen = request.files.get("file")
    if chosen is not None and chosen.filename:
        return chosen.stream.read(most + 1)
    if not pasted.strip():
        raise wrong("file", "hãy chọn tệp hoặc dán nội dung", "choose a file, or paste its text")
    return pasted.encode()
