"""The rows that queries of this package return, as types: each attribute is a column of the SELECT.

SQLAlchemy's own ``Row`` knows no attributes, so a query casts its rows to one of these. A test compares the types of
whole rows to their tables.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Protocol


class JournalRow(Protocol):
    """A whole row of ``journal``."""

    dossier_id: int
    number: int
    at: dt.datetime
    act: str
    actor: str
    body: str
    hash: str


class ReadableEntry(JournalRow, Protocol):
    """A row of ``journal`` with its private part as JSON; see ``engine.store.dossier_parts.journal_of``."""

    private: Any


class PrivateRow(Protocol):
    """A whole row of ``journal_private``."""

    dossier_id: int
    number: int
    salt: bytes
    data: dict[str, Any]
    erased_at: dt.datetime | None


class CheckpointRow(Protocol):
    """A whole row of ``checkpoints``."""

    number: int
    at: dt.datetime
    size: int
    root: str
    next_key: str
    line: str
    edge: str


class SealRow(Protocol):
    """A whole row of ``read_seals``."""

    number: int
    at: dt.datetime
    size: int
    root: str
    line: str
    edge: str


class LookRow(Protocol):
    """A row of the read log, with the code of its dossier."""

    id: int
    at: dt.datetime
    actor: str
    code: str
    what: str
    reason: str
    salt: bytes | None


class SealedLook(Protocol):
    """A leaf, and the row of the read log behind it; ``id`` is None where that is gone."""

    leaf: int
    id: int | None
    at: dt.datetime
    actor: str
    code: str
    what: str
    reason: str
    salt: bytes | None


class SearchableRow(Protocol):
    """What a dossier is found by."""

    id: int
    code: str
    province: str
    search: str
    kind: str
    erased_at: dt.datetime | None
    name: str | None
    phone: str | None
    identity_number: str | None
    former: str | None  # the code in a predecessor system


class UncoveredEntry(Protocol):
    """An entry to cover, with the first and last number of its dossier's entries to cover."""

    dossier_id: int
    start: int
    top: int
    number: int | None
    hash: str


class VerificationRow(Protocol):
    """A whole row of ``verifications``."""

    id: int
    dossier_id: int
    office: str
    asked_by: int | None
    asked_at: dt.datetime
    due_at: dt.datetime
    question: str
    answered_at: dt.datetime | None
    answered_by: int | None
    answer: str | None
    confirmed: int | None
    documents: list[int] | None
    answered_with: list[int] | None


class RelativeRow(Protocol):
    """A dossier beside another one: ``way`` is ``link``, ``child`` (which that one opened) or ``parent``.

    A child has its key among the other one's children; a link has a kind and its beginning.
    """

    way: str
    id: int
    code: str
    procedure: str
    release: str
    state: str
    portal: int
    child_key: str | None
    kind: str | None
    since: dt.datetime | None


class TurnRow(Protocol):
    """A journal entry that may have changed the holder, the clock or the promise, with what it changed."""

    number: int
    at: dt.datetime
    changes: dict[str, Any]


class StoredFile(Protocol):
    """A whole row of ``documents``."""

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


class MembershipRow(Protocol):
    """A whole row of ``memberships``."""

    person_id: int
    office: str
    role: str
    valid_from: dt.date
    valid_to: dt.date | None


class Credentials(Protocol):
    """What signing in compares: the person's id and the hash of the password."""

    id: int
    password: str | None


class Contact(Protocol):
    """A member of staff as notices reach them."""

    id: int
    name: str
    email: str | None
    phone: str | None
    language: str


class WebhookRow(Protocol):
    """A whole row of ``webhooks``."""

    id: int
    url: str
    secret: str
    office: str | None
    active: int
    created_at: dt.datetime
    created_by: int | None
    format: str


class FedEvent(Protocol):
    """An event of the feed with its position."""

    feed_position: int
    key: str
    template: str
    created_at: dt.datetime
    data: dict[str, Any]


class InboxRow(Protocol):
    """A notice in an inbox, with the code, clock and due moment of its dossier."""

    id: int
    template: str
    data: dict[str, Any]
    created_at: dt.datetime
    read_at: dt.datetime | None
    code: str
    clock: str
    due_at: dt.datetime | None


class DueClock(Protocol):
    """A clock that is due."""

    dossier_id: int
    kind: str
    subject: str
    due_at: dt.datetime


class LateRow(Protocol):
    """A dossier that ended late."""

    id: int
    code: str
    procedure: str
    release: str
    started_at: dt.datetime
    finished_at: dt.datetime
    promised_at: dt.datetime
    pauses: list[Any]


class OnTimeRow(Protocol):
    """The counts of one handling office."""

    office: str
    finished: int
    late: int
    running_late: int


class RegisterRow(Protocol):
    """A dossier on the register, with three columns of its applicant."""

    id: int
    code: str
    procedure: str
    release: str
    channel: str
    handler_office: str
    filed_at: dt.datetime
    received_at: dt.datetime
    due_at: dt.datetime | None
    promised_at: dt.datetime | None
    finished_at: dt.datetime | None
    returned_at: dt.datetime | None
    name: str | None
    address: str | None
    phone: str | None


class ReformRow(Protocol):
    """A whole row of ``reforms``."""

    id: int
    code: str
    date: dt.date
    digest: str
    document: dict[str, Any]
    summary: dict[str, Any]
    state: str
    loaded_at: dt.datetime
    started_at: dt.datetime | None
    finished_at: dt.datetime | None


class TriageRow(Protocol):
    """An item of a plan that waits for a person, with the dossier's place."""

    passages: dict[str, int]
    province: str
    place: str | None


class ReleaseRow(Protocol):
    """A release of a procedure, without its document."""

    procedure: str
    version: int
    digest: str
    start: dt.date
    until: dt.date | None


class PersonRow(Protocol):
    """A whole row of ``people``."""

    id: int
    username: str
    name: str
    email: str | None
    phone: str | None
    password: str | None
    admin: int
    active: int
    language: str
    created_at: dt.datetime


class ProposalRow(Protocol):
    """A whole row of ``admin_proposals``."""

    id: int
    person_id: int
    proposed_by: int | None
    proposed_at: dt.datetime
    reason: str
    status: str
    decided_by: int | None
    decided_at: dt.datetime | None
    decision_reason: str | None


class StaffEntryRow(Protocol):
    """A whole row of ``staff_journal``."""

    number: int
    at: dt.datetime
    act: str
    actor: str
    subject: int | None
    body: str
    hash: str


class VersionPlanRow(Protocol):
    """A whole row of ``version_plans``."""

    id: int
    procedure: str
    version: int
    release: str
    digest: str
    document: dict[str, Any]
    summary: dict[str, Any]
    state: str
    loaded_at: dt.datetime
    started_at: dt.datetime | None
    finished_at: dt.datetime | None
    applied_by: str | None
