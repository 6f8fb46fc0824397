"""A loaded plan while it is applied, reverted or decided on: its reform, its passages, and its dossiers by status."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, and_, bindparam, select

from engine.acts.reform.move_dossiers import Sayings, Way
from engine.dossier.case import Case
from engine.dossier.record_many import CASE_COLUMNS, case_from
from engine.errors import Conflict, NotFound
from engine.reform.reader import ReformReader
from engine.rules.offices.routing import Map
from engine.rules.reform.plan import Live, Planner
from engine.rules.reform.policy import Reform
from engine.rules.reform.totals import Group, group_from_data
from engine.store.dossiers import applicants, dossiers
from engine.store.plans import group_documents, reform_items, reform_row
from engine.store.rows import ReformRow
from engine.store.sql.question import PreparedSelect
from engine.transaction import Runtime, UnitOfWork


class NotReady(Conflict):
    """The plan's state does not allow this."""

    code = "reform-not-ready"
    vi = "Kế hoạch {plan} đang ở trạng thái {state}."
    en = "The plan {plan} is in the state {state}."


class Run:
    """One loaded plan, with the planner for dossiers that changed meanwhile.

    One instance serves all batches; threads may share it.
    """

    def __init__(self, runtime: Runtime, row: ReformRow, groups: Sequence[Group]) -> None:
        self.id, self.state, self.digest = int(row.id), str(row.state), str(row.digest)
        self.reform = msgspec.convert(row.document, Reform)
        self.members: list[dict[str, Any]] = row.summary["members"]
        self.groups = tuple(groups)
        self.known: Map = runtime.catalogue.map
        self.reader = ReformReader(runtime.database, runtime.catalogue, self.reform)
        self.planner = Planner(self.reform, self.known)
        self.sayings = Sayings(self.reform, self.known, self.digest)

    @property
    def day_before(self) -> dt.date:
        """The last day of the old order."""
        return self.reform.date - dt.timedelta(days=1)

    def way(self, numbers: Mapping[str, int]) -> Way:
        """The passages of a dossier; ``numbers`` are its groups by desk."""
        return Way({desk: self.groups[number].passage for desk, number in numbers.items()}, self.sayings)

    def fate(self, facts: Live | None, way: Way, place: str | None) -> str:
        """The outcome for a dossier that changed since the plan: ``moved``, ``stale`` or ``ended``.

        It moves where a new plan would decide the same. ``facts`` is None for a dossier that has ended.
        """
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
        row = reform_row(connection, reform_id)
        if row is None:
            raise NotFound(what=f"reform plan {reform_id}")
        documents = group_documents(connection, reform_id)
    return Run(runtime, row, [group_from_data(one) for one in documents])


def ids_standing(connection: Connection, run: Run, status: str, after: int, limit: int) -> list[int]:
    """The ids, ascending and above ``after``, of the next dossiers of the plan with a status."""
    mine = and_(reform_items.c.reform_id == run.id, reform_items.c.status == status, reform_items.c.dossier_id > after)
    found = select(reform_items.c.dossier_id).where(mine).order_by(reform_items.c.dossier_id).limit(limit)
    return list(connection.execute(found).scalars())


class Standing(NamedTuple):
    """A dossier of the plan: the present case beside its planned version, groups by desk, and place."""

    case: Case
    planned_version: int
    passages: dict[str, int]
    place: str | None
    entry: int | None
    before: Mapping[str, Any] | None

    @property
    def as_planned(self) -> bool:
        return bool(self.case.row["version"] == self.planned_version)


def rows_standing(unit: UnitOfWork, run: Run, status: str, ids: Sequence[int]) -> list[Standing]:
    """The dossiers of ``ids`` (few others lie between them) that still have the status, in order of their ids.

    They are not locked: the write compares the version.
    """
    if not ids:
        return []
    wanted = set(ids)
    which = {"reform": run.id, "status": status, "first": min(wanted), "last": max(wanted)}
    rows = [row for row in _ROWS.fetch(unit.reader(), which) if row[_ID] in wanted]
    return [Standing(case_from(unit, row), *row[len(CASE_COLUMNS) :]) for row in rows]


_ID = [column.key for column in CASE_COLUMNS].index("id")
_ITEM = (reform_items.c[name] for name in ("version", "passages", "place", "entry", "before"))
_ROWS = PreparedSelect(
    select(*CASE_COLUMNS, *_ITEM)
    .select_from(reform_items)
    .join(dossiers, dossiers.c.id == reform_items.c.dossier_id)
    .join(applicants, applicants.c.dossier_id == dossiers.c.id)
    .where(
        reform_items.c.reform_id == bindparam("reform"),
        reform_items.c.status == bindparam("status"),
        reform_items.c.dossier_id.between(bindparam("first"), bindparam("last")),
    )
    .order_by(reform_items.c.dossier_id)
)
