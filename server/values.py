"""Field types of request schemas, each with bounds: no value reaches the database that it cannot hold.

A field overrides marshmallow's ``_deserialize``. The name looks private, but marshmallow documents it as the method
that a custom field implements ("Custom Fields"), and has no public one. If it were renamed, values would pass without
these bounds: tests/unit/test_library_insides.py would fail.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

from marshmallow import RAISE, Schema, ValidationError, fields, missing, validate

from engine.clock import LOCAL
from engine.errors import InvalidInput
from engine.rules.values.written_day import FIRST_DAY, LAST_DAY

CODE = r"^[A-Za-z0-9][A-Za-z0-9.\-_]{0,63}$"
KEY = r"^[A-Za-z0-9_][A-Za-z0-9_.\-]{0,59}$"
PROCEDURE = r"^[A-Za-z0-9][A-Za-z0-9.\-]{0,19}$"
COMMUNE = r"^[0-9]{5}$"
EARLIEST, LATEST = dt.datetime(1990, 1, 1, tzinfo=dt.UTC), dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
LARGEST_ID = 2**53 - 1
MOST_VALUES, LONGEST_VALUE = 200, 20_000
MOST_DONG = 10_000_000_000

_BREAKS = r"\t\n\r"
_UNSEEN = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_CONTROL = re.compile(f"[{_UNSEEN}]")
_LINE_BREAK = re.compile(f"[{_BREAKS}]")
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


class Body(Schema):
    """The schema of a request. A name that is not declared is refused, since it is a mistake or an attack."""

    class Meta:
        unknown = RAISE


class Words(Body):
    """The schema of a query string or a form, where every value is text: a value cannot be null, only left out."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        field_obj.allow_none = False


class Line(fields.String):
    """One line of text: NFC, without surrounding spaces, control characters and marks that change the direction."""

    def __init__(self, most: int = 500, least: int = 1, several_lines: bool = False, **options: Any) -> None:
        options.setdefault("validate", validate.Length(least, most))
        self._several = several_lines
        never = _UNSEEN if several_lines else _BREAKS + _UNSEEN
        pattern = rf"^[^{never}]*[^{never}\s][^{never}]*$"
        super().__init__(metadata={"pattern": pattern, **options.pop("metadata", {})}, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = super()._deserialize(value, attr, data, **options)
        if _CONTROL.search(text) or (not self._several and _LINE_BREAK.search(text)):
            raise ValidationError("Control and direction characters are not allowed.")
        return unicodedata.normalize("NFC", text).strip()


class Prose(Line):
    """Several lines of text, otherwise like ``Line``."""

    def __init__(self, most: int = 4000, least: int = 1, **options: Any) -> None:
        super().__init__(most, least, True, **options)


class Word(fields.String):
    """An identifier of this program; ``pattern`` is an anchored regular expression."""

    def __init__(self, pattern: str = KEY, **options: Any) -> None:
        options.setdefault("validate", validate.Regexp(pattern.replace("$", r"\Z")))
        metadata = {"pattern": pattern, **options.pop("metadata", {})}
        super().__init__(metadata=metadata, **options)


class Whole(fields.Integer):
    """A whole number, not written as text; 1.0 is the same number as 1 (JSON Schema)."""

    def __init__(self, least: int = 0, most: int = LARGEST_ID, **options: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(least, most), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> int:
        if isinstance(value, (str, bool)):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(_whole(value), attr, data, **options)


class WholeInQuery(fields.Integer):
    """A whole number in a query string or a form: digits only."""

    def __init__(self, least: int = 0, most: int = LARGEST_ID, **options: Any) -> None:
        super().__init__(validate=validate.Range(least, most), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> int:
        if not re.fullmatch(r"[0-9]{1,16}", str(value)):
            raise self.make_error("invalid", input=value)
        return int(value)


class YesNo(fields.Boolean):
    """JSON true or false."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class YesNoInQuery(fields.String):
    """``true`` or ``false`` in a query string; the value stays text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(validate=validate.OneOf(("true", "false")), **options)


class Moment(fields.String):
    """A moment with its zone in the format of RFC 3339, from 1990 to 2100, converted to UTC."""

    def __init__(self, **options: Any) -> None:
        super().__init__(metadata={"format": "date-time", **options.pop("metadata", {})}, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        text = super()._deserialize(value, attr, data, **options)
        try:
            moment = dt.datetime.fromisoformat(text.upper()) if _RFC_3339.fullmatch(text) else None
        except ValueError:
            moment = None
        # Compared before conversion: the first and last days of Python's calendar cannot be converted to UTC.
        if moment is None or moment.tzinfo is None or not EARLIEST.year <= moment.year <= LATEST.year:
            raise ValidationError("Not a valid moment: ISO 8601 with its zone, from 1990 to 2100.")
        return moment.astimezone(dt.UTC)


class Day(fields.String):
    """A civil day, ``YYYY-MM-DD``, from 1900 to 2100."""

    def __init__(self, **options: Any) -> None:
        super().__init__(metadata={"format": "date", **options.pop("metadata", {})}, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        text = super()._deserialize(value, attr, data, **options)
        try:
            day = dt.date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
        except ValueError:
            day = None
        if day is None or not FIRST_DAY <= day <= LAST_DAY:
            raise ValidationError("Not a valid date: YYYY-MM-DD, from 1900 to 2100.")
        return day


class Dong(fields.Integer):
    """An amount in a page's form as people write it: ``75.000``, ``75 000 đ``."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> int:
        digits = re.sub(r"[.,\s\u00a0đĐ]", "", str(value))
        if not re.fullmatch(r"[0-9]{1,12}", digits) or not 1 <= int(digits) <= MOST_DONG:
            raise self.make_error("invalid", input=value)
        return int(digits)


class CodeInBrackets(fields.String):
    """The code of an office in a page's form, alone or in brackets behind the office's name."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = super()._deserialize(value, attr, data, **options).strip()
        found = re.search(r"\(([^()\s]+)\)\s*\Z", text)
        code = found[1] if found else text
        if not re.fullmatch(CODE.replace("$", r"\Z"), code):
            raise ValidationError("Not a valid choice.")
        return code


class LocalMoment(fields.String):
    """A moment in a page's form as people write it, in the civil time of Viet Nam: ``08:30 05/08/2025``."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        text = super()._deserialize(value, attr, data, **options).strip()
        found = re.fullmatch(r"(?:([0-9]{1,2})[:h]([0-9]{2})\s+)?([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", text)
        try:
            hour, minute, day, month, year = (int(one or 0) for one in found.groups()) if found else (0, 0, 0, 0, 0)
            return dt.datetime(year, month, day, hour, minute, tzinfo=LOCAL).astimezone(dt.UTC)
        except (ValueError, OverflowError) as error:
            raise ValidationError("Not a valid moment: 08:30 05/08/2025.") from error


class FormValues(fields.Field[dict[str, Any]]):
    """Values of a form by field key: text, numbers, booleans or null. The release decides which of them fit."""

    def __init__(self, **options: Any) -> None:
        value = {
            "type": ["string", "number", "boolean", "null"],
            "maxLength": LONGEST_VALUE,
            "pattern": rf"^[^{_UNSEEN}]*$",
            "minimum": -LARGEST_ID,
            "maximum": LARGEST_ID,
        }
        super().__init__(
            metadata={"type": "object", "additionalProperties": value, "maxProperties": MOST_VALUES}, **options
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ValidationError("Not a valid mapping type.")
        if len(value) > MOST_VALUES:
            raise ValidationError(f"Longer than maximum length {MOST_VALUES}.")
        wrong: dict[str, list[str]] = {}
        values = {key: _whole(given) for key, given in value.items()}
        for key, given in values.items():
            if not re.fullmatch(KEY.replace("$", r"\Z"), key):
                wrong[key[:80]] = ["Unknown field."]
            elif isinstance(given, str) and len(given) > LONGEST_VALUE:
                wrong[key] = [f"Longer than maximum length {LONGEST_VALUE}."]
            elif isinstance(given, str) and _CONTROL.search(given):
                wrong[key] = ["Control and direction characters are not allowed."]
            elif isinstance(given, (int, float)) and not abs(given) <= LARGEST_ID:  # NaN is no number either
                wrong[key] = ["Number too large."]
            elif not isinstance(given, (str, int, float, bool)) and given is not None:
                wrong[key] = ["Not a valid string."]
        if wrong:
            raise ValidationError(wrong)
        return values


def documented(_converter: Any, field: fields.Field[Any], ret: dict[str, Any]) -> dict[str, Any]:
    """An attribute function of apispec: the OpenAPI properties of a field that its marshmallow type does not give."""
    if ret.get("default", ...) is None and not field.allow_none:
        del ret["default"]  # left out is not the same as null
    return {"propertyNames": {"pattern": KEY}} if isinstance(field, FormValues) else {}


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def checked(schema: Schema, given: Mapping[str, Any]) -> dict[str, Any]:
    """The values as the schema loads them. Raises InvalidInput with the errors by place."""
    try:
        return _loaded(schema, given)
    except ValidationError:
        pass  # all that is wrong is told, not only what was found first
    try:
        values: dict[str, Any] = schema.load(given)
    except ValidationError as error:
        raise InvalidInput(flat_errors(error.messages)) from error
    return values


def _loaded(schema: Schema, given: Mapping[str, Any]) -> dict[str, Any]:
    """What ``schema.load`` gives, by the same fields: it asks each field of the schema, this those that are given.

    No schema of ours has hooks around its fields. Raises ValidationError.
    """
    known = _BY_NAME.get(schema)
    if known is None:
        known = _BY_NAME[schema] = _by_name(schema)
    fields_by_name, defaults, required = known
    if not required <= given.keys() or not given.keys() <= fields_by_name.keys():
        raise ValidationError("not as declared")
    values = {place: one() if callable(one) else one for place, one in defaults}
    for name, value in given.items():
        place, field = fields_by_name[name]
        values[place] = field.deserialize(value, name, given)
    return values


_Known = tuple[dict[str, tuple[str, fields.Field[Any]]], list[tuple[str, Any]], set[str]]
_BY_NAME: WeakKeyDictionary[Schema, _Known] = WeakKeyDictionary()


def _by_name(schema: Schema) -> _Known:
    """The fields of a schema by the name of their value, the defaults of those that may be left out, and the others."""
    named = {field.data_key or name: (field.attribute or name, field) for name, field in schema.load_fields.items()}
    optional = [(place, field.load_default) for place, field in named.values() if field.load_default is not missing]
    return named, optional, {name for name, (_, field) in named.items() if field.required}


def flat_errors(messages: Any, where: str = "") -> dict[str, Any]:
    """Nested error messages as one level, at most 50 of them.

    >>> flat_errors({"applicant": {"name": ["Unknown field."]}})
    {'applicant.name': 'Unknown field.'}

    Names that are not declared come last, in order: marshmallow finds them in a set, whose order each process has anew.

    >>> list(flat_errors({"title": ["Too long."], "z": ["Unknown field."], "a": ["Unknown field."]}))
    ['title', 'a', 'z']
    """
    if isinstance(messages, Mapping):
        flat: dict[str, Any] = {}
        for key, below in sorted(messages.items(), key=_undeclared):
            inner = where if key == "_schema" else f"{where}.{key}" if where else str(key)
            for place, what in flat_errors(below, inner[:200]).items():
                if len(flat) < 50:
                    flat[place] = what
        return flat
    return {where or "body": " ".join(str(one) for one in messages) if isinstance(messages, list) else str(messages)}


def _undeclared(error: tuple[Any, Any]) -> str:
    return str(error[0]) if error[1] == ["Unknown field."] else ""
