"""Plans of versions that people make on a page: what was planned is kept until somebody approves exactly that.

The plan's file is kept as a row, compressed, since the process that applies it may run on another machine.
"""

from __future__ import annotations

import datetime as dt
import gzip
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from sqlalchemy import insert

from engine.acts.versions.batches import apply_all
from engine.acts.versions.load import load_version_plan, rehearse
from engine.acts.versions.run import open_plan
from engine.clock import civil_day
from engine.errors import Conflict, NotFound
from engine.rules.procedure.definition import Release
from engine.rules.procedure.permissions import Actor
from engine.rules.versions.fates import Orders
from engine.store.version_drafts import draft_content, forget_drafts_made_before, version_drafts
from engine.transaction import Runtime, UnitOfWork, in_transaction
from engine.versions.document import Head, VersionPlan, read_plan
from engine.versions.planning import make_plan

KEPT = dt.timedelta(days=90)
"""How long a plan is kept that nobody applies."""
AT_ONCE = 5.0
"""Seconds for which a page moves dossiers itself; the worker goes on with the rest."""


class NotSigned(Conflict):
    """A plan is kept under the name of a person."""

    code = "plan-needs-person"
    vi = "Chỉ người quản trị đã đăng nhập mới lập kế hoạch trên trang."
    en = "Only an administrator who has signed in makes a plan on a page."


@dataclass(frozen=True, slots=True)
class Moving:
    """A dossier that a plan moves to another step."""

    code: str
    state: str
    target: str


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """The version of a plan, its orders and what it saw, and dossiers that go to another step."""

    release: Release
    head: Head
    moving: tuple[Moving, ...]


def plan_version(runtime: Runtime, by: Actor, release: Release, orders: Orders) -> int:
    """Plans the version and keeps the plan; returns its number. Nothing is published.

    Raises what ``rehearse`` and ``make_plan`` raise, NotSigned.
    """
    if by.person_id is None:
        raise NotSigned()
    in_transaction(runtime, by, partial(rehearse, release=release))
    with tempfile.TemporaryDirectory(prefix="motcua-plan-") as folder:
        path = Path(folder) / "plan.json"
        summary = make_plan(runtime, release, orders, path)
        digest, content = summary["plan"], gzip.compress(path.read_bytes(), mtime=0)
    row = {
        "procedure": release.procedure,
        "version": release.version,
        "digest": digest,
        "content": content,
        "summary": {name: value for name, value in summary.items() if name != "plan"},
        "made_by": by.person_id,
    }

    def keep(unit: UnitOfWork) -> int:
        forget_drafts_made_before(unit.begin(), unit.now - KEPT)
        made = insert(version_drafts).returning(version_drafts.c.id)
        return int(unit.begin().execute(made, row | {"made_at": unit.now}).scalar_one())

    return in_transaction(runtime, by, keep)


def open_draft(runtime: Runtime, number: int, most: int) -> OpenDraft:
    """A plan that was made on a page, with up to ``most`` of the dossiers that go to another step. Raises NotFound."""
    with tempfile.TemporaryDirectory(prefix="motcua-plan-") as folder:
        plan = _plan(runtime, number, Path(folder))
        return OpenDraft(plan.release, plan.head, tuple(islice(_to_another_step(plan), most)))


def apply_draft(runtime: Runtime, by: Actor, number: int, seconds: float = AT_ONCE) -> int:
    """Publishes the version of the plan, and moves its dossiers from its first day on; returns the plan's id.

    It begins no batch after ``seconds``; the worker goes on. A plan that was applied stays as it is.
    Raises NotFound, StalePlan, and what ``load_version_plan`` raises; then nothing has changed.
    """
    with tempfile.TemporaryDirectory(prefix="motcua-plan-") as folder:
        plan_id = load_version_plan(runtime, _plan(runtime, number, Path(folder)), by)
    move_now(runtime, plan_id, seconds)
    return plan_id


def move_now(runtime: Runtime, plan_id: int, seconds: float = AT_ONCE) -> None:
    """Moves dossiers of a loaded plan for some seconds, if its first day has come. Raises NotFound."""
    run = open_plan(runtime, plan_id)
    if run.state in ("ready", "applying") and run.day <= civil_day(runtime.now()):
        apply_all(runtime, run, seconds=seconds)


def _plan(runtime: Runtime, number: int, folder: Path) -> VersionPlan:
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        content = draft_content(connection, number)
    if content is None:
        raise NotFound(what=f"version plan {number}")
    path = folder / "plan.json"
    path.write_bytes(gzip.decompress(content))
    return read_plan(path)


def _to_another_step(plan: VersionPlan) -> Iterator[Moving]:
    for one in plan.items():
        if one["outcome"] == "moves" and one["target"] != one["state"]:
            yield Moving(one["code"], one["state"], one["target"])
