"""Whose hands a dossier is in after a step: the holder's own next step keeps it, and a step back returns it.

A claim survives a step of the holder into a state that they may hold as well. A step that goes back gives the dossier
to the person who passed it on from there. An answer gives it to the person who asked, if they had claimed it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import orjson
from sqlalchemy import and_, bindparam, or_, select

from engine.dossier.case import Case
from engine.rules.procedure.machine import Step
from engine.rules.procedure.permissions import roles_in
from engine.store.journal import journal
from engine.store.people import holds_post
from engine.store.sql.question import PreparedSelect


class Hand(NamedTuple):
    """A person who should hold a dossier, and whether they have the role of the state that it enters there today."""

    person: int
    member: bool


def next_holder(case: Case, step: Step) -> Hand | None:
    """Who should hold the dossier after ``step``, if they may; called before the row is changed.

    It is the present holder where they take the step themselves, else whom the dossier goes back to.
    """
    holder, person = case.row["holder_id"], case.unit.actor.person_id
    back = _whom_it_came_from(case, step) if step.source != step.target else None
    if back is not None:
        return back
    return Hand(holder, False) if holder is not None and holder == person else None


def keep_hold(case: Case, hand: Hand | None) -> None:
    """Gives the dossier to who should hold it in the state that it just entered, if they have the role there today.

    The dossier counts as unopened, so that the step can still be recalled.
    """
    office, role = case.row["holder_office"], case.row["holder_role"]
    if hand is None or office is None or role is None:
        return
    actor = case.unit.actor
    # The actor's own roles, with those of whom they stand in for, came with the actor.
    if role in roles_in(actor, office, case.today) if hand.person == actor.person_id else hand.member:
        case.change(holder_id=hand.person)


def _whom_it_came_from(case: Case, step: Step) -> Hand | None:
    """The person who last passed the dossier on from the state that ``step`` returns to; None where it returns to none.

    A step returns if its effect says so (``back``), if it answers, or if it leads another role to a state nearer to the
    beginning.
    """
    states, depths = case.release.states, case.workflow.depths
    source, target, answers = states[step.source], states[step.target], step.effect == "answer"
    nearer = depths.get(step.target, 0) < depths.get(step.source, 0) and source.role != target.role
    if target.role is None or not (answers or step.effect == "back" or nearer):
        return None
    left, member = _last_step_from(case, step.target)
    if left is None or not left["actor"].startswith("staff:"):
        return None
    if answers and "holder_id" not in left["changes"]:
        return None  # nobody had claimed it, so it goes to whoever in the role is free
    return Hand(int(left["actor"].removeprefix("staff:")), member)


def _last_step_from(case: Case, state: str) -> tuple[Mapping[str, Any] | None, bool]:
    """The body of the last journal entry by which the dossier left ``state`` and which was not recalled; and whether
    who took that step has the role of ``state`` today."""
    recalled: set[int] = set()
    for body, member in _entries_back(case, state):
        data = body["data"]
        if body["act"] == "recall":
            recalled.add(data["recalled"])
        elif data.get("from") == state != data["to"] and "effect" in data and body["number"] not in recalled:
            return body, member
    return None, False


def _entries_back(case: Case, state: str) -> Iterator[tuple[Mapping[str, Any], bool]]:
    """The recalls and what may be steps from ``state``, newest first, by a few: a journal may have thousands.

    With each comes whether its actor has the role of ``state`` today: what is held needs no question of its own.
    """
    before, few = case.before["version"] + 1, _FEW
    role = case.release.states[state].role or ""
    post = {"office": case.row["offices"].get(case.release.roles[role].unit), "role": role, "day": case.today}
    while True:
        values = {"dossier": case.id, "before": before, "from": f'%"from":"{state}"%', "few": few}
        found = _ENTRIES_BACK.rows(case.unit.reader(), values | post)
        yield from ((orjson.loads(row.body), bool(row.member)) for row in found)
        if len(found) < few:
            return
        before, few = found[-1].number, few * _FEW


_FEW = 4
_ENTRIES_BACK = PreparedSelect(
    select(journal.c.number, journal.c.body, holds_post(journal.c.actor).label("member"))
    .where(
        and_(journal.c.dossier_id == bindparam("dossier"), journal.c.number < bindparam("before")),
        or_(journal.c.body.like(bindparam("from")), journal.c.act == "recall"),
    )
    .order_by(journal.c.number.desc())
    .limit(bindparam("few"))
)
