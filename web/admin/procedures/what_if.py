"""What if: a version, a draft or a plan tried on the past dossiers of its procedure, beside the version in force.

The address is the whole view, so it can be kept and sent. Reading it computes the forecast within bounds that keep a
process of the pages busy for a second or two (``MOST_READ``, ``SIZES``); the command has no such bounds.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Response, request

from engine.acts.versions.drafts import open_draft
from engine.acts.versions.keep_forecast import keep_forecast
from engine.clock import civil_day
from engine.errors import NotFound, Refusal
from engine.queries.histories import Asked
from engine.queries.procedure_drafts import drafts
from engine.queries.procedure_offices import offices_with
from engine.queries.procedure_versions import ProcedureVersions, versions_of
from engine.queries.version_drafts import plans_made
from engine.queries.what_if import FEWEST, Staff, Trial, trial
from engine.rules.history.what_if import Terms
from engine.rules.procedure.definition import Release
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.text import Text
from engine.transaction import UnitOfWork
from engine.versions.kept_forecast import KeptForecast
from server.context import runtime
from server.identity import Access, actor, reading
from web.admin.editor.addresses import draft_at
from web.admin.procedures.checking import release_in, text_of_draft
from web.admin.procedures.listing import PROCEDURES
from web.admin.procedures.new_plan import PLANS
from web.admin.procedures.what_if_words import PictureOfShares, StepLine, picture_of, step_lines
from web.form_values import whole
from web.once import see_other
from web.pages import Pages
from web.render import render
from workflows.problems import WorkflowRefused

forecasts = Pages("what_if", audience="admin")
MOST_READ, HELD_DAYS, MOST_MORE = 1500, 90, 5
SIZES, PERIODS, ARRIVALS = (2000, 1000, 5000), (365, 180, 730), (100, 80, 120, 150, 200)
"""What may be chosen: generated dossiers, days to learn from, and how many come (percent); the first is usual."""
_KEPT = Text("Đã lưu con số này cùng kế hoạch.", "The figure is kept with the plan.")


@dataclass(frozen=True, slots=True)
class View:
    """What the address asks for. ``subject`` is ``v2``, ``nhap-7`` or ``ke-hoach-5``; empty: nothing is tried yet."""

    subject: str
    office: str
    role: str
    more: int
    size: int
    seed: int
    period: int
    arrivals: int

    def query(self) -> str:
        """The view as it stands in an address."""
        told = {"thu": self.subject, "co-quan": self.office, "vai-tro": self.role, "nguoi": self.more}
        told |= {"so": self.size, "hat": self.seed, "ky": self.period, "den": self.arrivals}
        return urlencode({name: value for name, value in told.items() if value != ""})


@dataclass(frozen=True, slots=True)
class Found:
    """What the view gives: the version that is tried, and its forecast, or why there is none."""

    release: Release | None = None
    trial: Trial | None = None
    refused: Text | None = None
    edit: str = ""
    picture: PictureOfShares | None = None
    steps: tuple[StepLine, ...] = ()


@forecasts.page(f"{PROCEDURES}/<procedure>/neu-nhu", access=Access.ADMIN)
def show(procedure: str) -> str:
    """What if another version were in force"""
    with reading(SYSTEM_ACTOR) as unit:
        known = versions_of(unit, procedure)
        offices = offices_with(unit, procedure)
        subjects = _subjects(unit, known)
        view = _view({key for key, _ in subjects}, {code for code, _ in offices})
        found = _found(unit, known, view)
    roles = (found.release or known.shown.release).roles
    return render(
        "admin/procedures/what_if.html",
        known=known,
        offices=offices,
        subjects=subjects,
        view=view,
        found=found,
        roles=[(key, one.name) for key, one in roles.items()],
        changes=[number for number in range(-MOST_MORE, MOST_MORE + 1) if number],
        sizes=sorted(SIZES),
        periods=sorted(PERIODS),
        arrivals=sorted(ARRIVALS),
        most=MOST_READ,
        fewest=FEWEST,
        days=HELD_DAYS,
    )


@forecasts.post(f"{PROCEDURES}/<procedure>/neu-nhu", access=Access.ADMIN, again=show)
def keep(procedure: str) -> Response:
    """Keep the figure with the plan that it is about"""
    with reading(SYSTEM_ACTOR) as unit:
        known = versions_of(unit, procedure)
        subjects = {key for key, _ in _subjects(unit, known)}
        view = _view(subjects, {code for code, _ in offices_with(unit, procedure)})
        found = _found(unit, known, view)
    kind, _, number = view.subject.rpartition("-")
    if kind != "ke-hoach" or found.trial is None:
        raise NotFound(what=f"version plan {number}")
    low, high = found.trial.between[1]
    told = KeptForecast(
        before=found.trial.before.on_time,
        after=found.trial.after.on_time,
        low=low,
        high=high,
        learned=found.trial.learned,
        asked=view.query(),
        at=runtime().now(),
    )
    keep_forecast(runtime(), actor(), int(number), told)
    return see_other(f"{PLANS}/nhap/{number}", _KEPT)


def _subjects(unit: UnitOfWork, known: ProcedureVersions) -> tuple[tuple[str, Text], ...]:
    """What may be tried: the published versions, the plans that wait, and the drafts of the editor."""
    code = known.procedure
    found = [(f"v{one.version}", Text(f"Phiên bản {one.version}", f"Version {one.version}")) for one in known.versions]
    found += [
        (f"ke-hoach-{one.number}", Text(f"Kế hoạch phiên bản {one.version}", f"Plan of version {one.version}"))
        for one in plans_made(unit)
        if one.procedure == code
    ]
    found += [
        (f"nhap-{one.id}", Text(f"Bản nháp: {one.title}", f"Draft: {one.title}"))
        for one in drafts(unit)
        if one.procedure == code
    ]
    return tuple(found)


def _view(subjects: set[str], offices: set[str]) -> View:
    """The view of this request; whatever is unknown counts as not given."""
    given = request.args.get
    more = given("nguoi", "")
    number = whole(more.removeprefix("-"))
    return View(
        subject=_one_of(given("thu", ""), subjects),
        office=_one_of(given("co-quan", ""), offices),
        role=given("vai-tro", "")[:40],
        more=(-number if more.startswith("-") else number) if number <= MOST_MORE else 0,
        size=_usual(given("so", ""), SIZES),
        seed=whole(given("hat", ""), 1),
        period=_usual(given("ky", ""), PERIODS),
        arrivals=_usual(given("den", ""), ARRIVALS),
    )


def _one_of(text: str, known: set[str]) -> str:
    return text if text in known else ""


def _usual(text: str, allowed: tuple[int, ...]) -> int:
    return number if (number := whole(text)) in allowed else allowed[0]


def _found(unit: UnitOfWork, known: ProcedureVersions, view: View) -> Found:
    """The forecast of the view. A file with errors, or too few dossiers, are answers and no errors of the page."""
    if not view.subject:
        return Found()
    kind, _, number = view.subject.rpartition("-")
    edit = draft_at(int(number)) if kind == "nhap" else ""
    try:
        release = _release(unit, known, view.subject)
    except WorkflowRefused:
        return Found(refused=Text("Bản nháp còn lỗi, chưa thử được.", "The draft has errors yet."), edit=edit)
    role = view.role if view.role in release.roles else None
    today = civil_day(runtime().now())
    asked = Asked(
        procedure=known.procedure, start=today - dt.timedelta(days=view.period), end=today, office=view.office or None
    )
    terms = Terms(dossiers=view.size, seed=view.seed, arrivals=view.arrivals / 100)
    now = known.shown.release
    try:
        told = trial(unit, now, release, asked, terms, Staff(more=view.more, role=role), (MOST_READ, HELD_DAYS))
    except Refusal as refusal:
        return Found(release, refused=Text(refusal.sentence("vi"), refusal.sentence("en")), edit=edit)
    return Found(release, told, edit=edit, picture=picture_of(told), steps=step_lines(told, now, release))


def _release(unit: UnitOfWork, known: ProcedureVersions, subject: str) -> Release:
    """The version that is tried. Raises NotFound, WorkflowRefused."""
    kind, _, number = subject.rpartition("-")
    if kind == "nhap":
        return release_in(text_of_draft(unit, int(number)))
    if kind == "ke-hoach":
        return open_draft(runtime(), int(number), 0).release
    return known.numbered(int(subject.removeprefix("v"))).release
