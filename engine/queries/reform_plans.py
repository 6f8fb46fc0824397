"""Plans of reforms as people see them: put up, approved, carried out, taken back.

Administrators see all of a plan; those who oversee a province see the province's part.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from engine.errors import Forbidden, NotFound
from engine.queries.reform_flow import FlowLine, ProvinceLine, flow_lines, provinces_in
from engine.queries.reform_groups import WaitingGroup, waiting_groups
from engine.reform.flow import Stream, flow_of_loaded
from engine.rules.reform.deciders import LEADER, OVERSEERS, provinces_of
from engine.rules.reform.policy import Reform
from engine.rules.reform.totals import group_from_data
from engine.store.plans import counts_by_status, every_reform, group_documents, reform_with
from engine.store.reform_drafts import latest_drafts
from engine.store.reform_orders import latest_orders, names_of, orders_of, reform_file, reform_files_by_age
from engine.store.reform_rows import ReformOrderRow
from engine.store.rows import ReformRow
from engine.text import Text
from engine.transaction import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLine:
    """A plan in the list. ``stage`` is where it stands (``_stage``); ``dossiers`` are those of the caller's part."""

    digest: str
    name: Text
    date: dt.date
    stage: str
    dossiers: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLine:
    """A policy of which a plan is to be made. ``waits`` until a worker has made it (``digest``) or says why not."""

    name: Text
    asked_by: str
    asked_at: dt.datetime
    waits: bool
    digest: str | None
    refusal: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """What was asked, approved and begun about a plan, by whom and when; ``refusal`` is why it could not be done."""

    kind: str
    reason: str | None
    asked_by: str
    asked_at: dt.datetime
    approved_by: str | None
    approved_at: dt.datetime | None
    begun_by: str | None
    begun_at: dt.datetime | None
    ended_at: dt.datetime | None
    outcome: str | None
    refusal: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What a plan counts for the country as a whole only.

    ``follow`` and ``assign`` are the posts of clerks that pass by themselves, and those that a person assigns.
    """

    stays: int
    follow: int
    assign: int
    other_closures: int
    left_behind: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """A plan, or a province's part of it. ``outcomes`` counts as planned, ``standing`` as it is now.

    ``whole`` says whether the caller sees all of it.
    """

    digest: str
    number: int | None
    reform: Reform
    stage: str
    whole: bool
    province: str
    provinces: tuple[ProvinceLine, ...]
    outcomes: Mapping[str, int]
    standing: Mapping[str, int]
    flow: tuple[FlowLine, ...]
    waiting: tuple[WaitingGroup, ...]
    orders: tuple[OrderLine, ...]
    asked_by_me: bool
    may_decide: bool
    effective: bool
    has_file: bool
    counted: Counted


def plan_lines(unit: UnitOfWork) -> tuple[PlanLine, ...]:
    """Every plan, newest first; each with the numbers of the caller's part."""
    connection, known = unit.reader(), unit.catalogue.map
    orders, found = latest_orders(connection), dict[str, PlanLine]()
    loaded = {row.digest: row for row in every_reform(connection)}
    files = {row.digest: row for row in reform_files_by_age(connection)}
    every = [*(one for one in files if one not in loaded), *reversed(loaded)]
    for digest in every:
        row = loaded.get(digest)
        reform = msgspec.convert((row or files[digest]).document, Reform)
        mine = None if unit.actor.admin else provinces_of(unit.actor, OVERSEERS, known, reform.date, unit.today)
        if row is not None:
            counts: Mapping[str, int] = counts_by_status(connection, row.id, mine)
        else:
            counts = _outcomes(_of(_read(files[digest].flow), mine))
        found[digest] = PlanLine(
            digest=digest,
            name=reform.name,
            date=reform.date,
            stage=_stage(row, orders.get(digest)),
            dossiers=counts,
        )
    return tuple(found.values())


def draft_lines(unit: UnitOfWork) -> tuple[DraftLine, ...]:
    """The policies that administrators gave last, newest first. Others see none."""
    if not unit.actor.admin:
        return ()
    rows = latest_drafts(unit.reader())
    names = names_of(unit.reader(), [row.asked_by for row in rows])
    return tuple(
        DraftLine(
            name=msgspec.convert(row.document, Reform).name,
            asked_by=names.get(row.asked_by, ""),
            asked_at=row.asked_at,
            waits=row.made_at is None,
            digest=row.digest,
            refusal=Text(row.refusal["vi"], row.refusal["en"]) if row.refusal else None,
        )
        for row in rows
    )


def plan_view(unit: UnitOfWork, digest: str, province: str = "") -> PlanView:
    """A plan with this digest; ``province`` (its old code) narrows it. Raises NotFound, Forbidden."""
    connection, known = unit.reader(), unit.catalogue.map
    row, file = reform_with(connection, digest), reform_file(connection, digest)
    kept: Any = row or file
    if kept is None:
        raise NotFound(what=f"reform plan {digest[:12]}")
    reform = msgspec.convert(kept.document, Reform)
    mine = _sight(unit, reform)
    groups = [group_from_data(one) for one in group_documents(connection, row.id)] if row else []
    streams = _read(file.flow) if file else flow_of_loaded(connection, row.id, groups) if row else []
    provinces = provinces_in(_of(streams, mine), known)
    narrowed = province in {one.code for one in provinces}
    chosen = {province} if narrowed else mine
    shown, orders = _of(streams, chosen), orders_of(connection, digest)
    part = provinces_of(unit.actor, {LEADER}, known, reform.date, unit.today)
    return PlanView(
        digest=digest,
        number=row.id if row else None,
        reform=reform,
        stage=_stage(row, orders[0] if orders else None),
        whole=mine is None,
        province=province if narrowed else "",
        provinces=provinces,
        outcomes=_outcomes(shown),
        standing=counts_by_status(connection, row.id, chosen) if row else {},
        flow=flow_lines(shown, known, within=narrowed or len(provinces) < 2),
        waiting=waiting_groups(unit, row.id, groups, reform.date, chosen) if row else (),
        orders=_order_lines(unit, orders),
        asked_by_me=bool(orders) and orders[0].asked_by == unit.actor.person_id,
        may_decide=bool(part) and row is not None and row.state in ("ready", "applying", "applied"),
        effective=unit.today >= reform.date,
        has_file=file is not None,
        counted=_counted(kept.summary),
    )


def _counted(summary: Mapping[str, Any]) -> Counted:
    follow = sum(one["to"] is not None for one in summary["members"])
    return Counted(
        stays=summary["dossiers"]["stays"],
        follow=follow,
        assign=len(summary["members"]) - follow,
        other_closures=summary["deadlines"]["other_closures"],
        left_behind=summary["left_behind"],
    )


def _sight(unit: UnitOfWork, reform: Reform) -> frozenset[str] | None:
    """The provinces (old codes) whose part the caller sees; None: all of them. Raises Forbidden."""
    if unit.actor.admin:
        return None
    mine = provinces_of(unit.actor, OVERSEERS, unit.catalogue.map, reform.date, unit.today)
    if not mine:
        raise Forbidden(
            why_vi="chỉ người quản trị, lãnh đạo và người theo dõi của tỉnh xem kế hoạch sắp xếp",
            why_en="only administrators, and the leaders and monitors of a province, see a plan",
        )
    return mine


def _stage(row: ReformRow | None, order: ReformOrderRow | None) -> str:
    """Where a plan stands: that of the loaded plan, or before that of the order to apply it."""
    if order is not None and order.ended_at is None:
        if order.kind == "revert":
            return "revert-asked" if order.approved_at is None else "reverting"
        if order.begun_at is not None:
            return "applying"
        if row is None or row.state in ("ready", "reverted"):
            return "approved" if order.approved_at is not None else "proposed"
    if row is not None:
        return row.state
    return order.outcome or "proposed" if order is not None else "made"


def _read(flow: Sequence[Any]) -> list[Stream]:
    return [Stream(**one) for one in flow]


def _of(streams: Sequence[Stream], provinces: Collection[str] | None) -> list[Stream]:
    return [one for one in streams if provinces is None or one.province in provinces]


def _outcomes(streams: Sequence[Stream]) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for one in streams:
        counted[one.outcome] += one.dossiers
    return dict(counted)


def _order_lines(unit: UnitOfWork, orders: Sequence[ReformOrderRow]) -> tuple[OrderLine, ...]:
    persons = [one for row in orders for one in (row.asked_by, row.approved_by, row.begun_by) if one]
    names = names_of(unit.reader(), persons)
    return tuple(
        OrderLine(
            kind=row.kind,
            reason=row.reason,
            asked_by=names.get(row.asked_by, "–"),
            asked_at=row.asked_at,
            approved_by=names.get(row.approved_by) if row.approved_by else None,
            approved_at=row.approved_at,
            begun_by=names.get(row.begun_by) if row.begun_by else None,
            begun_at=row.begun_at,
            ended_at=row.ended_at,
            outcome=row.outcome,
            refusal=Text(row.refusal["vi"], row.refusal["en"]) if row.refusal else None,
        )
        for row in orders
    )
