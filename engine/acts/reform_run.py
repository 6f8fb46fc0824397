"""A plan that is being carried out: the reform, how its dossiers pass, and the next ones that stand in some status."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, and_, bindparam, select

from engine.acts.move_dossiers import Way
from engine.bulk_record import CASE_COLUMNS
from engine.errors import Conflict, NotFound
from engine.reform_reader import ReformReader
from engine.rules.reform import Reform
from engine.rules.reform_plan import Live, Planner
from engine.rules.reform_totals import Group, group_from_data
from engine.rules.routing import Map
from engine.store.dossiers import applicants, dossiers
from engine.store.plans import reform_groups, reform_items, reforms
from engine.transaction import Runtime, UnitOfWork


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
    """One plan being carried out, with the planner for what changed meanwhile. Kept by the caller over all batches;
    several threads may share it."""

    def __init__(self, runtime: Runtime, row: Row[Any], groups: Sequence[Group]) -> None:
        self.id, self.state, self.digest = int(row.id), str(row.state), str(row.digest)
        self.reform = msgspec.convert(row.document, Reform)
        self.members: list[dict[str, Any]] = row.summary["members"]
        self.groups = tuple(groups)
        self.known: Map = runtime.catalogue.map
        self.reader = ReformReader(runtime.database, runtime.catalogue, self.reform)
        self.planner = Planner(self.reform, self.known)
        self._ways: dict[tuple[tuple[str, int], ...], Way] = {}

    @property
    def day_before(self) -> dt.date:
        """The last day of the old order."""
        return self.reform.date - dt.timedelta(days=1)

    def way(self, numbers: Mapping[str, int]) -> Way:
        """How a dossier passes whose desks belong to the groups with these numbers."""
        key = tuple(numbers.items())
        found = self._ways.get(key)
        if found is None:
            passages = {desk: self.groups[number].passage for desk, number in key}
            found = Way(self.reform, self.known, self.digest, passages)
            if not found.questions:  # the number of a question is one dossier's alone
                self._ways[key] = found
        return found

    def fate(self, facts: Live | None, way: Way, place: str | None) -> str:
        """What becomes of a dossier that changed since the plan: it moves where it would be planned the same again."""
        if facts is None:
            return "ended"
        now = self.planner.decide(facts)
        same = {one.desk: (one.source, one.target) for one in now.passages} == {
            desk: (one.source, one.target) for desk, one in way.passages.items()
        }
        return "moved" if now.outcome == "moves" and same and now.place == place else "stale"


def open_run(runtime: Runtime, reform_id: int) -> Run:
    """The plan with this id. Raises NotFound."""
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        row = connection.execute(select(reforms).where(reforms.c.id == reform_id)).one_or_none()
        if row is None:
            raise NotFound(what=f"reform plan {reform_id}")
        mine = select(reform_groups.c.document).where(reform_groups.c.reform_id == reform_id)
        documents = connection.execute(mine.order_by(reform_groups.c.number)).scalars().all()
    return Run(runtime, row, [group_from_data(one) for one in documents])


def ids_standing(connection: Connection, run: Run, status: str, after: int, limit: int) -> list[int]:
    """The next dossiers of the plan above the id ``after`` that stand in a status, in order."""
    mine = and_(reform_items.c.reform_id == run.id, reform_items.c.status == status, reform_items.c.dossier_id > after)
    found = select(reform_items.c.dossier_id).where(mine).order_by(reform_items.c.dossier_id).limit(limit)
    return list(connection.execute(found).scalars())


def rows_standing(unit: UnitOfWork, run: Run, status: str, ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Those of some dossiers (``ids`` as ``ids_standing`` gave them) that still stand in the status and that nobody
    works on at this instant, locked: what a case needs, with the columns of the plan. SQLite has one writer, so there
    none is ever left out."""
    if not ids:
        return []
    which = {"reform": run.id, "status": status, "first": ids[0], "last": ids[-1]}
    return unit.connection.execute(_ROWS, which).all()


_ROWS: Select[Any] = (
    select(
        *CASE_COLUMNS,
        reform_items.c.dossier_id,
        reform_items.c.version.label("planned_version"),
        reform_items.c.passages,
        reform_items.c.place.label("new_place"),
        reform_items.c.entry,
        reform_items.c.before,
    )
    .select_from(reform_items)
    .join(dossiers, dossiers.c.id == reform_items.c.dossier_id)
    .join(applicants, applicants.c.dossier_id == dossiers.c.id)
    .where(
        reform_items.c.reform_id == bindparam("reform"),
        reform_items.c.status == bindparam("status"),
        reform_items.c.dossier_id.between(bindparam("first"), bindparam("last")),
    )
    .order_by(reform_items.c.dossier_id)
    # The plan's row too: of two that carry the plan out at once, the second then sees what the first has settled.
    .with_for_update(of=(dossiers, reform_items), skip_locked=True)
)
