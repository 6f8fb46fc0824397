"""The lists of the desk: what a list asks (``Ask``), a page of its lines, its number, and a dossier's neighbours in it.

A count on the desk (``engine.queries.desk``) and the list behind it are one definition: the queues of
``engine.store.list_filters``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from engine.clock import midnight
from engine.queries.page import After, Page, page_of
from engine.queries.signing import signing_states
from engine.queries.state import StateView, state_of
from engine.queries.time_left import TimeLeft, time_left
from engine.rules.procedure.definition import Release
from engine.rules.procedure.permissions import PASSIVE, roles_in
from engine.store import dossier_lists
from engine.store.list_filters import Filters
from engine.store.list_ways import DeskOffices, desk_offices
from engine.text import Text
from engine.transaction import UnitOfWork

Queue = Literal["open", "new", "supplement", "soon", "overdue", "sign", "return"]
Holder = Literal["me", "nobody", "us"]
_HOLDERS: tuple[Holder, ...] = ("us", "me", "nobody")
Order = Literal["due", "newest"]
QUEUE_NAMES: Mapping[Queue, Text] = {
    "open": Text("Đang xử lý", "In progress"),
    "new": Text("Mới tiếp nhận", "Newly received"),
    "supplement": Text("Chờ bổ sung", "To supplement"),
    "soon": Text("Tới hạn hôm nay", "Due today"),
    "overdue": Text("Quá hạn", "Overdue"),
    "sign": Text("Chờ ký", "To be signed"),
    "return": Text("Chờ trả kết quả", "Ready to return"),
}
"""The queues of the desk, in the order in which they are shown."""
MOST_COUNTED = dossier_lists.COUNTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a list shows, and in which order. None means no filter.

    ``everywhere`` lists every dossier that the actor may see; otherwise the list keeps to the actor's desk: what their
    offices must act on, and what waits for the applicant. ``holder`` is ``me``, ``nobody``, or ``us``: what the actor
    may act on by role, held by nobody or by themselves. ``due_to`` is inclusive.
    """

    everywhere: bool = False
    queue: Queue | None = None
    office: str | None = None
    procedure: str | None = None
    state: str | None = None
    status: int | None = None
    channel: str | None = None
    holder: Holder | None = None
    due_from: dt.date | None = None
    due_to: dt.date | None = None
    mirrored: bool | None = None
    differing: bool | None = None
    text: str | None = None
    order: Order = "due"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirror:
    """Where a dossier's truth is: the other system, when it was last compared, and what differed then."""

    source: str
    synced_at: dt.datetime | None
    differs: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLine:
    """A dossier as one line of a list of the desk. ``holder_name`` is who claimed it; ``mine`` says that it is the
    actor. ``next_act`` is the step that usually comes next. ``mirror`` is None unless another system holds the
    dossier's truth."""

    id: int
    code: str
    version: int
    procedure: str
    procedure_name: Text
    state: StateView
    next_act: Text | None
    applicant: str | None
    channel: str
    office: Text | None
    role: Text | None
    holder_name: str | None
    mine: bool
    filed_at: dt.datetime
    received_at: dt.datetime | None
    entered_at: dt.datetime
    due_at: dt.datetime | None
    left: TimeLeft
    warned: bool
    mirror: Mirror | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """The codes of the dossiers before and after one in a list; None at its ends."""

    previous: str | None
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderNumbers:
    """How many dossiers a list has: in all, and with each kind of holder."""

    all: int
    us: int
    me: int
    nobody: int

    def of(self, holder: Holder | None) -> int:
        """The number for a kind of holder; None stands for all."""
        return {None: self.all, "us": self.us, "me": self.me, "nobody": self.nobody}[holder]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A dossier of a list, and the version in which it was listed."""

    code: str
    version: int


def own_desk(unit: UnitOfWork) -> DeskOffices:
    """The offices of the actor's desk, for a page that asks for several lists and numbers of it (``at``)."""
    return desk_offices(unit.reader(), unit.actor, unit.today)


def queue_page(
    unit: UnitOfWork, ask: Ask, *, after: After | None = None, limit: int = 50, at: DeskOffices | None = None
) -> Page[QueueLine]:
    """A page of the list, most urgent first or newest first."""
    filters = _filters(unit, ask)
    if filters is None:
        return Page(lines=(), after=None)
    by_due = ask.order == "due"
    rows = dossier_lists.list_dossiers(
        unit.reader(),
        unit.actor,
        filters,
        unit.now,
        after=(after.moment, after.id) if after else None,
        by_due=by_due,
        limit=limit + 1,
        desk=True,
        at=at,
    )
    return page_of(
        rows,
        limit,
        lambda row: _line(unit, row),
        lambda row: After(id=row["id"], moment=row["due_at"] if by_due else None),
    )


def queue_count(unit: UnitOfWork, ask: Ask) -> int:
    """How many dossiers the list has on all pages; ``MOST_COUNTED + 1`` stands for more than ``MOST_COUNTED``."""
    filters = _filters(unit, ask)
    return 0 if filters is None else dossier_lists.count_dossiers(unit.reader(), unit.actor, filters, unit.now)


def holder_counts(unit: UnitOfWork, ask: Ask, at: DeskOffices | None = None) -> HolderNumbers:
    """How many dossiers the list has in all and for each kind of holder; the filter on the holder is left out.

    In a list of more than ``MOST_COUNTED`` each is counted for itself, up to that bound.
    """
    filters = _filters(unit, replace(ask, holder=None))
    if filters is None:
        return HolderNumbers(all=0, us=0, me=0, nobody=0)
    found = dossier_lists.count_by_holder(unit.reader(), unit.actor, filters, unit.now, posts_of(unit), at)
    if found.all > MOST_COUNTED:
        us, me, nobody = (queue_count(unit, replace(ask, holder=one)) for one in _HOLDERS)
        return HolderNumbers(all=found.all, us=us, me=me, nobody=nobody)
    return HolderNumbers(all=found.all, us=found.us, me=found.me, nobody=found.nobody)


def codes_in(unit: UnitOfWork, ask: Ask, most: int) -> tuple[Listed, ...]:
    """The code and version of the first ``most`` dossiers of the list, in its order."""
    filters = _filters(unit, ask)
    if filters is None:
        return ()
    found = dossier_lists.list_dossiers(
        unit.reader(), unit.actor, filters, unit.now, by_due=ask.order == "due", limit=most
    )
    return tuple(Listed(code=row["code"], version=row["version"]) for row in found)


def neighbours(unit: UnitOfWork, ask: Ask, code: str) -> Neighbours:
    """The dossiers before and after ``code`` in the list, by the place that its present due moment gives it.

    The dossier itself may have left the list meanwhile. Both are None for a dossier that the actor does not see.
    """
    filters, place = _filters(unit, ask), dossier_lists.place_of(unit.reader(), unit.actor, code, unit.now)
    if filters is None or place is None:
        return Neighbours(previous=None, next=None)
    by_due = ask.order == "due"
    asked = unit.reader(), unit.actor, filters, unit.now
    earlier = dossier_lists.page_before(*asked, before=place, by_due=by_due)
    later = dossier_lists.list_dossiers(*asked, after=place, by_due=by_due, limit=1)
    return Neighbours(
        previous=earlier[0]["code"] if earlier else None,
        next=later[0]["code"] if later else None,
    )


def short_name(release: Release) -> Text:
    """The name of a procedure for lists: its short one where the workflow file gives one."""
    short = getattr(release, "short", None)
    return short if isinstance(short, Text) else release.name


def next_act(release: Release, state: str, role: str | None) -> Text | None:
    """The name of the step that usually comes next for a role: the first one in the workflow file that goes on."""
    here = [action for action in release.actions.values() if state in action.sources]
    onward = [action for action in here if role in action.by and action.effect not in _ASIDE]
    return onward[0].name if onward else None


_ASIDE = frozenset({"ask", "back", "stop", "withdraw", "refuse"})
"""Effects of the steps that do not lead on."""


def _filters(unit: UnitOfWork, ask: Ask) -> Filters | None:
    """The filters of the list; None when it is empty whatever the database holds."""
    states = signing_states(unit) if ask.queue == "sign" else None
    if states == ():
        return None
    mine = ask.holder == "us"
    return Filters(
        desk=not ask.everywhere and bool(unit.actor.acting_offices(unit.today)),
        queue=None if ask.queue == "sign" else ask.queue,
        states=states,
        office=ask.office,
        procedure=ask.procedure,
        state=ask.state,
        portal=ask.status,
        channel=ask.channel,
        holder=unit.actor.person_id if ask.holder == "me" else None,
        unclaimed=True if ask.holder == "nobody" else None,
        posts=posts_of(unit) if mine else None,
        me=unit.actor.person_id if mine else None,
        due_from=midnight(ask.due_from) if ask.due_from else None,
        due_before=midnight(ask.due_to + dt.timedelta(days=1)) if ask.due_to else None,
        mirrored=ask.mirrored,
        differing=ask.differing,
        text=ask.text,
    )


def posts_of(unit: UnitOfWork) -> tuple[str, ...]:
    """The posts in which the actor acts today, as ``office/role``."""
    actor, on = unit.actor, unit.today
    held = ((office, role) for office in sorted(actor.acting_offices(on)) for role in roles_in(actor, office, on))
    return tuple(sorted(f"{office}/{role}" for office, role in held if role not in PASSIVE))


def _line(unit: UnitOfWork, row: Mapping[str, Any]) -> QueueLine:
    release = unit.catalogue.workflow(row["release"]).release
    office, role = row["holder_office"], release.roles.get(row["holder_role"] or "")
    return QueueLine(
        **{name: row[name] for name in _AS_STORED},
        procedure_name=short_name(release),
        state=state_of(release, row["state"], row["portal"]),
        next_act=next_act(release, row["state"], row["holder_role"]),
        office=unit.catalogue.office_name(office) if office else None,
        role=role.name if role else None,
        mine=row["holder_id"] is not None and row["holder_id"] == unit.actor.person_id,
        left=time_left(unit, release, row),
        warned=row["warned_at"] is not None,
        mirror=_mirror(row),
    )


_AS_STORED = (
    "id",
    "code",
    "version",
    "procedure",
    "applicant",
    "channel",
    "holder_name",
    "filed_at",
    "received_at",
    "entered_at",
    "due_at",
)


def _mirror(row: Mapping[str, Any]) -> Mirror | None:
    if row["source"] is None:
        return None
    return Mirror(source=row["source"], synced_at=row["synced_at"], differs=tuple(row["differs"] or ()))


QUEUES: tuple[Queue, ...] = get_args(Queue)
