"""The live diagram: what stands in each state now, how long states took, and what really happened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from flask import request

from engine.clock import civil_day
from engine.errors import Forbidden
from engine.pictures.svg import LATE_FROM, Figures
from engine.queries.histories import MOST_SHOWN, Asked, taken_lately
from engine.queries.procedure_offices import offices_with
from engine.queries.procedure_versions import ProcedureVersions, versions_of
from engine.queries.state_figures import state_figures
from engine.queries.step_times import step_times
from engine.queries.ways import ways
from engine.rules.deadlines.words import duration_in_words
from engine.rules.history.spread import Spread
from engine.rules.procedure.definition import Release
from engine.rules.procedure.permissions import LEADER, MONITOR, SYSTEM_ACTOR, Actor
from engine.text import Text
from server.context import runtime
from server.identity import Access, actor, reading
from server.refusals import NoSuchAddress
from web.desk.list_address import LIST
from web.diagrams import diagram
from web.form_values import whole
from web.pages import Pages
from web.render import render

live = Pages("live_diagram", audience="admin")
PERIODS = (30, 7, 90)
_MOST_VARIANTS, _MOST_ASIDES = 8, 10
_DAY = 480
"""Working minutes of a day where no calendar is published."""


@dataclass(frozen=True, slots=True)
class StateLine:
    """A state of the version: what stands there, the share late, and how long stays took."""

    state: str
    name: Text
    dossiers: int
    late: float
    spread: Spread | None
    href: str | None


@live.page("/so-do", access=Access.STAFF)
def every() -> str:
    """The procedures that have a live diagram"""
    today = civil_day(runtime().now())
    _must_oversee(actor(), today)
    found = [one.release for one in runtime().catalogue.procedures(today)]
    return render("admin/procedures/live_list.html", found=found)


@live.page("/so-do/<procedure>", access=Access.STAFF)
def show(procedure: str) -> str:
    """The live diagram of a procedure"""
    who = actor()
    today = civil_day(runtime().now())
    _must_oversee(who, today)
    with reading(SYSTEM_ACTOR if who.admin else who) as unit:
        found = versions_of(unit, procedure)
        offices = offices_with(unit, procedure)
        asked, period = _asked(found, dict(offices), today)
        release = _shown(found, asked.version)
        href = None if who.admin else partial(list_of, procedure, asked.office)
        there = state_figures(unit, procedure, office=asked.office, version=asked.version, list_of=href).by_state
        read = taken_lately(unit, asked, MOST_SHOWN)
        spreads = {line.state: line.spread for line in step_times(unit, read.taken)}
        taken = ways(unit, read.taken)
    lines = _lines(release, there, spreads)
    late = [one for one in lines if one.late >= LATE_FROM]
    return render(
        "admin/procedures/live.html",
        procedure=procedure,
        release=release,
        asked=asked,
        period=period,
        periods=sorted(PERIODS),
        offices=offices,
        versions=[one.version for one in found.versions],
        lines=lines,
        worst=max(late, key=lambda one: (one.late * one.dossiers, one.late), default=None),
        total=sum(one.dossiers for one in there.values()),
        picture=diagram(release, there),
        linked=not who.admin,
        ways=taken,
        since=read.since,
        variants=taken.found.variants[:_MOST_VARIANTS],
        asides=taken.found.asides[:_MOST_ASIDES],
        lasting=_lasting(release),
    )


def list_of(procedure: str, office: str | None, state: str) -> str:
    """The list of the dossiers of a procedure that stand in a state."""
    query = {"pham-vi": "tat-ca", "tt": procedure, "buoc": state} | ({"co-quan": office} if office else {})
    return f"{LIST}?{urlencode(query)}"


def _must_oversee(who: Actor, today: dt.date) -> None:
    """Requires somebody who leads an office, oversees a province, or administers. Raises Forbidden."""
    roles = {one.role for one in who.memberships if one.valid(today)}
    roles |= {one.role for deputy in who.substitutions if deputy.valid(today) for one in deputy.memberships}
    if not who.admin and not roles & {LEADER, MONITOR}:
        raise Forbidden(
            why_vi="sơ đồ dành cho lãnh đạo, người giám sát và quản trị viên",
            why_en="the diagram is for leaders, overseers and administrators",
        )


def _asked(found: ProcedureVersions, offices: Mapping[str, Text | None], today: dt.date) -> tuple[Asked, int]:
    """What the address asks for; whatever is unknown counts as not given."""
    given = whole(request.args.get("ky", ""))
    period = given if given in PERIODS else PERIODS[0]
    office, version = request.args.get("co-quan", ""), whole(request.args.get("phien-ban", ""))
    asked = Asked(
        procedure=found.procedure,
        start=today - dt.timedelta(days=period - 1),
        end=today,
        office=office if office in offices else None,
        version=version if version in {one.version for one in found.versions} else None,
    )
    return asked, period


def _shown(found: ProcedureVersions, version: int | None) -> Release:
    """The version that is drawn. Raises NoSuchAddress."""
    if not found.versions:
        raise NoSuchAddress()
    return found.numbered(version).release if version else found.shown.release


def _lines(release: Release, there: Mapping[str, Figures], spreads: Mapping[str, Spread]) -> list[StateLine]:
    """Every state in the author's order, but those in which nothing stands and nothing ever stood."""
    return [
        StateLine(
            state=key,
            name=state.name,
            dossiers=there[key].dossiers if key in there else 0,
            late=there[key].late if key in there else 0.0,
            spread=spreads.get(key),
            href=there[key].href if key in there else None,
        )
        for key, state in release.states.items()
        if not state.final or key in there
    ]


def _lasting(release: Release) -> partial[Text]:
    """Says working minutes in days of the procedure's calendar."""
    calendar = runtime().catalogue.calendars.get(release.sla.calendar)
    return partial(_in_days, day_minutes=calendar.day_minutes if calendar else _DAY)


def _in_days(minutes: int, day_minutes: int) -> Text:
    """Working minutes as one reads them in a column: days with hours, or hours and minutes."""
    rest = minutes % 60 if minutes >= day_minutes else 0
    return duration_in_words(minutes - rest, day_minutes)
