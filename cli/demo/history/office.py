"""The offices of the demonstration at a told moment: who works there, what they see, and acts in their name."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar, cast

from sqlalchemy import bindparam, select

from adapters.files_local import LocalFiles
from cli.compose import compose
from cli.demo.people import STAFF
from engine.acts.notices.deliver import deliver_notices
from engine.dossier.case import Case
from engine.errors import Refusal
from engine.jobs.schedule import sweep_all_due
from engine.ports import Notifier
from engine.rules.deadlines.calendar import Calendar
from engine.rules.dossier_row import DossierRow
from engine.rules.procedure.definition import Release
from engine.rules.procedure.machine import Workflow
from engine.rules.procedure.permissions import SYSTEM_ACTOR, Actor
from engine.settings import Settings
from engine.store.actors import actor_of_person
from engine.store.clocks import clocks
from engine.store.dossiers import dossiers
from engine.store.people import person_named
from engine.transaction import UnitOfWork, in_transaction

T = TypeVar("T")
_ROW = select(dossiers).where(dossiers.c.code == bindparam("code"))
_CHILDREN = select(dossiers.c.code).where(dossiers.c.parent_id == bindparam("number"))
_FIRST = (
    select(clocks.c.due_at)
    .where(clocks.c.fired_at.is_(None), clocks.c.due_at <= bindparam("until"))
    .order_by(clocks.c.due_at)
    .limit(1)
)
_RINGS = (
    select(clocks.c.due_at)
    .where(
        clocks.c.dossier_id == bindparam("number"),
        clocks.c.kind == "after",
        clocks.c.subject == bindparam("action"),
        clocks.c.fired_at.is_(None),
    )
    .order_by(clocks.c.due_at)
)
_CLOCKS_AT_ONCE = 200


class Office:
    """The offices at the moment ``now``, which the history sets; every act is committed at that moment.

    ``refused`` counts the refusals that acts met, by code: a person tries what is not possible, and leaves it.
    """

    def __init__(self, settings: Settings, chance: random.Random, start: dt.datetime, notifier: Notifier) -> None:
        self.now, self.chance = start, chance
        self.refused: Counter[str] = Counter()
        self.acts = 0
        self.links: dict[str, tuple[str, str]] = {}
        """(link token, receipt code) by dossier code: what the applicants were given."""
        self._notifier = notifier
        runtime = compose(settings, now=lambda: self.now, ring=lambda: None)
        self.runtime = replace(runtime, files=LocalFiles(settings.data / "files", durable=False))
        self._posts: dict[tuple[str, str], list[Actor]] = {}
        self._people: dict[int, Actor] = {}
        self._numbers: dict[str, int] = {}
        self.do(SYSTEM_ACTOR, self._meet)

    def _meet(self, unit: UnitOfWork) -> None:
        for sample in STAFF:
            number = person_named(unit.begin(), sample.username)
            actor = actor_of_person(unit.begin(), number) if number is not None else None
            if actor is None or number is None:
                continue
            self._people[number] = actor
            self._numbers[sample.username] = number
            for place in sample.places:
                self._posts.setdefault(place, []).append(actor)

    def do(self, actor: Actor, act: Callable[[UnitOfWork], T]) -> T:
        """Runs an act of ``actor`` now, in one transaction. Raises its refusals."""
        self.acts += 1
        return in_transaction(self.runtime, actor, act, now=self.now)

    def attempt(self, actor: Actor, act: Callable[[UnitOfWork], Case | tuple[Case, int]]) -> bool:
        """Runs an act that may be refused; returns whether it was done."""
        try:
            self.do(actor, act)
        except Refusal as refusal:
            self.refused[refusal.code] += 1
            return False
        return True

    def somebody(self, office: str | None, role: str | None, holder: int | None = None) -> Actor | None:
        """The holder, else anybody with that role at that office; None where nobody works there."""
        if holder is not None:
            return self._people.get(holder)
        there = self._posts.get((office or "", role or ""), [])
        return self.chance.choice(there) if there else None

    def number(self, username: str) -> int:
        """The id of one of the sample staff."""
        return self._numbers[username]

    def row(self, code: str) -> DossierRow:
        """A dossier's row as it is now."""
        with self.runtime.database.connect().execution_options(motcua_read_only=True) as connection:
            found = dict(connection.execute(_ROW, {"code": code}).mappings().one())
        return cast(DossierRow, found)

    def children_of(self, number: int) -> list[str]:
        """The codes of the linked dossiers that a dossier opened."""
        with self.runtime.database.connect().execution_options(motcua_read_only=True) as connection:
            return list(connection.execute(_CHILDREN, {"number": number}).scalars())

    def rings_at(self, number: int, action: str) -> dt.datetime | None:
        """When a timer takes an action on a dossier; None where none is set."""
        with self.runtime.database.connect().execution_options(motcua_read_only=True) as connection:
            found: dt.datetime | None = connection.execute(_RINGS, {"number": number, "action": action}).scalar()
        return found

    def workflow(self, row: DossierRow) -> Workflow:
        """The release under which a dossier runs."""
        return self.runtime.catalogue.workflow(row["release"])

    def release(self, row: DossierRow) -> Release:
        """The release's file, as it was published."""
        return self.workflow(row).release

    def calendar(self, office: str | None = None) -> Calendar:
        """The working time of an office."""
        return self.runtime.catalogue.calendar("vn", office)

    def let_time_pass(self, until: dt.datetime) -> None:
        """Fires every clock that is due by then, each at its moment, and sends the notices of each day."""
        while (due := self._first_clock(until)) is not None:
            self._send_before(due)
            self.now = max(self.now, due)
            sweep_all_due(self.runtime, as_of=self.now, limit=_CLOCKS_AT_ONCE)
        self._send_before(until)
        self.now = max(self.now, until)

    def _first_clock(self, until: dt.datetime) -> dt.datetime | None:
        with self.runtime.database.connect().execution_options(motcua_read_only=True) as connection:
            found: dt.datetime | None = connection.execute(_FIRST, {"until": until}).scalar()
        return found

    def _send_before(self, moment: dt.datetime) -> None:
        if moment.date() != self.now.date():
            self.send()

    def send(self) -> None:
        """Sends what waits to be sent."""
        while deliver_notices(self.runtime, self._notifier, 500).taken:
            pass
