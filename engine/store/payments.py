"""The tables of payments from elsewhere: charges, money that came in, bank files with their lines, orders to pay back.

Money of a person is in the ledger (``engine.store.fees``); these tables say how it came there, and what found no way.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from engine.store.sql.schema import BigId, Json, Moment, metadata

charges = Table(
    "charges",
    metadata,
    Column("dossier_id", BigId, ForeignKey("dossiers.id"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("reference", String(13), nullable=False, unique=True),
    Column("office", String(40), nullable=False),
    Column("vnd", BigId, nullable=False),
    Column("parts", Json, nullable=False),  # đồng by key of the fee
    Column("bin", String(6), nullable=False),  # the account as it was when the charge was opened
    Column("account", String(30), nullable=False),
    Column("holder", String(100), nullable=False),
    Column("bank", String(100), nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("opened_by", BigId, ForeignKey("people.id")),  # None: the applicant
    Column("status", String(10), nullable=False),  # open, replaced, paid
    Column("gateway", String(10), nullable=False),  # none, waiting, created, failed
    Column("gateway_key", String(120)),  # what the gateway calls it
    Column("pay_at", Text),  # the gateway's page
    Column("attempts", Integer, nullable=False),
    Column("next_at", Moment),  # when the gateway is asked next; None: no more
    Column("error", Text),
    CheckConstraint("vnd >= 1", name="vnd"),
    CheckConstraint("status IN ('open', 'replaced', 'paid')", name="status"),
    Index("ix_charges_next_at", "next_at"),
)

incoming_payments = Table(
    "incoming_payments",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("source", String(10), nullable=False),  # gateway, bank
    Column("key", String(160), nullable=False),  # what the source calls it; the same payment is never taken twice
    Column("reference", String(40)),
    Column("vnd", BigId, nullable=False),
    Column("paid_at", Moment, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("outcome", String(10), nullable=False),  # engine/rules/payments/verdict.py
    Column("text", Text),  # the payer's words, only while nobody knows what was paid
    Column("dossier_id", BigId),
    Column("charge", Integer),
    Column("journal", Integer),
    Column("surplus", BigId, nullable=False),  # đồng of it that nobody owed
    UniqueConstraint("source", "key"),
    CheckConstraint("vnd >= 1", name="vnd"),
    ForeignKeyConstraint(["dossier_id", "charge"], ["charges.dossier_id", "charges.number"]),
    Index("ix_incoming_payments_dossier_id", "dossier_id", "charge"),
    Index("ix_incoming_payments_received_at", "received_at"),
)

bank_files = Table(
    "bank_files",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("account", String(30), nullable=False),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("read_at", Moment, nullable=False),
    Column("read_by", BigId, ForeignKey("people.id")),
)

bank_lines = Table(
    "bank_lines",
    metadata,
    Column("account", String(30), primary_key=True),
    Column("key", String(120), primary_key=True),  # the bank's number of the transaction
    Column("day", Date, nullable=False),
    Column("vnd", BigId, nullable=False),  # below 0: it left the account
    Column("reference", String(13)),
    Column("text", Text),  # only where the line names no reference
    Column("file", String(64), ForeignKey("bank_files.sha256"), nullable=False),
    Column("line", Integer, nullable=False),
    Column("closed_at", Moment),
    Column("closed_by", BigId, ForeignKey("people.id")),
    Column("closed_why", Text),
    Index("ix_bank_lines_day", "day"),
    Index("ix_bank_lines_reference", "reference"),
)

refund_orders = Table(
    "refund_orders",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("dossier_id", BigId, ForeignKey("dossiers.id"), nullable=False, index=True),
    Column("payment_id", BigId, ForeignKey("incoming_payments.id"), nullable=False),
    Column("vnd", BigId, nullable=False),
    Column("status", String(10), nullable=False),  # waiting, done, refused
    Column("ordered_at", Moment, nullable=False),
    Column("ordered_by", BigId, ForeignKey("people.id")),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Moment),
    Column("key", String(120)),  # what the gateway calls it
    Column("error", Text),
    CheckConstraint("vnd >= 1", name="vnd"),
    CheckConstraint("status IN ('waiting', 'done', 'refused')", name="status"),
    Index("ix_refund_orders_next_at", "next_at"),
)
