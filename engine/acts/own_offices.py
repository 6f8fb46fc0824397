"""What an installation says of its offices itself: contact data, names, areas, new offices.

It is kept beside the offices (``own``), so that publishing the generated list again does not undo it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from sqlalchemy import func, select, update

from engine.acts.publish import must_administer, publish_offices, raise_version
from engine.acts.publish_procedures import PROOF
from engine.acts.staff.record import LONGEST_REASON, record_staff
from engine.errors import Conflict, wrong
from engine.rules.offices.competence_proof import Defect, subjects_of, verify
from engine.rules.offices.index import OfficeIndex
from engine.rules.offices.offices import Office
from engine.rules.procedure.definition import Release
from engine.store.dossiers import dossiers
from engine.store.releases import release_digests
from engine.store.running_at import ITS_WORK, running_at
from engine.store.units import offices
from engine.text import Text
from engine.transaction import UnitOfWork

_ROUTING = frozenset({"area", "receives", "valid_from", "valid_to", "unit_id", "body"})
"""What decides which office is competent: changing it needs the proof."""
_FIELDS = tuple(one.name for one in fields(Office) if one.name != "code")
MOST_NAMED = 10


class OfficesNotSettled(Conflict):
    """With the changed offices a procedure would have no competent office somewhere, or several."""

    code = "offices-not-settled"
    vi = "Chưa công bố: với các cơ quan này thẩm quyền hụt hoặc trùng: {why_vi}."
    en = "Not published: with these offices competence has a gap or an overlap: {why_en}."


@dataclass(frozen=True, slots=True)
class ChangedOffice:
    """An office as it would be, and which of its fields (names as in ``Office``) differ; all of them of a new one.

    ``running`` are the open dossiers of an office that is to end: a reorganisation has to move them.
    """

    office: Office
    before: Office | None
    differs: tuple[str, ...]
    running: int = 0


@dataclass(frozen=True, slots=True)
class OfficesPlan:
    """What publishing offices would change, and what it would leave unproved."""

    changes: tuple[ChangedOffice, ...]
    defects: tuple[Defect, ...]

    @property
    def new(self) -> int:
        return sum(one.before is None for one in self.changes)


def plan_offices(unit: UnitOfWork, given: Iterable[Office]) -> OfficesPlan:
    """What publishing these offices would do now. Changes nothing."""
    known = unit.catalogue.offices
    changes = tuple(
        replace(one, running=_running(unit, one.office.code)) if _ends(one) else one
        for office in given
        if (one := changed(known.get(office.code), office)).differs
    )
    return OfficesPlan(changes, _fresh_defects(unit, changes))


def change_offices(unit: UnitOfWork, given: Iterable[Office], reason: str) -> OfficesPlan:
    """Publishes offices as this installation knows them, all or nothing; returns what changed.

    Raises Forbidden, InvalidInput, OfficesNotSettled.
    """
    lock_offices(unit)
    if not 0 < len(reason.strip()) <= LONGEST_REASON:
        raise wrong("reason", "hãy ghi lý do hoặc văn bản", "write the reason or the document")
    plan = plan_offices(unit, given)
    if plan.defects:
        words: list[Text] = [one.in_words() for one in plan.defects[:MOST_NAMED]]
        raise OfficesNotSettled(why_vi="; ".join(one.vi for one in words), why_en="; ".join(one.en for one in words))
    for one in plan.changes:
        _must_end_later(unit, one)
    if plan.changes:
        keep_own(unit, plan.changes)
        named = ", ".join(one.office.code for one in plan.changes[:MOST_NAMED])
        more = f" (+{len(plan.changes) - MOST_NAMED})" if len(plan.changes) > MOST_NAMED else ""
        record_staff(unit, "change-offices", None, [], f"{named}{more}: {reason.strip()}")
    return plan


def lock_offices(unit: UnitOfWork) -> None:
    """From here on to the end of the unit of work nobody else publishes offices, and those of the catalogue are the
    present ones: whoever changes a part of an office begins with it. Raises Forbidden."""
    must_administer(unit)
    raise_version(unit, "offices", by=0)
    unit.catalogue.refresh()


def keep_own(unit: UnitOfWork, changes: Sequence[ChangedOffice]) -> None:
    """Publishes changed offices, and keeps what differs as the installation's own."""
    publish_offices(unit, [one.office for one in changes])
    own = _own(unit, [one.office.code for one in changes])
    for one in changes:
        told = dict(own.get(one.office.code, {})) | {name: _plain(getattr(one.office, name)) for name in one.differs}
        unit.begin().execute(update(offices).where(offices.c.code == one.office.code).values(own=told))


def changed(before: Office | None, after: Office) -> ChangedOffice:
    """The change of a known office, or of a new one."""
    differs = (name for name in _FIELDS if before is None or getattr(before, name) != getattr(after, name))
    return ChangedOffice(after, before, tuple(differs))


def with_own(unit: UnitOfWork, given: Iterable[Office]) -> list[Office]:
    """Offices of a list with what this installation said of them."""
    own = _own(unit)
    return [_told(one, own[one.code]) if one.code in own else one for one in given]


def _ends(change: ChangedOffice) -> bool:
    return change.before is not None and "valid_to" in change.differs and change.office.valid_to is not None


def _fresh_defects(unit: UnitOfWork, changes: Sequence[ChangedOffice]) -> tuple[Defect, ...]:
    """The gaps and overlaps in the coming time that are not there without the changes."""
    if not any(_ROUTING & set(one.differs) for one in changes):
        return ()
    known, start = unit.catalogue.map, unit.today
    subjects = subjects_of(_releases(unit))
    after = dict(unit.catalogue.offices) | {one.office.code: one.office for one in changes}

    def defects(index: OfficeIndex) -> tuple[Defect, ...]:
        return verify(known.competences, subjects, known.territory, index, start, start + PROOF)

    found = defects(OfficeIndex(after.values()))
    before = set(defects(known.offices)) if found else set()
    return tuple(one for one in found if one not in before)


def _releases(unit: UnitOfWork) -> list[Release]:
    return [unit.catalogue.workflow(digest).release for digest in release_digests(unit.reader())]


def _must_end_later(unit: UnitOfWork, change: ChangedOffice) -> None:
    """Refuses an end that has passed. Raises InvalidInput."""
    end = change.office.valid_to
    if "valid_to" in change.differs and end is not None and end <= unit.today:
        raise wrong("valid_to", f"{change.office.code}: phải sau hôm nay", f"{change.office.code}: must be after today")


def _running(unit: UnitOfWork, office: str) -> int:
    """How many open dossiers an office has to work on."""
    counted = select(func.count()).select_from(dossiers).where(running_at(office, ITS_WORK))
    return unit.reader().execute(counted).scalar_one()


def _own(unit: UnitOfWork, codes: Sequence[str] | None = None) -> dict[str, Mapping[str, Any]]:
    asked = select(offices.c.code, offices.c.own).where(offices.c.own.is_not(None))
    if codes is not None:
        asked = asked.where(offices.c.code.in_(codes))
    return {row.code: row.own for row in unit.begin().execute(asked) if row.own}


def _plain(value: object) -> object:
    if isinstance(value, Text):
        return [value.vi, value.en]
    if isinstance(value, dt.date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _told(office: Office, own: Mapping[str, Any]) -> Office:
    given = dict(own)
    if "name" in given:
        given["name"] = Text(*given["name"])
    if "area" in given:
        given["area"] = tuple(given["area"])
    for day in ("valid_from", "valid_to"):
        if isinstance(given.get(day), str):
            given[day] = dt.date.fromisoformat(given[day])
    return replace(office, **given)
