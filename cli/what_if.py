"""``motcua workflows what-if``: a forecast of a version before it is published, from what really happened."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import asdict
from typing import Any

import click

from cli.compose import compose_from_environment
from cli.output import Day, json_option, language, say, show
from cli.versions import release_at
from engine.clock import civil_day
from engine.queries.histories import Asked
from engine.queries.what_if import TooFewDossiers, held_out, what_if
from engine.rules.history.what_if import Forecast, Terms
from engine.rules.procedure.definition import Release
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.transaction import Runtime, UnitOfWork

_DAY = Day()


@click.command("what-if")
@click.argument("versions", nargs=-1, required=True)
@click.option("--dossiers", type=click.IntRange(100, 200_000), default=5000, show_default=True, help="How many.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same forecast.")
@click.option("--arrivals", type=click.FloatRange(0.01, 100), default=1.0, show_default=True, help="1.2: a fifth more.")
@click.option("--hands-on", type=click.IntRange(1, 480), default=30, show_default=True, help="Minutes of work a step.")
@click.option("--staff", "staff", multiple=True, metavar="OFFICE/ROLE=N", help="So many people instead of today's.")
@click.option("--office", help="Only dossiers that this office handled.")
@click.option("--from", "start", type=_DAY, help="Learn from what was due since this day (default: a year).")
@click.option("--until", "end", type=_DAY, help="… until this day (default: today).")
@click.option("--held-out", type=_DAY, help="Learn from before this day; compare with what happened from it on.")
@json_option
def what_if_command(
    versions: tuple[str, ...],
    dossiers: int,
    seed: int,
    arrivals: float,
    hands_on: int,
    staff: tuple[str, ...],
    office: str | None,
    start: dt.date | None,
    end: dt.date | None,
    held_out: dt.date | None,
    as_json: bool,
) -> None:
    """Forecast VERSIONS: each a file, or a version of the database such as 1.012783@2.

    Thousands of dossiers are generated from the past ones of the procedure and go through the version, with the people
    of each office as capacity. Tells the share on time and the bottleneck. Nothing is changed.
    """
    runtime = compose_from_environment(pooled=False)
    people = dict(map(_post, staff))
    terms = Terms(dossiers=dossiers, seed=seed, arrivals=arrivals, hands_on=hands_on, people=people)
    today = civil_day(runtime.now())
    first = start or today - dt.timedelta(days=365)
    period = first, end or today
    told, lines = _forecasts(runtime, versions, terms, period, office, held_out)
    show(as_json, {"forecasts": told}, lines)


def _forecasts(
    runtime: Runtime,
    versions: tuple[str, ...],
    terms: Terms,
    period: tuple[dt.date, dt.date],
    office: str | None,
    since: dt.date | None,
) -> tuple[list[dict[str, Any]], list[str]]:
    told: list[dict[str, Any]] = []
    lines: list[str] = []
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        unit = UnitOfWork(runtime, connection, SYSTEM_ACTOR, runtime.now(), begun=False, read_only=True)
        for version in versions:
            release = release_at(version, runtime)
            asked = Asked(procedure=release.procedure, start=period[0], end=period[1], office=office)
            if since is None:
                forecast = what_if(unit, release, asked, terms)
                told.append({"procedure": release.procedure, "version": release.version, **asdict(forecast)})
                lines += _lines(release, forecast)
            else:
                one, words = _compared(unit, release, asked, since, terms)
                told.append(one)
                lines.append(words)
    return told, lines


def _compared(
    unit: UnitOfWork, release: Release, asked: Asked, since: dt.date, terms: Terms
) -> tuple[dict[str, Any], str]:
    """A forecast beside what happened; a procedure with too few dossiers says so and stops nothing."""
    try:
        found = held_out(unit, release, asked, since, terms)
    except TooFewDossiers as refused:
        return {"procedure": release.procedure, "refused": refused.code}, refused.sentence(language())
    words = say(
        f"{found.procedure}: dự báo {found.forecast:.1%} đúng hạn từ {found.learned} hồ sơ, thực tế {found.real:.1%}"
        f" của {found.held_out} hồ sơ: sai {found.error * 100:+.1f} điểm phần trăm"
        f" (riêng may rủi: đến {found.chance * 100:.1f})",
        f"{found.procedure}: {found.forecast:.1%} on time forecast from {found.learned} dossiers,"
        f" really {found.real:.1%} of {found.held_out}: error {found.error * 100:+.1f} percentage points"
        f" (chance alone: up to {found.chance * 100:.1f})",
    )
    return asdict(found) | {"error": found.error, "chance": found.chance}, words


def _post(text: str) -> tuple[tuple[str, str], int]:
    place, _, number = text.partition("=")
    office, _, role = place.partition("/")
    if not (office and role and re.fullmatch("[1-9][0-9]{0,8}", number)):
        raise click.BadParameter(say(f"{text!r} không phải OFFICE/ROLE=N", f"{text!r} is not OFFICE/ROLE=N"))
    return (office, role), int(number)


def _lines(release: Release, forecast: Forecast) -> list[str]:
    def name(state: str) -> str:
        text = release.states[state].name
        return text.vi if language() == "vi" else text.en

    title = release.name.vi if language() == "vi" else release.name.en
    lines = [
        say(
            f"{release.procedure}@{release.version} {title}: {forecast.on_time:.1%} đúng hạn trong {forecast.dossiers}"
            f" hồ sơ mô phỏng; nút thắt: “{name(forecast.bottleneck)}”.",
            f"{release.procedure}@{release.version} {title}: {forecast.on_time:.1%} of {forecast.dossiers} simulated"
            f" dossiers on time; bottleneck: “{name(forecast.bottleneck)}”.",
        )
    ]
    for step in forecast.steps:
        days = f"{step.spread.median / 480:.1f} / {step.spread.p90 / 480:.1f}"
        lines.append(
            say(
                f"  {name(step.state)}: trung vị / 9 trên 10: {days} ngày; chờ người {step.queue:.0f} phút;"
                f" bận {step.busy:.0%}; {step.of_late:.0%} thời gian của hồ sơ trễ",
                f"  {name(step.state)}: median / 9 of 10: {days} days; waits for people {step.queue:.0f} minutes;"
                f" busy {step.busy:.0%}; {step.of_late:.0%} of the time of late dossiers",
            )
        )
    return lines
