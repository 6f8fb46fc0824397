"""The rows about plans of reforms that queries of this package return, as types (see ``engine.store.rows``)."""

from __future__ import annotations

import datetime as dt
from typing import Any, Protocol

from engine.store.rows import TriageRow


class ReformFileRow(Protocol):
    """A row of ``reform_files`` without its content."""

    digest: str
    document: dict[str, Any]
    summary: dict[str, Any]
    flow: list[dict[str, Any]]
    added_by: int
    added_at: dt.datetime


class ReformOrderRow(Protocol):
    """A whole row of ``reform_orders``."""

    id: int
    digest: str
    kind: str
    reason: str | None
    asked_by: int
    asked_at: dt.datetime
    approved_by: int | None
    approved_at: dt.datetime | None
    begun_by: int | None
    begun_at: dt.datetime | None
    leased_until: dt.datetime | None
    ended_at: dt.datetime | None
    outcome: str | None
    refusal: dict[str, str] | None


class DecidedRow(TriageRow, Protocol):
    """The same with the dossier's code and the form."""

    code: str
    form: dict[str, Any]
