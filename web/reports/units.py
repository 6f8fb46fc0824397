"""On time by unit: a small picture for each unit's last twelve weeks, before and after its merger, the worst first."""

from __future__ import annotations

import datetime as dt

from flask import Response, request

from engine.queries.unit_weeks import TARGET, UnitWeeks, by_offices, by_units
from engine.rules.territory.units import Level
from engine.transaction import UnitOfWork
from server.context import language
from server.figure_tables import unit_table
from server.identity import Access, reading
from web.pages import Pages
from web.render import render
from web.reports.asked import Asked, asked_of, day_of, file_of
from web.reports.pictures import picture_of, scale_of

units = Pages("report_units", audience="desk")
MOST_PICTURES, MOST_LINES = 60, 200
_LEVELS: dict[str, Level] = {"xa": "commune", "huyen": "district", "tinh": "province"}


@units.page("/bao-cao/don-vi", access=Access.STAFF)
def show() -> str:
    """On time by unit"""
    with reading() as unit:
        asked = asked_of(unit)
        level, on = _order(unit)
        found = _found(unit, asked, level, on)
    scale = scale_of(found)
    told = [line.last for line in found.lines if line.last is not None]
    return render(
        "reports/units.html",
        asked=asked,
        found=found,
        level=level,
        on=on,
        scale=scale,
        lines=found.lines[:MOST_LINES],
        pictures=[picture_of(line, scale) for line in found.lines[:MOST_PICTURES]],
        reached=sum(one >= TARGET for one in told),
        counted=len(told),
        target=TARGET,
        by_unit=asked.reader.overall and not asked.office,
        more=asked.query(cap=level, ngay=f"{on:%d/%m/%Y}"),
    )


@units.page("/bao-cao/don-vi/tep", access=Access.STAFF)
def table_file() -> Response:
    """On time by unit as a file"""
    with reading() as unit:
        asked = asked_of(unit)
        found = _found(unit, asked, *_order(unit))
    return file_of(f"dung-han-{found.mondays[0]}-{asked.end}", unit_table(found, language()))


def _order(unit: UnitOfWork) -> tuple[str, dt.date]:
    """The level and the day whose units are asked for; today's communes where these do not exist."""
    level, on = request.args.get("cap", "xa"), day_of("ngay") or unit.today
    territory = unit.catalogue.territory
    if level not in _LEVELS or on < territory.first or not territory.units(_LEVELS[level], on):
        return "xa", unit.today
    return level, on


def _found(unit: UnitOfWork, asked: Asked, level: str, on: dt.date) -> UnitWeeks:
    """By units for those who read whole provinces; by office for leaders, and where one office is asked about."""
    if asked.office:
        return by_offices(unit, [asked.office], asked.end)
    if not asked.reader.overall:
        return by_offices(unit, asked.reader.offices, asked.end)
    return by_units(unit, asked.reader, asked.end, _LEVELS[level], on, asked.province)
