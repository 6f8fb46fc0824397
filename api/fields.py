"""The kinds of values that requests carry, each with bounds: nothing reaches the database that it cannot hold."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

CODE = r"^[A-Za-z0-9][A-Za-z0-9.\-_]{0,63}$"
KEY = r"^[A-Za-z0-9_][A-Za-z0-9_.\-]{0,59}$"
PROCEDURE = r"^[A-Za-z0-9][A-Za-z0-9.\-]{0,19}$"
COMMUNE = r"^[0-9]{5}$"
EARLIEST, LATEST = dt.datetime(1990, 1, 1, tzinfo=dt.UTC), dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
FIRST_DAY, LAST_DAY = dt.date(1900, 1, 1), dt.date(2100, 12, 31)
LARGEST_ID = 2**53 - 1

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LINE_BREAK = re.compile("[\t\r\n]")


class Body(Schema):
    """What a request carries: a name that is not declared is refused, since it is a mistake or an attempt."""

    class Meta:
        unknown = RAISE


class Line(fields.String):
    """One line for people: NFC, without spaces around it, no control characters, no marks that turn the direction."""

    def __init__(self, most: int = 500, least: int = 1, several_lines: bool = False, **options: Any) -> None:
        options.setdefault("validate", validate.Length(least, most))
        self._several = several_lines
        super().__init__(**options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = unicodedata.normalize("NFC", super()._deserialize(value, attr, data, **options)).strip()
        if _CONTROL.search(text) or (not self._several and _LINE_BREAK.search(text)):
            raise ValidationError("Control and direction characters are not allowed.")
        return text


class Prose(Line):
    """Several lines for people."""

    def __init__(self, most: int = 4000, least: int = 1, **options: Any) -> None:
        super().__init__(most, least, True, **options)


class Word(fields.String):
    """An identifier of ours; ``pattern`` is an anchored regular expression."""

    def __init__(self, pattern: str = KEY, **options: Any) -> None:
        options.setdefault("validate", validate.Regexp(pattern.replace("$", r"\Z")))
        metadata = {"pattern": pattern, **options.pop("metadata", {})}
        super().__init__(metadata=metadata, **options)


class Whole(fields.Integer):
    """A whole number, given as one (not as text, not as 1.0)."""

    def __init__(self, least: int = 0, most: int = LARGEST_ID, **options: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(least, most), **options)

    def _validated(self, value: Any) -> int:
        if isinstance(value, (str, bool)):
            raise self.make_error("invalid", input=value)
        return int(super()._validated(value))


class WholeInQuery(fields.Integer):
    """A whole number written in an address: digits only."""

    def __init__(self, least: int = 0, most: int = LARGEST_ID, **options: Any) -> None:
        super().__init__(validate=validate.Range(least, most), **options)

    def _validated(self, value: Any) -> int:
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
    """``true`` or ``false`` in an address."""

    def __init__(self, **options: Any) -> None:
        super().__init__(validate=validate.OneOf(("true", "false")), **options)


class Moment(fields.String):
    """An ISO 8601 moment with its zone, from 1990 to 2100, brought to UTC."""

    def __init__(self, **options: Any) -> None:
        super().__init__(metadata={"format": "date-time", **options.pop("metadata", {})}, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        text = super()._deserialize(value, attr, data, **options)
        try:
            moment = dt.datetime.fromisoformat(text) if len(text) <= 40 else None
        except ValueError:
            moment = None
        # Compared before conversion: the first and last days of the calendar cannot be brought to UTC.
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


class FormValues(fields.Field[dict[str, Any]]):
    """Values of a form by field key: text, whole numbers, yes or no. Which keys and values fit, the release says."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ValidationError("Not a valid mapping type.")
        if len(value) > 200:
            raise ValidationError("Longer than maximum length 200.")
        wrong: dict[str, list[str]] = {}
        for key, given in value.items():
            if not re.fullmatch(KEY.replace("$", r"\Z"), key):
                wrong[key[:80]] = ["Unknown field."]
            elif isinstance(given, str) and len(given) > 20_000:
                wrong[key] = ["Longer than maximum length 20000."]
            elif isinstance(given, str) and _CONTROL.search(given):
                wrong[key] = ["Control and direction characters are not allowed."]
            elif not isinstance(given, (str, int, bool)) and given is not None:
                wrong[key] = ["Not a valid string."]
        if wrong:
            raise ValidationError(wrong)
        return value
