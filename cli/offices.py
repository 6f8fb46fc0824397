"""``motcua offices``: what an installation says of its offices: contact data, new ones, closures, own hours."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from cli.compose import compose_from_environment
from cli.output import Day, json_option, language, say, show
from engine.acts import reopen as reopening
from engine.acts.own_offices import OfficesPlan, change_offices, lock_offices, plan_offices
from engine.acts.publish import publish_closure, publish_hours
from engine.jobs.recounting import recount_waiting
from engine.queries.office_times import office_times
from engine.rules.deadlines.office_hours import Closure, read_spans
from engine.rules.deadlines.own_hours import OwnHours, own_week
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.transaction import Runtime, UnitOfWork, in_transaction
from workflows.calendar_files import read_calendar
from workflows.office_files import told_offices

CALENDAR_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def offices() -> None:
    """Offices: contact data and new ones, the days on which one closes on its own, and the hours that it keeps."""


@offices.command()
@click.argument("office")
@click.option("--from", "first", type=Day(), required=True, help="First day.")
@click.option("--to", "last", type=Day(), required=True, help="Last day, included.")
@click.option("--reason", required=True, help="Why, in Vietnamese: it stands in the trace of due moments.")
@click.option("--reason-en", required=True, help="The same in English.")
@click.option("--legal", required=True, help="Number and date of the decision or announcement.")
@click.option("--hours", multiple=True, help="Close only in these hours of each day: 08:00-12:00. May be repeated.")
@json_option
def close(
    office: str,
    first: dt.date,
    last: dt.date,
    reason: str,
    reason_en: str,
    legal: str,
    hours: tuple[str, ...],
    as_json: bool,
) -> None:
    """Publish that OFFICE (its code) closes, apart from the holidays of the whole country.

    The time limits of its dossiers do not run meanwhile. The due moments of its open dossiers are counted anew, and
    applicants are told where their appointment moved. A closure of the office that begins on the same day is replaced.
    """
    closure = Closure(first, last, reason, reason_en, legal, read_spans(hours, first.isoformat()))
    runtime = compose_from_environment(pooled=False)
    in_transaction(runtime, SYSTEM_ACTOR, lambda unit: publish_closure(unit, office, closure))
    told = say(f"{office} đóng cửa từ {first} đến hết {last}.", f"{office} closes from {first} to {last}.")
    _counted(runtime, as_json, {"office": office, **closure.to_data()}, told)


@offices.command()
@click.argument("office")
@click.option("--first", type=Day(), required=True, help="The day on which the closure began.")
@click.option("--on", type=Day(), help="Open again from this day; without it the whole closure is taken back.")
@json_option
def reopen(office: str, first: dt.date, on: dt.date | None, as_json: bool) -> None:
    """Take back a closure of OFFICE, or end it earlier. Days that have begun stay as they were."""
    runtime = compose_from_environment(pooled=False)
    left = in_transaction(runtime, SYSTEM_ACTOR, lambda unit: reopening.reopen(unit, office, first, on))
    told = say(f"{office} làm việc trở lại từ {on or first}.", f"{office} is open again from {on or first}.")
    _counted(runtime, as_json, {"office": office, "left": left.to_data() if left else None}, told)


@offices.command()
@click.argument("office")
@click.option("--from", "first", type=Day(), required=True, help="First day, tomorrow at the earliest.")
@click.option("--to", "last", type=Day(), help="Last day, included; until others are published when not given.")
@click.option(
    "--day",
    "days",
    multiple=True,
    metavar="DAY=HOURS",
    help="sat=08:00-11:30 or mon=07:30-11:30,13:00-16:30; other days keep the country's hours. May be repeated.",
)
@click.option(
    "--calendar",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A calendar file: its week and days.",
)
@click.option("--reason", required=True, help="Why, in Vietnamese.")
@click.option("--reason-en", required=True, help="The same in English.")
@click.option("--legal", required=True, help="Number and date of the decision.")
@json_option
def hours(
    office: str,
    first: dt.date,
    last: dt.date | None,
    days: tuple[str, ...],
    calendar: Path | None,
    reason: str,
    reason_en: str,
    legal: str,
    as_json: bool,
) -> None:
    """Publish the hours that OFFICE keeps instead of the country's: a Saturday morning, or a calendar of its own."""
    if bool(days) == (calendar is not None):
        raise click.UsageError(say("cần --day hoặc --calendar", "give either --day or --calendar"))
    runtime = compose_from_environment(pooled=False)
    own = read_calendar(calendar.read_bytes(), calendar.name) if calendar else None
    week = own.week if own else own_week(runtime.catalogue.calendar("vn").week, _days(days))
    kept = OwnHours(first, last, week, reason, reason_en, legal, own.days if own else (), own is not None)
    in_transaction(runtime, SYSTEM_ACTOR, lambda unit: publish_hours(unit, office, kept))
    told = say(f"{office} có giờ làm việc riêng từ {first}.", f"{office} keeps its own hours from {first}.")
    _counted(runtime, as_json, {"office": office, **kept.to_data()}, told)


@offices.command("end-hours")
@click.argument("office")
@click.option("--first", type=Day(), required=True, help="The day on which the own hours begin.")
@click.option("--on", type=Day(), help="The country's hours again from this day; without it all are taken back.")
@json_option
def end_hours(office: str, first: dt.date, on: dt.date | None, as_json: bool) -> None:
    """Take back own hours of OFFICE, or end them. Days that have begun stay as they were."""
    runtime = compose_from_environment(pooled=False)
    left = in_transaction(runtime, SYSTEM_ACTOR, lambda unit: reopening.end_hours(unit, office, first, on))
    told = say(f"{office} theo giờ chung từ {on or first}.", f"{office} keeps the country's hours from {on or first}.")
    _counted(runtime, as_json, {"office": office, "left": left.to_data() if left else None}, told)


@offices.command("contact")
@click.argument("office")
@click.option("--hotline", help="Telephone number; an empty one takes the published one away.")
@click.option("--address", help="Street address; an empty one takes the published one away.")
@click.option("--reason", required=True, help="Why, or number and date of the document.")
@json_option
def contact(office: str, hotline: str | None, address: str | None, reason: str, as_json: bool) -> None:
    """Publish hotline and address of OFFICE (its code). What is not given stays."""
    runtime = compose_from_environment(pooled=False)

    def act(unit: UnitOfWork) -> OfficesPlan:
        lock_offices(unit)
        one = unit.catalogue.office(office)
        called = one.hotline if hotline is None else hotline.strip() or None
        stands = one.address if address is None else address.strip() or None
        return change_offices(unit, [replace(one, hotline=called, address=stands)], reason)

    _told(in_transaction(runtime, SYSTEM_ACTOR, act), as_json, published=True)


@offices.command("publish")
@click.argument("file", type=CALENDAR_FILE)
@click.option("--reason", help="Why, or number and date of the document.")
@click.option("--try", "only_try", is_flag=True, help="Show what FILE changes; publish nothing.")
@json_option
def publish(file: Path, reason: str | None, only_try: bool, as_json: bool) -> None:
    """Publish what FILE (columns as in offices.csv) says of offices, all or nothing.

    New offices and changed areas are published only where every procedure keeps one competent office everywhere.
    """
    if not only_try and not reason:
        raise click.UsageError(say("cần --reason hoặc --try", "give --reason or --try"))
    runtime = compose_from_environment(pooled=False)

    def act(unit: UnitOfWork) -> OfficesPlan:
        if not only_try:
            lock_offices(unit)
        catalogue = unit.catalogue
        given = told_offices(file.name, file.read_bytes(), catalogue.offices, catalogue.territory)
        return plan_offices(unit, given) if only_try else change_offices(unit, given, reason or "")

    plan = in_transaction(runtime, SYSTEM_ACTOR, act)
    _told(plan, as_json, published=not only_try)
    if plan.defects:
        raise SystemExit(1)


@offices.command("times")
@click.argument("office")
@json_option
def times(office: str, as_json: bool) -> None:
    """List the closures and the own hours of OFFICE, past and to come."""
    runtime = compose_from_environment(pooled=False)
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        found = office_times(connection, runtime.catalogue, office)
    published: list[Closure | OwnHours] = [*found.closures, *found.hours]
    lines = [
        f"{one.first} – {one.last or '…'}  {one.vi if language() == 'vi' else one.en}  {one.legal}" for one in published
    ]
    document = {
        "office": office,
        "closures": [one.to_data() for one in found.closures],
        "hours": [one.to_data() for one in found.hours],
    }
    show(as_json, document, lines)


def _days(given: tuple[str, ...]) -> dict[str, list[str]]:
    return {name: [one for one in spans.split(",") if one] for name, _, spans in (one.partition("=") for one in given)}


def _told(plan: OfficesPlan, as_json: bool, *, published: bool) -> None:
    """Shows what changes, office by office."""
    document = {
        "published": published,
        "changes": [
            {"office": one.office.code, "new": one.before is None, "differs": list(one.differs), "running": one.running}
            for one in plan.changes
        ],
        "defects": [{"vi": one.in_words().vi, "en": one.in_words().en} for one in plan.defects],
    }
    lines = [f"{one.office.code}  {', '.join(one.differs)}" for one in plan.changes]
    lines += [one.in_words().vi if language() == "vi" else one.in_words().en for one in plan.defects]
    number = len(plan.changes)
    counted = say(f"{number} cơ quan đã công bố.", f"{number} offices published.")
    would = say(f"{number} cơ quan sẽ đổi; chưa công bố gì.", f"{number} offices would change; nothing was published.")
    show(as_json, document, [*lines, counted if published else would])


def _counted(runtime: Runtime, as_json: bool, document: dict[str, Any], told: str) -> None:
    """Counts the open dossiers anew, and shows how many have another due moment now."""
    done = recount_waiting(runtime)
    moved = say(f"{done.changed} hồ sơ có ngày hẹn mới.", f"{done.changed} dossiers have another due date.")
    show(as_json, document | {"seen": done.seen, "moved": done.changed, "failed": done.failed}, [told, moved])
