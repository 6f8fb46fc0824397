"""The catalogue: an in-memory cache of all published data (releases, territory, offices, competences, calendars).

Another process may publish at any moment: the numbers in ``catalogue_versions`` are read at most every two seconds, and
stale entries are dropped. Releases are immutable, so a workflow compiled by digest is never stale, except through the
communes of former districts that its conditions hold.

It reads through connections outside the pool. Acts use it while they hold a pooled connection, and would deadlock once
every connection of the pool is taken.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeVar, cast

from sqlalchemy import Engine, Row, Select, select

from engine.errors import NotFound, Refusal
from engine.rules.deadlines.calendar import Calendar
from engine.rules.deadlines.office_hours import Closure
from engine.rules.deadlines.own_hours import OwnHours
from engine.rules.offices.competence import Competence
from engine.rules.offices.index import OfficeIndex
from engine.rules.offices.offices import Office
from engine.rules.offices.routing import Map
from engine.rules.procedure.definition import release_from_bytes
from engine.rules.procedure.machine import Workflow, compile_release
from engine.rules.territory.addresses import AddressReader
from engine.rules.territory.former_districts import FormerDistricts
from engine.rules.territory.territory import Territory
from engine.rules.territory.units import Level, Succession, Unit
from engine.store.clocks import calendars, closures, office_hours
from engine.store.outbox import webhooks
from engine.store.releases import notice_templates, releases
from engine.store.rows import ReleaseRow, WebhookRow
from engine.store.sql.schema import open_alike
from engine.store.units import catalogue_versions, competences, offices, successions, units
from engine.text import Text

T = TypeVar("T")
LOOK_EVERY = 2.0  # seconds
CONTINUED = dt.timedelta(days=12 * 366)
"""How far beyond its last published day a calendar is counted, provisionally: longer than the longest time limit."""


class NoRelease(Refusal):
    """No release of the procedure is in force on that day."""

    code = "no-release"
    status = 404
    vi = "Không có quy trình {procedure} có hiệu lực ngày {on}."
    en = "No release of procedure {procedure} is in force on {on}."


class Catalogue:
    """The published data in force, by date or by digest. Safe to share between threads."""

    def __init__(self, database: Engine) -> None:
        self._database = open_alike(database)
        self._lock = threading.RLock()
        self._kept: dict[str, tuple[frozenset[str], Any]] = {}  # name → names of the versions it depends on, value
        self._workflows: dict[str, Workflow] = {}
        self._versions: dict[str, int] = {}
        self._looked = float("-inf")

    def refresh(self) -> None:
        """Drops stale entries now, without waiting for the two seconds."""
        with self._lock:
            self._look()

    def workflow(self, digest: str) -> Workflow:
        """The compiled release with this digest. Raises NotFound."""
        found = self._workflows.get(digest)
        return found or self._compile(digest)

    def current(self, procedure: str, on: dt.date) -> Workflow:
        """The compiled release of a procedure that is in force on a day. Raises NoRelease."""
        for row in self._releases.get(procedure, ()):
            if row.start <= on and (row.until is None or on <= row.until):
                return self.workflow(row.digest)
        raise NoRelease(procedure=procedure, on=on.isoformat())

    def procedures(self, on: dt.date) -> list[Workflow]:
        """The compiled releases in force on a day, in the order of their procedure codes."""
        return [
            self.workflow(row.digest)
            for _, rows in sorted(self._releases.items())
            for row in rows
            if row.start <= on and (row.until is None or on <= row.until)
        ]

    @property
    def roles(self) -> frozenset[str]:
        """The roles of staff in every release that was ever published."""
        return self._keep("roles", self._read_roles, watches=("releases",))

    @property
    def results(self) -> Sequence[tuple[str, str]]:
        """(release, key) of each paper that is a result, in every release that was ever published."""
        return self._keep("results", self._read_results, watches=("releases",))

    @property
    def territory(self) -> Territory:
        """Every province, district and commune that ever was, with the successions between them."""
        return self._keep("units", self._read_territory)

    @property
    def addresses(self) -> AddressReader:
        """The reader that finds the commune of a typed address."""
        return self._keep("addresses", lambda: AddressReader(self.territory), watches=("units",))

    @property
    def former_districts(self) -> FormerDistricts:
        """The present communes in each abolished district, for routing rules written by district."""
        return self._keep("former districts", lambda: FormerDistricts(self.territory), watches=("units",))

    @property
    def offices(self) -> Mapping[str, Office]:
        """Every office that ever was, by code."""
        return self._keep("offices", self._read_offices)

    @property
    def competences(self) -> Sequence[Competence]:
        """Every competence that ever was in force."""
        return self._keep("competences", self._read_competences)

    @property
    def map(self) -> Map:
        """Territory, offices and competences together, as routing needs them."""
        return self._keep(
            "map",
            lambda: Map(self.territory, OfficeIndex(self.offices.values()), self.competences),
            watches=("units", "offices", "competences"),
        )

    def office(self, code: str) -> Office:
        """The office with this code. Raises NotFound."""
        found = self.offices.get(code)
        if found is None:
            raise NotFound(what=code)
        return found

    def office_name(self, code: str) -> Text | None:
        """An office's name, or None. A process that needs nothing else of offices (the worker) reads names only: that
        takes a tenth of a second, and whole offices a second."""
        if "offices" in self._kept:
            known = self.offices.get(code)
            return known.name if known else None
        names = self._keep("office names", self._read_names, watches=("offices",)).get(code)
        return Text(*names) if names else None

    def calendar(self, name: str, office: str | None = None) -> Calendar:
        """A calendar, with the closures and the own hours of one office where ``office`` is given. Raises NotFound.

        Beyond its last published day it follows the hours of the week: what ends there is provisional.
        """
        base, closed, own = self._keep("calendars", self._read_calendars)
        if name not in base:
            raise NotFound(what=f"calendar {name}")
        if office is None or not (office in closed or office in own):
            return base[name]
        return self._keep(
            f"calendar:{name}:{office}",
            lambda: base[name].for_office(closed.get(office, ()), own=own.get(office, ())),
            watches=("calendars",),
        )

    @property
    def calendars(self) -> Mapping[str, Calendar]:
        """The published calendars of the country, by name."""
        return self._keep("calendars", self._read_calendars)[0]

    def template(self, key: str) -> dict[str, Any]:
        """The document of a notice template. Raises NotFound."""
        found = self.templates.get(key)
        if found is None:
            raise NotFound(what=f"notice template {key}")
        return found

    @property
    def templates(self) -> Mapping[str, dict[str, Any]]:
        """The documents of every notice template, by name."""
        return self._keep("templates", self._read_templates)

    @property
    def webhooks(self) -> Sequence[WebhookRow]:
        """The active receivers of events, as rows of ``webhooks``: id, url, secret, office (None means all)."""
        return self._keep("webhooks", self._read_webhooks)

    # --- private ----------------------------------------------------------------------------------------------------

    @property
    def _releases(self) -> dict[str, list[ReleaseRow]]:
        return self._keep("releases", self._read_releases)

    def _keep(self, name: str, read: Callable[[], T], watches: tuple[str, ...] = ()) -> T:
        """The cached result of ``read``, until a version named in ``watches`` (default: ``name``) changes."""
        kept = self._kept.get(name)
        if kept is None or time.monotonic() - self._looked > LOOK_EVERY:
            with self._lock:
                if time.monotonic() - self._looked > LOOK_EVERY:
                    self._look()
                kept = self._kept.get(name)
                if kept is None:
                    kept = self._kept[name] = (frozenset(watches or (name,)), read())
        return cast(T, kept[1])

    def _look(self) -> None:
        fresh = {row.name: row.number for row in self._rows(select(catalogue_versions))}
        old = {name for name in self._versions | fresh if self._versions.get(name) != fresh.get(name)}
        self._versions = fresh
        for name in [name for name, (watched, _) in self._kept.items() if watched & old]:
            del self._kept[name]
        if "units" in old:
            self._workflows.clear()  # conditions hold the communes of former districts
        self._looked = time.monotonic()

    def _compile(self, digest: str) -> Workflow:
        rows = self._rows(select(releases.c.document).where(releases.c.digest == digest))
        if not rows:
            raise NotFound(what=f"release {digest}")
        with self._lock:
            functions = {"former_district": self._former_district}
            compiled = compile_release(release_from_bytes(rows[0].document), functions)
            return self._workflows.setdefault(digest, compiled)

    def _former_district(self, name: str) -> list[str]:
        """The communes of a former district; lazy, since reading the territory takes half a second."""
        latest = max((unit.valid_from for unit in self.territory.units()), default=dt.date.max)
        return list(self.former_districts.communes(name, latest))

    def _read_releases(self) -> dict[str, list[ReleaseRow]]:
        found: dict[str, list[ReleaseRow]] = {}
        columns = (releases.c.procedure, releases.c.version, releases.c.digest, releases.c.start, releases.c.until)
        ordered = select(*columns).order_by(releases.c.procedure, releases.c.version.desc())
        for row in cast(Sequence[ReleaseRow], self._rows(ordered)):
            found.setdefault(row.procedure, []).append(row)
        return found

    def _read_roles(self) -> frozenset[str]:
        found = self._rows(select(releases.c.document))
        return frozenset(role for row in found for role in release_from_bytes(row.document).roles)

    def _read_results(self) -> list[tuple[str, str]]:
        rows = self._rows(select(releases.c.digest, releases.c.document).order_by(releases.c.digest))
        papers = ((row.digest, release_from_bytes(row.document).documents) for row in rows)
        return [(digest, key) for digest, told in papers for key, paper in told.items() if paper.result]

    def _read_territory(self) -> Territory:
        return Territory(
            [
                Unit(
                    code=row.code,
                    level=cast(Level, row.level),
                    kind=row.kind,
                    name_vi=row.name,
                    parent=row.parent,
                    valid_from=row.valid_from,
                    valid_to=row.valid_to,
                    legal=row.legal,
                    aliases=tuple(row.aliases),
                )
                for row in self._rows(select(units))
            ],
            [
                Succession(
                    row.from_id,
                    row.to_id,
                    row.kind,
                    row.date,
                    Fraction(row.share) if row.share else None,
                    bool(row.is_default),
                    row.legal,
                    row.standing,
                )
                for row in self._rows(select(successions))
            ],
        )

    def _read_offices(self) -> dict[str, Office]:
        return {
            row.code: Office(
                code=row.code,
                body=row.body,
                unit_id=row.unit,
                name=Text(row.name_vi, row.name_en),
                province=row.province,
                valid_from=row.valid_from,
                valid_to=row.valid_to,
                receives=bool(row.receives),
                area=tuple(row.area),
                identifier=row.identifier,
                address=row.address,
                hotline=row.hotline,
            )
            for row in self._rows(select(offices))
        }

    def _read_names(self) -> dict[str, tuple[str, str]]:
        rows = self._rows(select(offices.c.code, offices.c.name_vi, offices.c.name_en))
        return {row.code: (row.name_vi, row.name_en) for row in rows}

    def _read_competences(self) -> list[Competence]:
        return [
            Competence(
                subject=row.subject,
                applicant_kinds=None if row.applicant_kinds == "*" else frozenset(row.applicant_kinds.split("|")),
                level=row.level,
                body=row.body,
                valid_from=row.valid_from,
                valid_to=row.valid_to,
                legal=row.legal,
            )
            for row in self._rows(select(competences))
        ]

    def _read_calendars(self) -> tuple[dict[str, Calendar], dict[str, list[Closure]], dict[str, list[OwnHours]]]:
        closed: dict[str, list[Closure]] = {}
        for row in self._rows(select(closures)):
            closed.setdefault(row.office, []).append(Closure.from_data(row.document))
        own: dict[str, list[OwnHours]] = {}
        for row in self._rows(select(office_hours)):
            own.setdefault(row.office, []).append(OwnHours.from_data(row.document))
        base = {row.name: Calendar.from_data(row.document) for row in self._rows(select(calendars))}
        return {name: one.continued(one.last + CONTINUED) for name, one in base.items()}, closed, own

    def _read_webhooks(self) -> Sequence[WebhookRow]:
        return cast(Sequence[WebhookRow], self._rows(select(webhooks).where(webhooks.c.active == 1)))

    def _read_templates(self) -> dict[str, Any]:
        return {row.key: row.document for row in self._rows(select(notice_templates))}

    def _rows(self, statement: Select[Any]) -> Sequence[Row[Any]]:
        with self._database.connect().execution_options(motcua_read_only=True) as connection:
            return connection.execute(statement).all()
