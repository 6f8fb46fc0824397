"""The changes that an administrator makes to a member of staff: one form and one act each, by one address.

``CHANGES`` lists them; each gets a page with its form and a post, both under ``/quan-tri/can-bo/<number>/lam/``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from engine.acts.staff import administrators, people, resets, revoke, switch
from engine.errors import wrong
from engine.queries.staff import deputies_of, person_line
from engine.queries.staff_search import names_of, person_called
from engine.rules.offices.meant import OfficesMeant
from engine.rules.procedure.known_roles import RESERVED
from engine.rules.values.written_day import read_day
from engine.text import Text
from engine.transaction import UnitOfWork
from server.identity import Access, reading
from server.values import CODE, KEY, Body, Line, WholeInQuery, Word
from web.admin.people.address import HERE
from web.form_values import EXACT
from web.once import once
from web.pages import Pages
from web.render import render
from web.role_words import role_words

changes = Pages("staff_changes", audience="desk")
_DAY = 20  # letters of a day
Act = Callable[[UnitOfWork, int, dict[str, Any]], object]


class Why(Body):
    """The reason alone."""

    reason = Line(required=True)


class NewRole(Why):
    """A role at an office, from a day on."""

    office = Line(200, required=True)
    role = Word(KEY, required=True)
    start = Line(_DAY, required=True)
    end = Line(_DAY)


class RoleEnd(Why):
    """The first day without a role."""

    office = Word(CODE, required=True)
    role = Word(KEY, required=True)
    end = Line(_DAY, required=True)


class NewDeputy(Body):
    """Somebody who acts with the roles of this person; ``legal`` is the written assignment."""

    deputy = Line(60, required=True)
    office = Line(200)
    start = Line(_DAY, required=True)
    end = Line(_DAY, required=True)
    legal = Line(required=True)


class DeputyEnd(Why):
    """The first day without a deputy."""

    deputy = WholeInQuery(1, required=True)
    end = Line(_DAY, required=True)


class SessionEnd(Why):
    """One session or token by its name; all without one."""

    token = Word(r"^[0-9a-f]{16}$")


class NewPassword(Why):
    """A new password, twice."""

    password = fields.String(required=True, validate=validate.Length(1, 200), metadata=EXACT)
    repeated = fields.String(required=True, validate=validate.Length(1, 200), metadata=EXACT)


@dataclass(frozen=True, slots=True)
class Change:
    """A change: its name in addresses, its heading, form and act, and what the next page says."""

    name: str
    title: Text
    form: type[Schema]
    act: Act
    done: Text
    step_up: bool = False


def _give_role(unit: UnitOfWork, person: int, form: dict[str, Any]) -> None:
    office = _office(unit, form["office"])
    end = _day("end", form["end"]) if "end" in form else None
    people.add_membership(unit, person, office, form["role"], _day("start", form["start"]), end, form["reason"])


def _end_role(unit: UnitOfWork, person: int, form: dict[str, Any]) -> None:
    ends = form["office"], form["role"], _day("end", form["end"]), form["reason"]
    people.end_membership(unit, person, *ends)


def _add_deputy(unit: UnitOfWork, person: int, form: dict[str, Any]) -> None:
    deputy = person_called(unit, form["deputy"])
    if deputy is None:
        raise wrong("deputy", "không có tài khoản này", "there is no such account")
    office = _office(unit, form["office"]) if "office" in form else None
    days = _day("start", form["start"]), _day("end", form["end"])
    people.add_substitute(unit, person, deputy, *days, form["legal"], office)


def _end_deputy(unit: UnitOfWork, person: int, form: dict[str, Any]) -> None:
    revoke.end_substitute(unit, person, form["deputy"], _day("end", form["end"]), form["reason"])


def _end_sessions(unit: UnitOfWork, person: int, form: dict[str, Any]) -> None:
    if "token" in form:
        revoke.revoke_token(unit, person, form["token"], form["reason"])
    else:
        revoke.revoke_tokens(unit, person, form["reason"])


def _password(unit: UnitOfWork, person: int, form: dict[str, Any]) -> None:
    if form["password"] != form["repeated"]:
        raise wrong("repeated", "không giống mật khẩu ở trên", "differs from the password above")
    resets.reset_password(unit, person, form["password"], form["reason"])


def _reasoned(act: Callable[[UnitOfWork, int, str], object]) -> Act:
    return lambda unit, person, form: act(unit, person, form["reason"])


CHANGES = (
    Change(
        "vai-tro",
        Text("Giao vai trò", "Give a role"),
        NewRole,
        _give_role,
        Text("Đã giao vai trò.", "The role was given."),
    ),
    Change(
        "het-vai-tro",
        Text("Kết thúc vai trò", "End a role"),
        RoleEnd,
        _end_role,
        Text("Vai trò có ngày kết thúc.", "The role has its end."),
    ),
    Change(
        "thay-the",
        Text("Phân công người thay", "Assign a deputy"),
        NewDeputy,
        _add_deputy,
        Text("Đã phân công người thay.", "The deputy was assigned."),
    ),
    Change(
        "het-thay-the",
        Text("Kết thúc thay thế", "End a substitution"),
        DeputyEnd,
        _end_deputy,
        Text("Thay thế có ngày kết thúc.", "The substitution has its end."),
    ),
    Change(
        "phien",
        Text("Kết thúc phiên và mã truy cập", "End sessions and tokens"),
        SessionEnd,
        _end_sessions,
        Text("Đã kết thúc.", "Ended."),
    ),
    Change(
        "ngung",
        Text("Ngừng hoạt động", "Switch off"),
        Why,
        _reasoned(switch.switch_off),
        Text("Đã ngừng: không còn đường nào vào.", "Switched off: there is no way in."),
        True,
    ),
    Change(
        "bat-lai",
        Text("Cho hoạt động lại", "Switch on"),
        Why,
        _reasoned(switch.switch_on),
        Text("Đã cho hoạt động lại.", "Switched on."),
        True,
    ),
    Change(
        "mat-khau",
        Text("Đặt mật khẩu mới", "Set a new password"),
        NewPassword,
        _password,
        Text(
            "Đã đặt mật khẩu. Mọi phiên và mã của người này đã kết thúc.",
            "The password was set. All sessions and tokens of the person ended.",
        ),
        True,
    ),
    Change(
        "hai-lop",
        Text("Gỡ xác thực hai lớp", "Remove the second factor"),
        Why,
        _reasoned(resets.reset_second_factor),
        Text("Đã gỡ. Người này thiết lập lại khi đăng nhập.", "Removed. The person sets up another one at signing in."),
        True,
    ),
    Change(
        "de-nghi-quan-tri",
        Text("Đề nghị làm người quản trị", "Propose as an administrator"),
        Why,
        _reasoned(administrators.propose_administrator),
        Text(
            "Đã đề nghị. Một người quản trị khác quyết định trong 7 ngày.",
            "Proposed. Another administrator decides within 7 days.",
        ),
        True,
    ),
    Change(
        "thoi-quan-tri",
        Text("Thôi quyền quản trị", "Take the administrator’s rights"),
        Why,
        _reasoned(administrators.take_admin),
        Text("Người này không còn là người quản trị.", "The person is no administrator any more."),
        True,
    ),
)


def _declare(change: Change) -> None:
    rule = f"{HERE}/<int:number>/lam/{change.name}"

    def show(number: int) -> str:
        with reading() as unit:
            roles = sorted({*unit.catalogue.roles, *RESERVED})
            deputies = {one.number: one.name for one in names_of(unit, _deputies(unit, number, change))}
            one = person_line(unit, number)
        words = sorted(((role, role_words([role])[0]) for role in roles), key=lambda pair: pair[1])
        return render("admin/people/change.html", change=change, one=one, roles=words, deputies=deputies)

    def act(number: int, form: dict[str, Any]) -> Response:
        def doing(unit: UnitOfWork) -> None:
            change.act(unit, number, form)

        return once(f"staff:{change.name}", doing, to=f"{HERE}/{number}", done=change.done)

    named = change.name.replace("-", "_")
    show.__name__, show.__doc__ = f"show_{named}", change.title.en
    act.__name__, act.__doc__ = named, change.title.en
    changes.page(rule, access=Access.ADMIN)(show)
    changes.post(rule, access=Access.ADMIN, form=change.form, again=show, step_up=change.step_up)(act)


for _change in CHANGES:
    _declare(_change)


def _deputies(unit: UnitOfWork, number: int, change: Change) -> set[int]:
    if change.name != "het-thay-the":
        return set()
    return {one.deputy for one in deputies_of(unit, number) if one.absent == number}


def _office(unit: UnitOfWork, written: str) -> str:
    found = OfficesMeant(unit.catalogue.offices, unit.today).find(written)
    if isinstance(found, Text):
        raise wrong("office", found.vi, found.en)
    return found.code


def _day(where: str, written: str) -> dt.date:
    day = read_day(written)
    if day is None:
        raise wrong(where, "ngày viết như 05/08/2025", "write a day as 05/08/2025")
    return day
