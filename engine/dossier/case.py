"""``Case``: one dossier as an act works on it, with its row, its compiled release, its facts and the possible actions.

An act opens a case (``read_case``, ``lock_case``), queries it, changes columns of its row, and records the change
(``engine.dossier.record``). Nothing is written before that.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Unpack, cast

from sqlalchemy import and_, bindparam, func, select

from engine.clock import civil_day
from engine.dossier.elsewhere import refused_elsewhere
from engine.dossier.facts import Facts, document_facts, fee_facts
from engine.dossier.filed_on import filed_on
from engine.dossier.joint import may_jointly, roles_that_acted
from engine.dossier.stale import stale
from engine.errors import NotFound
from engine.rules.deadlines import timing
from engine.rules.deadlines.calendar import Calendar
from engine.rules.deadlines.due import Due
from engine.rules.dossier_row import DossierChanges, DossierRow
from engine.rules.offices.routing import INTAKE
from engine.rules.part_rows import COPY_KINDS, ApplicantRow, DocumentRow, FeeEntryRow, FeeRow, PartRow, StepRow
from engine.rules.procedure.balance import Balance, balance
from engine.rules.procedure.children import child_facts
from engine.rules.procedure.definition import Document, Release
from engine.rules.procedure.facts import nested
from engine.rules.procedure.machine import Option, Workflow
from engine.rules.procedure.missing import refused_without
from engine.rules.procedure.permissions import SYSTEM_ACTOR, Verdict, may
from engine.store.actors import STANDS, claim_values
from engine.store.children import children_of
from engine.store.dossier_parts import ALONG, part_of
from engine.store.dossiers import applicants, dossiers, verifications
from engine.store.fees import fee_row, ledger_of
from engine.store.journal import journal
from engine.store.sql.question import PreparedSelect
from engine.store.visibility import Sight, is_only_asked, sight_of
from engine.text import Text
from engine.transaction import ActorChanged, UnitOfWork

APPLICANT_COLUMNS = ("name", "identity_number", "phone", "email", "address", "commune", "verified", "language", "form")


class Case:
    """One dossier within a unit of work. ``row`` holds the columns of ``dossiers``, with the changes made so far."""

    def __init__(self, unit: UnitOfWork, row: DossierRow, applicant: ApplicantRow):
        self.unit = unit
        self.row: DossierRow = row.copy()
        self.applicant: ApplicantRow = applicant.copy()
        self.workflow: Workflow = unit.catalogue.workflow(row["release"])
        self._before: DossierRow | None = row
        self._parts: dict[str, list[PartRow]] = {}
        self._facts: Facts | None = None
        self._before_fees = Facts({}, {})
        self._money: Balance | None = None
        self.reception: dt.datetime | None = None
        self.reached: dict[str, bool] = {}
        """What the journal told of parts that were reached, by routing key; for ``engine.dossier.reach``."""
        self.limited = False
        """Whether the actor's office was only asked something: it sees the question and what was attached to it."""

    @classmethod
    def new(cls, unit: UnitOfWork, row: DossierRow, applicant: ApplicantRow) -> Case:
        """The case of a dossier that is being created: it has no row yet, so all of its columns are new."""
        case = cls(unit, row, applicant)
        case._before = None
        return case

    @property
    def is_new(self) -> bool:
        """Whether the dossier has no row yet."""
        return self._before is None

    @property
    def before(self) -> DossierRow:
        """The row as it is in the database. Raises LookupError for a dossier that has none."""
        if self._before is None:
            raise LookupError(f"{self.code} is not recorded yet")
        return self._before

    def recorded(self) -> None:
        """Marks the present row as the one in the database; for ``engine.dossier.record``."""
        self._before = self.row.copy()

    @property
    def id(self) -> int:
        return int(self.row["id"])

    @property
    def code(self) -> str:
        return str(self.row["code"])

    @property
    def counter(self) -> str:
        """The office that the applicant deals with today; ``intake_office`` may have been closed by a reform."""
        return str(self.row["offices"].get(INTAKE, self.row["intake_office"]))

    @property
    def release(self) -> Release:
        return self.workflow.release

    @property
    def today(self) -> dt.date:
        """The civil day in Viet Nam at the time of the act."""
        return civil_day(self.unit.now)

    @property
    def calendar(self) -> Calendar:
        """The release's calendar with the closures of the handling office. Raises NotFound."""
        return self.unit.catalogue.calendar(self.release.sla.calendar, self.row["handler_office"])

    @property
    def counter_calendar(self) -> Calendar:
        """The release's calendar with the closures of the office that the applicant deals with. Raises NotFound."""
        return self.unit.catalogue.calendar(self.release.sla.calendar, self.counter)

    def receive_at(self, moment: dt.datetime) -> None:
        """Counts the reception that follows from an earlier moment, also in the facts that conditions read."""
        self.reception, self._facts = moment, None

    def documents(self) -> list[DocumentRow]:
        """The papers that were not removed, oldest first."""
        return cast(list[DocumentRow], self.part("documents"))

    def fees(self) -> list[FeeRow]:
        """The fees as columns of their table, by their keys: what is owed now, and how and when it was settled."""
        return [fee_row(self.id, fee) for fee in self.money().fees]

    def fee_rows(self) -> list[FeeRow]:
        """The rows of the table of fees as they are in the database."""
        return cast(list[FeeRow], self.part("fees"))

    def ledger_rows(self) -> list[FeeEntryRow]:
        """The rows of the ledger of fees as they are in the database, in order."""
        return cast(list[FeeEntryRow], self.part("ledger"))

    def money(self) -> Balance:
        """What is owed on the present facts, what the ledger says was paid, and the rest."""
        if self._money is None:
            self.facts()  # sets what fees may read
            owed = self.workflow.fees_due(self._before_fees, self.row["province"])
            owed = {} if self.row.get("cancelled_at") else owed
            self._money = balance(owed, ledger_of(self.ledger_rows(), self.fee_rows()))
        return self._money

    def steps(self) -> list[StepRow]:
        """The entries that may have changed the state, oldest first: ``at``, ``changes`` (by column), ``reason``."""
        return cast(list[StepRow], self.part("steps"))

    def facts(self) -> Facts:
        """The nested facts that conditions read, those from other tables when a condition first uses them. Cached;
        ``forget`` drops them after papers, fees, children or verifications have changed."""
        if self._facts is None:
            around = self.surroundings()
            known = Facts({**nested(self.applicant.get("form") or {}), **around.known}, around.later)
            papers = {"documents": lambda: document_facts(self.missing_documents(known))}
            self._before_fees = Facts(known.known, {**known.later, **papers})
            self._facts = Facts(known.known, {**known.later, **papers, "fees": lambda: fee_facts(self.money())})
        return self._facts

    def forget(self) -> None:
        """Drops the cached papers, fees and facts; their next use reads them again."""
        for part in ("documents", "fees", "ledger"):
            self._parts.pop(part, None)
        self._facts = self._money = None

    def bring(self, part: str, rows: Sequence[PartRow]) -> None:
        """Caches rows of a part, which came with the dossier's row or are pending."""
        self._parts[part] = list(rows)
        self._facts = self._money = None

    def part(self, name: str) -> list[PartRow]:
        """The rows of one part (``engine.store.dossier_parts.ALONG``), read unless they came with the dossier's row."""
        if name not in self._parts:
            self._parts[name] = part_of(self.unit.reader(), name, self.id)
        return self._parts[name]

    def missing_documents(self, facts: Mapping[str, Any]) -> list[str]:
        """The keys of the papers that the release requires under these facts and that are missing.

        A paper is present if it has enough copies of every kind, or a file that was sent or reused from an earlier
        dossier. One that was checked and not accepted is missing.
        """
        return [
            key
            for key, wanted in self.workflow.documents_required(facts).items()
            if (wanted.original or wanted.certified or wanted.copy) and not self._has(key, wanted)
        ]

    def options(self) -> list[tuple[Option, Verdict | None]]:
        """Every action with the verdict of the permissions; the verdict is None if state or guard forbid the action."""
        offered = []
        for option in self.workflow.options(self.row["state"], None, self.facts()):
            why = self.decisive_missing(option.action) if option.allowed else None
            known = replace(option, allowed=False, why=why) if why else option
            offered.append((known, self.may(option.action) if known.allowed else None))
        return offered

    def decisive_missing(self, action: str) -> Text | None:
        """Why the dossier can neither be received nor be asked about, only refused: a paper with ``on_missing: refuse``
        is missing. None for any other action, and once the dossier was received."""
        wanted = self.release.actions[action]
        if wanted.effect not in ("receive", "ask") or self.row["received_at"] is not None:
            return None
        return refused_without(self.release, self.facts()["documents"]["missing"])

    def left_to(self, role: str) -> list[Option]:
        """The actions that a built-in role may take now. The guards of other actions are not evaluated."""
        return self.workflow.left_to(role, self.row["state"], self.facts())

    def may(self, action: str) -> Verdict:
        """The verdict on whether this actor may take ``action`` today, in which role and on whose behalf."""
        refused = refused_elsewhere(self.row, self.unit.actor)
        wanted, on = self.release.actions[action], self.today
        if refused or not wanted.joint:
            return refused or may(self.unit.actor, wanted, self.row, self.release, on)
        return may_jointly(self.unit.actor, wanted, self.acted(action), self.row, self.release, on)

    def acted(self, action: str) -> list[str]:
        """The roles that have done their part of a joint step already; none for any other action."""
        joint = self.release.actions[action].joint
        return roles_that_acted(self.unit.reader(), self.id, action) if joint else []

    def due(self) -> Due | None:
        """The due moment with the trace that explains it; None while there is none."""
        return timing.explained(self.row, self.release, self.calendar, self.unit.now)

    def change(self, **columns: Unpack[DossierChanges]) -> None:
        """Sets columns of the row; written when the act is recorded."""
        self.row.update(cast(DossierRow, columns))  # a part of one: mypy knows no partial update by another type

    def surroundings(self) -> Facts:
        """The facts beside the form, papers and fees: applicant, dossier, children and verifications."""
        row, known = self.row, dict[str, Any]()
        known["applicant"] = {
            "kind": row["applicant_kind"],
            "commune": self.applicant.get("commune") or "",
            "province": row["province"],
            "verified": bool(self.applicant.get("verified")),
        }
        around = {
            "channel": row["channel"],
            "supplements": row["supplements"],
            "extended": bool(row["extensions"]),
            "province": row["province"],
            "received_after_cutoff": timing.received_after_cutoff(row, self.release, self.reception or self.unit.now),
        }
        known["dossier"] = Facts(around, {"filed_on": self._filed_on})
        return Facts(known, {"children": self._child_facts, "verifications": self._question_facts})

    def _filed_on(self) -> str:
        return filed_on(self.unit, self.row["filed_at"], self.row["parent_id"]).isoformat()

    def _child_facts(self) -> dict[str, Any]:
        return child_facts(children_of(self.unit.reader(), self.id))

    def _question_facts(self) -> dict[str, Any]:
        return {"open": _OPEN_QUESTIONS.fetch(self.unit.reader(), {"dossier": self.id})[0][0]}

    def _has(self, key: str, wanted: Document) -> bool:
        rows = [row for row in self.documents() if row["key"] == key and row["accepted"] != 0]
        if any(row["storage_key"] or row["reused_from"] for row in rows):
            return True
        counted = {kind: sum(row[kind] for row in rows) for kind in COPY_KINDS}
        return bool(rows) and all(counted[kind] >= getattr(wanted, kind) for kind in COPY_KINDS)


def read_case(
    unit: UnitOfWork, code: str, version: int | None = None, *, along: tuple[str, ...] = (), asked: bool = False
) -> Case:
    """The dossier with this code, read optimistically: the write compares its version.

    For queries, and for an act that reads only what the version guards. The act needs no transaction around it. If one
    has begun (SQLite, or the retry after a lost race), the row is locked. ``along`` names parts that the same statement
    reads: ``documents``, ``fees``, ``ledger``, ``steps``, ``parties``.

    ``version`` is the one that the caller last saw (If-Match). ``asked`` also opens it for an office that was asked
    something about it (``Case.limited``); the caller then shows that question only. Raises NotFound (also if the
    dossier is not visible to the actor), Stale, ActorChanged.
    """
    locked = unit.begun and not unit.read_only
    waits = locked and unit.reader().dialect.name != "sqlite"  # SQLite has waited before the transaction began
    return _opened(unit, "code", code, version, locked, () if waits else along, asked)


def lock_case(unit: UnitOfWork, code: str, version: int | None = None, *, asked: bool = False) -> Case:
    """The dossier with this code, its row locked until the transaction ends. Raises NotFound, Stale, ActorChanged.

    For an act that writes in several steps, or that reads what the version does not guard. ``asked`` as in
    ``read_case``.
    """
    return _opened(unit, "code", code, version, True, (), asked)


def lock_case_by_id(unit: UnitOfWork, dossier_id: int) -> Case:
    """The dossier with this row id, locked until the transaction ends. Raises NotFound, ActorChanged."""
    return _opened(unit, "id", dossier_id, None, True, ())


def lock_case_told_of(unit: UnitOfWork, dossier_id: int) -> Case:
    """The dossier, locked, whoever enters what a bank, a gateway or an archive tells of it. Raises NotFound."""
    return _opened(unit, "id", dossier_id, None, True, (), seen=Sight("system", False, False))


def child_case(parent: Case, child: int, *, lock: bool) -> Case:
    """A linked dossier of an open case. Whoever opened the parent reaches it, whether they see it or not.

    Raises NotFound, ActorChanged.
    """
    along = () if lock else ("steps", "documents")
    return _opened(parent.unit, "id", child, None, lock, along, seen=Sight("system", False, False))


_OPEN_QUESTIONS = PreparedSelect(
    select(func.count()).where(
        verifications.c.dossier_id == bindparam("dossier"), verifications.c.answered_at.is_(None)
    )
)
_ROW = tuple(str(column.name) for column in dossiers.c)  # str(): orjson takes no quoted_name as a key


@cache
def _reading(sight: Sight, which: str, lock: bool, claimed: bool, along: tuple[str, ...]) -> PreparedSelect:
    """The statement that reads row and applicant of the dossier whose column ``which`` equals ``wanted``, if visible.

    Cached by shape. With ``lock`` both rows are locked. A statement that waited for a lock sees the newest version of
    the locked rows only, so rows of other tables must be read after it.
    """
    proof = [STANDS.label("proof")] if claimed else []
    applicant = (applicants.c[name].label(f"applicant_{name}") for name in APPLICANT_COLUMNS)
    statement = (
        select(*proof, dossiers, *applicant, *(ALONG[name].column.label(name) for name in along))
        .join(applicants, applicants.c.dossier_id == dossiers.c.id)
        .where(dossiers.c[which] == bindparam("wanted"), sight.rule())
    )
    return PreparedSelect(statement.with_for_update(of=(dossiers, applicants)) if lock else statement)


def _opened(
    unit: UnitOfWork,
    which: str,
    wanted: str | int,
    version: int | None,
    lock: bool,
    along: tuple[str, ...],
    asked: bool = False,
    seen: Sight | None = None,
) -> Case:
    sight, values = (seen, {}) if seen else sight_of(unit.actor, unit.today)
    limited = asked and is_only_asked(
        unit.reader(), unit.actor, unit.today, unit.settings.seen_after_days, dossiers.c[which] == wanted
    )
    if limited:
        sight, values = sight_of(SYSTEM_ACTOR, unit.today)
    values["wanted"] = wanted
    unit.unlocked = unit.unlocked or not lock
    claim = unit.claim
    if claim:
        values |= claim_values(claim, unit.now)
    question = _reading(sight, which, lock, claim is not None, along)
    rows = question.fetch(unit.begin() if lock else unit.reader(), values)
    if not rows:
        raise NotFound(what=str(wanted))
    found = rows[0]
    if claim:
        proof, found = found[0], found[1:]
        if proof != claim.changes:
            raise ActorChanged()
        unit.claim = None
    row = cast(DossierRow, dict(zip(_ROW, found, strict=False)))
    if version is not None and version != row["version"]:
        _must_be_prints(unit, row, version)
    case = Case(unit, row, cast(ApplicantRow, dict(zip(APPLICANT_COLUMNS, found[len(_ROW) :], strict=False))))
    case.limited = limited
    for name, text in zip(along, found[len(_ROW) + len(APPLICANT_COLUMNS) :], strict=True):
        case.bring(name, [cast(PartRow, part) for part in ALONG[name].rows(text)])
    return case


def _must_be_prints(unit: UnitOfWork, found: DossierRow, version: int) -> None:
    """Requires that only forms were issued and messages written since ``version``: then what the caller saw stands.

    Raises Stale.
    """
    since = and_(journal.c.dossier_id == found["id"], journal.c.number > version, journal.c.number <= found["version"])
    acts = set(unit.reader().execute(select(journal.c.act).where(since)).scalars())
    if not acts or not acts <= _TOUCH_NOTHING:
        raise stale(unit, found)


_TOUCH_NOTHING = frozenset({"issue_form", "send_message", "write_message", "open_charge"})
"""Acts after which a dossier stands as it stood."""
