"""The tables of dossiers: the row with all that an act reads, its offices, applicant, links and verifications."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from engine.store.sql.schema import BigId, Json, Moment, metadata


def _partial(name: str, condition: str, *columns: str) -> Index:
    """A partial index: rows that do not meet ``condition`` cost nothing, and its pages stay few."""
    return Index(name, *columns, sqlite_where=text(condition), postgresql_where=text(condition))


dossiers = Table(
    "dossiers",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("code", String(64), nullable=False, unique=True),
    Column("procedure", String(20), nullable=False),
    Column("release", String(64), ForeignKey("releases.digest"), nullable=False),
    Column("state", String(40), nullable=False),
    Column("portal", SmallInteger, nullable=False),
    Column("version", Integer, nullable=False),  # the number of the last journal entry, and the ETag
    Column("head", String(64), nullable=False),  # the hash of the last journal entry
    Column("channel", String(10), nullable=False),
    Column("applicant_kind", String(12), nullable=False),
    Column("province", String(8), nullable=False),
    Column("place", String(8)),  # the commune that decides the competence
    Column("placed_on", Date),  # the day on which a correction last changed ``place``; None if none did
    Column("support_office", String(40)),  # the support point that helped, if another than the intake office
    Column("intake_office", String(40), nullable=False),
    Column("handler_office", String(40), nullable=False),
    Column("offices", Json, nullable=False),  # routing key → office code
    Column("holder_office", String(40)),  # the office that must act now; None if no office must
    Column("holder_role", String(40)),
    Column("holder_id", BigId, ForeignKey("people.id")),  # the person who claimed it
    Column("entered_at", Moment, nullable=False),  # since when it is in this state
    Column("opened_at", Moment),  # when the present holder first opened it; until then a recall is possible
    Column("step_due_at", Moment),  # the step's own limit
    Column("filed_at", Moment, nullable=False),
    Column("received_at", Moment),
    Column("started_at", Moment),  # when the clock started
    Column("due_at", Moment),  # None before the start and while paused
    Column("promised_at", Moment),  # the due moment as last notified to the applicant
    Column("clock", String(12), nullable=False),
    Column("term", Json),  # the chosen total term
    Column("pauses", Json, nullable=False),  # [[from, to or null, reason], …]
    Column("extensions", Json, nullable=False),  # [{"term": …, "at": …, "reason_vi": …}, …]
    Column("finished_at", Moment),  # the moment of the first of portal status 9, 10, 7, 8, 3
    Column("returned_at", Moment),
    Column("supplements", Integer, nullable=False),
    Column("parent_id", BigId, ForeignKey("dossiers.id")),
    Column("child_key", String(40)),
    Column("link_nonce", String(32), nullable=False),  # the citizen's link is derived from it and a secret
    Column("link_hash", String(64), nullable=False, unique=True),
    Column("intake_from", Moment),  # since when an online filing waits to be received, refused or asked about
    Column("intake_due_at", Moment),  # its own limit
    Column("intake_done_at", Moment),  # when that happened; None while it waits
    Column("warned_at", Moment),  # when an action was last taken more often than the procedure foresees
    Column("cancelled_at", Moment),  # when its reception was cancelled, since the procedure was the wrong one
    Column("source", String(40)),  # the system in which the dossier's truth is; None: this one (``mirrors``)
    Column("search", Text, nullable=False),  # the text behind search_keys; erased with the personal data
    CheckConstraint("portal BETWEEN 1 AND 10", name="portal"),
    CheckConstraint("clock IN ('not_started', 'running', 'paused', 'stopped')", name="clock"),
    CheckConstraint("version >= 1", name="version"),
    Index("ix_dossiers_province", "province", "id"),
    Index("ix_dossiers_province_due", "province", "due_at", "id"),
    _partial("ix_dossiers_province_portal", "portal IN (1, 2, 5, 9)", "province", "portal"),
    _partial("ix_dossiers_holder", "holder_office IS NOT NULL", "holder_office", "due_at", "id"),
    _partial("ix_dossiers_holder_newest", "holder_office IS NOT NULL", "holder_office", "id"),
    _partial("ix_dossiers_running_province", "clock = 'running'", "province", "due_at", "id"),
    _partial("ix_dossiers_running_handler", "clock = 'running'", "handler_office", "due_at", "id"),
    _partial("ix_dossiers_running_version", "finished_at IS NULL", "procedure", "release"),
    _partial("ix_dossiers_ended_procedure", "finished_at IS NOT NULL", "procedure", "finished_at", "id"),
    _partial("ix_dossiers_ended_held", "finished_at IS NOT NULL AND holder_office IS NOT NULL", "procedure"),
    _partial("ix_dossiers_asked_again", "supplements > 1 AND finished_at IS NULL", "province", "handler_office"),
    _partial("ix_dossiers_received", "received_at IS NOT NULL", "intake_office", "received_at", "id"),
    _partial("ix_dossiers_ended", "finished_at IS NOT NULL", "handler_office", "finished_at", "id"),
    _partial("ix_dossiers_intake", "intake_due_at IS NOT NULL AND intake_done_at IS NULL", "intake_due_at", "id"),
    _partial("ix_dossiers_intake_office", "intake_due_at IS NOT NULL", "intake_office", "intake_from"),
    _partial("ix_dossiers_unheld_intake", "holder_office IS NULL AND finished_at IS NULL", "intake_office", "due_at"),
    _partial("ix_dossiers_unheld_handler", "holder_office IS NULL AND finished_at IS NULL", "handler_office", "due_at"),
    _partial("ix_dossiers_claimed", "holder_id IS NOT NULL", "holder_id", "due_at", "id"),
    _partial("ix_dossiers_parent_id", "parent_id IS NOT NULL", "parent_id"),
    sqlite_autoincrement=True,
)

dossier_offices = Table(
    "dossier_offices",
    metadata,
    Column("office", String(40), primary_key=True),
    Column("dossier_id", BigId, ForeignKey("dossiers.id"), primary_key=True),
    Column("since", Moment, nullable=False),
    Column("until", Date),  # exclusive; None while the office's part lasts
    Index("ix_dossier_offices_dossier_id", "dossier_id"),
)
"""The offices that ever had a part in a dossier, and until when they see it (visibility, not who must act)."""

applicants = Table(
    "applicants",
    metadata,
    Column("dossier_id", BigId, ForeignKey("dossiers.id"), primary_key=True, autoincrement=False),
    Column("name", Text),
    Column("identity_number", String(20)),
    Column("phone", String(30)),
    Column("email", String(254)),
    Column("address", Text),
    Column("commune", String(8)),
    Column("verified", SmallInteger, nullable=False),
    Column("language", String(2), nullable=False),
    Column("form", Json, nullable=False),  # field key → value
    Column("erased_at", Moment),
    # Since when notices carry no link: a contact was entered and nobody could be told of it at an earlier one.
    Column("link_withheld_since", Moment),
    # Since when the applicant wants no notices of the progress; those that ask something of them are sent all the same.
    Column("notices_off_since", Moment),
    # The channel that the applicant wants notices by, sms or email; without one by each that has an address.
    Column("notices_via", String(5)),
    Index("ix_applicants_identity", "identity_number", "dossier_id"),
    Index("ix_applicants_telephone", "phone", "dossier_id"),
)
"""A dossier's personal data are only here, in journal_private and in ``dossiers.search``: erasing breaks no chain."""

dossier_links = Table(
    "dossier_links",
    metadata,
    Column("dossier_id", BigId, ForeignKey("dossiers.id"), primary_key=True),
    Column("other_id", BigId, ForeignKey("dossiers.id"), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("since", Moment, nullable=False),
    CheckConstraint("dossier_id <> other_id", name="not_itself"),
)

mirrors = Table(
    "mirrors",
    metadata,
    Column("dossier_id", BigId, ForeignKey("dossiers.id"), primary_key=True, autoincrement=False),
    Column("source", String(40), nullable=False),  # the other system
    Column("number", String(60), nullable=False),  # the dossier's code there
    Column("synced_at", Moment, nullable=False),
    Column("differs", Json, nullable=False),  # [{"what": …, "here": …, "there": …}, …]; never personal data
    UniqueConstraint("source", "number"),
    _partial("ix_mirrors_differing", "CAST(differs AS TEXT) != '[]'", "dossier_id"),
)
"""The dossiers whose truth is in another system (``dossiers.source``): when they were compared, and what differed."""

code_counters = Table(
    "code_counters",
    metadata,
    Column("office", String(40), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("last", Integer, nullable=False),
)
"""The last sequence number of an office on a day (ISO 8601). It rises inside the intake's transaction: no gaps."""

verifications = Table(
    "verifications",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("dossier_id", BigId, ForeignKey("dossiers.id"), nullable=False),
    Column("office", String(40), nullable=False),
    Column("asked_by", BigId, ForeignKey("people.id")),
    Column("asked_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("question", Text, nullable=False),
    Column("answered_at", Moment),
    Column("answered_by", BigId, ForeignKey("people.id")),
    Column("answer", Text),
    Column("confirmed", SmallInteger),
    Column("documents", Json),  # the ids of the papers that the queried office may see; None: none
    Column("answered_with", Json),  # the ids of the papers that it gave with its answer; None: none
    Index("ix_verifications_dossier_id", "dossier_id"),
    _partial("ix_verifications_open", "answered_at IS NULL", "office", "due_at"),
    _partial("ix_verifications_answered", "answered_at IS NOT NULL", "office", "answered_at"),
)
"""A question to another commune, with a clock of its own (3 working days in the sources read)."""
