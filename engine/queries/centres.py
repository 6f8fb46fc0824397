"""The centres and support points for citizens: where they are, when they are open, and what they receive."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from engine.catalogue import Catalogue
from engine.clock import civil_day
from engine.errors import NotFound
from engine.rules.deadlines.calendar import Calendar, OutsideCalendar
from engine.rules.deadlines.office_hours import DayNote, Span
from engine.rules.offices.index import level_of, served_units
from engine.rules.offices.names import unit_of
from engine.rules.offices.offices import Office
from engine.rules.offices.routing import INTAKE
from engine.rules.plain_text import plain_text
from engine.rules.procedure.definition import Release
from engine.rules.territory.resolution import Candidate
from engine.rules.territory.territory import Territory
from engine.rules.territory.units import Unit
from engine.text import Text

CALENDAR = "vn"
"""The calendar whose hours offices keep unless they publish their own."""
AHEAD = 14
"""Days of which closures and public holidays are told beforehand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Weekdays (0 is Monday) that follow each other and have the same office hours, in minutes after midnight."""

    first: int
    last: int
    spans: Sequence[Span]


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """A place that receives dossiers: a centre or a support point. ``procedures`` is how many it receives."""

    code: str
    name: Text
    unit: str
    province: str
    province_name: str
    address: str | None
    hotline: str | None
    procedures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A procedure that a centre receives."""

    code: str
    name: Text
    sector: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class CentrePage:
    """A centre with its hours, the days of the next two weeks that differ from them, and what it receives."""

    centre: Centre
    hours: Sequence[Hours]
    open_now: bool
    exceptions: Sequence[DayNote]
    received: Sequence[Received]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place that a text may mean: the unit of today, the unit that was named, and the centres there.

    ``was`` is empty where the name is today's. ``since`` and ``legal`` are those of the last change.
    """

    unit: str
    was: str
    since: dt.date | None
    legal: str
    centres: Sequence[Centre]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search for a place found; ``why`` explains it, and matters most where several places or none fit."""

    asked: str
    places: Sequence[Place]
    why: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Province:
    """A province that has centres, with their number."""

    code: str
    name: str
    centres: int


def provinces(catalogue: Catalogue, now: dt.datetime) -> tuple[Province, ...]:
    """The provinces in which dossiers are received today, by name."""
    today = civil_day(now)
    counts: dict[str, int] = {}
    for office in _receiving(catalogue, today):
        counts[office.province] = counts.get(office.province, 0) + 1
    units = catalogue.territory.units("province", today)
    found = [Province(code=one.code, name=one.name_vi, centres=counts[one.code]) for one in units if one.code in counts]
    return tuple(sorted(found, key=lambda one: plain_text(one.name)))


def centres_in(catalogue: Catalogue, province: str, now: dt.datetime) -> tuple[Centre, ...]:
    """The centres of a province, that of the province first, then by name. Raises NotFound."""
    today = civil_day(now)
    found = [office for office in _receiving(catalogue, today) if office.province == province]
    if not found:
        raise NotFound(what=province)
    found.sort(key=lambda office: (level_of(office.unit_id) == "commune", office.name.vi))
    return _centres(catalogue, found, today)


def centre_page(catalogue: Catalogue, code: str, now: dt.datetime) -> CentrePage:
    """One centre. Raises NotFound for an office that receives nothing today."""
    today = civil_day(now)
    office = catalogue.offices.get(code)
    if office is None or not office.receives or not office.valid(today):
        raise NotFound(what=code[:40])
    calendar = catalogue.calendar(CALENDAR, code)
    return CentrePage(
        centre=_centres(catalogue, [office], today)[0],
        hours=usual_hours(calendar, today),
        open_now=calendar.within_office_hours(now),
        exceptions=_exceptions(calendar, today),
        received=_received(catalogue, office, today),
    )


def find_centres(catalogue: Catalogue, text: str, now: dt.datetime) -> Found:
    """The centres at the place that a text names, by its name of today or any earlier one, or by an address.

    Raises AddressTooLong.
    """
    today = civil_day(now)
    answer = catalogue.addresses.resolve(text, today)
    places = tuple(_place(catalogue, one, today) for one in (*answer.candidates, *answer.also))
    return Found(asked=text, places=places, why=Text(answer.reason_vi, answer.reason_en))


def usual_hours(calendar: Calendar, today: dt.date) -> tuple[Hours, ...]:
    """The office hours of an ordinary week, as the office keeps them from today on; days with the same hours as one."""
    groups: list[Hours] = []
    for weekday in range(7):
        spans = _usual(calendar, today, weekday)
        if groups and groups[-1].spans == spans:
            groups[-1] = Hours(first=groups[-1].first, last=weekday, spans=spans)
        else:
            groups.append(Hours(first=weekday, last=weekday, spans=spans))
    return tuple(one for one in groups if one.spans)


def _usual(calendar: Calendar, today: dt.date, weekday: int) -> tuple[Span, ...]:
    """The hours of the next such weekday that is no holiday, closure or swapped day."""
    day = today + dt.timedelta(days=(weekday - today.weekday()) % 7)
    for later in range(6):
        try:
            note = calendar.about(day + dt.timedelta(weeks=later))
        except OutsideCalendar:
            break
        if note.kind in ("working", "weekend"):
            return calendar.spans(note.day)
    return ()


def _exceptions(calendar: Calendar, today: dt.date) -> tuple[DayNote, ...]:
    try:
        notes = [calendar.about(today + dt.timedelta(days=ahead)) for ahead in range(AHEAD)]
    except OutsideCalendar:
        return ()
    return tuple(note for note in notes if note.kind not in ("working", "weekend"))


def _receiving(catalogue: Catalogue, today: dt.date) -> list[Office]:
    return [office for office in catalogue.offices.values() if office.receives and office.valid(today)]


def _centres(catalogue: Catalogue, offices: Sequence[Office], today: dt.date) -> tuple[Centre, ...]:
    releases = [workflow.release for workflow in catalogue.procedures(today)] if offices else []
    return tuple(_centre(catalogue.territory, office, releases, today) for office in offices)


def _centre(territory: Territory, office: Office, releases: Sequence[Release], today: dt.date) -> Centre:
    unit = unit_of(office, today, territory)
    return Centre(
        code=office.code,
        name=office.name,
        unit=unit.name_vi,
        province=office.province,
        province_name=territory.province_of(unit, today).name_vi,
        address=office.address,
        hotline=office.hotline,
        procedures=sum(1 for release in releases if _receives(release, office)),
    )


def _received(catalogue: Catalogue, office: Office, today: dt.date) -> tuple[Received, ...]:
    found = [one.release for one in catalogue.procedures(today) if _receives(one.release, office)]
    views = [Received(code=one.procedure, name=one.name, sector=one.sector.name) for one in found]
    return tuple(sorted(views, key=lambda one: (one.sector.vi, one.name.vi)))


def _receives(release: Release, office: Office) -> bool:
    """Whether the rule of intake lets this office receive the procedure for some applicant."""
    rule = release.routing[INTAKE].by if INTAKE in release.routing else None
    return rule != "any_commune_in_province" or level_of(office.unit_id) == "commune"


def _place(catalogue: Catalogue, candidate: Candidate, today: dt.date) -> Place:
    path = candidate.path
    changed = bool(path) and candidate.origin_name != candidate.full_name
    return Place(
        unit=candidate.full_name,
        was=candidate.origin_name if changed else "",
        since=path[-1].date if changed else None,
        legal="; ".join(dict.fromkeys(edge.legal for edge in path if edge.legal)) if changed else "",
        centres=_centres(catalogue, _at(catalogue, candidate.unit, today), today),
    )


def _at(catalogue: Catalogue, unit: Unit, today: dt.date) -> list[Office]:
    """The centres that stand on a unit, or serve it."""
    territory = catalogue.territory
    province = territory.province_of(unit, today).code
    near = (one for one in _receiving(catalogue, today) if one.province == province)
    found = [one for one in near if unit.id in (unit_of(one, today, territory).id, *served_units(one))]
    return sorted(found, key=lambda one: one.code)
