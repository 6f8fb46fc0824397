"""The journal of a dossier as its offices read it, entry by entry.

Names and personal data are left out; reasons, and old and new values of corrected form fields, are shown unless they
were erased.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from engine.dossier.case import Case, read_case
from engine.rules.masking import masked_form
from engine.rules.procedure.act_names import act_name
from engine.rules.procedure.definition import Release
from engine.store.detached import month_away
from engine.store.dossier_parts import journal_of, names_of_people
from engine.store.rows import ReadableEntry
from engine.text import Text
from engine.transaction import UnitOfWork

_REASONS = ("reason", "text", "question", "answer")
"""The keys of an entry's private part that give the reason for the act."""
_PERSONAL_COLUMNS = frozenset({"link_nonce", "link_hash"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """A field of the form that an act changed: its earlier and its new value, masked where the field is personal."""

    key: str
    name: Text
    before: object
    after: object


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalLine:
    """An entry. ``actor`` is the actor's label, ``name`` the name of a member of staff. ``data`` and ``changes`` are
    those of the hashed entry, without the columns of the citizen's link."""

    number: int
    at: dt.datetime
    act: str
    act_name: Text
    actor: str
    name: str | None
    data: Mapping[str, Any]
    changes: Mapping[str, Any]
    reason: str | None
    note: str | None
    corrected: tuple[Corrected, ...]
    hash: str
    previous: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """The entries 1 to ``last`` of a dossier lie in the archive: they were detached with ``month`` (``2024-01``, or
    ``before``: all from before the months began)."""

    month: str
    last: int

    @property
    def told(self) -> Text:
        """In words."""
        month, before = self.month, self.month == "before"
        return Text(
            f"Mục 1–{self.last} của nhật ký nằm ở lưu trữ: "
            + ("phần trước khi chia theo tháng" if before else f"tháng {month[5:]}/{month[:4]}")
            + f" đã được tách. Người quản trị gắn lại bằng lệnh: motcua retention attach journal {month}",
            f"Entries 1 to {self.last} of the journal lie in the archive: "
            + ("what is from before the months" if before else f"the month {month}")
            + f" was detached. An administrator attaches it by the command: motcua retention attach journal {month}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalPage:
    """A page of entries, oldest first; ``next`` is the ``after`` of the next page, None on the last one.

    ``away`` are entries that would stand on this page or before it, and are not here.
    """

    lines: tuple[JournalLine, ...]
    next: int | None
    away: Away | None = None


def journal(unit: UnitOfWork, code: str, *, after: int = 0, limit: int = 100) -> JournalPage:
    """The entries of a dossier above the number ``after``. Raises NotFound."""
    return journal_of_case(read_case(unit, code), after=after, limit=limit)


def journal_of_case(case: Case, *, after: int = 0, limit: int = 100) -> JournalPage:
    """The entries of an open case above the number ``after``."""
    unit = case.unit
    rows = journal_of(unit.reader(), case.id, after=after, limit=limit + 1)
    people = {number for row in rows if (number := _person(row.actor)) is not None}
    names = names_of_people(unit.reader(), people)
    lines = tuple(_line(row, case.release, names) for row in rows[:limit])
    following = lines[-1].number if len(rows) > limit else None
    return JournalPage(lines=lines, next=following, away=_away(case, after, lines))


def month_of_part(case: Case, source: str) -> str | None:
    """The month with which the notices (``outbox``) or the looks (``reads``) of a case were detached, or None."""
    return month_away(case.unit.reader(), source, case.id)


def _away(case: Case, after: int, lines: tuple[JournalLine, ...]) -> Away | None:
    """Asked only where entries are missing: whoever acts on a dossier whose month is away adds to its end."""
    first = lines[0].number if lines else case.row["version"] + 1
    month = month_away(case.unit.reader(), "journal", case.id) if first > after + 1 else None
    return None if month is None else Away(month=month, last=first - 1)


def _line(row: ReadableEntry, release: Release, names: Mapping[int, str]) -> JournalLine:
    body, private = orjson.loads(row.body), row.private or {}
    reasons = [private[key] for key in _REASONS if isinstance(private.get(key), str)]
    note = private.get("note")
    return JournalLine(
        number=row.number,
        at=row.at,
        act=row.act,
        act_name=act_name(row.act, release),
        actor=row.actor,
        name=names.get(_person(row.actor) or 0),
        data=body["data"],
        changes={key: value for key, value in body["changes"].items() if key not in _PERSONAL_COLUMNS},
        reason="\n".join(reasons) or None,
        note=note if isinstance(note, str) else None,
        corrected=_corrected(private, release),
        hash=row.hash,
        previous=body["previous"],
    )


def _corrected(private: Mapping[str, Any], release: Release) -> tuple[Corrected, ...]:
    before, after = private.get("before"), private.get("fields")
    if not isinstance(before, dict) or not isinstance(after, dict):
        return ()
    old, new = masked_form(release, before), masked_form(release, after)
    return tuple(
        Corrected(key=key, name=release.fields[key].name, before=old.get(key), after=new[key])
        for key in sorted(after)
        if key in release.fields and before.get(key) != after[key]
    )


def _person(label: str) -> int | None:
    kind, _, number = label.partition(":")
    return int(number) if kind in ("staff", "admin") and number.isdigit() else None
