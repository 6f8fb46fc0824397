"""The simulator: walks a dossier of a draft or of a published version step by step. Its whole state is its address.

It walks on the functions of ``motcua workflows simulate``. Nothing is written: there is no dossier behind it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request
from werkzeug.datastructures import MultiDict

from engine.clock import LOCAL
from engine.errors import InvalidInput, Refusal
from engine.queries.procedure_drafts import draft
from engine.queries.versions import version_of
from engine.rules.deadlines.calendar import Calendar
from engine.rules.deadlines.day_by_day import DayLine, day_by_day
from engine.rules.procedure.definition import SYSTEM, Field, Release
from engine.rules.procedure.machine import role_name
from engine.text import Text
from engine.transaction import UnitOfWork
from server.context import runtime
from server.identity import Access, reading
from web.admin.editor.addresses import SIMULATOR, draft_at
from web.admin.editor.checking import checked_text, former_district
from web.admin.editor.typed_moment import read_moment, written
from web.form_values import whole
from web.pages import Pages
from web.render import render
from workflows.problems import WorkflowRefused
from workflows.simulate import Given, Walker, WalkStep
from workflows.walks import BUILT_IN, begin_walk, next_on_usual_way, take

walks = Pages("simulator", audience="admin")
MOST_STEPS = 60
_STEP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d) ([a-z_][a-z0-9_]{0,39})(?: ([a-z_][a-z0-9_]{0,39}))?", re.ASCII)
_WORDS: Mapping[str, Text] = {
    "settle": Text("Thu đủ phí, lệ phí", "Settle the fees"),
    "extend": Text("Gia hạn (Mẫu 04)", "Extend the time limit (Form 04)"),
    "ask_verification": Text("Hỏi xác minh", "Ask for a verification"),
    "answer_verification": Text("Trả lời xác minh", "Answer the verification"),
    "finish_children": Text("Các hồ sơ liên thông xong", "The linked dossiers are finished"),
    "wait": Text("Chờ đến lúc này", "Wait until then"),
    "remind": Text("Nhắc người nộp", "The applicant is reminded"),
    "warn": Text("Cảnh báo sắp đến hạn", "Warning: nearly due"),
    "due_in": Text("Báo sắp đến hạn", "Notice: nearly due"),
    "step": Text("Quá hạn của bước", "The step is late"),
    "overdue": Text("Quá hạn: thư xin lỗi", "Overdue: the apology"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A step that was taken, and the dossier after it. ``who`` took it; a timer has ``SYSTEM``."""

    step: WalkStep
    name: Text
    who: Text
    state: Text


@dataclass(frozen=True, slots=True)
class Door:
    """An action that leads on from here, with its role, or an act that every procedure has. ``usual``: it is on the
    usual way."""

    key: str
    name: Text
    who: Text
    usual: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A field whose value decides something: it is read by a condition of the file."""

    key: str
    field: Field
    value: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What is walked: the release, its calendar, and how it is named in the address."""

    release: Release
    calendar: Calendar
    name: str
    source: tuple[str, str]
    back: str | None


@walks.page(SIMULATOR, access=Access.ADMIN)
def show() -> str:
    """Walk a dossier step by step"""
    with reading() as unit:
        subject = _subject(unit)
    given, steps = request.args, _steps(request.args)
    received = read_moment(given.get("nhan", "")) or _next_monday()
    kinds = subject.release.applicants
    kind = given.get("loai", "") if given.get("loai", "") in kinds else kinds[0]
    values = {key: given[f"f.{key}"] for key in subject.release.fields if given.get(f"f.{key}")}
    start = Given(received, kind=kind, province=given.get("tinh", "79")[:2], fields=values)
    walker, refused = _walked(subject, start, steps)
    taken = [] if walker is None else steps[: len(steps) - (refused is not None)]
    return render(
        "admin/editor/simulator.html",
        subject=subject,
        received=written(received),
        kind=kind,
        kinds=kinds,
        province=start.province,
        asked=_asked(subject.release, values, walker),
        steps=[] if walker is None else [_shown(subject.release, one) for one in walker.walk.steps],
        taken=[_as_text(*one) for one in taken],
        before=_address(subject, given, taken[:-1]) if taken else "",
        afresh=_address(subject, given, []),
        refused_step=refused,
        doors=_doors(walker),
        more=_built_in(walker),
        next_at=written(_next_at(walker)) if walker is not None else "",
        state=subject.release.states[walker.row["state"]] if walker is not None else None,
        row=walker.row if walker is not None else None,
        explained=walker.walk.explained if walker is not None else None,
        days=_days(walker),
        most=MOST_STEPS,
        calendars=sorted(runtime().catalogue.calendars),
    )


def _subject(unit: UnitOfWork) -> Subject:
    """The draft or the version that the address names; a procedure alone is its version in force.

    Raises NotFound, NoRelease, WorkflowRefused.
    """
    number, version = request.args.get("nhap", ""), request.args.get("phien-ban", "")
    if number:
        kept = draft(unit, whole(number))
        checked = checked_text(kept.text)
        if checked.release is None:
            raise WorkflowRefused(checked.problems)
        release, back, source = checked.release, draft_at(kept.id), ("nhap", str(kept.id))
    else:
        procedure, _, told = version.partition("@")
        known = (
            version_of(unit, procedure, whole(told)) if told else unit.catalogue.current(procedure, unit.today).release
        )
        release, back, source = known, None, ("phien-ban", version)
    wanted = request.args.get("lich", "") or release.sla.calendar
    return Subject(release, unit.catalogue.calendar(wanted), wanted, source, back)


def _walked(
    subject: Subject, start: Given, steps: Sequence[tuple[dt.datetime, str, str | None]]
) -> tuple[Walker | None, Text | None]:
    """The dossier after these steps, and why the last of them, or the dossier itself, was refused.

    Steps after a refused one are not taken.
    """
    try:
        walker = begin_walk(subject.release, subject.calendar, start, former_district)
    except InvalidInput as refusal:
        return None, Text(_field_faults(subject.release, refusal, "vi"), _field_faults(subject.release, refusal, "en"))
    except Refusal as refusal:
        return None, Text(refusal.sentence("vi"), refusal.sentence("en"))
    for at, name, by in steps:
        try:
            take(walker, at, name, by)
        except Refusal as refusal:
            return walker, Text(refusal.sentence("vi"), refusal.sentence("en"))
    return walker, None


def _field_faults(release: Release, refusal: InvalidInput, spoken: str) -> str:
    told = []
    for key, what in refusal.errors.items():
        name = release.fields[key].name.in_(spoken) if key in release.fields else key
        told.append(f"{name}: {what.in_(spoken) if isinstance(what, Text) else what}")
    return "; ".join(told)


def _steps(given: MultiDict[str, str]) -> list[tuple[dt.datetime, str, str | None]]:
    """The steps of the address: those that were taken, and the one whose button was pressed."""
    found = []
    told = given.getlist("buoc")[:MOST_STEPS]
    pressed, at = given.get("lam", ""), read_moment(given.get("luc", ""))
    if pressed and at is not None and len(told) < MOST_STEPS:
        told.append(f"{_stamp(at)} {pressed}")
    for one in told:
        read = _STEP.fullmatch(one)
        moment = read_moment(read[1]) if read else None
        if read and moment is not None:
            found.append((moment, read[2], read[3]))
    return found


def _as_text(at: dt.datetime, name: str, by: str | None) -> str:
    return f"{_stamp(at)} {name}" + (f" {by}" if by else "")


def _stamp(at: dt.datetime) -> str:
    return f"{at.astimezone(LOCAL):%Y-%m-%dT%H:%M}"


def _address(subject: Subject, given: MultiDict[str, str], steps: Sequence[Any]) -> str:
    """The address of the same dossier with these steps."""
    kept = [(key, value) for key, value in given.items(multi=True) if key not in ("buoc", "lam", "luc") and value]
    return f"{SIMULATOR}?{urlencode([*kept, *(('buoc', _as_text(*one)) for one in steps)])}"


def _shown(release: Release, step: WalkStep) -> Shown:
    action = release.actions.get(step.name)
    name = action.name if action is not None else _WORDS.get(step.name, Text(step.name, step.name))
    by = step.by if step.by is not None or action is None else action.by[0]
    who = role_name(release, by) if by is not None else Text("", "")
    return Shown(step, name, who, release.states[step.state].name)


def _doors(walker: Walker | None) -> tuple[Door, ...]:
    """The actions that start in the present state; those of timers happen by themselves."""
    if walker is None:
        return ()
    release, here, usual = walker.release, walker.row["state"], next_on_usual_way(walker)
    found = []
    for key, action in release.actions.items():
        if here in action.sources and set(action.by) != {SYSTEM}:
            roles = [role_name(release, one) for one in action.by if one != SYSTEM]
            who = Text(", ".join(one.vi for one in roles), ", ".join(one.en for one in roles))
            found.append(Door(key, action.name, who, key == usual))
    return tuple(sorted(found, key=lambda one: not one.usual))


def _built_in(walker: Walker | None) -> tuple[Door, ...]:
    """The acts that every procedure has and that make sense now."""
    if walker is None or walker.release.states[walker.row["state"]].final:
        return ()
    fits = {
        "settle": walker.facts["fees"]["due"] > 0,
        "extend": walker.row["clock"] == "running" and len(walker.row["extensions"]) < walker.release.sla.extensions,
        "ask_verification": walker.row["clock"] == "running",
        "answer_verification": walker.verifications > 0,
        "finish_children": walker.children > walker.children_finished,
        "wait": True,
    }
    return tuple(Door(name, _WORDS[name], Text("", "")) for name in BUILT_IN if fits[name])


def _asked(release: Release, values: Mapping[str, str], walker: Walker | None) -> tuple[Asked, ...]:
    """The fields that conditions read, with what was given or the sample that stands in for it."""
    conditions = [text for text in _conditions(release) if text]
    shown = walker.fields if walker is not None else {}
    return tuple(
        Asked(key, field, values.get(key, _written_value(shown.get(key))))
        for key, field in release.fields.items()
        if any(re.search(rf"(?<![\w.]){re.escape(key)}(?!\w)", one) for one in conditions)
    )


def _conditions(release: Release) -> list[str | None]:
    found: list[str | None] = [one.when for one in release.sla.total]
    for action in release.actions.values():
        found += [action.guard, *(one.when for one in action.to)]
    found += [one.when for route in release.routing.values() for one in route.branches]
    found += [one.when for one in release.documents.values()]
    found += [one.when for one in release.fees.values()]
    found += [one.when for one in release.fields.values()]
    found += [one.when for one in release.children.values()]
    found += [price.when for fee in release.fees.values() for price in fee.prices or ()]
    return [*found, *(fee.per for fee in release.fees.values()), *(fee.copies or None for fee in release.fees.values())]


def _written_value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _next_at(walker: Walker) -> dt.datetime:
    """An hour of work after the last step, as the usual way has it."""
    return max(walker.calendar.add_working_minutes(walker.now, 60 if walker.walk.steps else 0), walker.now)


def _days(walker: Walker | None) -> tuple[DayLine, ...]:
    if walker is None or walker.walk.explained is None:
        return ()
    return day_by_day(walker.calendar, walker.walk.explained, walker.now)


def _next_monday() -> dt.datetime:
    now = runtime().now()
    monday = now + dt.timedelta(days=7 - now.weekday())
    return monday.replace(hour=1, minute=0, second=0, microsecond=0)
