"""The bounds that a value has from the day of filing and from other fields: dates, ages, and values that must differ.

Only what surely breaks a bound is refused: a year or a month alone may be any of its days.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from engine.rules.procedure.definition import Field, Release
from engine.rules.procedure.facts import FILED_ON
from engine.rules.values.dates import first_day, last_day, years_between
from engine.rules.values.identity_papers import year_of_birth
from engine.text import Text

TODAY = "today"
"""The name of the day of filing in ``not_after`` and ``not_before``."""


def check_relations(
    release: Release, cleaned: Mapping[str, Any], asked: Collection[str], facts: Mapping[str, Any]
) -> dict[str, Text]:
    """The faults by field of values that do not go together. ``facts`` are nested; without ``dossier.filed_on`` in
    them (a form that is only being filled in) nothing is compared with the day of filing."""
    today = first_day(_filed_on(facts))
    faults: dict[str, Text] = {}
    for key in asked:
        if key in cleaned:
            found = next(_faults(release, key, cleaned, today), None)
            if found is not None:
                faults[key] = found
    return faults


def _filed_on(facts: Mapping[str, Any]) -> str:
    group, name = FILED_ON.split(".")
    known = facts.get(group)
    return str(known.get(name, "")) if isinstance(known, Mapping) else ""


def _faults(release: Release, key: str, values: Mapping[str, Any], today: dt.date | None) -> Iterator[Text]:
    field, value = release.fields[key], values[key]
    yield from _same(release, field, value, values)
    if today is not None and isinstance(value, str):
        yield from _born_later(field, value, today)
    if field.type == "date":
        yield from _out_of_order(release, field, str(value), values, today)
        if today is not None:
            yield from _of_wrong_age(field, str(value), today)


def _same(release: Release, field: Field, value: object, values: Mapping[str, Any]) -> Iterator[Text]:
    for other in field.differs_from or ():
        if values.get(other) == value:
            name = release.fields[other].name
            yield Text(f"phải khác {name.vi}", f"must differ from: {name.en}")


def _born_later(field: Field, value: str, today: dt.date) -> Iterator[Text]:
    born = year_of_birth(value) if field.type in ("identity_number", "identity_paper", "tax_code") else None
    if born is not None and born > today.year:
        yield Text(
            f"số này là của người sinh năm {born}, chưa đến", f"is the number of somebody born in {born}, yet to come"
        )


def _out_of_order(
    release: Release, field: Field, value: str, values: Mapping[str, Any], today: dt.date | None
) -> Iterator[Text]:
    first, last = first_day(value), last_day(value)
    for other in field.not_after or ():
        bound = today if other == TODAY else last_day(str(values.get(other, "")))
        if first and bound and first > bound:
            name = _bound(release, other, values, today)
            yield Text(f"không được sau {name.vi}", f"must not be after {name.en}")
    for other in field.not_before or ():
        bound = today if other == TODAY else first_day(str(values.get(other, "")))
        if last and bound and last < bound:
            name = _bound(release, other, values, today)
            yield Text(f"không được trước {name.vi}", f"must not be before {name.en}")


def _bound(release: Release, other: str, values: Mapping[str, Any], today: dt.date | None) -> Text:
    if other == TODAY:
        return Text(f"ngày nộp hồ sơ ({today})", f"the day of filing ({today})")
    name = release.fields[other].name
    return Text(f"{name.vi} ({values[other]})", f"{name.en} ({values[other]})")


def _of_wrong_age(field: Field, value: str, today: dt.date) -> Iterator[Text]:
    first, last = first_day(value), last_day(value)
    if first is None or last is None:
        return
    if field.min_age and years_between(first, today) < field.min_age:
        yield Text(
            f"chưa đủ {field.min_age} tuổi vào ngày nộp hồ sơ ({today})",
            f"is not yet {field.min_age} years ago on the day of filing ({today})",
        )
    if isinstance(field.max_age, int) and years_between(last, today) > field.max_age:
        yield Text(
            f"đã quá {field.max_age} tuổi vào ngày nộp hồ sơ ({today})",
            f"is more than {field.max_age} years ago on the day of filing ({today})",
        )
