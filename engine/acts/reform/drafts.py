"""Plans that are made on the pages: an administrator gives a policy, a worker makes the plan, it is put up afterwards.

Making a plan reads the dossiers and changes none (``engine.jobs.reform_drafts``).
"""

from __future__ import annotations

import msgspec
from sqlalchemy import insert, update

from engine.acts.reform.orders import keep_file
from engine.errors import Conflict, Forbidden
from engine.reform.document import PlanFile
from engine.rules.reform.policy import Reform
from engine.store.reform_drafts import number_waiting, reform_drafts
from engine.transaction import UnitOfWork

MOST_WAITING = 10
"""How many policies wait at a time."""


class TooManyPlansWait(Conflict):
    """So many policies wait to be planned that one more is not taken."""

    code = "too-many-plans-wait"
    vi = "Đang có {most} kế hoạch chờ lập. Hãy đợi lập xong rồi gửi tiếp."
    en = "{most} plans wait to be made. Wait until they are made, then send the next one."


def ask_plan(unit: UnitOfWork, reform: Reform) -> int:
    """Keeps a policy of which a worker makes a plan; returns its number. Raises Forbidden, TooManyPlansWait."""
    if not unit.actor.admin or unit.actor.person_id is None:
        raise Forbidden(why_vi="chỉ dành cho người quản trị", why_en="administrators only")
    if number_waiting(unit.begin()) >= MOST_WAITING:
        raise TooManyPlansWait(most=MOST_WAITING)
    row = {"document": msgspec.to_builtins(reform), "asked_by": unit.actor.person_id, "asked_at": unit.now}
    made = unit.begin().execute(insert(reform_drafts).values(row).returning(reform_drafts.c.id))
    return int(made.scalar_one())


def keep_plan(unit: UnitOfWork, number: int, plan: PlanFile, person: int) -> None:
    """Keeps the plan that was made of a policy, in the name of who asked for it. Doing it again changes nothing."""
    keep_file(unit, plan, person)
    _end(unit, number, {"digest": plan.digest})


def refuse_plan(unit: UnitOfWork, number: int, refusal: dict[str, str]) -> None:
    """Says why no plan was made of a policy."""
    _end(unit, number, {"refusal": refusal})


def _end(unit: UnitOfWork, number: int, values: dict[str, object]) -> None:
    mine = update(reform_drafts).where(reform_drafts.c.id == number, reform_drafts.c.made_at.is_(None))
    unit.begin().execute(mine.values(leased_until=None, made_at=unit.now, **values))
