"""The columns of a dossier's row as types, for acts and rules that read or change one. A test compares them to the
table.

``ClockRow`` is the part that time limits are counted from. The simulator has only this part of a dossier.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, TypedDict

TermData = dict[str, Any]
"""A term as JSON: ``{"amount": 15, "unit": "working_day"}``."""
PauseData = dict[str, Any]
"""A pause as JSON: ``{"start": …, "end": … or None, "reason": …}``."""
ExtensionData = dict[str, Any]
"""An extension as JSON: ``{"term": …, "at": …, "reason_vi": …}``."""


class ClockRow(TypedDict):
    """The state of a dossier and everything that determines its due moment. Moments are in UTC."""

    state: str
    portal: int
    clock: str
    entered_at: dt.datetime
    received_at: dt.datetime | None
    started_at: dt.datetime | None
    due_at: dt.datetime | None
    promised_at: dt.datetime | None
    step_due_at: dt.datetime | None
    term: TermData | None
    pauses: list[PauseData]
    extensions: list[ExtensionData]
    supplements: int
    finished_at: dt.datetime | None
    returned_at: dt.datetime | None
    intake_from: dt.datetime | None
    intake_due_at: dt.datetime | None
    intake_done_at: dt.datetime | None


class DossierRow(ClockRow):
    """A whole row of the table ``engine.store.dossiers.dossiers``."""

    id: int
    code: str
    procedure: str
    release: str
    version: int
    head: str
    channel: str
    applicant_kind: str
    province: str
    place: str | None
    placed_on: dt.date | None
    support_office: str | None
    intake_office: str
    handler_office: str
    offices: dict[str, str]
    holder_office: str | None
    holder_role: str | None
    holder_id: int | None
    opened_at: dt.datetime | None
    filed_at: dt.datetime
    parent_id: int | None
    child_key: str | None
    link_nonce: str
    link_hash: str
    warned_at: dt.datetime | None
    cancelled_at: dt.datetime | None
    source: str | None
    search: str


class ClockChanges(TypedDict, total=False):
    """The columns of ``ClockRow`` that a step changes."""

    state: str
    portal: int
    clock: str
    entered_at: dt.datetime
    received_at: dt.datetime | None
    started_at: dt.datetime | None
    due_at: dt.datetime | None
    promised_at: dt.datetime | None
    step_due_at: dt.datetime | None
    term: TermData | None
    pauses: list[PauseData]
    extensions: list[ExtensionData]
    supplements: int
    finished_at: dt.datetime | None
    returned_at: dt.datetime | None
    intake_from: dt.datetime | None
    intake_due_at: dt.datetime | None
    intake_done_at: dt.datetime | None


class DossierChanges(ClockChanges, total=False):
    """The columns of ``DossierRow`` that an act may change."""

    release: str
    province: str
    place: str | None
    placed_on: dt.date | None
    support_office: str | None
    intake_office: str
    handler_office: str
    offices: dict[str, str]
    holder_office: str | None
    holder_role: str | None
    holder_id: int | None
    opened_at: dt.datetime | None
    link_nonce: str
    link_hash: str
    warned_at: dt.datetime | None
    cancelled_at: dt.datetime | None
    source: str | None
    search: str
