"""Bringing in staff from a CSV file: tried first, line by line, and written only when it was seen."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from marshmallow import fields, validate

from engine.acts.staff.import_staff import NEW, ROLE, ImportPlan, import_staff, plan_import
from engine.rules.offices.staff_file import MOST_BYTES, SAMPLE
from engine.text import Text
from engine.transaction import UnitOfWork
from server.identity import Access, reading
from server.values import Body, Line
from web.admin.people.address import HERE
from web.attachment import attachment
from web.form_values import sent_or_pasted
from web.once import once
from web.pages import Pages
from web.render import render

importing = Pages("staff_import", audience="desk")


class File(Body):
    """The text of a file that was read already, or typed; a chosen file comes beside it and wins."""

    text = fields.String(validate=validate.Length(max=MOST_BYTES), load_default="")


class Apply(File):
    """The text that was tried, and whether lines that are wrong are left out."""

    skip = fields.String(validate=validate.Equal("yes"))
    reason = Line(required=True)


@importing.page(f"{HERE}/nhap", access=Access.ADMIN)
def show() -> str:
    """Import staff"""
    return render("admin/people/importing.html", plan=None, text=request.form.get("text", ""))


@importing.page(f"{HERE}/nhap/mau", access=Access.ADMIN)
def sample() -> Response:
    """A sample of the file"""
    return attachment("\ufeff" + SAMPLE, "can-bo-mau.csv", "text/csv; charset=utf-8")


@importing.post(f"{HERE}/nhap", access=Access.ADMIN, form=File, again=show)
def try_it(form: dict[str, Any]) -> str:
    """Try a file of staff; nothing is written"""
    content = sent_or_pasted(form["text"], MOST_BYTES)
    with reading() as unit:
        plan = plan_import(unit, content)
    return _tried(plan, content)


def show_again() -> str:
    """What was tried, with the refusal"""
    text = request.form.get("text", "")
    with reading() as unit:
        return _tried(plan_import(unit, text.encode()), text.encode())


@importing.post(f"{HERE}/nhap/ghi", access=Access.ADMIN, form=Apply, again=show_again, step_up=True)
def write(form: dict[str, Any]) -> Response:
    """Write a file of staff that was tried"""
    content = str(form["text"]).encode()

    def doing(unit: UnitOfWork) -> ImportPlan:
        return import_staff(unit, content, reason=form["reason"], skip_faulty="skip" in form)

    return once("import_staff", doing, to=HERE, done=_done)


def _tried(plan: ImportPlan, content: bytes) -> str:
    return render("admin/people/importing.html", plan=plan, text=content.decode("utf-8-sig", errors="replace"))


def _done(plan: ImportPlan) -> Text:
    people, roles = plan.number(NEW), sum(one.office is not None and one.does in (NEW, ROLE) for one in plan.outcomes)
    return Text(f"Đã thêm {people} người và {roles} vai trò.", f"{people} people and {roles} roles were added.")
