"""Validation of the applicant's values: each is checked and normalised, and all faults are reported at once.

Cleaned values are plain JSON: text in NFC without spaces around it, dates "YYYY-MM-DD" ("YYYY-MM" or "YYYY" where the
field allows it), numbers and money (đồng) as whole numbers, numbers with decimal places as text, booleans. A field
whose condition does not hold is dropped, so that no value hidden from the applicant decides anything.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from engine.errors import InvalidInput, Refusal
from engine.rules.procedure.cel_engine import cel
from engine.rules.procedure.definition import Field, Release
from engine.rules.procedure.facts import INT_LIMIT, nested
from engine.rules.procedure.field_relations import check_relations
from engine.rules.values.dates import first_day
from engine.rules.values.decimals import decimal, in_normal_form
from engine.rules.values.identity_papers import identity_number, identity_paper
from engine.rules.values.tax_codes import tax_code
from engine.rules.values.telephones import telephone
from engine.rules.values.wrong_value import WrongValue
from engine.text import Text

MAX_LINE = 500
"""The default limit of characters of one line of text."""
MAX_LONG_TEXT = 10_000
MAX_PATTERN = 200

_COMMUNE_CODE = re.compile(r"[0-9]{5}")
_FILE = re.compile(r"[A-Za-z0-9_-]{1,100}")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PARTIAL_DATE = re.compile(r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?")
_WHOLE = re.compile(r"-?[0-9]{1,18}")
_GROUPED = re.compile(r"[0-9]{1,3}([. ])[0-9]{3}(?:\1[0-9]{3})*")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_EARLIEST, _LATEST = dt.date(1850, 1, 1), dt.date(2200, 12, 31)


class InvalidFields(InvalidInput):
    """One or more fields are wrong. ``errors`` maps each field's key to a Text that says how to correct it."""

    errors: dict[str, Text]

    def sentence(self, language: str = "vi") -> str:
        listed = "; ".join(f"{key}: {what}" for key, what in self.errors_in(language).items())
        return (self.en if language == "en" else self.vi).format(summary=listed)

    def errors_in(self, language: str) -> dict[str, str]:
        """The faults by field, in ``vi`` or ``en``."""
        return {key: what.in_(language) for key, what in self.errors.items()}


class BadPattern(Refusal):
    """A field's pattern is not a regular expression that can be matched in linear time (no look-around, no \\1)."""

    code = "bad-pattern"
    vi = 'Mẫu (pattern) của trường "{field}" không hợp lệ: {pattern}'
    en = 'The pattern of the field "{field}" is not valid: {pattern}'


Shown = Callable[[str, dict[str, Any]], bool]
"""(key of a field, nested facts) → whether the applicant sees the field."""


def clean_fields(
    release: Release,
    values: Mapping[str, Any],
    shown: Shown,
    facts: Mapping[str, Any] | None = None,
    partial: bool = False,
    stored: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """``values`` by field key, cleaned. ``partial`` (a draft, a rectification) allows required fields to be missing.

    ``facts`` are the other nested facts that conditions of fields may read. An identity number that is ``stored``
    already is not checked again: the rule has become stricter. Raises InvalidFields with every fault.
    """
    errors = {key: _unknown_field(key, release) for key in values if key not in release.fields}
    cleaned: dict[str, Any] = {}
    for key, field in release.fields.items():
        try:
            value = clean_value(field, values.get(key))
        except WrongValue as wrong:
            kept = (stored or {}).get(key)
            if field.type != "identity_number" or not kept or kept != values.get(key):
                errors[key] = wrong.text
                continue
            value = kept
        if value is not None:
            cleaned[key] = value
    asked = _drop_hidden(release, cleaned, shown, facts or {})
    errors = {key: what for key, what in errors.items() if key in asked or key not in release.fields}
    if not partial:
        for key in asked:
            if release.fields[key].required and key not in cleaned and key not in errors:
                errors[key] = _missing(release.fields[key])
    errors = check_relations(release, cleaned, asked, facts or {}) | errors
    if errors:
        raise InvalidFields(errors)
    return cleaned


def clean_value(field: Field, value: object) -> str | int | bool | None:
    """One value, normalised; None where nothing was given. Raises WrongValue.

    >>> clean_value(Field(type="money", name=Text("giá đất", "price of the land")), "1.250.000")
    1250000
    """
    if isinstance(value, str):
        value = _readable(value, lines=field.type == "long_text")
    if value is None or value == "":
        return None
    return _CLEAN[field.type](field, value)


def check_pattern(key: str, field: Field) -> None:
    """Raises BadPattern unless the field's pattern can be matched in linear time."""
    if field.pattern is None:
        return
    try:
        if len(field.pattern) > MAX_PATTERN:
            raise ValueError
        _MATCHES.execute({"value": "", "pattern": field.pattern})  # without anchors first: refuses "a)|(b"
        _matches(field.pattern, "")
    except (ValueError, RuntimeError) as error:
        raise BadPattern(field=key, pattern=field.pattern) from error


def _drop_hidden(release: Release, cleaned: dict[str, Any], shown: Shown, facts: Mapping[str, Any]) -> list[str]:
    """Drops values of hidden fields until no further field becomes hidden. Returns the keys of the shown fields."""
    while True:
        known = _merged(facts, nested(cleaned))
        asked = [key for key in release.fields if shown(key, known)]
        hidden = [key for key in cleaned if key not in asked]
        if not hidden:
            return asked
        for key in hidden:
            del cleaned[key]


def _merged(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    both = dict(first)
    for key, value in second.items():
        below = both.get(key)
        both[key] = _merged(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return both


def _readable(value: str, lines: bool) -> str:
    """The text in NFC without invisible characters and outer spaces.

    Raises WrongValue for characters that cannot be stored, printed or seen.
    """
    value = unicodedata.normalize("NFC", value.translate(_INVISIBLE).replace("\r\n", "\n")).strip()
    for sign in value:
        if sign in "\n\t" and lines:
            continue
        if sign in _BIDI or unicodedata.category(sign) in ("Cc", "Cs", "Cn", "Zl", "Zp"):
            where = f"U+{ord(sign):04X}"
            raise WrongValue(
                f"có ký tự không dùng được ({where})" if sign != "\n" else "chỉ được viết trên một dòng",
                f"holds a sign that cannot be used ({where})" if sign != "\n" else "must be on one line",
            )
    return value


def _text(field: Field, value: object) -> str:
    if not isinstance(value, str):
        raise WrongValue("phải là chữ", "must be text")
    most = field.maximum or (MAX_LONG_TEXT if field.type == "long_text" else MAX_LINE)
    if len(value) > most:
        raise WrongValue(
            f"dài {len(value)} ký tự, tối đa {most}", f"has {len(value)} characters, at most {most} are allowed"
        )
    if field.minimum and len(value) < field.minimum:
        raise WrongValue(f"cần ít nhất {field.minimum} ký tự", f"needs at least {field.minimum} characters")
    if field.pattern and not _matches(field.pattern, value):
        raise WrongValue(*_hinted("không đúng mẫu", "does not have the right form", field))
    return value


def _matches(pattern: str, value: str) -> bool:
    """Whether the whole value matches. Linear time matters: the pattern and the text come from different strangers."""
    facts = {"value": value, "pattern": f"^(?:{pattern})$"}
    return _MATCHES.execute(facts) is True


_MATCHES = cel.compile("value.matches(pattern)")


def _formed(form: re.Pattern[str], vi: str, en: str) -> Callable[[Field, object], str]:
    def clean(field: Field, value: object) -> str:
        if not isinstance(value, str) or not form.fullmatch(value):
            raise WrongValue(vi, en)
        return _text(field, value)

    return clean


def _numbered(normal: Callable[[str], str], vi: str, en: str) -> Callable[[Field, object], str]:
    """The check of a number that has digits people group: ``normal`` gives its one form, or raises WrongValue."""

    def clean(field: Field, value: object) -> str:
        if not isinstance(value, str):
            raise WrongValue(vi, en)
        return _text(field, normal(value))

    return clean


def _date(field: Field, value: object) -> str:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        value = value.isoformat()
    if field.partial and isinstance(value, int) and not isinstance(value, bool):
        value = str(value)  # a year alone
    told = unicodedata.normalize("NFKC", value) if isinstance(value, str) else ""
    day = first_day(told) if (_PARTIAL_DATE if field.partial else _ISO_DATE).fullmatch(told) else None
    if day is None:
        if field.partial:
            raise WrongValue(
                "phải là ngày có thật, viết như 1950-05-12, hoặc 1950-05, 1950 khi không rõ ngày, tháng",
                "must be a real date, written as 1950-05-12, or 1950-05, 1950 where day or month are not known",
            )
        raise WrongValue("phải là ngày có thật, viết như 2025-07-01", "must be a real date, written as 2025-07-01")
    if not _EARLIEST <= day <= _LATEST:
        raise WrongValue(f"phải từ {_EARLIEST} đến {_LATEST}", f"must lie between {_EARLIEST} and {_LATEST}")
    return told


def _decimal(field: Field, value: object) -> str:
    number = decimal(value, field.places)
    most_of_all = Decimal(INT_LIMIT).scaleb(-field.places)
    least = Decimal(field.minimum) if field.minimum is not None else -most_of_all
    most = Decimal(field.maximum) if field.maximum is not None else most_of_all
    if not least <= number <= most:
        ends = in_normal_form(least), in_normal_form(most)
        raise WrongValue(f"phải từ {ends[0]} đến {ends[1]}", f"must lie between {ends[0]} and {ends[1]}")
    return in_normal_form(number)


def _number(field: Field, value: object) -> int | str:
    if field.places:
        return _decimal(field, value)
    if isinstance(value, str) and field.type == "money" and _GROUPED.fullmatch(value):
        value = value.replace(".", "").replace(" ", "")  # amounts in đồng are written 1.000.000
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise WrongValue("phải là số nguyên", "must be a whole number")
    least = field.minimum if field.minimum is not None else (0 if field.type == "money" else -INT_LIMIT)
    most = field.maximum if field.maximum is not None else INT_LIMIT
    if not least <= value <= most:
        raise WrongValue(f"phải từ {least} đến {most}", f"must lie between {least} and {most}")
    return value


def _choice(field: Field, value: object) -> str:
    if not isinstance(value, str) or value not in field.choices:
        words = ", ".join(field.choices)
        raise WrongValue(f"phải chọn một trong: {words}", f"must be one of: {words}")
    return value


def _boolean(field: Field, value: object) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise WrongValue("phải là có hoặc không (true hoặc false)", "must be true or false")


_CLEAN: dict[str, Callable[[Field, object], str | int | bool]] = {
    "text": _text,
    "long_text": _text,
    "place": _text,
    "person": _text,
    "date": _date,
    "number": _number,
    "money": _number,
    "choice": _choice,
    "boolean": _boolean,
    "identity_number": _numbered(
        identity_number, "số định danh phải gồm đúng 12 chữ số", "an identity number has exactly 12 digits"
    ),
    "identity_paper": _numbered(identity_paper, "phải là chữ", "must be text"),
    "telephone": _numbered(telephone, "phải là chữ", "must be text"),
    "tax_code": _numbered(tax_code, "phải là chữ", "must be text"),
    "unit": _formed(_COMMUNE_CODE, "phải là mã xã gồm 5 chữ số", "must be a commune code of 5 digits"),
    "file": _formed(_FILE, "phải là mã tệp đã tải lên", "must be the id of an uploaded file"),
}


def _missing(field: Field) -> Text:
    return Text(f"chưa khai {field.name.vi}", f"{field.name.en} is missing")


def _unknown_field(key: str, release: Release) -> Text:
    close = difflib.get_close_matches(key, release.fields, 1)
    vi, en = "thủ tục này không có trường này", "this procedure has no such field"
    return Text(f'{vi}. Ý bạn là "{close[0]}"?', f'{en}. Did you mean "{close[0]}"?') if close else Text(vi, en)


def _hinted(vi: str, en: str, field: Field) -> tuple[str, str]:
    return (f"{vi}: {field.help.vi}", f"{en}: {field.help.en}") if field.help else (vi, en)
