"""A plan that was applied: how far it is, what became of each dossier, and taking it back."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from engine.acts.versions.batches import revert_all
from engine.acts.versions.drafts import AT_ONCE, move_now
from engine.acts.versions.run import open_plan
from engine.clock import civil_day
from engine.queries.version_outcomes import loaded_plan, outcome_page
from engine.queries.version_plans import side_by_side
from engine.text import Text
from server.context import runtime
from server.identity import Access, actor, reading
from server.values import Line, Prose, Words
from web.admin.procedures.new_plan import PLANS
from web.admin.procedures.words import STATES, STATUSES, why_words
from web.form_values import whole
from web.once import see_other
from web.pages import Pages
from web.render import render

loaded_plans = Pages("loaded_plans", audience="admin")
_PAGE = 50
_MOVED = Text("Đã chuyển tiếp một phần; phần còn lại tiếp tục tự chạy.", "Some were moved; the rest goes on by itself.")
_BACK = Text("Đã hoàn lại kế hoạch.", "The plan was taken back.")


class TakenBack(Words):
    """The decision to take the version back, and why; the journal keeps both."""

    legal = Line(500, required=True)
    reason = Prose(4000, required=True)


@loaded_plans.page(f"{PLANS}/<int:number>", access=Access.ADMIN)
def show(number: int) -> str:
    """A plan that was applied"""
    status = request.args.get("ket-qua", "")
    status = status if status in STATUSES else ""
    with reading() as unit:
        plan = loaded_plan(unit, number)
        page = outcome_page(unit, number, status or None, whole(request.args.get("sau", "")), _PAGE)
        known = [unit.catalogue.workflow(one.digest).release for one in side_by_side(unit, plan.release.procedure)]
    names = {key: state.name for one in [*known, plan.release] for key, state in one.states.items()}
    return render(
        "admin/procedures/plan.html",
        plan=plan,
        page=page,
        status=status,
        names=names,
        statuses=STATUSES,
        states=STATES,
        why=why_words,
        early=civil_day(runtime().now()) < plan.release.effective.start,
    )


@loaded_plans.post(f"{PLANS}/<int:number>/chuyen", access=Access.ADMIN, again=show)
def move(number: int) -> Response:
    """Move dossiers for some seconds, without waiting for the worker"""
    actor()
    move_now(runtime(), number)
    return see_other(f"{PLANS}/{number}", _MOVED)


@loaded_plans.post(f"{PLANS}/<int:number>/hoan-lai", access=Access.ADMIN, form=TakenBack, again=show, step_up=True)
def take_back(number: int, form: dict[str, Any]) -> Response:
    """Take the plan back: its version ends, and unchanged dossiers go back"""
    actor()
    run = open_plan(runtime(), number)
    revert_all(runtime(), run, form["legal"], form["reason"], seconds=AT_ONCE)
    return see_other(f"{PLANS}/{number}", _BACK)
