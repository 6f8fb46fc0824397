"""``motcua workflows simulate``: walks a simulated dossier through a file, before anything is published.

A scenario file is walked as it is written. A procedure file is walked with the acts of ``--do``. Without any, it is
walked on the shortest way to its end, with one working hour between two acts.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from cli.output import json_option, language, say, show
from cli.shipped import Shipped
from engine.clock import LOCAL, civil_day, utc_now
from engine.errors import InvalidInput
from engine.rules.deadlines.calendar import Calendar
from engine.rules.procedure.definition import Field, Release
from engine.rules.procedure.machine import GuardFailed, Workflow, compile_release
from engine.rules.procedure.portal_status import PortalStatus
from engine.rules.territory.former_districts import FormerDistricts
from workflows.loader import load
from workflows.scenario_files import is_story, read_scenarios
from workflows.scenario_runner import run_all
from workflows.simulate import Act, Given, Walk, Walker, WalkStep

BUILT_IN = ("settle", "extend", "ask_verification", "answer_verification", "finish_children", "wait")
ASIDE = frozenset({"refuse", "ask", "back", "withdraw", "stop"})
"""Effects of actions that lead away from the usual way."""
WORK = 60  # working minutes between two acts of the usual way
_SAMPLES: Mapping[str, Any] = {
    "text": "…",
    "long_text": "…",
    "place": "…",
    "person": "…",
    "file": "…",
    "telephone": "0901234567",
    "tax_code": "001090000001",
    "boolean": False,
    "unit": "26740",
}
_PATTERNED = ("B1234567", "2000", "0900000001", "0123456789", "001090000001", "A1", "1", "AB-12")
"""Samples for fields with a pattern; the first that fits is taken."""


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
            _take(walker, *_act(walker.release, act))
        walk, told = walker.walk, [] if acts else _usual_way(walker)
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
    workflow = compile_release(release, {"former_district": lambda name: _former(shipped, name)})
    calendar: Calendar = shipped.calendars[release.sla.calendar]
    given = Given(received, kind=kind, province=province, fields=_typed(release, values))
    return Walker(workflow, calendar, _with_samples(workflow, calendar, given))


def _former(shipped: Shipped, name: str) -> tuple[str, ...]:
    latest = max(unit.valid_from for unit in shipped.territory.units())
    return FormerDistricts(shipped.territory).communes(name, latest)


def _with_samples(workflow: Workflow, calendar: Calendar, given: Given) -> Given:
    """``given`` with a sample for every required field that has no value."""
    fields = dict(given.fields)
    for _ in range(len(workflow.release.fields) + 1):
        filled = Given(given.filed, kind=given.kind, province=given.province, fields=fields)
        try:
            Walker(workflow, calendar, filled)
            break
        except InvalidInput as refusal:
            missing = [key for key in refusal.errors if key in workflow.release.fields and key not in fields]
            if not missing:
                raise
            every = list(workflow.release.fields)
            fields |= {
                key: _sample(workflow.release.fields[key], every.index(key), civil_day(given.filed)) for key in missing
            }
    return filled


def _sample(field: Field, position: int, filed_on: dt.date) -> Any:
    """A value that keeps the bounds of the field: a date as late as they allow, a number of its own for each person."""
    if field.type == "date":
        born = filed_on.replace(year=filed_on.year - field.min_age, day=1) if field.min_age else filed_on
        return born.isoformat()
    if field.type in ("identity_number", "identity_paper"):
        return f"0010900{position + 1:05}"
    if field.choices:
        return next(iter(field.choices))
    if field.type in ("number", "money"):
        return max(1, int(field.minimum or 1))
    if field.pattern is not None:
        return next((one for one in _PATTERNED if re.fullmatch(field.pattern, one)), _SAMPLES[field.type])
    return _SAMPLES[field.type]


def _typed(release: Release, values: Mapping[str, str]) -> dict[str, Any]:
    """Texts from the command line, converted to the types of the fields."""
    typed: dict[str, Any] = {}
    for key, value in values.items():
        kind = release.fields[key].type if key in release.fields else "text"
        if kind in ("number", "money") and value.lstrip("-").isdigit():
            typed[key] = int(value)
        else:
            typed[key] = {"true": True, "false": False}.get(value, value) if kind == "boolean" else value
    return typed


def _usual_way(walker: Walker) -> list[str]:
    """Walks to the nearest successful end; the way is sought again where a branch led elsewhere.

    Returns a sentence if the walk cannot get there.
    """
    release, been = walker.release, set[tuple[str, str]]()
    while not release.states[state := walker.row["state"]].final:
        action = next(iter(_shortest(release, state)), None)
        if action is None or (state, action) in been:
            known = ", ".join(key for key, one in release.actions.items() if state in one.sources) or "–"
            return [
                say(
                    f"Dừng ở trạng thái “{state}”: từ đây không tự đi tiếp được. Ghi thao tác bằng --do; có: {known}.",
                    f"Stopped in state {state!r}: no usual way leads on. Give the acts by --do; there are: {known}.",
                )
            ]
        been.add((state, action))
        if (rings := walker.fires_at(action)) is not None:
            walker.advance_to(rings)
            continue
        at = walker.calendar.add_working_minutes(walker.now, WORK if walker.walk.steps else 0)
        _take(walker, max(at, walker.now), action)
    return []


def _shortest(release: Release, start: str) -> list[str]:
    """The actions of people and timers from a state to the nearest successful end, or as far as they lead."""
    found: dict[str, list[str]] = {start: []}
    queue = deque([start])
    while queue:
        state = queue.popleft()
        here = release.states[state]
        if here.status is PortalStatus.RETURNED or (here.final and here.status is PortalStatus.READY):
            return found[state]
        for key, action in release.actions.items():
            if state in action.sources and action.effect not in ASIDE:
                for branch in action.to:
                    if branch.then not in found:
                        found[branch.then] = [*found[state], key]
                        queue.append(branch.then)
    return max(found.values(), key=len)


def _take(walker: Walker, at: dt.datetime, name: str) -> None:
    action = walker.release.actions.get(name)
    if action is None:
        walker.do(Act(at, act=name, days=walker.release.sla.extensions and 3))
        return
    act = Act(at, do=name, reason="…", attach=action.attach)
    try:
        walker.do(act)
    except GuardFailed:
        walker.do(Act(at, act="finish_children" if walker.facts["fees"]["settled"] else "settle"))
        walker.do(act)


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
    except ValueError:
        wrong = say(f"{text!r} không phải thời điểm như 2026-02-13T15:30", f"{text!r} is not a time: 2026-02-13T15:30")
        raise click.BadParameter(wrong) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=LOCAL)).astimezone(dt.UTC)


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
