"""Incidents by cause, each with its dossiers and a way to try it again; and the health of the installation."""

from __future__ import annotations

from typing import Any

from flask import Response

from engine.acts.retry_incident import retry_all, retry_incident
from engine.queries.incidents import Incident, every_incident, figures, one_incident, overdue_work
from engine.text import Text
from engine.transaction import UnitOfWork
from server.health import probes
from server.identity import Access, reading
from server.machine import disk, failed_jobs
from server.refusals import NoSuchAddress
from server.values import Body, Line
from web.once import once
from web.pages import Pages
from web.render import render

incidents = Pages("incidents", audience="desk")
HERE = "/su-co"
KINDS = {
    "notices": Text("Thông báo không gửi được", "Notices that were not sent"),
    "webhooks": Text("Sự kiện bị nơi nhận từ chối", "Events that receivers refused"),
    "failing": Text("Thông báo đang được gửi lại", "Notices that are being tried again"),
    "clocks": Text("Đồng hồ gặp lỗi chương trình", "Clocks with a fault of the program"),
    "refused": Text("Việc tự động bị từ chối", "Automatic actions that were refused"),
    "mirrors": Text("Khác với hệ thống kia", "Differences from another system"),
    "seals": Text("Biểu mẫu cấp ra chưa có dấu ký số", "Forms that went out without the seal"),
}
_MOST_CODES = 200


class Why(Body):
    """Why it is tried again."""

    reason = Line(required=True)


@incidents.page(HERE, access=Access.ADMIN)
def show() -> str:
    """Incidents and health"""
    with reading() as unit:
        found, work, told = every_incident(unit), overdue_work(unit), figures(unit)
    jobs = failed_jobs()
    return render(
        "admin/incidents/shown.html",
        groups=[(kind, words, [one for one in found if one.kind == kind]) for kind, words in KINDS.items()],
        number=len(found) + work.number + len(jobs or ()),
        retried=any(one.retried for one in found),
        work=work,
        figures=told,
        probes=probes(),
        disk=disk(),
        jobs=jobs,
    )


@incidents.page(f"{HERE}/<kind>/<key>", access=Access.ADMIN)
def show_one(kind: str, key: str) -> str:
    """An incident"""
    return _page(kind, key)


@incidents.post(f"{HERE}/<kind>/<key>", access=Access.ADMIN, form=Why, again=show_one)
def retry_one(kind: str, key: str, form: dict[str, Any]) -> Response:
    """Try an incident again"""
    _must_be_kind(kind)
    return once("retry_incident", lambda unit: retry_incident(unit, kind, key, form["reason"]), to=HERE, done=_done)


@incidents.page(f"{HERE}/tat-ca", access=Access.ADMIN)
def show_all() -> str:
    """Everything that can be tried again"""
    with reading() as unit:
        number = sum(one.number for one in every_incident(unit) if one.retried)
    return render("admin/incidents/all.html", number=number)


@incidents.post(f"{HERE}/tat-ca", access=Access.ADMIN, form=Why, again=show_all)
def retry_everything(form: dict[str, Any]) -> Response:
    """Try everything again"""

    def doing(unit: UnitOfWork) -> int:
        return retry_all(unit, form["reason"])

    return once("retry_all", doing, to=HERE, done=_done)


def _page(kind: str, key: str) -> str:
    _must_be_kind(kind)
    with reading() as unit:
        one: Incident = one_incident(unit, kind, key)
    return render("admin/incidents/one.html", one=one, title=KINDS[kind], codes=one.codes[:_MOST_CODES])


def _must_be_kind(kind: str) -> None:
    if kind not in KINDS:
        raise NoSuchAddress()


def _done(number: int) -> Text:
    return Text(f"{number} việc sẽ được thử lại ngay.", f"{number} will be tried again at once.")
