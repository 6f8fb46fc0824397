"""A dossier in hand: its row locked, its release compiled, the facts that conditions read, and what may be done.

An act opens a case, asks it, changes columns of its row, and records the change (``engine.record``). Nothing is written
before that.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache, cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping, Select, and_, bindparam, func, select

from engine.errors import Conflict, NotFound
from engine.rules import timing
from engine.rules.deadlines import Due
from engine.rules.definition import Release, Text
from engine.rules.facts import nested
from engine.rules.machine import Option, Workflow
from engine.rules.permissions import Verdict, may
from engine.rules.workdays import Calendar
from engine.store.documents import documents
from engine.store.dossiers import applicants, dossiers, verifications
from engine.store.fees import fees
from engine.store.journal import journal
from engine.store.queues import Sight, sight_of
from engine.transaction import UnitOfWork

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
APPLICANT_COLUMNS = ("name", "identity_number", "phone", "email", "address", "commune", "verified", "language", "form")


class Stale(Conflict):
    """Somebody acted since the dossier was last read; ``who``, ``act`` and ``when`` say who did what."""

    code = "stale"
    status = 412
    vi = "Hồ sơ {dossier} đã thay đổi: {who} đã thực hiện “{act}” lúc {when}. Hãy xem lại rồi thao tác."
    en = "Dossier {dossier} has changed: {who} did “{act}” at {when}. Look at it again before acting."


class Case:
    """One dossier within a unit of work. ``row`` are the columns of ``dossiers`` as they stand, changes included."""

    def __init__(
        self, unit: UnitOfWork, row: Mapping[str, Any], applicant: Mapping[str, Any], counts: Mapping[str, int]
    ):
        self.unit = unit
        self.before: dict[str, Any] = dict(row)
        self.row: dict[str, Any] = dict(row)
        self.applicant: dict[str, Any] = dict(applicant)
        self.counts = dict(counts)
        self.workflow: Workflow = unit.catalogue.workflow(row["release"])

    @property
    def id(self) -> int:
        return int(self.row["id"])

    @property
    def code(self) -> str:
        return str(self.row["code"])

    @property
    def release(self) -> Release:
        return self.workflow.release

    @property
    def today(self) -> dt.date:
        """The civil day in Viet Nam."""
        return self.unit.now.astimezone(LOCAL).date()

    @property
    def calendar(self) -> Calendar:
        """The working time of the office that handles the dossier, by the calendar of the release."""
        return self.unit.catalogue.calendar(self.release.sla.calendar, self.row["handler_office"])

    @cached_property
    def documents(self) -> list[RowMapping]:
        """The papers that were not removed, oldest first."""
        return list(self.unit.connection.execute(_DOCUMENTS, {"dossier": self.id}).mappings())

    @cached_property
    def fees(self) -> list[RowMapping]:
        """What is owed and what was paid, by key."""
        return list(self.unit.connection.execute(_FEES, {"dossier": self.id}).mappings())

    @cached_property
    def facts(self) -> dict[str, Any]:
        """Every fact that the release declares, nested. Forget it with ``forget`` after papers or fees changed."""
        known = {**nested(self.applicant.get("form") or {}), **self.surroundings()}
        missing = self.missing_documents(known)
        owed = [row["vnd"] for row in self.fees]
        due = [row["vnd"] for row in self.fees if row["settled_at"] is None]
        known["documents"] = {"complete": not missing, "missing": missing}
        known["fees"] = {"settled": not any(due), "total": sum(owed), "due": sum(due)}
        return self.workflow.facts(known)

    def forget(self) -> None:
        """Papers, fees and facts are read anew when next asked for."""
        for name in ("documents", "fees", "facts"):
            self.__dict__.pop(name, None)

    def missing_documents(self, facts: Mapping[str, Any]) -> list[str]:
        """The keys of the papers that the release asks for and that were not handed in.

        A paper is there when its copies of every kind are there, or when a file was sent or taken over from an earlier
        dossier; one that was checked and not accepted is not there.
        """
        return [
            key
            for key, wanted in self.workflow.documents_required(self.workflow.facts(facts)).items()
            if (wanted.original or wanted.certified or wanted.copy) and not self._has(key, wanted)
        ]

    def options(self) -> list[tuple[Option, Verdict | None]]:
        """Every action with whether the state, the guard and the permissions of this actor allow it."""
        offered = []
        for option in self.workflow.options(self.row["state"], None, self.facts):
            verdict = self.may(option.action) if option.allowed else None
            offered.append((option, verdict))
        return offered

    def may(self, action: str) -> Verdict:
        """Whether this actor may take ``action`` on this dossier today, in which role and for whom."""
        return may(self.unit.actor, self.release.actions[action], self.row, self.release, self.today)

    def due(self) -> Due | None:
        """The due moment with the trace that explains it."""
        return timing.explained(self.row, self.release, self.calendar, self.unit.now)

    def change(self, **columns: Any) -> None:
        """Sets columns of the row; written when the act is recorded."""
        self.row.update(columns)

    def surroundings(self) -> dict[str, Any]:
        """Facts that neither the form nor papers and fees hold."""
        row, known = self.row, dict[str, Any]()
        known["applicant"] = {
            "kind": row["applicant_kind"],
            "commune": self.applicant.get("commune") or "",
            "province": row["province"],
            "verified": bool(self.applicant.get("verified")),
        }
        known["dossier"] = {
            "channel": row["channel"],
            "supplements": row["supplements"],
            "extended": bool(row["extensions"]),
            "province": row["province"],
            "received_after_cutoff": self._after_cutoff(),
        }
        known["children"] = {
            "count": self.counts["children"],
            "finished": self.counts["children"] > 0 and self.counts["children"] == self.counts["children_finished"],
        }
        known["verifications"] = {"open": self.counts["open_verifications"]}
        return known

    def state_name(self) -> Text:
        return self.release.states[self.row["state"]].name

    def _after_cutoff(self) -> bool:
        cutoff = self.release.sla.cutoff
        moment = (self.row["started_at"] or self.unit.now).astimezone(LOCAL)
        return cutoff is not None and moment.time() >= dt.time.fromisoformat(cutoff)

    def _has(self, key: str, wanted: Any) -> bool:
        rows = [row for row in self.documents if row["key"] == key and row["accepted"] != 0]
        if any(row["storage_key"] or row["reused_from"] for row in rows):
            return True
        counted = {kind: sum(row[kind] for row in rows) for kind in ("original", "certified", "copy")}
        return bool(rows) and all(counted[kind] >= getattr(wanted, kind) for kind in counted)


def open_case(unit: UnitOfWork, code: str, version: int | None = None, *, lock: bool = True) -> Case:
    """The dossier with this code, locked until the end of the unit of work.

    ``version`` is what the caller last saw (If-Match). Raises NotFound (also when the actor may not know of it), Stale.
    """
    return _opened(unit, "code", code, version, lock)


def open_case_by_id(unit: UnitOfWork, dossier_id: int) -> Case:
    """The dossier with this row id, locked. Raises NotFound."""
    return _opened(unit, "id", dossier_id, None, True)


_DOCUMENTS = (
    select(documents)
    .where(documents.c.dossier_id == bindparam("dossier"), documents.c.removed_at.is_(None))
    .order_by(documents.c.id)
)
_FEES = select(fees).where(fees.c.dossier_id == bindparam("dossier")).order_by(fees.c.key)
_ROW = tuple(column.name for column in dossiers.c)
_COUNTS = ("children", "children_finished", "open_verifications")


@cache
def _locking(sight: Sight, which: str) -> Select[Any]:
    """Locks the dossier whose column ``which`` equals ``wanted``, if the actor sees it."""
    return select(dossiers.c.id).where(dossiers.c[which] == bindparam("wanted"), sight.rule()).with_for_update()


@cache
def _reading(sight: Sight, which: str) -> Select[Any]:
    """Reads it: the row, the applicant, the counts. Built once; only the values change from act to act."""
    child = dossiers.alias("child")
    children = select(func.count()).where(child.c.parent_id == dossiers.c.id).correlate(dossiers)
    open_questions = and_(verifications.c.dossier_id == dossiers.c.id, verifications.c.answered_at.is_(None))
    return (
        select(
            dossiers,
            *(applicants.c[name].label(f"applicant_{name}") for name in APPLICANT_COLUMNS),
            children.scalar_subquery().label("children"),
            children.where(child.c.finished_at.is_not(None)).scalar_subquery().label("children_finished"),
            select(func.count())
            .where(open_questions)
            .correlate(dossiers)
            .scalar_subquery()
            .label("open_verifications"),
        )
        .join(applicants, applicants.c.dossier_id == dossiers.c.id)
        .where(dossiers.c[which] == bindparam("wanted"), sight.rule())
    )


def _opened(unit: UnitOfWork, which: str, wanted: Any, version: int | None, lock: bool) -> Case:
    sight, values = sight_of(unit.actor, unit.now.astimezone(LOCAL).date())
    values["wanted"] = wanted
    if lock and unit.connection.dialect.name == "postgresql":
        # A statement of its own: one that waits for a lock sees the newest dossier beside older rows of other tables.
        unit.connection.execute(_locking(sight, which), values)
    found = unit.connection.execute(_reading(sight, which), values).one_or_none()
    if found is None:
        raise NotFound(what=str(wanted))
    row = dict(zip(_ROW, found, strict=False))
    if version is not None and version != row["version"]:
        raise _stale(unit, row)
    applicant = dict(zip(APPLICANT_COLUMNS, found[len(_ROW) :], strict=False))
    return Case(unit, row, applicant, dict(zip(_COUNTS, found[-len(_COUNTS) :], strict=True)))


def _stale(unit: UnitOfWork, found: Mapping[str, Any]) -> Stale:
    last = and_(journal.c.dossier_id == found["id"], journal.c.number == found["version"])
    entry = unit.connection.execute(select(journal.c.at, journal.c.act, journal.c.actor).where(last)).one()
    return Stale(
        dossier=found["code"], version=found["version"], who=entry.actor, act=entry.act, when=entry.at.isoformat()
    )
