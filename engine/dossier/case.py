"""A dossier in hand: its row locked, its release compiled, the facts that conditions read, and what may be done.

An act opens a case, asks it, changes columns of its row, and records the change (``engine.dossier.record``). Nothing is
written before that.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property
from typing import Any

from sqlalchemy import and_, bindparam, func, select

from engine.clock import LOCAL, civil_day
from engine.errors import Conflict, NotFound
from engine.rules.deadlines import timing
from engine.rules.deadlines.calendar import Calendar
from engine.rules.deadlines.due import Due
from engine.rules.offices.routing import INTAKE
from engine.rules.procedure.act_names import act_name
from engine.rules.procedure.definition import Release
from engine.rules.procedure.facts import nested
from engine.rules.procedure.machine import Option, Workflow
from engine.rules.procedure.permissions import Verdict, may
from engine.store.actors import STANDS, claim_values
from engine.store.dossier_parts import ALONG, part_of
from engine.store.dossiers import applicants, dossiers, verifications
from engine.store.journal import journal
from engine.store.people import person_name
from engine.store.sql.question import PreparedSelect
from engine.store.visibility import Sight, sight_of
from engine.text import Text
from engine.transaction import ActorChanged, UnitOfWork

APPLICANT_COLUMNS = ("name", "identity_number", "phone", "email", "address", "commune", "verified", "language", "form")


class Stale(Conflict):
    """Somebody acted since the dossier was last read; ``who``, ``act`` and ``when`` say who did what.

    ``name`` and ``did`` are the words for them; a citizen is told of the office, not of its staff.
    """

    code = "stale"
    status = 412
    vi = "Hồ sơ {dossier} đã thay đổi: {name} đã thực hiện “{did}” lúc {when}. Hãy xem lại rồi thao tác."
    en = "Dossier {dossier} has changed: {name} did “{did}” at {when}. Look at it again before acting."


class Case:
    """One dossier within a unit of work. ``row`` are the columns of ``dossiers`` as they stand, changes included."""

    def __init__(self, unit: UnitOfWork, row: Mapping[str, Any], applicant: Mapping[str, Any]):
        self.unit = unit
        self.before: dict[str, Any] = dict(row)
        self.row: dict[str, Any] = dict(row)
        self.applicant: dict[str, Any] = dict(applicant)
        self.workflow: Workflow = unit.catalogue.workflow(row["release"])

    @property
    def id(self) -> int:
        return int(self.row["id"])

    @property
    def code(self) -> str:
        return str(self.row["code"])

    @property
    def counter(self) -> str:
        """The office where the applicant is seen today. Who received the dossier stays in the row and may be closed."""
        return str(self.row["offices"].get(INTAKE, self.row["intake_office"]))

    @property
    def release(self) -> Release:
        return self.workflow.release

    @property
    def today(self) -> dt.date:
        """The civil day in Viet Nam."""
        return civil_day(self.unit.now)

    @property
    def calendar(self) -> Calendar:
        """The working time of the office that handles the dossier, by the calendar of the release."""
        return self.unit.catalogue.calendar(self.release.sla.calendar, self.row["handler_office"])

    @cached_property
    def documents(self) -> list[Mapping[str, Any]]:
        """The papers that were not removed, oldest first."""
        return part_of(self.unit.reader, "documents", self.id)

    @cached_property
    def fees(self) -> list[Mapping[str, Any]]:
        """What is owed and what was paid, by key."""
        return part_of(self.unit.reader, "fees", self.id)

    @cached_property
    def steps(self) -> list[Mapping[str, Any]]:
        """What changed the state, oldest first: ``at``, ``changes`` (columns and their new values), ``reason``."""
        return part_of(self.unit.reader, "steps", self.id)

    @cached_property
    def facts(self) -> Mapping[str, Any]:
        """What conditions read, nested; what stands in other tables is read when first asked for. Forget it with
        ``forget`` after papers, fees, children or questions changed."""
        around = self.surroundings()
        known = _Facts({**nested(self.applicant.get("form") or {}), **around.known}, around.later)
        papers = {"documents": lambda: _document_facts(self.missing_documents(known))}
        return _Facts(known.known, {**known.later, **papers, "fees": lambda: _fee_facts(self.fees)})

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
            for key, wanted in self.workflow.documents_required(facts).items()
            if (wanted.original or wanted.certified or wanted.copy) and not self._has(key, wanted)
        ]

    def options(self) -> list[tuple[Option, Verdict | None]]:
        """Every action with whether the state, the guard and the permissions of this actor allow it."""
        offered = []
        for option in self.workflow.options(self.row["state"], None, self.facts):
            verdict = self.may(option.action) if option.allowed else None
            offered.append((option, verdict))
        return offered

    def left_to(self, role: str) -> list[Option]:
        """The actions that a built-in role may take now; what is left to others is not looked at."""
        return self.workflow.left_to(role, self.row["state"], self.facts)

    def may(self, action: str) -> Verdict:
        """Whether this actor may take ``action`` on this dossier today, in which role and for whom."""
        return may(self.unit.actor, self.release.actions[action], self.row, self.release, self.today)

    def due(self) -> Due | None:
        """The due moment with the trace that explains it."""
        return timing.explained(self.row, self.release, self.calendar, self.unit.now)

    def change(self, **columns: Any) -> None:
        """Sets columns of the row; written when the act is recorded."""
        self.row.update(columns)

    def surroundings(self) -> _Facts:
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
        return _Facts(known, {"children": self._child_facts, "verifications": self._question_facts})

    def _child_facts(self) -> dict[str, Any]:
        count, finished = _CHILDREN.fetch(self.unit.reader, {"dossier": self.id})[0]
        return {"count": count, "finished": count > 0 and count == finished}

    def _question_facts(self) -> dict[str, Any]:
        return {"open": _OPEN_QUESTIONS.fetch(self.unit.reader, {"dossier": self.id})[0][0]}

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


def open_case(
    unit: UnitOfWork, code: str, version: int | None = None, *, lock: bool = True, along: tuple[str, ...] = ()
) -> Case:
    """The dossier with this code, locked until the end of the unit of work.

    Without ``lock`` its version is compared when it is written; an act that only reads what the version guards passes
    ``lock=unit.begun`` and needs no transaction around it (``engine.transaction``). Then ``documents``, ``fees`` and
    ``steps`` may come ``along`` in the same statement.

    ``version`` is what the caller last saw (If-Match). Raises NotFound (also when the actor may not know of it), Stale.
    """
    return _opened(unit, "code", code, version, lock, () if lock else along)


def open_case_by_id(unit: UnitOfWork, dossier_id: int) -> Case:
    """The dossier with this row id, locked. Raises NotFound."""
    return _opened(unit, "id", dossier_id, None, True, ())


_COUNTS: tuple[Any, ...] = (func.count(), func.count(dossiers.c.finished_at))
_CHILDREN = PreparedSelect(select(*_COUNTS).where(dossiers.c.parent_id == bindparam("dossier")))
_OPEN_QUESTIONS = PreparedSelect(
    select(func.count()).where(
        verifications.c.dossier_id == bindparam("dossier"), verifications.c.answered_at.is_(None)
    )
)
_ROW = tuple(str(column.name) for column in dossiers.c)  # plain text: a name of SQLAlchemy's is no key of JSON


class _Facts(Mapping[str, Any]):
    """Facts of which some are found out only when they are asked for."""

    def __init__(self, known: Mapping[str, Any], later: Mapping[str, Callable[[], Any]]) -> None:
        self.known, self.later = dict(known), later

    def __getitem__(self, name: str) -> Any:
        if name not in self.known and name in self.later:
            self.known[name] = self.later[name]()
        return self.known[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**self.known, **self.later})

    def __len__(self) -> int:
        return len({**self.known, **self.later})


def _document_facts(missing: list[str]) -> dict[str, Any]:
    return {"complete": not missing, "missing": missing}


def _fee_facts(owed: list[Mapping[str, Any]]) -> dict[str, Any]:
    due = [row["vnd"] for row in owed if row["settled_at"] is None]
    return {"settled": not any(due), "total": sum(row["vnd"] for row in owed), "due": sum(due)}


@cache
def _reading(sight: Sight, which: str, lock: bool, claimed: bool, along: tuple[str, ...]) -> PreparedSelect:
    """The row and the applicant of the dossier whose column ``which`` equals ``wanted``, if the actor sees it.

    Built once; only the values change from act to act. Both rows are locked: one statement that waited for a lock sees
    the newest of those rows alone, so what stands in other tables is read after it.
    """
    proof = [STANDS.label("proof")] if claimed else []
    applicant = (applicants.c[name].label(f"applicant_{name}") for name in APPLICANT_COLUMNS)
    statement = (
        select(*proof, dossiers, *applicant, *(ALONG[name].column.label(name) for name in along))
        .join(applicants, applicants.c.dossier_id == dossiers.c.id)
        .where(dossiers.c[which] == bindparam("wanted"), sight.rule())
    )
    return PreparedSelect(statement.with_for_update(of=(dossiers, applicants)) if lock else statement)


def _opened(unit: UnitOfWork, which: str, wanted: Any, version: int | None, lock: bool, along: tuple[str, ...]) -> Case:
    sight, values = sight_of(unit.actor, unit.today)
    values["wanted"] = wanted
    unit.unlocked = unit.unlocked or not lock
    claim = unit.claim
    if claim:
        values |= claim_values(claim, unit.now)
    question = _reading(sight, which, lock, claim is not None, along)
    rows = question.fetch(unit.connection if lock else unit.reader, values)
    if not rows:
        raise NotFound(what=str(wanted))
    found = rows[0]
    if claim:
        proof, found = found[0], found[1:]
        if proof != claim.changes:
            raise ActorChanged()
        unit.claim = None
    row = dict(zip(_ROW, found, strict=False))
    if version is not None and version != row["version"]:
        raise _stale(unit, row)
    case = Case(unit, row, dict(zip(APPLICANT_COLUMNS, found[len(_ROW) :], strict=False)))
    for name, text in zip(along, found[len(_ROW) + len(APPLICANT_COLUMNS) :], strict=True):
        setattr(case, name, list(ALONG[name].rows(text)))
    return case


def _stale(unit: UnitOfWork, found: Mapping[str, Any]) -> Stale:
    last = and_(journal.c.dossier_id == found["id"], journal.c.number == found["version"])
    entry = unit.reader.execute(select(journal.c.at, journal.c.act, journal.c.actor).where(last)).one()
    release = unit.catalogue.workflow(found["release"]).release
    return Stale(
        dossier=found["code"],
        version=found["version"],
        who=entry.actor if unit.actor.kind != "citizen" else "",
        name=_name(unit, entry.actor),
        act=entry.act,
        did=act_name(entry.act, release),
        when=entry.at,
    )


def _name(unit: UnitOfWork, label: str) -> Text:
    """What to call the actor of a journal entry: a colleague by name among staff."""
    kind, _, number = label.partition(":")
    if kind == "citizen":
        return Text("người nộp hồ sơ", "the applicant")
    if kind == "system":
        return Text("hệ thống", "the system")
    name = person_name(unit.reader, int(number)) if unit.actor.kind != "citizen" and number else None
    return Text(name, name) if name else Text("cơ quan giải quyết", "the office")
