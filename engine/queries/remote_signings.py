"""Requests for remote signatures as their signatory sees them: what waits in the app, what was signed, what was refused
and why."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal, cast

from engine.clock import midnight
from engine.dossier.read_many import read_cases
from engine.errors import NotFound
from engine.queries.queue import short_name
from engine.store.remote_signings import (
    RemoteItemRow,
    RemoteSigningRow,
    items_of,
    signing_known_as,
    signing_with,
    signings_of,
)
from engine.text import Text
from engine.transaction import UnitOfWork

_SHOWN = 20
_DAYS = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteLine:
    """A dossier of a request. ``procedure`` and ``applicant`` are None once the person sees it no more.

    ``seen`` is what a form says of it to ask again.
    """

    number: int
    code: str
    procedure: Text | None
    applicant: str | None
    status: Literal["waiting", "prepared", "signed", "done", "refused"]
    why: Text | None
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteRequest:
    """One request. ``open`` says that something of it is yet to come; ``sent`` that the provider has it; ``trouble`` is
    what the last try failed of."""

    number: int
    reference: str | None
    asked_at: dt.datetime
    expires_at: dt.datetime
    open: bool
    sent: bool
    trouble: Text | None
    lines: tuple[RemoteLine, ...]

    @property
    def waiting(self) -> int:
        """How many dossiers wait for the confirmation, or to be sent."""
        return len(self.with_status("waiting", "prepared"))

    def with_status(self, *statuses: str) -> tuple[RemoteLine, ...]:
        """The lines with one of these statuses."""
        return tuple(one for one in self.lines if one.status in statuses)


def remote_request(unit: UnitOfWork, number: int) -> RemoteRequest:
    """One of the actor's requests. Raises NotFound."""
    row = signing_with(unit.reader(), number)
    if row is None or unit.actor.person_id is None or row.person_id != unit.actor.person_id:
        raise NotFound(what=f"request {number}")
    items = items_of(unit.reader(), number)
    cases = {case.code: case for case in read_cases(unit, [one.dossier for one in items], along=())}
    known = {code: (short_name(case.release), case.applicant["name"]) for code, case in cases.items()}
    return _request(row, tuple(_line(one, *known.get(one.dossier, (None, None))) for one in items))


def remote_requests(unit: UnitOfWork) -> tuple[RemoteRequest, ...]:
    """The actor's requests that are open or were asked in the last seven days, the newest first."""
    if unit.actor.person_id is None:
        return ()
    rows = signings_of(unit.reader(), unit.actor.person_id, midnight(unit.today) - _DAYS, _SHOWN)
    return tuple(
        _request(row, tuple(_line(one, None, None) for one in items_of(unit.reader(), row.id))) for row in rows
    )


def open_requests(unit: UnitOfWork) -> tuple[RemoteRequest, ...]:
    """The actor's requests of which something is yet to come."""
    return tuple(one for one in remote_requests(unit) if one.open)


def request_known_as(unit: UnitOfWork, key: str, transaction: str) -> int | None:
    """The number of the request with our key, or else with the provider's name of it."""
    return signing_known_as(unit.reader(), key, transaction) if key or transaction else None


def _request(row: RemoteSigningRow, lines: tuple[RemoteLine, ...]) -> RemoteRequest:
    return RemoteRequest(
        number=row.id,
        reference=row.reference,
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        open=row.status != "ended",
        sent=row.status == "sent",
        trouble=Text(row.trouble_vi, row.trouble_en or "") if row.trouble_vi else None,
        lines=lines,
    )


def _line(row: RemoteItemRow, procedure: Text | None, applicant: str | None) -> RemoteLine:
    return RemoteLine(
        number=row.number,
        code=row.dossier,
        procedure=procedure,
        applicant=applicant,
        status=cast(Literal["waiting", "prepared", "signed", "done", "refused"], row.status),
        why=Text(row.why_vi or "", row.why_en or "") if row.code else None,
        seen=f"{row.dossier}~{row.action}~{row.sha256}",
    )
