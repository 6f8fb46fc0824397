"""What an installation says of its offices itself: the contact data of one, and a file of many with new ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import Response, request
from marshmallow import fields, validate

from engine.acts.own_offices import OfficesPlan, change_offices, lock_offices, plan_offices
from engine.rules.offices.offices import Office
from engine.text import Text
from engine.transaction import UnitOfWork
from server.identity import Access, reading
from server.values import Body, Line
from web.admin.offices.shown import HERE
from web.attachment import attachment
from web.form_values import sent_or_pasted
from web.once import once
from web.pages import Pages
from web.render import render
from workflows.office_files import LONGEST, MOST_BYTES, SAMPLE, told_offices

told = Pages("office_told", audience="desk")
_FILE = "offices.csv"
NAMES: Mapping[str, Text] = {
    "body": Text("Loại cơ quan", "Body"),
    "unit_id": Text("Đơn vị hành chính", "Unit"),
    "name": Text("Tên", "Name"),
    "province": Text("Tỉnh", "Province"),
    "valid_from": Text("Hoạt động từ", "In being from"),
    "valid_to": Text("Không còn từ", "Ends on"),
    "receives": Text("Tiếp nhận hồ sơ", "Receives dossiers"),
    "area": Text("Địa bàn", "Area"),
    "identifier": Text("Mã định danh", "Identifier"),
    "address": Text("Địa chỉ", "Address"),
    "hotline": Text("Đường dây nóng", "Hotline"),
}


class Contact(Body):
    """Where an office is and its telephone; an empty field takes what is there away."""

    hotline = Line(LONGEST["hotline"])
    address = Line(LONGEST["address"])
    reason = Line(required=True)


class File(Body):
    """The text of a file that was read already, or typed; a chosen file comes beside it and wins."""

    text = fields.String(validate=validate.Length(max=MOST_BYTES), load_default="")


class Publish(File):
    """The text that was tried, and why it is published."""

    reason = Line(required=True)


@told.page(f"{HERE}/<office>/lien-lac", access=Access.ADMIN)
def show_contact(office: str) -> str:
    """Hotline and address of an office"""
    with reading() as unit:
        return render("admin/offices/contact.html", one=unit.catalogue.office(office))


@told.post(f"{HERE}/<office>/lien-lac", access=Access.ADMIN, form=Contact, again=show_contact)
def keep_contact(office: str, form: dict[str, Any]) -> Response:
    """Publish hotline and address of an office"""

    def doing(unit: UnitOfWork) -> object:
        lock_offices(unit)
        one = unit.catalogue.office(office)
        return change_offices(
            unit, [replace(one, hotline=form.get("hotline"), address=form.get("address"))], form["reason"]
        )

    done = Text("Đã công bố thông tin liên lạc.", "The contact data were published.")
    return once("change_offices", doing, to=f"{HERE}/{office}", done=done)


@told.page(f"{HERE}/tep", access=Access.ADMIN)
def show_file() -> str:
    """Change offices by a file"""
    return render("admin/offices/file.html", plan=None, names=NAMES, text=request.form.get("text", ""))


@told.page(f"{HERE}/tep/mau", access=Access.ADMIN)
def sample() -> Response:
    """A sample of the file"""
    return attachment("\ufeff" + SAMPLE, "co-quan-mau.csv", "text/csv; charset=utf-8")


@told.post(f"{HERE}/tep", access=Access.ADMIN, form=File, again=show_file)
def try_file(form: dict[str, Any]) -> str:
    """Try a file of offices; nothing is published"""
    content = sent_or_pasted(form["text"], MOST_BYTES)
    with reading() as unit:
        plan = plan_offices(unit, _read(unit, content))
    return _tried(plan, content)


def show_again() -> str:
    """What was tried, with the refusal"""
    content = request.form.get("text", "").encode()
    with reading() as unit:
        return _tried(plan_offices(unit, _read(unit, content)), content)


@told.post(f"{HERE}/tep/cong-bo", access=Access.ADMIN, form=Publish, again=show_again, step_up=True)
def publish_file(form: dict[str, Any]) -> Response:
    """Publish a file of offices that was tried"""
    content = str(form["text"]).encode()

    def doing(unit: UnitOfWork) -> OfficesPlan:
        lock_offices(unit)
        return change_offices(unit, _read(unit, content), form["reason"])

    return once("change_offices", doing, to=HERE, done=_done)


def _read(unit: UnitOfWork, content: bytes) -> Sequence[Office]:
    return told_offices(_FILE, content, unit.catalogue.offices, unit.catalogue.territory)


def _tried(plan: OfficesPlan, content: bytes) -> str:
    text = content.decode("utf-8-sig", errors="replace")
    return render("admin/offices/file.html", plan=plan, names=NAMES, text=text)


def _done(plan: OfficesPlan) -> Text:
    number, new = len(plan.changes), plan.new
    return Text(
        f"Đã công bố {number} cơ quan, trong đó {new} cơ quan mới.",
        f"{number} offices were published, {new} of them new.",
    )
