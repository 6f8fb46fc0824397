"""``motcua workflows simulate``: walks a simulated dossier through a file, before anything is published.

A scenario file is walked as it is written. A procedure file is walked with the acts of ``--do``. Without any, it is
walked on the shortest way to its end, with one working hour between two acts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from cli.output import json_option, language, say, show
from cli.shipped import Shipped
from engine.clock import LOCAL, civil_day, utc_now
from engine.rules.deadlines.calendar import Calendar
from engine.rules.procedure.definition import Release
from engine.rules.territory.former_districts import FormerDistricts
from workflows.loader import load
from workflows.scenario_files import is_story, read_scenarios
from workflows.scenario_runner import run_all
from workflows.simulate import Given, Walk, Walker, WalkStep
from workflows.walks import BUILT_IN, begin_walk, take, usual_way


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--received", help="When it comes in, local time, such as 2026-02-13T15:30 (a procedure file).")
@click.option("--field", "fields", multiple=True, metavar="KEY=VALUE", help="What the applicant filled in.")
@click.option("--do", "acts", multiple=True, metavar="'TIME ACTION'", help="An act, such as '2026-02-23T09:00 ask'.")
@click.option("--kind", default="citizen", show_default=True, help="Kind of applicant.")
@click.option("--province", default="79", show_default=True)
@click.option("--story", type=click.IntRange(1), default=1, show_default=True, help="Which story of a scenario file.")
@json_option
def simulate(
    file: Path,
    received: str | None,
    fields: tuple[str, ...],
    acts: tuple[str, ...],
    kind: str,
    province: str,
    story: int,
    as_json: bool,
) -> None:
    """Walk a dossier through FILE: every step, the state after it, the due moment, and its explanation."""
    if received is None and is_story(file):
        walk, told = _story(file, story)
    else:
        walker = _begin(file, _moment(received or _next_monday()), _pairs(fields), kind, province)
        for act in acts:
            take(walker, *_act(walker.release, act))
        stopped = None if acts else usual_way(walker)
        walk, told = walker.walk, [stopped.in_(language())] if stopped is not None else []
    steps = [_step(one) for one in walk.steps]
    trace = [line.vi if language() == "vi" else line.en for line in walk.explained.trace] if walk.explained else []
    lines = [_line(one) for one in steps]
    show(as_json, {"steps": steps, "trace": trace, "differences": told}, [*lines, "", *trace, *told])
    if told:
        raise SystemExit(1)


def _story(file: Path, number: int) -> tuple[Walk, list[str]]:
    shipped, stories = Shipped.here(), read_scenarios(file)
    if number > len(stories):
        raise click.BadParameter(say(f"tệp có {len(stories)} câu chuyện", f"the file has {len(stories)} stories"))
    outcome = run_all(stories[number - 1 : number], shipped.releases, shipped.calendars)[0]
    return outcome.walk, [difference.sentence(language()) for difference in outcome.differences]


def _begin(file: Path, received: dt.datetime, values: dict[str, Any], kind: str, province: str) -> Walker:
    shipped = Shipped.here()
    release = load(file, context=shipped.context)
    calendar: Calendar = shipped.calendars[release.sla.calendar]
    given = Given(received, kind=kind, province=province, fields=values)
    return begin_walk(release, calendar, given, lambda name: _former(shipped, name))


def _former(shipped: Shipped, name: str) -> tuple[str, ...]:
    latest = max(unit.valid_from for unit in shipped.territory.units())
    return FormerDistricts(shipped.territory).communes(name, latest)


def _act(release: Release, text: str) -> tuple[dt.datetime, str]:
    when, _, name = text.strip().partition(" ")
    if name not in release.actions and name not in BUILT_IN:
        known = ", ".join([*release.actions, *BUILT_IN])
        raise click.BadParameter(say(f"không có “{name}”; có: {known}", f"there is no “{name}”; there are: {known}"))
    return _moment(when), name


def _pairs(texts: Sequence[str]) -> dict[str, Any]:
    pairs = {}
    for text in texts:
        key, separator, value = text.partition("=")
        if not separator:
            raise click.BadParameter(say(f"{text!r} không phải KEY=VALUE", f"{text!r} is not KEY=VALUE"))
        pairs[key] = value
    return pairs


def _moment(text: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=LOCAL)).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        wrong = say(f"{text!r} không phải thời điểm như 2026-02-13T15:30", f"{text!r} is not a time: 2026-02-13T15:30")
        raise click.BadParameter(wrong) from None


def _next_monday() -> str:
    today = civil_day(utc_now())
    return f"{today + dt.timedelta(days=7 - today.weekday())}T08:00"


def _step(step: WalkStep) -> dict[str, Any]:
    known = {
        name: getattr(step, name) for name in ("at", "kind", "name", "state", "portal", "clock", "due", "fees_due")
    }
    known |= {"forms": list(step.forms), "notices": list(step.notices), "opened": list(step.opened)}
    return {key: _local(value) if isinstance(value, dt.datetime) else value for key, value in known.items()}


def _line(step: Mapping[str, Any]) -> str:
    told = ", ".join([*step["forms"], *step["notices"], *step["opened"]])
    due = step["due"] or step["clock"]
    return f"{step['at']}  {step['kind']:<6} {step['name']:<18} → {step['state']:<16} {due:<17} {told}".rstrip()


def _local(moment: dt.datetime) -> str:
    return f"{moment.astimezone(LOCAL):%Y-%m-%d %H:%M}"
