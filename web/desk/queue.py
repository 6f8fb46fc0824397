"""The lists of the desk: queues, filters, saved views, and the selection of lines for a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from marshmallow import fields

from engine.acts.print_papers import MOST_PRINTED
from engine.clock import LOCAL
from engine.queries.choices import choices
from engine.queries.desk import desk
from engine.queries.queue import (
    MOST_COUNTED,
    QUEUE_NAMES,
    Ask,
    HolderNumbers,
    codes_in,
    holder_counts,
    own_desk,
    queue_page,
    short_name,
)
from engine.queries.saved_views import views
from engine.rules.procedure.definition import CHANNELS, Release
from engine.rules.procedure.portal_status import PortalStatus
from engine.text import Text
from engine.transaction import UnitOfWork
from server.identity import Access, reading
from server.paging import key_of
from server.values import Line, Words
from web.desk import list_address
from web.desk.dossier.opened import opened_by
from web.desk.list_address import at, opener, query_of, read_ask, read_columns, read_length, read_place
from web.desk.queue_rows import CHANNEL_NAMES, row_of
from web.form_values import whole
from web.pages import Pages
from web.render import render
from web.text import t

queue = Pages("queue", audience="desk")

MOST_CHOSEN = 500
_FILTERS = ("q", "tt", "buoc", "tu", "den", "tinh-trang", "kenh", "co-quan", "nguon")


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab of the list: an address, a name, and the number of its dossiers where it was counted."""

    href: str
    name: str
    number: str | None
    here: bool
    shared: bool = False


class ChosenLines(Words):
    """The marked lines of a list: ``chon`` are codes, each with the version that was shown (``CODE@7``)."""

    chon = fields.List(Line(100), load_default=list)
    ca = Line(10, load_default="")
    viec = Line(80, load_default="")
    trong = Line(2000, load_default="")


@queue.page("/ho-so", access=Access.STAFF)
def show() -> str:
    """A list of dossiers"""
    args = request.args.to_dict()
    if picked := request.args.getlist("c"):
        args["cot"] = ",".join(picked)
    ask, length = read_ask(args), read_length(args)
    with reading() as unit:
        mine = own_desk(unit)
        page = queue_page(unit, ask, after=read_place(args.get("sau")), limit=length, at=mine)
        numbers = holder_counts(unit, ask, mine)
        number, query = numbers.of(ask.holder), query_of(args)
        opened = opener(query)
        return render(
            "desk/queue.html",
            title=_title(ask),
            ask=ask,
            rows=[row_of(line, opened) for line in page.lines],
            number=number,
            counted=_counted(number),
            many=number > MOST_COUNTED,
            at_start=not args.get("sau"),
            after=at(f"{query}&sau={key_of(page.after)}".lstrip("&")) if page.after else "",
            query=query,
            address=list_address,
            columns=read_columns(args),
            length=length,
            tabs=_tabs(unit, args, ask, numbers),
            narrowed=any(args.get(name) for name in _FILTERS),
            presence=opened_by(unit, [line.id for line in page.lines]),
            desk=desk(unit, mine),
            **_options(unit, ask),
        )


@queue.post("/ho-so/chon", access=Access.STAFF, form=ChosenLines)
def choose(form: dict[str, Any]) -> str:
    """What can be done with the marked dossiers"""
    with reading() as unit:
        marked = read_marked(form["chon"])
        if form["ca"]:
            listed = read_ask(list_address.args_of(form["trong"]))
            marked = {one.code: one.version for one in codes_in(unit, listed, MOST_CHOSEN)}
        found = choices(unit, list(marked)[:MOST_CHOSEN])
        key = form["viec"] if any(one.key == form["viec"] for one in found.for_all) else ""
        return render(
            "desk/choose.html",
            found=found,
            marked=[f"{one.code}@{marked.get(one.code) or one.version}" for one in found.dossiers],
            chosen=next((one for one in found.for_all if one.key == key), None),
            trong=form["trong"],
            back=list_address.within(form["trong"]),
            most=MOST_CHOSEN,
            most_printed=MOST_PRINTED,
        )


def read_marked(given: Sequence[str]) -> dict[str, int | None]:
    """The codes of marked lines with the version that was shown; a line without a readable version has None."""
    marked: dict[str, int | None] = {}
    for one in given:
        code, _, version = one.partition("@")
        marked[code] = whole(version) or None
    return marked


def _title(ask: Ask) -> str:
    if ask.queue is not None:
        name = QUEUE_NAMES[ask.queue]
        return t(name.vi, name.en)
    if ask.text is not None:
        return t("Tìm “{text}”", "Search “{text}”", text=ask.text)
    return t("Mọi hồ sơ được xem", "All dossiers") if ask.everywhere else t("Hồ sơ tại bàn", "Dossiers at the desk")


def _counted(number: int) -> str:
    return f"{MOST_COUNTED}+" if number > MOST_COUNTED else str(number)


def _tabs(unit: UnitOfWork, args: Mapping[str, str], ask: Ask, numbers: HolderNumbers) -> list[Tab]:
    """Everything in the list, what the person can act on, what they hold, what nobody holds; and the saved views."""
    saved, here = views(unit), query_of(args)
    current = next((one for one in saved if one.query == here), None)
    tabs = []
    for slug, name in _HOLDERS.items():
        holder = list_address.HOLDERS.get(slug)
        href, mine = at(query_of(args, giu=slug or None)), ask.holder == holder and current is None
        tabs.append(Tab(href, t(name.vi, name.en), _counted(numbers.of(holder)), mine))
    return tabs + [Tab(at(one.query), one.name, None, one is current, one.office is not None) for one in saved]


_HOLDERS = {
    "": Text("Tất cả", "All"),
    "viec-cua-toi": Text("Việc của tôi", "My work"),
    "toi": Text("Tôi đang giữ", "Held by me"),
    "chua-ai": Text("Chưa ai nhận", "Not taken on"),
}


def _options(unit: UnitOfWork, ask: Ask) -> dict[str, Any]:
    """What the filters offer: procedures, the states of a chosen procedure, statuses, channels, own offices."""
    known: dict[str, Release] = {}
    for workflow in unit.catalogue.procedures(unit.today):
        known[workflow.release.procedure] = workflow.release
    names = sorted(((code, short_name(release)) for code, release in known.items()), key=lambda one: one[1].vi)
    release = known.get(ask.procedure or "")
    offices = [(code, unit.catalogue.office_name(code)) for code in sorted(unit.actor.offices(unit.today))]
    return {
        "procedures": [(code, t(name.vi, name.en)) for code, name in names],
        "states": [(key, t(one.name.vi, one.name.en)) for key, one in release.states.items()] if release else [],
        "statuses": [(str(int(one)), t(one.text.vi, one.text.en)) for one in PortalStatus],
        "channels": [(one, t(CHANNEL_NAMES[one].vi, CHANNEL_NAMES[one].en)) for one in CHANNELS],
        "offices": [(code, t(name.vi, name.en)) for code, name in offices if name is not None],
        "clock": f"{unit.now.astimezone(LOCAL):%H:%M}",
    }
