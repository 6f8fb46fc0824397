"""The national portal: what waits and is stuck, how the two sides differ, whose turn it is, and sending again."""

from __future__ import annotations

from typing import Any

from flask import Response

from engine.acts.portal.again import MOST_AT_ONCE, resend_dossiers, retry_portal
from engine.errors import NotFound
from engine.queries.portal import (
    difference_groups,
    differences,
    late_by_telling,
    repairable_codes,
    standing,
    unsent_tellings,
)
from engine.rules.portal.differences import FAULTS, KINDS
from engine.text import Text
from engine.transaction import UnitOfWork
from server.identity import Access, reading
from server.refusals import NoSuchAddress
from server.values import Body, Line
from web.once import once
from web.pages import Pages
from web.render import render

portal = Pages("portal", audience="desk")
HERE = "/quan-tri/dong-bo"
SHOWN = 100


class Why(Body):
    """Why it is sent again."""

    reason = Line(required=True)


@portal.page(HERE, access=Access.ADMIN)
def show() -> str:
    """Synchronisation with the national portal"""
    with reading() as unit:
        told, stuck = standing(unit), unsent_tellings(unit, "parked", SHOWN)
        failing = unsent_tellings(unit, "failing", SHOWN)
        groups, late = difference_groups(unit), late_by_telling(unit, most=SHOWN)
    return render(
        "admin/portal/shown.html",
        told=told,
        last=next((one for one in told.comparisons if one.finished_at), None),
        stuck=stuck,
        failing=failing,
        groups=groups,
        late=late,
        shown=SHOWN,
    )


@portal.page(f"{HERE}/gui-lai", access=Access.ADMIN)
def show_retry() -> str:
    """Sending what is stuck again"""
    with reading() as unit:
        told, failing = standing(unit), len(unsent_tellings(unit, "failing"))
    return render("admin/portal/retry.html", number=told.parked + failing)


@portal.post(f"{HERE}/gui-lai", access=Access.ADMIN, form=Why, again=show_retry)
def retry(form: dict[str, Any]) -> Response:
    """Send what is stuck again"""
    return once("retry_portal", lambda unit: retry_portal(unit, form["reason"]), to=HERE, done=_sent)


@portal.page(f"{HERE}/<kind>/<fault>", access=Access.ADMIN)
def show_group(kind: str, fault: str) -> str:
    """One kind of difference"""
    _must_be_known(kind, fault)
    with reading() as unit:
        found = differences(unit, kind=kind, fault=fault)
        history = differences(unit, kind=kind, fault=fault, ended=True)
    if not history:
        raise NotFound(what=f"{kind}/{fault}")
    return render(
        "admin/portal/group.html",
        kind=kind,
        fault=fault,
        title=KINDS[kind],
        fault_name=FAULTS[fault],
        found=found[:SHOWN],
        number=len(found),
        repairable=sum(one.safe for one in found),
        ended=[one for one in history if one.ended_at][-20:],
        advice=(found or history)[0].advice,
    )


@portal.post(f"{HERE}/<kind>/<fault>", access=Access.ADMIN, form=Why, again=show_group)
def repair(kind: str, fault: str, form: dict[str, Any]) -> Response:
    """Send the dossiers of one kind of difference again"""
    _must_be_known(kind, fault)

    def doing(unit: UnitOfWork) -> int:
        return resend_dossiers(unit, repairable_codes(unit, kind, fault, MOST_AT_ONCE), form["reason"])

    return once("resend_dossiers", doing, to=HERE, done=_sent)


def _must_be_known(kind: str, fault: str) -> None:
    if kind not in KINDS or fault not in FAULTS:
        raise NoSuchAddress()


def _sent(number: int) -> Text:
    return Text(f"{number} việc sẽ được gửi lại ngay.", f"{number} will be sent again at once.")
