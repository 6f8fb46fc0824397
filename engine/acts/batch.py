"""Batches: one act on up to 500 dossiers, asked for once and worked item by item (``engine.acts.batch_work``).

A batch and its items are rows, so it survives a reload of its page and the death of whoever works on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import insert, select, update

from engine.errors import NotFound, wrong
from engine.rules.procedure.act_names import ACT_NAMES
from engine.rules.procedure.signatures import for_many
from engine.store.batches import BatchRow, batch_items, batch_with, batches
from engine.store.dossiers import dossiers
from engine.store.people import person_name
from engine.store.visibility import visible_dossiers
from engine.text import Text
from engine.transaction import UnitOfWork

MOST_ITEMS = 500
STEP = "step:"
BUILT_IN = ("claim", "assign", "release_claim")
_LONGEST_REASON = 2000


def start_batch(
    unit: UnitOfWork,
    act: str,
    items: Sequence[tuple[str, int | None]],
    *,
    reason: str | None = None,
    person: int | None = None,
) -> int:
    """Asks for an act on dossiers, each (code, version that the actor saw); returns the batch's id.

    ``act`` is one of ``BUILT_IN``, or ``step:`` and an action of the procedures. ``person`` is the one to assign to.
    Whether it is allowed is decided for each dossier when its turn comes. Raises InvalidInput, NotFound.
    """
    wanted = dict(items)
    if not 1 <= len(wanted) <= MOST_ITEMS:
        raise wrong("chon", f"chọn từ 1 đến {MOST_ITEMS} hồ sơ", f"choose 1 to {MOST_ITEMS} dossiers")
    if len(reason or "") > _LONGEST_REASON:
        raise wrong("ly_do", f"tối đa {_LONGEST_REASON} ký tự", f"at most {_LONGEST_REASON} characters")
    connection = unit.begin()
    columns: tuple[Any, ...] = (dossiers.c.code, dossiers.c.id, dossiers.c.release)
    seen = select(*columns).where(dossiers.c.code.in_(list(wanted)), visible_dossiers(unit.actor, unit.today))
    found = cast(Sequence[Any], connection.execute(seen).all())
    known = {code: (number, release) for code, number, release in found}
    missing = [code for code in wanted if code not in known]
    if missing:
        raise NotFound(what=f"dossier {missing[0]}")
    name = _name_of(unit, act, sorted({release for _, release in known.values()}), person)
    asked = {"person_id": unit.actor.person_id, "act": act, "arguments": _arguments(reason, person)}
    named = {"name_vi": name.vi, "name_en": name.en, "asked_at": unit.now}
    batch: int = connection.execute(insert(batches).values(**asked, **named).returning(batches.c.id)).scalar_one()
    rows = [
        {"batch_id": batch, "number": number, "dossier_id": known[code][0], "version": version, "status": "waiting"}
        for number, (code, version) in enumerate(wanted.items(), 1)
    ]
    connection.execute(insert(batch_items), rows)
    return batch


def stop_batch(unit: UnitOfWork, number: int) -> None:
    """Stops a batch: no further item begins, and those that wait count as stopped. Raises NotFound."""
    batch = own_batch(unit, number)
    if batch.finished_at is not None:
        return
    waiting = (batch_items.c.batch_id == number) & (batch_items.c.status == "waiting")
    unit.begin().execute(update(batch_items).where(waiting).values(status="stopped", ended_at=unit.now))
    _set(unit, number, stopped_at=unit.now, finished_at=unit.now)


def retry_batch(unit: UnitOfWork, number: int) -> int:
    """Lets the items that were refused or stopped wait again, and returns their number. Raises NotFound.

    A dossier may have changed since: whether the act is allowed is decided anew, on its newest version.
    """
    own_batch(unit, number)
    failed = (batch_items.c.batch_id == number) & batch_items.c.status.in_(("refused", "stopped"))
    empty = dict.fromkeys(("version", "code", "why_vi", "why_en", "ended_at"))
    again = unit.begin().execute(update(batch_items).where(failed).values(status="waiting", **empty)).rowcount
    if again:
        _set(unit, number, stopped_at=None, finished_at=None)
    return again


def own_batch(unit: UnitOfWork, number: int) -> BatchRow:
    """The actor's batch, locked. Raises NotFound, also for another person's."""
    batch = batch_with(unit.begin(), number, lock=True)
    if batch is None or batch.person_id != unit.actor.person_id:
        raise NotFound(what=f"batch {number}")
    return batch


def _set(unit: UnitOfWork, number: int, **columns: Any) -> None:
    unit.begin().execute(update(batches).where(batches.c.id == number).values(**columns))


def _arguments(reason: str | None, person: int | None) -> dict[str, Any]:
    given = {"reason": (reason or "").strip() or None, "person": person}
    return {name: value for name, value in given.items() if value is not None}


def _name_of(unit: UnitOfWork, act: str, releases: Sequence[str], person: int | None) -> Text:
    """What the batch does, in words. Raises InvalidInput."""
    if act == "assign":
        name = person_name(unit.reader(), person) if person is not None else None
        if name is None:
            raise wrong("nguoi", "phải chọn người nhận", "choose whom to assign to")
        return Text(f"Giao cho {name}", f"Assign to {name}")
    if act in BUILT_IN:
        words = ACT_NAMES[act]
        return Text(words.vi.capitalize(), words.en.capitalize())
    key = act.removeprefix(STEP)
    found = [unit.catalogue.workflow(one).release.actions.get(key) for one in releases]
    names = list(dict.fromkeys(one.name for one in found if one is not None))
    if not act.startswith(STEP) or not names:
        raise wrong("viec", "không có việc này", "there is no such act")
    if not all(for_many(one) for one in found if one is not None):
        raise wrong("viec", "việc này làm riêng từng hồ sơ", "this is done for each dossier by itself")
    return Text(" / ".join(one.vi for one in names), " / ".join(one.en for one in names))
