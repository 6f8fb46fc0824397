"""Proposed administrators, whom another administrator decides on; and the whole journal of staff."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from flask import Response, request
from marshmallow import fields, validate

from engine.acts.staff.administrators import LASTS, decide_administrator
from engine.queries.page import After
from engine.queries.staff import ProposalView, staff_entries
from engine.queries.staff import proposals as every_proposal
from engine.queries.staff_search import names_of
from engine.text import Text
from engine.transaction import UnitOfWork
from server.identity import Access, reading
from server.values import Body, Line
from web.admin.people.address import HERE
from web.admin.people.entries import entry_lines
from web.form_values import whole
from web.once import once
from web.pages import Pages
from web.render import render

proposals = Pages("proposals", audience="desk")
_SHOWN = 100


class Verdict(Body):
    """Whether the person becomes an administrator, and why."""

    verdict = fields.String(required=True, validate=validate.OneOf(("approve", "refuse")))
    reason = Line(required=True)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal with names. ``mine`` says that the reader made it, or is meant, and so does not decide."""

    one: ProposalView
    name: str
    by: str | None
    decided_by: str | None
    open: bool
    mine: bool
    until: dt.datetime


@proposals.page(f"{HERE}/de-nghi", access=Access.ADMIN)
def show() -> str:
    """Proposed administrators"""
    with reading() as unit:
        lines = [_line(unit, one) for one in every_proposal(unit)[:_SHOWN]]
    waiting = [one for one in lines if one.open]
    return render("admin/people/proposals.html", waiting=waiting, decided=[one for one in lines if not one.open])


@proposals.page(f"{HERE}/de-nghi/<int:number>", access=Access.ADMIN)
def show_one(number: int) -> str:
    """A proposed administrator"""
    with reading() as unit:
        lines = [_line(unit, one) for one in every_proposal(unit) if one.id == number]
    return render("admin/people/proposal.html", number=number, proposal=lines[0] if lines else None)


@proposals.post(f"{HERE}/de-nghi/<int:number>", access=Access.ADMIN, form=Verdict, again=show_one, step_up=True)
def decide(number: int, form: dict[str, Any]) -> Response:
    """Decide on a proposed administrator"""
    approved = form["verdict"] == "approve"

    def doing(unit: UnitOfWork) -> int:
        return decide_administrator(unit, number, approved, form["reason"])

    done = (
        Text("Đã duyệt. Người này là người quản trị.", "Approved. The person is an administrator.")
        if approved
        else Text("Đã từ chối đề nghị.", "The proposal was refused.")
    )
    return once("decide_administrator", doing, to=f"{HERE}/de-nghi", done=done)


@proposals.page(f"{HERE}/nhat-ky", access=Access.ADMIN)
def journal() -> str:
    """The journal of staff"""
    person = whole(request.args.get("nguoi", "")) or None
    before = whole(request.args.get("truoc", "")) or None
    with reading() as unit:
        found = staff_entries(unit, person=person, after=After(id=before) if before else None, limit=_SHOWN)
        lines = entry_lines(unit, found.lines)
        name = next((one.name for one in names_of(unit, {person})), "") if person else ""
    after = found.after.id if found.after else None
    return render("admin/people/journal.html", lines=lines, person=person, name=name, after=after)


def _line(unit: UnitOfWork, one: ProposalView) -> Proposal:
    ids = {number for number in (one.person, one.proposed_by, one.decided_by) if number is not None}
    names = {one.number: one.name for one in names_of(unit, ids)}
    until = one.proposed_at + LASTS
    return Proposal(
        one,
        names.get(one.person, str(one.person)),
        names.get(one.proposed_by) if one.proposed_by else None,
        names.get(one.decided_by) if one.decided_by else None,
        one.status == "waiting" and until > unit.now,
        unit.actor.person_id in (one.proposed_by, one.person),
        until,
    )
