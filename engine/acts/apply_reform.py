"""Carrying out a plan: batch by batch, each a transaction, so that it may be broken off and taken up anywhere.

A dossier that did not change since the plan moves as planned. One that did is decided again by the same reform: where
the answer is the same it moves, otherwise it is set aside as stale, to be planned and shown anew. One that somebody is
working on at this instant is left for the next batch. Code, receiving office, state, clock, term and pauses stay.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from sqlalchemy import Row, and_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.acts.follow_office import follow_office, works_at
from engine.acts.publish import publish_offices
from engine.case import LOCAL, Case, open_case_by_id
from engine.errors import Conflict, NotFound
from engine.record import record
from engine.reform_reader import ReformReader
from engine.rules import timing
from engine.rules.definition import Text
from engine.rules.reform import VERIFICATION, Reform
from engine.rules.reform_plan import Item, Passage, Planner
from engine.rules.reform_totals import Group, group_from_data
from engine.rules.reform_words import legal_of, passage_in_words
from engine.rules.routing import Map
from engine.store.dossiers import dossier_offices, dossiers, verifications
from engine.store.plans import reform_groups, reform_items, reforms
from engine.transaction import Runtime, UnitOfWork

BATCH = 25
"""Dossiers a transaction: few enough that no clerk waits noticeably for one of them."""
MOVED = ("offices", "handler_office", "holder_office", "holder_id", "place", "province", "due_at", "promised_at")


class TooEarly(Conflict):
    """The new order has not begun."""

    code = "reform-too-early"
    vi = "Cải cách có hiệu lực từ {date}; hôm nay là {today}, chưa áp dụng được."
    en = "The reform takes effect on {date}; today is {today}, so it cannot be applied yet."


class NotReady(Conflict):
    """The plan is not in a state in which this can be done."""

    code = "reform-not-ready"
    vi = "Kế hoạch {plan} đang ở trạng thái {state}."
    en = "The plan {plan} is in the state {state}."


@dataclass(frozen=True, slots=True)
class Done:
    """What became of the dossiers of one batch."""

    moved: int = 0
    stale: int = 0
    ended: int = 0
    busy: int = 0

    @property
    def settled(self) -> int:
        return self.moved + self.stale + self.ended


class Run:
    """One plan being carried out: the reform, its groups, and the planner for what changed meanwhile. Kept by the
    caller over all batches."""

    def __init__(self, runtime: Runtime, row: Row[Any], groups: Sequence[Group]) -> None:
        self.id, self.state, self.digest = int(row.id), str(row.state), str(row.digest)
        self.reform = msgspec.convert(row.document, Reform)
        self.members: list[dict[str, Any]] = row.summary["members"]
        self.groups = tuple(groups)
        self.known: Map = runtime.catalogue.map
        self.reader = ReformReader(runtime.database, runtime.catalogue, self.reform)
        self.planner = Planner(self.reform, self.known)


def open_run(runtime: Runtime, reform_id: int) -> Run:
    """The plan with this id. Raises NotFound."""
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        row = connection.execute(select(reforms).where(reforms.c.id == reform_id)).one_or_none()
        if row is None:
            raise NotFound(what=f"reform plan {reform_id}")
        mine = select(reform_groups.c.document).where(reform_groups.c.reform_id == reform_id)
        documents = connection.execute(mine.order_by(reform_groups.c.number)).scalars().all()
    return Run(runtime, row, [group_from_data(one) for one in documents])


def begin_applying(unit: UnitOfWork, run: Run) -> None:
    """Marks the plan as being applied, and lets the clerks follow whose office closes. Raises TooEarly, NotReady."""
    today = unit.now.astimezone(LOCAL).date()
    if today < run.reform.date:
        raise TooEarly(date=run.reform.date.isoformat(), today=today.isoformat())
    state = unit.connection.execute(
        select(reforms.c.state).where(reforms.c.id == run.id).with_for_update()
    ).scalar_one()
    if state not in ("ready", "applying"):
        raise NotReady(plan=run.digest[:12], state=state)
    for member in run.members:
        if member["to"] is not None:
            follow_office(unit, member, run.reform.date)
    _publish_contacts(unit, run.reform)
    if state == "ready":
        unit.connection.execute(
            update(reforms).where(reforms.c.id == run.id).values(state="applying", started_at=unit.now)
        )


def apply_batch(unit: UnitOfWork, run: Run, after: int = 0, limit: int = BATCH) -> tuple[Done, int | None]:
    """Moves the next dossiers whose ids lie above ``after``; what became of them, and the last id looked at (None:
    there were no more)."""
    waiting = and_(
        reform_items.c.reform_id == run.id, reform_items.c.status == "waiting", reform_items.c.dossier_id > after
    )
    items = unit.connection.execute(
        select(reform_items).where(waiting).order_by(reform_items.c.dossier_id).limit(limit)
    ).all()
    if not items:
        return Done(), None
    free = _lock(unit, [one.dossier_id for one in items])
    live = run.reader.of_ids(unit.connection, free)
    moved = stale = ended = 0
    for item in items:
        if item.dossier_id not in free:
            continue
        facts = live.get(item.dossier_id)
        if facts is None:
            _settle(unit, run, item.dossier_id, status="ended")
            ended += 1
            continue
        planned = {desk: run.groups[number].passage for desk, number in item.passages.items()}
        if facts.version != item.version:
            now = run.planner.decide(facts)
            if now.outcome != "moves" or not _same(now, planned) or now.place != item.place:
                _settle(unit, run, item.dossier_id, status="stale")
                stale += 1
                continue
        move_dossier(unit, run, item.dossier_id, planned, item.place)
        moved += 1
    return Done(moved, stale, ended, len(items) - moved - stale - ended), items[-1].dossier_id


def finish_applying(unit: UnitOfWork, run: Run) -> None:
    """Marks the plan as applied, once nothing waits."""
    waiting = and_(reform_items.c.reform_id == run.id, reform_items.c.status == "waiting")
    if unit.connection.execute(select(reform_items.c.dossier_id).where(waiting).limit(1)).first() is None:
        values = {"state": "applied", "finished_at": unit.now}
        unit.connection.execute(update(reforms).where(reforms.c.id == run.id).values(values))


def move_dossier(
    unit: UnitOfWork,
    run: Run,
    dossier_id: int,
    passages: Mapping[str, Passage],
    place: str | None,
    decided: Mapping[str, str] | None = None,
) -> Case:
    """Gives the dossier its new offices by one journal entry, and tells its applicant once. ``decided`` says ``by``
    whom, ``legal`` by which text and for which ``reason`` a person chose, where one did."""
    case = open_case_by_id(unit, dossier_id)
    passages = dict(sorted(passages.items()))
    before = {name: case.row[name] for name in MOVED}
    targets = {desk: one.target for desk, one in passages.items() if one.target is not None}
    case.change(**_columns(case, targets, place))
    case.change(**timing.due_columns(case.row, case.release, case.calendar))
    questions = {desk: target for desk, target in targets.items() if desk.startswith(f"{VERIFICATION}:")}
    for desk, target in questions.items():
        _ask_instead(unit, case, int(desk.partition(":")[2]), target)
    data: dict[str, Any] = {
        "reform": run.reform.code,
        "date": run.reform.date.isoformat(),
        "plan": run.digest,
        "legal": legal_of(passages.values(), run.reform),
        "passages": [
            {"desk": desk, "from": one.source, "to": one.target, "policy": one.policy, "legal": one.legal}
            for desk, one in passages.items()
        ],
    }
    if decided:
        data["decided"] = {"by": decided["by"], "legal": decided["legal"]}
    told = targets.keys() & {"handler", "intake"}
    entry = record(
        case,
        "reform",
        data=data,
        private={"reason": _reason(case, run, passages, decided or {})},
        events=[("action", "transfer")] if told else [],
    )
    changed = {name: value for name, value in before.items() if value != case.row[name]}
    _settle(unit, run, dossier_id, status="done", entry=entry, before=_kept(changed, passages, questions))
    return case


def _publish_contacts(unit: UnitOfWork, reform: Reform) -> None:
    """The telephone numbers and addresses that offices have from the day on."""
    fresh = []
    for contact in reform.contacts:
        office = unit.catalogue.office(contact.office)
        hotline, address = contact.hotline or office.hotline, contact.address or office.address
        if (hotline, address) != (office.hotline, office.address):
            fresh.append(replace(office, hotline=hotline, address=address))
    if fresh:
        publish_offices(unit, fresh)


def _columns(case: Case, targets: Mapping[str, str], place: str | None) -> dict[str, Any]:
    row = case.row
    changes: dict[str, Any] = {
        "offices": {**row["offices"], **{k: v for k, v in targets.items() if k in row["offices"]}}
    }
    if "handler" in targets:
        changes["handler_office"] = targets["handler"]
    elif (
        row["handler_office"] == row["offices"].get("intake")
        and "intake" in targets
        and "handler" not in row["offices"]
    ):
        changes["handler_office"] = targets["intake"]  # decided where it is received
    role = case.release.roles.get(row["holder_role"] or "")
    if role is not None and row["holder_office"] == row["offices"].get(role.unit) and role.unit in targets:
        changes["holder_office"] = targets[role.unit]
        held = row["holder_id"]
        if held is not None and not works_at(case.unit, held, targets[role.unit], row["holder_role"], case.today):
            changes["holder_id"] = None
    if place is not None:
        changes["place"] = place
    if "intake" in targets:
        changes["province"] = case.unit.catalogue.office(targets["intake"]).province
    return changes


def _reason(case: Case, run: Run, passages: Mapping[str, Passage], decided: Mapping[str, str]) -> str:
    """Why, in the applicant's language: the policy for the desk that decides, or for the one that receives."""
    main = passages.get("handler") or next(iter(passages.values()))
    words: Text = passage_in_words(replace(main, candidates=()), run.reform, run.known)
    text = words.in_(case.applicant.get("language") or "vi")
    return " ".join([text, *(decided[key] for key in ("reason", "legal") if key in decided)])


def _kept(changed: Mapping[str, Any], passages: Mapping[str, Passage], questions: Mapping[str, str]) -> dict[str, Any]:
    """What a way back needs: the columns as they were, and the offices that were asked."""
    moments = {k: v.isoformat() if isinstance(v, dt.datetime) else v for k, v in changed.items()}
    return {"columns": moments, "asked": {desk: passages[desk].source for desk in questions}}


def _ask_instead(unit: UnitOfWork, case: Case, number: int, office: str) -> None:
    unit.connection.execute(update(verifications).where(verifications.c.id == number).values(office=office))
    insert_into = postgresql.insert if unit.connection.dialect.name == "postgresql" else sqlite.insert
    seen = {"office": office, "dossier_id": case.id, "since": unit.now}
    unit.connection.execute(insert_into(dossier_offices).on_conflict_do_nothing(), seen)


def _lock(unit: UnitOfWork, ids: Sequence[int]) -> set[int]:
    """Locks those of the dossiers that nobody works on right now; SQLite has one writer, so there all of them."""
    which = select(dossiers.c.id).where(dossiers.c.id.in_(ids)).order_by(dossiers.c.id)
    return set(unit.connection.execute(which.with_for_update(skip_locked=True)).scalars())


def _same(now: Item, planned: Mapping[str, Passage]) -> bool:
    found = {one.desk: (one.source, one.target) for one in now.passages}
    return found == {desk: (one.source, one.target) for desk, one in planned.items()}


def _settle(unit: UnitOfWork, run: Run, dossier_id: int, **values: Any) -> None:
    mine = {"reform_id": run.id, "dossier_id": dossier_id}
    unit.writes.update(reform_items, {**values, "at": unit.now}, mine)
