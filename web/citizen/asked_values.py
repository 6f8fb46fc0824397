"""Reads the values of the form that a request for a supplement names, as people write them."""

from __future__ import annotations

import re

from flask import request

from engine.clock import civil_day
from engine.errors import InvalidInput
from engine.queries.supplement import AskedField, Supplement
from engine.text import Text
from server.context import runtime

_DATE = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})")


def asked_values(asked: Supplement) -> dict[str, str]:
    """The values that were given, by the key of the field. Raises InvalidInput for a place that is not one commune."""
    values: dict[str, str] = {}
    for field in asked.fields:
        given = request.form.get(f"fields.{field.key}", "").strip()[:20_000]
        if given:
            values[field.key] = _read(field, given)
    return values


def _read(field: AskedField, given: str) -> str:
    if field.type == "date" and (found := _DATE.fullmatch(given)):
        day, month, year = found.groups()
        return f"{year}-{month:0>2}-{day:0>2}"
    return _commune(field, given) if field.type == "unit" else given


def _commune(field: AskedField, given: str) -> str:
    """The code of the commune of today that a name, also a former one, means. Raises InvalidInput."""
    answer = runtime().catalogue.addresses.resolve(given[:200], civil_day(runtime().now()))
    if answer.unit is not None and answer.unit.level == "commune":
        return answer.unit.code
    names = "; ".join(one.full_name for one in answer.candidates[:6])
    why = Text(answer.reason_vi, answer.reason_en)
    if names:
        why = Text(f"có nhiều nơi phù hợp, hãy ghi rõ: {names}", f"several places fit, name one of: {names}")
    raise InvalidInput({f"fields.{field.key}": why})
