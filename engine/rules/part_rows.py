"""The rows of a dossier's parts as types: applicant, papers, fees, steps. A test compares them to the tables."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal, TypedDict

CopyKind = Literal["original", "certified", "copy"]
"""How a paper is handed in; a column of ``DocumentRow`` counts each."""
COPY_KINDS: tuple[CopyKind, ...] = ("original", "certified", "copy")


class ApplicantRow(TypedDict, total=False):
    """The applicant of a dossier, without the dossier's id. ``form`` holds the form's values as JSON, by field key."""

    name: str | None
    identity_number: str | None
    phone: str | None
    email: str | None
    address: str | None
    commune: str | None
    verified: int
    language: str
    form: dict[str, Any]
    link_withheld_since: dt.datetime | None
    notices_off_since: dt.datetime | None
    notices_via: str | None


class DocumentRow(TypedDict):
    """A whole row of the table ``engine.store.documents.documents``."""

    id: int
    dossier_id: int
    key: str
    original: int
    certified: int
    copy: int
    digitised: int
    file_name: str | None
    media_type: str | None
    size: int | None
    sha256: str | None
    storage_key: str | None
    reused_from: int | None
    checked_at: dt.datetime | None
    checked_by: int | None
    accepted: int | None
    signature: dict[str, Any] | None
    added_at: dt.datetime
    removed_at: dt.datetime | None
    late: int


class PartyRow(TypedDict):
    """A whole row of the table ``engine.store.parties.parties``."""

    id: int
    dossier_id: int
    kind: str
    name: str | None
    identity_number: str | None
    phone: str | None
    address: str | None
    authority: str | None
    tracking: str | None
    document_id: int | None
    since: dt.datetime
    until: dt.datetime | None
    erased_at: dt.datetime | None


class FeeRow(TypedDict):
    """A whole row of the table ``engine.store.fees.fees``."""

    dossier_id: int
    key: str
    vnd: int
    settled_at: dt.datetime | None
    settled_by: int | None
    method: str | None
    receipt: str | None


class FeeEntryRow(TypedDict):
    """A whole row of the table ``engine.store.fees.fee_entries``."""

    dossier_id: int
    number: int
    key: str
    kind: str
    vnd: int
    method: str | None
    receipt: str | None
    corrects: int | None
    at: dt.datetime
    by: int | None
    journal: int | None


class StepRow(TypedDict):
    """A journal entry that may have changed the state: its moment, the changed columns as JSON, and its reason."""

    at: dt.datetime
    changes: dict[str, Any]
    reason: str | None


PartRow = DocumentRow | FeeRow | FeeEntryRow | StepRow | PartyRow
