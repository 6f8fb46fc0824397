"""Lives through the months of the demonstration: every act at its moment, clocks and notices between them."""

from __future__ import annotations

import datetime as dt
import heapq
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import event, select

from cli.demo.history.absences import absences
from cli.demo.history.applicants import Population
from cli.demo.history.before_reform import FIRST_DAY, night_of_the_reform, plans_before
from cli.demo.history.life import Life, Lives
from cli.demo.history.office import Office
from cli.demo.history.plan import make_plans
from engine.acts.checkpoint import checkpoint_now
from engine.clock import civil_day, midnight
from engine.ports import Notifier
from engine.rules.procedure.definition import Release
from engine.rules.procedure.portal_status import PortalStatus
from engine.settings import Settings
from engine.store.dossiers import dossiers

SEED = 2026
MONTHS = 8
SHOWN = (PortalStatus.SUPPLEMENT, PortalStatus.IN_PROCESS, PortalStatus.READY, PortalStatus.RETURNED)
_ONE_MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was lived through: how many dossiers and acts; ``links`` are the applicants' keys by dossier code, ``shown``
    the codes of some dossiers by what is going on with them, and ``refused`` the refusals that acts met, by code."""

    dossiers: int
    acts: int
    links: dict[str, tuple[str, str]] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)


def live_through(
    settings: Settings,
    notifier: Notifier,
    result: bytes,
    *,
    until: dt.datetime,
    count: int,
    seed: int = SEED,
    tell: Callable[[int], None] = lambda done: None,
) -> Outcome:
    """Makes ``count`` dossiers of the months before ``until`` in a fresh database with the sample people.

    The same seed and moment give the same journal, but for the random salts and keys in it. ``result`` is the PDF that
    the offices give back. ``tell`` is called with the number of dossiers filed since the last call.
    """
    begins = civil_day(until) - dt.timedelta(days=MONTHS * 30)
    first = min(begins, FIRST_DAY)
    office = Office(settings, random.Random(seed), midnight(first), notifier)  # noqa: S311 - the same story every time
    _write_without_waiting(office)
    plans = make_plans(_releases(office, begins, until), office.calendar(), office.chance, count, (begins, until))
    lives = Lives(office, Population(random.Random(seed)), result)  # noqa: S311 - as above
    dossiers_planned = map(lives.of, [*plans_before(office.chance), *plans])
    _live(office, lives, [night_of_the_reform(office), *absences(office, until), *dossiers_planned], until, tell)
    _close(office, until)
    return Outcome(len(office.links), office.acts, office.links, _shown(office), office.refused)


def _live(
    office: Office, lives: Lives, all_of_them: list[Life], until: dt.datetime, tell: Callable[[int], None]
) -> None:
    """Lets every life go on at its moment, and takes up those that are born meanwhile."""
    queue = [(next(life), number, life) for number, life in enumerate(all_of_them)]
    serial = len(queue)
    heapq.heapify(queue)
    while queue and queue[0][0] < until:
        moment, number, life = heapq.heappop(queue)
        office.let_time_pass(moment)
        filed = len(office.links)
        later = next(life, None)
        tell(len(office.links) - filed)
        for one in lives.born:
            serial += 1
            heapq.heappush(queue, (office.now, serial, one))
        lives.born.clear()
        if later is not None:
            heapq.heappush(queue, (max(later, moment + _ONE_MINUTE), number, life))


def _close(office: Office, until: dt.datetime) -> None:
    """Lets the last clocks ring, sends what waits, and signs the journal."""
    office.let_time_pass(until)
    office.send()
    for _ in checkpoint_now(office.runtime):
        pass
    office.runtime.database.dispose()


def _write_without_waiting(office: Office) -> None:
    """Lets SQLite leave the writing to the operating system: a history that is cut short is made anew."""
    if office.runtime.database.dialect.name != "sqlite":
        return
    office.runtime.database.dispose()

    @event.listens_for(office.runtime.database, "connect")
    def relax(connection: object, _record: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]  # sqlite3's own connection


def _releases(office: Office, begins: dt.date, until: dt.datetime) -> list[Release]:
    """Every procedure that is in force on some day of the history, the latest release of each."""
    found: dict[str, Release] = {}
    for days in range(0, (civil_day(until) - begins).days + 1, 15):
        for workflow in office.runtime.catalogue.procedures(begins + dt.timedelta(days=days)):
            found[workflow.release.procedure] = workflow.release
    return [found[key] for key in sorted(found)]


def _shown(office: Office) -> dict[str, str]:
    """The newest dossier worth a look for each of some portal statuses, of those whose links are at hand."""
    with office.runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        newest = select(dossiers.c.code, dossiers.c.portal).where(dossiers.c.portal.in_(SHOWN)).order_by(dossiers.c.id)
        rows = [row for row in connection.execute(newest).all() if row.code in office.links]
    found = {PortalStatus(row.portal).name.lower(): row.code for row in rows}
    return {status.name.lower(): found[status.name.lower()] for status in SHOWN if status.name.lower() in found}
