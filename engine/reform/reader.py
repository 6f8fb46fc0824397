"""Reads the facts of all live dossiers for a reform plan, in keyset pages that lock nothing.

Each page is a short read-only transaction, so neither clerks nor the vacuum wait for a plan. A dossier that changes
while the plan is made is planned as it was read; applying the plan checks it again.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Connection, Engine, Row, Text, and_, cast, func, select

from engine.catalogue import Catalogue
from engine.clock import civil_day
from engine.rules.reform.members import Held
from engine.rules.reform.plan import Live, subjects_of
from engine.rules.reform.policy import VERIFICATION, Reform
from engine.store.clocks import closures
from engine.store.dossiers import applicants, dossiers, verifications
from engine.store.journal import journal
from engine.store.people import memberships
from engine.store.plans import reform_items, reforms
from engine.store.releases import releases

PAGE = 5000
"""Dossiers read in one transaction."""


class Seen(NamedTuple):
    """One live dossier as it was read.

    ``offices`` is JSON text. ``placed_on`` is the day since which ``place`` has its code. ``asked`` are the offices of
    open verifications, by desk. ``form`` is present where the reform needs it. A dossier with neither is decided like
    all others of its kind.
    """

    id: int
    code: str
    version: int
    release: str
    procedure: str
    kind: str
    province: str
    place: str | None
    offices: str
    running: bool
    placed_on: dt.date
    asked: Mapping[str, str] | None
    form: Mapping[str, Any] | None


_COLUMNS: tuple[Any, ...] = (
    dossiers.c.id,
    dossiers.c.code,
    dossiers.c.version,
    dossiers.c.release,
    dossiers.c.procedure,
    dossiers.c.applicant_kind,
    dossiers.c.province,
    dossiers.c.place,
    cast(dossiers.c.offices, Text),
    dossiers.c.clock,
    dossiers.c.placed_on,
    # A subquery, not a join: it is looked up row by row whatever the statistics say, so a page never reads all.
    select(journal.c.at)
    .where(journal.c.dossier_id == dossiers.c.id, journal.c.number == 1)
    .scalar_subquery()
    .label("opened_at"),
)


class ReformReader:
    """Reads live dossiers for one reform."""

    def __init__(self, database: Engine, catalogue: Catalogue, reform: Reform) -> None:
        self._database, self._catalogue, self._reform = database, catalogue, reform
        self._subjects: dict[str, Mapping[str, str]] = {}
        self._unfinished: ColumnElement[bool] | None = None
        self._divided = frozenset(one.commune for one in reform.divisions)

    def count(self) -> int:
        """The number of live dossiers, for a progress bar."""
        with self._reading() as connection:
            return int(connection.execute(select(func.count()).where(self._live(connection))).scalar_one())

    def live(self, page: int = PAGE) -> Iterator[list[Seen]]:
        """Every live dossier, in order of id, page by page. A thread reads the next page in advance."""
        with ThreadPoolExecutor(1) as ahead:
            coming = ahead.submit(self._after, 0, page)
            while found := coming.result():
                if len(found) < page:
                    yield found
                    return
                coming = ahead.submit(self._after, found[-1].id, page)
                yield found

    def live_of(self, seen: Seen, chosen: Sequence[str] = ()) -> Live:
        """The facts of a dossier that a plan needs. ``chosen`` are the communes that a person chose."""
        subjects = self._subjects.get(seen.release)
        if subjects is None:
            subjects = self._subjects[seen.release] = subjects_of(self._catalogue.workflow(seen.release).release)
        return Live(
            seen.id,
            seen.code,
            seen.version,
            seen.procedure,
            seen.kind,
            seen.province,
            seen.place,
            seen.placed_on,
            {**orjson.loads(seen.offices), **(seen.asked or {})},
            subjects,
            _told(seen.form, "hamlet") if seen.form else None,
            _told(seen.form, "parcel") if seen.form else None,
            tuple(chosen),
        )

    def of_ids(
        self, connection: Connection, ids: Collection[int], chosen: Mapping[int, Sequence[str]] | None = None
    ) -> dict[int, Live]:
        """The facts of these dossiers, by id, in the caller's transaction; finished ones are left out.

        ``chosen`` are the communes that a person chose, by dossier.
        """
        which = and_(dossiers.c.id.in_(sorted(ids)), self._live(connection))
        given = chosen or {}
        return {one.id: self.live_of(one, given.get(one.id, ())) for one in self._page(connection, which, len(ids))}

    def held(self) -> list[Held]:
        """Every membership that began before the day of the reform and lasts beyond it."""
        goes_on = memberships.c.valid_to.is_(None) | (memberships.c.valid_to > self._reform.date)
        statement = select(memberships).where(memberships.c.valid_from < self._reform.date, goes_on)
        with self._reading() as connection:
            rows = connection.execute(statement.order_by(memberships.c.office, memberships.c.person_id)).all()
        return [Held(row.person_id, row.office, row.role, row.valid_from, row.valid_to) for row in rows]

    def closures(self) -> dict[str, str]:
        """For each office with its own closures a text that is equal where the closures are equal."""
        found: dict[str, list[str]] = defaultdict(list)
        with self._reading() as connection:
            for row in connection.execute(select(closures).order_by(closures.c.office, closures.c.first)):
                found[row.office].append(str(row.document))
        return {office: "\n".join(days) for office, days in found.items()}

    def _reading(self) -> Connection:
        return self._database.connect().execution_options(motcua_read_only=True)

    def _live(self, connection: Connection) -> ColumnElement[bool]:
        """The condition that a dossier is not in a final state of its release."""
        if self._unfinished is None:
            digests = connection.execute(select(releases.c.digest).order_by(releases.c.digest)).scalars().all()
            final = [
                f"{digest} {key}"
                for digest in digests
                for key, state in self._catalogue.workflow(digest).release.states.items()
                if state.final
            ]
            # One text, not a pair: PostgreSQL looks it up in a hash table instead of comparing one after the other.
            self._unfinished = (dossiers.c.release + " " + dossiers.c.state).not_in(final)
        return self._unfinished

    def _after(self, last: int, limit: int) -> list[Seen]:
        with self._reading() as connection:
            return self._page(connection, and_(dossiers.c.id > last, self._live(connection)), limit)

    def _page(self, connection: Connection, which: ColumnElement[bool], limit: int) -> list[Seen]:
        statement = select(*_COLUMNS).where(which).order_by(dossiers.c.id).limit(limit)
        rows = connection.execute(statement).all()
        if not rows:
            return []
        questions, placed = self._questions(connection, rows), self._placed(connection, rows)
        forms = self._forms(connection, rows)
        return [
            Seen._make(
                (
                    number,
                    *own,
                    clock == "running",
                    max(filter(None, (placed.get(number), corrected)), default=civil_day(opened_at)),
                    questions.get(number),
                    forms.get(number),
                )
            )
            for number, *own, clock, corrected, opened_at in rows
        ]

    def _questions(self, connection: Connection, rows: Sequence[Row[Any]]) -> dict[int, dict[str, str]]:
        """The offices of open verifications by desk, by dossier."""
        waiting = and_(
            verifications.c.dossier_id.between(rows[0].id, rows[-1].id), verifications.c.answered_at.is_(None)
        )
        found: dict[int, dict[str, str]] = defaultdict(dict)
        for one in connection.execute(select(verifications).where(waiting).order_by(verifications.c.id)):
            found[one.dossier_id][f"{VERIFICATION}:{one.id}"] = one.office
        return found

    def _placed(self, connection: Connection, rows: Sequence[Row[Any]]) -> dict[int, dt.date]:
        """The day since which ``place`` has its code, for dossiers that an earlier reform moved.

        Codes are reused, so a code needs its day. The caller prefers the day of a later correction; without either,
        the day on which the dossier was opened counts.
        """
        moved = and_(
            reform_items.c.dossier_id.between(rows[0].id, rows[-1].id),
            reform_items.c.status.in_(("done", "touched")),
            reform_items.c.place.is_not(None),
        )
        statement = select(reform_items.c.dossier_id, func.max(reforms.c.date))
        statement = statement.join(reforms, reforms.c.id == reform_items.c.reform_id).where(moved)
        return {row[0]: row[1] for row in connection.execute(statement.group_by(reform_items.c.dossier_id))}

    def _forms(self, connection: Connection, rows: Sequence[Row[Any]]) -> dict[int, Mapping[str, Any]]:
        """The forms of the dossiers in communes whose hamlets or plots the reform knows."""
        ids = [row.id for row in rows if row.place in self._divided] if self._divided else []
        if not ids:
            return {}
        of_these = select(applicants.c.dossier_id, applicants.c.form).where(applicants.c.dossier_id.in_(ids))
        return {row.dossier_id: row.form for row in connection.execute(of_these)}


def _told(form: Mapping[str, Any], what: str) -> str | None:
    """The value of a field such as ``land.hamlet`` or ``land.parcel``, whatever the procedure calls its first part."""
    return next((str(value) for key, value in sorted(form.items()) if key.endswith(f".{what}") and value), None)
