"""Reports about provinces: use of services against a floor, readiness, and the published points of all provinces."""

from __future__ import annotations

from typing import Any

from flask import Response

from engine.acts.report_subscriptions import say_equipped
from engine.queries.figure_readers import figure_reader
from engine.queries.indicator_words import GROUPS
from engine.queries.published_index import READ_ON, SOURCE, bare_name, most_points, published_index
from engine.queries.readiness import FORMULAS, ITEMS, readiness
from engine.queries.service_floors import FLOOR, LARGEST_FLOOR, Floors, service_floors
from engine.text import Text
from engine.transaction import UnitOfWork
from server.context import language
from server.figure_tables import floor_table, published_table, readiness_table
from server.identity import Access, reading
from server.values import CODE, Body, Word
from web.once import once
from web.pages import Pages
from web.render import render
from web.reports.asked import Asked, asked_of, file_of, number_of

provinces = Pages("report_provinces", audience="desk")
MOST_LINES = 300


class Equipped(Body):
    """Whether a province's equipment and lines are in place."""

    tinh = Word(CODE, required=True)
    xong = Word(r"^(co|chua)$", required=True)


@provinces.page("/bao-cao/muc-san", access=Access.STAFF)
def floors() -> str:
    """Use of services against a floor"""
    with reading() as unit:
        asked = asked_of(unit)
        found = _floors(unit, asked)
    return render("reports/floors.html", asked=asked, found=found, lines=found.lines[:MOST_LINES])


@provinces.page("/bao-cao/muc-san/tep", access=Access.STAFF)
def floor_file() -> Response:
    """Use of services as a file"""
    with reading() as unit:
        found = _floors(unit, asked_of(unit))
    return file_of(f"muc-san-{found.year}", floor_table(found, language()))


@provinces.page("/bao-cao/san-sang", access=Access.STAFF)
def ready() -> str:
    """Readiness of provinces"""
    with reading() as unit:
        asked = asked_of(unit)
        found = readiness(unit, asked.reader)
        may_say = unit.actor.admin or unit.actor.monitored_provinces(unit.today)
    return render(
        "reports/readiness.html", asked=asked, found=found, items=ITEMS, formulas=FORMULAS, may_say=bool(may_say)
    )


@provinces.page("/bao-cao/san-sang/tep", access=Access.STAFF)
def ready_file() -> Response:
    """Readiness as a file"""
    with reading() as unit:
        found = readiness(unit, figure_reader(unit))
        today = unit.today
    return file_of(f"san-sang-{today}", readiness_table(found, language()))


@provinces.post("/bao-cao/san-sang", access=Access.STAFF, form=Equipped, again=ready)
def say(form: dict[str, Any]) -> Response:
    """Say whether equipment is in place"""
    return once(
        "say_equipped",
        lambda unit: say_equipped(unit, form["tinh"], form["xong"] == "co"),
        to="/bao-cao/san-sang",
        done=Text("Đã ghi.", "It is written down."),
    )


@provinces.page("/bao-cao/cac-tinh", access=Access.STAFF)
def published() -> str:
    """The published points of the provinces"""
    with reading() as unit:
        asked = asked_of(unit)
    groups = [(key, name, most_points(key)) for key, name in GROUPS.items() if key != "other"]
    own = {bare_name(name.vi) for name in asked.reader.provinces.values()}
    return render(
        "reports/published.html",
        asked=asked,
        lines=published_index(),
        groups=groups,
        source=SOURCE,
        read_on=READ_ON,
        own=own if len(own) < len(published_index()) else set(),
    )


@provinces.page("/bao-cao/cac-tinh/tep", access=Access.STAFF)
def published_file() -> Response:
    """The published points as a file"""
    with reading() as unit:
        figure_reader(unit)
    return file_of(f"766-cac-tinh-{READ_ON}", published_table(language()))


def _floors(unit: UnitOfWork, asked: Asked) -> Floors:
    year = number_of("nam", 2000, 2100) or unit.today.year
    floor = number_of("muc", 1, LARGEST_FLOOR) or FLOOR
    return service_floors(unit, asked.reader, year, floor, asked.province)
