"""Gives dossiers their new offices in a reform, many at a time, each by its own journal entry.

Code, receiving office, state, clock, term and pauses stay. Texts about dossiers that pass in the same way are built
once (``Sayings``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, cast

import orjson
from sqlalchemy import and_, select

from engine.acts.follow_office import who_works
from engine.dossier.case import Case
from engine.dossier.record_many import BulkRecord
from engine.rules.deadlines import timing
from engine.rules.dossier_row import DossierChanges
from engine.rules.journal.entries import canonical
from engine.rules.offices.routing import INTAKE, Map
from engine.rules.reform.plan import Passage
from engine.rules.reform.policy import VERIFICATION, Reform
from engine.rules.reform.words import legal_of, passage_in_words
from engine.store.dossiers import dossiers, verifications
from engine.store.plans import reform_items
from engine.store.search import inherit, province_scope
from engine.store.sql.bulk import Part
from engine.transaction import UnitOfWork

MOVED = ("offices", "handler_office", "holder_office", "holder_id", "place", "province", "due_at", "promised_at")


class Sayings:
    """A cache of the texts about passages in journal entries and notices, for one plan."""

    def __init__(self, reform: Reform, known: Map, digest: str) -> None:
        self._reform, self._known, self._digest = reform, known, digest
        self._parts: dict[Passage, orjson.Fragment] = {}
        self._reasons: dict[tuple[Passage, str], str] = {}

    def data(self, passages: Mapping[str, Passage], decided: Mapping[str, str] | None = None) -> orjson.Fragment:
        """The data of a journal entry as canonical JSON; ``passages`` by desk, ``decided`` as in ``Way.decided``."""
        said: dict[str, Any] = {
            "reform": self._reform.code,
            "date": self._reform.date.isoformat(),
            "plan": self._digest,
            "legal": legal_of(passages.values(), self._reform),
            "passages": [self._part(desk, one) for desk, one in passages.items()],
        }
        return orjson.Fragment(canonical(said | {"decided": decided} if decided else said))

    def reason(self, passage: Passage, language: str) -> str:
        """The reason for a passage, in ``vi`` or ``en``."""
        key = (passage, language)
        if key not in self._reasons:
            words = passage_in_words(replace(passage, candidates=()), self._reform, self._known)
            self._reasons[key] = words.in_(language)
        return self._reasons[key]

    def _part(self, desk: str, one: Passage) -> orjson.Fragment:
        if desk == one.desk and one in self._parts:
            return self._parts[one]
        said = {"desk": desk, "from": one.source, "to": one.target, "policy": one.policy, "legal": one.legal}
        part = orjson.Fragment(canonical(said))
        if desk == one.desk:  # a verification's desk has a number that only one dossier has
            self._parts[one] = part
        return part


class Way:
    """The passages of all desks of a dossier; dossiers that pass in the same way share one."""

    def __init__(self, passages: Mapping[str, Passage], sayings: Sayings) -> None:
        self.passages = dict(sorted(passages.items()))
        self.targets = {desk: one.target for desk, one in self.passages.items() if one.target is not None}
        self._sayings = sayings
        self.data = sayings.data(self.passages)

    @property
    def questions(self) -> dict[int, str]:
        """The new office of each open verification, by the verification's number."""
        asked = ((desk.partition(":"), target) for desk, target in self.targets.items())
        return {int(number): target for (key, _, number), target in asked if key == VERIFICATION}

    @property
    def told(self) -> bool:
        """Whether the applicant is notified: another office handles the dossier or gives the result back."""
        return bool(self.targets.keys() & {"handler", "intake"})

    def decided(self, by: str, legal: str) -> orjson.Fragment:
        """``data`` of a dossier for which a person (``by``) decided by the text ``legal``."""
        return self._sayings.data(self.passages, {"by": by, "legal": legal})

    def reason(self, language: str) -> str:
        """The reason in the applicant's language: that of the deciding desk, else of the first desk."""
        return self._sayings.reason(self.passages.get("handler") or next(iter(self.passages.values())), language)


class Movement:
    """Collects the moves of one unit of work; ``write`` at the end sends them."""

    def __init__(self, unit: UnitOfWork, reform_id: int) -> None:
        self._unit, self._reform_id = unit, reform_id
        self._record = BulkRecord(unit, MOVED)
        self._items: list[dict[str, Any]] = []
        self._questions: list[dict[str, Any]] = []
        self._staff: dict[int, set[tuple[str, str]]] = {}

    def know_holders(self, cases: Iterable[Case]) -> None:
        """Reads today's memberships of all holders of the dossiers in one query."""
        self._staff |= who_works(
            self._unit, {holder for case in cases if (holder := case.row["holder_id"]) is not None}
        )

    def move(self, case: Case, way: Way, place: str | None, decided: Mapping[str, str] | None = None) -> None:
        """Gives a dossier its new offices by one journal entry, and notifies its applicant once.

        Where a person chose, ``decided`` holds their label (``by``), the text (``legal``) and the ``reason``. A dossier
        whose clocks must be armed again is left out if another transaction has locked it.
        """
        case.change(**self._columns(case, way.targets, place))
        if not _keep_time(case):
            return
        for number, office in way.questions.items():
            self._ask(case, number, office)
        data = way.decided(decided["by"], decided["legal"]) if decided else way.data
        reason = way.reason(case.applicant.get("language") or "vi")
        whole = " ".join([reason, *(decided[key] for key in ("reason", "legal"))]) if decided else reason
        was, now = cast(Mapping[str, Any], case.before), cast(Mapping[str, Any], case.row)
        before = {name: value for name in MOVED if (value := was[name]) != now[name]}
        events = [("action", "transfer")] if way.told else []
        entry = self._record.record(case, "reform", data=data, private={"reason": whole}, events=events)
        self._settle(case, "done", entry, _kept(before, way))

    def move_back(self, case: Case, data: Mapping[str, Any], reason: str, before: Mapping[str, Any]) -> None:
        """Restores the offices that ``move`` kept, by one more journal entry, and notifies the applicant."""
        case.change(**_columns_from_json(before["columns"]))
        for desk, office in before["asked"].items():
            self._ask(case, int(desk.removeprefix(f"{VERIFICATION}:")), office)
        events = [("action", "transfer")]
        entry = self._record.record(case, "reform_revert", data=data, private={"reason": reason}, events=events)
        self._settle(case, "reverted", entry - 1, before)

    def leave(self, case: Case, status: str, entry: int | None = None, before: Mapping[str, Any] | None = None) -> None:
        """Leaves a dossier unchanged, with the plan's status ``stale``, ``ended`` or ``touched``."""
        self._record.watch(case)
        self._settle(case, status, entry, before)

    def write(self) -> set[int]:
        """Writes the changes of all collected dossiers that are unchanged and not locked; returns their ids."""
        asked = Part(verifications, self._questions, ("id", "dossier_id"))
        items = Part(reform_items, self._items, ("reform_id", "dossier_id"))
        done = self._record.write([asked, items])
        self._items.clear()
        self._questions.clear()
        return done

    def _columns(self, case: Case, targets: Mapping[str, str], place: str | None) -> DossierChanges:
        row = case.row
        offices = row["offices"]
        changes: DossierChanges = {"offices": {**offices, **{k: v for k, v in targets.items() if k in offices}}}
        if "handler" in targets:
            changes["handler_office"] = targets["handler"]
        elif row["handler_office"] == offices.get("intake") and "intake" in targets and "handler" not in offices:
            changes["handler_office"] = targets["intake"]  # decided where it is received
        role = case.release.roles.get(row["holder_role"] or "")
        if role is not None and row["holder_office"] == offices.get(role.unit) and role.unit in targets:
            changes["holder_office"] = targets[role.unit]
            held = row["holder_id"]
            if held is not None and (targets[role.unit], row["holder_role"]) not in self._staff.get(held, ()):
                changes["holder_id"] = None
        if place is not None:
            changes["place"] = place
        if "intake" in targets:
            changes["province"] = case.unit.catalogue.office(targets["intake"]).province
        return changes

    def _ask(self, case: Case, number: int, office: str) -> None:
        self._questions.append({"id": number, "dossier_id": case.id, "office": office})

    def _settle(self, case: Case, status: str, entry: int | None, before: Mapping[str, Any] | None) -> None:
        mine = {"reform_id": self._reform_id, "dossier_id": case.id}
        self._items.append(mine | {"status": status, "entry": entry, "before": before, "at": self._unit.now})


def hand_lists_over(unit: UnitOfWork, passages: Iterable[Passage]) -> None:
    """Extends searches by words: the new offices, and monitors of the new provinces, also find by the search keys of
    the offices and provinces from which the dossiers come."""
    pairs = set()
    for one in passages:
        if one.target is None:
            continue
        pairs.add((one.target, one.source))
        if one.desk == INTAKE:
            new, old = (unit.catalogue.office(code).province for code in (one.target, one.source))
            pairs.add((province_scope(new), province_scope(old)))
    inherit(unit.begin(), pairs)


def _keep_time(case: Case) -> bool:
    """Recomputes the due moment where the new handler has other closures.

    Its clocks are then armed again, which needs the dossier's lock until the commit. Returns False where another
    transaction has the lock, or changed the dossier.
    """
    name, catalogue = case.release.sla.calendar, case.unit.catalogue
    before, after = case.before["handler_office"], case.row["handler_office"]
    if before == after or catalogue.calendar(name, before) is (calendar := catalogue.calendar(name, after)):
        return True
    same = and_(dossiers.c.id == case.id, dossiers.c.version == case.before["version"])
    held = select(dossiers.c.id).where(same).with_for_update(skip_locked=True)
    if case.unit.begin().execute(held).first() is None:
        return False
    case.change(**timing.due_columns(case.row, case.release, calendar))
    return True


def _kept(changed: Mapping[str, Any], way: Way) -> dict[str, Any]:
    """The data that a revert needs: the former columns, and the former offices of open verifications."""
    moments = {name: value.isoformat() if isinstance(value, dt.datetime) else value for name, value in changed.items()}
    asked = {desk: one.source for desk, one in way.passages.items() if desk.startswith(f"{VERIFICATION}:")}
    return {"columns": moments, "asked": asked}


def _columns_from_json(kept: Mapping[str, Any]) -> DossierChanges:
    """The columns that ``_kept`` wrote, with moments parsed from text."""
    moments = ("due_at", "promised_at")
    read = {name: dt.datetime.fromisoformat(one) if name in moments and one else one for name, one in kept.items()}
    return cast(DossierChanges, read)
