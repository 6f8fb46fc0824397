"""A plan that nobody has applied yet: whom it touches, the choices that are left, the dry run, and applying it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response
from marshmallow import fields, validate

from engine.acts.versions.drafts import OpenDraft, apply_draft, open_draft, plan_version
from engine.errors import wrong
from engine.queries.version_drafts import PlanMade, Since, plan_made, since_the_plan
from engine.queries.version_plans import side_by_side
from engine.rules.procedure.definition import Release
from engine.rules.versions.fates import STAY, Orders
from engine.text import Text
from engine.transaction import UnitOfWork
from server.context import runtime
from server.identity import Access, actor, reading
from server.values import Prose, Word, Words
from web.admin.procedures.new_plan import PLANS
from web.admin.procedures.words import OUTCOMES, RUNNING, why_words
from web.diagrams import Picture, comparison
from web.once import see_other
from web.pages import Pages
from web.render import render

made_plans = Pages("made_plans", audience="admin")
MOST_SHOWN = 100
_LINE = re.compile(r"([A-Za-z0-9.\-]{1,60})\s*=\s*([a-z][a-z0-9_]{0,39}|-)")
_AGAIN = Text("Đã tính lại với các lựa chọn này.", "Counted again with these choices.")
_APPLIED = Text("Đã công bố phiên bản theo đúng kế hoạch.", "The version is published exactly as planned.")


class Choices(Words):
    """What the file leaves open: ``buoc`` are pairs ``old=new``, ``ho_so`` lines ``code=new``; ``-`` keeps."""

    running = fields.String(load_default=None, validate=validate.OneOf(("keep", "migrate", "ask")))
    buoc = fields.List(Word(r"^[a-z][a-z0-9_]{0,39}=([a-z][a-z0-9_]{0,39}|-)$"), load_default=list)
    ho_so = Prose(200_000, load_default=None)
    recompute = fields.String(load_default=None, validate=validate.Equal("1"))


@dataclass(frozen=True, slots=True)
class Choice:
    """A step in which dossiers stand, with the steps of the new version that may be chosen for them."""

    state: str
    name: Text
    dossiers: int
    chosen: str
    open: bool


@made_plans.page(f"{PLANS}/nhap/<int:number>", access=Access.ADMIN)
def show(number: int) -> str:
    """A plan that waits to be applied"""
    opened = open_draft(runtime(), number, MOST_SHOWN)
    with reading() as unit:
        made = plan_made(unit, number)
        since = since_the_plan(unit, opened.release, opened.head.seen)
        olds = _olds(unit, opened.release)
    names = _names(olds, opened.release)
    return render(
        "admin/procedures/made_plan.html",
        made=made,
        release=opened.release,
        orders=opened.head.orders,
        moving=opened.moving,
        since=since,
        stale=_stale(made, since),
        published=any(one.digest() == opened.release.digest() for one in olds.values()),
        choices=_choices(made, opened, names),
        targets=[(key, one.name) for key, one in opened.release.states.items() if not one.final],
        names=names,
        outcomes=OUTCOMES,
        running=RUNNING,
        why=why_words,
        picture=_picture(olds, opened.release),
    )


@made_plans.post(f"{PLANS}/nhap/<int:number>/chon", access=Access.ADMIN, form=Choices, again=show)
def choose(number: int, form: dict[str, Any]) -> Response:
    """Plan again with choices; nothing is published"""
    opened = open_draft(runtime(), number, 0)
    states = dict(one.split("=") for one in form["buoc"])
    orders = Orders(form["running"], states, _single(form["ho_so"] or ""), form["recompute"] is not None)
    return see_other(f"{PLANS}/nhap/{plan_version(runtime(), actor(), opened.release, orders)}", _AGAIN)


@made_plans.post(f"{PLANS}/nhap/<int:number>/lap-lai", access=Access.ADMIN, again=show)
def plan_again(number: int) -> Response:
    """Plan again with the same choices; nothing is published"""
    opened = open_draft(runtime(), number, 0)
    again = plan_version(runtime(), actor(), opened.release, opened.head.orders)
    return see_other(f"{PLANS}/nhap/{again}", _AGAIN)


@made_plans.post(f"{PLANS}/nhap/<int:number>/ap-dung", access=Access.ADMIN, again=show, step_up=True)
def apply(number: int) -> Response:
    """Publish the version, and move dossiers exactly as planned"""
    return see_other(f"{PLANS}/{apply_draft(runtime(), actor(), number)}", _APPLIED)


def _single(text: str) -> dict[str, str]:
    """The orders for single dossiers, one a line. Raises InvalidInput."""
    orders = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        found = _LINE.fullmatch(line)
        if found is None:
            raise wrong("ho_so", f"không đọc được dòng “{line[:80]}”", f"the line “{line[:80]}” cannot be read")
        orders[found[1]] = found[2]
    return orders


def _olds(unit: UnitOfWork, release: Release) -> dict[int, Release]:
    """The published versions of the procedure by number."""
    known = side_by_side(unit, release.procedure)
    return {one.version: unit.catalogue.workflow(one.digest).release for one in known}


def _names(olds: Mapping[int, Release], new: Release) -> dict[str, Text]:
    every = [*olds.values(), new]
    return {key: state.name for one in every for key, state in one.states.items()} | {STAY: OUTCOMES["stays"]}


def _stale(made: PlanMade, since: Since) -> bool:
    """Whether applying it would be refused as far as can be known now: the act itself decides."""
    return made.plan is None and since.versions


def _choices(made: PlanMade, opened: OpenDraft, names: Mapping[str, Text]) -> list[Choice]:
    """Each step with open dossiers, those first for which somebody must choose."""
    counts: dict[str, int] = {}
    left = set()
    for way in made.summary["ways"]:
        counts[way["state"]] = counts.get(way["state"], 0) + way["dossiers"]
        left |= {way["state"]} if way["outcome"] in ("choice", "cannot") else set()
    chosen = opened.head.orders.states
    found = [
        Choice(state, names.get(state, Text(state, state)), count, chosen.get(state, ""), state in left)
        for state, count in counts.items()
    ]
    return sorted(found, key=lambda one: (not one.open, one.state))


def _picture(olds: Mapping[int, Release], new: Release) -> Picture | None:
    """The new version beside the last one before it; None where it is the first."""
    earlier = [one for number, one in sorted(olds.items()) if number < new.version]
    return comparison(earlier[-1], new) if earlier else None
