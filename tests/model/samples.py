"""What a test hands in for each procedure: the forms of its golden stories, all of one commune, and an applicant."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

from engine.rules.procedure.definition import Field
from tests.model.model_installation import CENTRES
from tests.model.real_installation import shipped
from tests.model.terms import LOCAL
from workflows.scenario_files import SCENARIOS, read_scenarios

MORNINGS = (
    "2026-02-12 08:30",  # two working days before Tết
    "2026-03-02 08:00",
    "2026-04-24 15:20",  # after the cut-off of same-day procedures, before a long holiday
    "2026-07-31 10:15",
    "2026-08-31 09:00",  # before the national day
    "2026-12-30 14:00",  # two days before the second releases come into force
    "2027-01-29 16:30",  # a week before the next Tết
)


@cache
def forms(procedure: str) -> list[tuple[str, str, str, dict[str, Any]]]:
    """(applicant kind, channel, commune, fields) of every different story."""
    release = next(release for release in shipped() if release.procedure == procedure)
    fields = release.fields
    places = [key for key, one in fields.items() if one.type == "unit"]
    found = []
    for story in read_scenarios(SCENARIOS / f"{procedure}.yaml"):
        given = story.given
        if story.version in (None, release.version):
            told = next((given.fields[key] for key in places if key in given.fields), given.commune)
            commune = str(told) if told in CENTRES else "26080"
            values = {key: _at_any_time(fields[key], value) for key, value in given.fields.items()}
            one = (given.kind, given.channel, commune, values | dict.fromkeys(places, commune))
            if one not in found:
                found.append(one)
    return found


def _at_any_time(field: Field, value: Any) -> Any:
    """The value in its normal form; a date that is bound to the day of filing as one that fits all ``MORNINGS``."""
    if field.decimals:
        return str(value)
    if field.type == "date" and "today" in (field.not_after or ()):
        return min(str(value), "2026-01-15")
    return "2027-12-31" if field.type == "date" and "today" in (field.not_before or ()) else value


def applicant(kind: str, commune: str, reached: bool) -> dict[str, Any]:
    number = {"citizen": "075090000001", "foreigner": "M1234567"}.get(kind, "3600000007")
    return {
        "kind": kind,
        "name": "Nguyễn Văn Mẫu",
        "identity_number": number,
        "phone": "0900000001",
        "email": "mau@example.vn" if reached else None,
        "commune": commune,
        "verified": True,
    }


def beginnings(procedure: str) -> list[dt.datetime]:
    """Moments at which the procedure's first or second release is in force."""
    effective = next(release for release in shipped() if release.procedure == procedure).effective
    moments = [dt.datetime.fromisoformat(text).replace(tzinfo=LOCAL) for text in MORNINGS]
    last = effective.until or dt.date.max
    return [
        one.astimezone(dt.UTC)
        for one in moments
        if effective.start <= one.date() and (one.date() <= last or one.year == 2027)
    ]
