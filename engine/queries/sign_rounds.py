"""Signing rounds as their person sees them: what was signed, what waits, and what was refused and why."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal, cast

from engine.clock import midnight
from engine.dossier.read_many import read_cases
from engine.errors import NotFound
from engine.queries.queue import short_name
from engine.store.signings import SignItemRow, last_round, round_begun, sign_items_of
from engine.text import Text
from engine.transaction import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundItem:
    """A dossier of a round. ``procedure`` and ``applicant`` are None once the person sees the dossier no more."""

    number: int
    code: str
    procedure: Text | None
    applicant: str | None
    status: Literal["waiting", "done", "refused"]
    refusal: str | None
    why: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A signing round; the items in the order in which they were chosen."""

    number: int
    asked_at: dt.datetime
    items: tuple[RoundItem, ...]

    def with_status(self, status: str) -> tuple[RoundItem, ...]:
        """The items that are waiting, done or refused."""
        return tuple(one for one in self.items if one.status == status)


def sign_round(unit: UnitOfWork, number: int) -> Round:
    """One of the actor's rounds. Raises NotFound."""
    person = unit.actor.person_id
    begun = round_begun(unit.reader(), number, person) if person is not None else None
    if begun is None:
        raise NotFound(what=f"round {number}")
    rows = sign_items_of(unit.reader(), number)
    cases = {case.code: case for case in read_cases(unit, [row.dossier for row in rows], along=())}
    known = {code: (short_name(case.release), case.applicant["name"]) for code, case in cases.items()}
    return Round(
        number=number, asked_at=begun, items=tuple(_item(row, *known.get(row.dossier, (None, None))) for row in rows)
    )


def waiting_in(unit: UnitOfWork, number: int) -> tuple[int, ...]:
    """The numbers of the items of a round of the actor that still wait."""
    person = unit.actor.person_id
    if person is None or round_begun(unit.reader(), number, person) is None:
        raise NotFound(what=f"round {number}")
    return tuple(row.number for row in sign_items_of(unit.reader(), number) if row.status == "waiting")


def unfinished_round(unit: UnitOfWork) -> Round | None:
    """The actor's newest round of today, if something in it was refused or still waits."""
    if unit.actor.person_id is None:
        return None
    number = last_round(unit.reader(), unit.actor.person_id, midnight(unit.today))
    if number is None:
        return None
    found = sign_round(unit, number)
    return found if any(one.status != "done" for one in found.items) else None


def _item(row: SignItemRow, procedure: Text | None, applicant: str | None) -> RoundItem:
    return RoundItem(
        number=row.number,
        code=row.dossier,
        procedure=procedure,
        applicant=applicant,
        status=cast(Literal["waiting", "done", "refused"], row.status),
        refusal=row.code,
        why=Text(row.why_vi or "", row.why_en or "") if row.code else None,
    )
