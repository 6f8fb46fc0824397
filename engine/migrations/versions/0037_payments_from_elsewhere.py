"""Payments from elsewhere: charges, money that came in, bank files, refunds at the gateway, the books of receipts"""

import sqlalchemy as sa
from alembic import op

from engine.store.sql.schema import BigId, Json, Moment

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

TABLES = (
    "charges",
    "incoming_payments",
    "bank_files",
    "bank_lines",
    "refund_orders",
    "receipt_counters",
)
_KEPT = "office, year, number, dossier_id, entry, vnd, at"
_SQLITE = (
    "CREATE TRIGGER receipts_no_delete BEFORE DELETE ON receipts "
    "BEGIN SELECT RAISE(ABORT, 'a number of a book is kept'); END",
    f"CREATE TRIGGER receipts_no_change BEFORE UPDATE OF {_KEPT} ON receipts "
    "BEGIN SELECT RAISE(ABORT, 'a number of a book is kept'); END",
)
_POSTGRESQL = f"""
CREATE FUNCTION receipts_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'a number of a book is kept' USING ERRCODE = 'insufficient_privilege'; END $$;
CREATE TRIGGER receipts_no_change BEFORE UPDATE OF {_KEPT} ON receipts
  FOR EACH ROW EXECUTE FUNCTION receipts_are_kept();
CREATE TRIGGER receipts_no_delete BEFORE DELETE ON receipts FOR EACH ROW EXECUTE FUNCTION receipts_are_kept();
CREATE TRIGGER receipts_no_truncate BEFORE TRUNCATE ON receipts
  FOR EACH STATEMENT EXECUTE FUNCTION receipts_are_kept();
"""


def upgrade() -> None:
    _charges()
    _bank()
    _refunds()
    _receipts()
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        for statement in _SQLITE:
            connection.exec_driver_sql(statement)
        return
    connection.exec_driver_sql(_POSTGRESQL)
    if connection.exec_driver_sql("SELECT 1 FROM pg_roles WHERE rolname = 'motcua_app'").first():
        connection.exec_driver_sql(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(TABLES)} TO motcua_app")
        connection.exec_driver_sql("GRANT SELECT, INSERT, UPDATE ON receipts TO motcua_app")
        connection.exec_driver_sql("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO motcua_app")


def downgrade() -> None:
    connection = op.get_bind()
    op.drop_table("receipts")
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("DROP FUNCTION receipts_are_kept()")
    for table in ("receipt_counters", "refund_orders", "bank_lines", "bank_files", "incoming_payments", "charges"):
        op.drop_table(table)


def _charges() -> None:
    op.create_table(
        "charges",
        sa.Column("dossier_id", BigId, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.String(13), nullable=False),
        sa.Column("office", sa.String(40), nullable=False),
        sa.Column("vnd", BigId, nullable=False),
        sa.Column("parts", Json, nullable=False),
        sa.Column("bin", sa.String(6), nullable=False),
        sa.Column("account", sa.String(30), nullable=False),
        sa.Column("holder", sa.String(100), nullable=False),
        sa.Column("bank", sa.String(100), nullable=False),
        sa.Column("opened_at", Moment, nullable=False),
        sa.Column("opened_by", BigId),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("gateway", sa.String(10), nullable=False),
        sa.Column("gateway_key", sa.String(120)),
        sa.Column("pay_at", sa.Text()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", Moment),
        sa.Column("error", sa.Text()),
        sa.CheckConstraint("status IN ('open', 'replaced', 'paid')", name=op.f("ck_charges_status")),
        sa.CheckConstraint("vnd >= 1", name=op.f("ck_charges_vnd")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_charges_dossier_id")),
        sa.ForeignKeyConstraint(["opened_by"], ["people.id"], name=op.f("fk_charges_opened_by")),
        sa.PrimaryKeyConstraint("dossier_id", "number", name=op.f("pk_charges")),
        sa.UniqueConstraint("reference", name=op.f("uq_charges_reference")),
    )
    op.create_index("ix_charges_next_at", "charges", ["next_at"])
    op.create_table(
        "incoming_payments",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("source", sa.String(10), nullable=False),
        sa.Column("key", sa.String(160), nullable=False),
        sa.Column("reference", sa.String(40)),
        sa.Column("vnd", BigId, nullable=False),
        sa.Column("paid_at", Moment, nullable=False),
        sa.Column("received_at", Moment, nullable=False),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("text", sa.Text()),
        sa.Column("dossier_id", BigId),
        sa.Column("charge", sa.Integer()),
        sa.Column("journal", sa.Integer()),
        sa.Column("surplus", BigId, nullable=False),
        sa.CheckConstraint("vnd >= 1", name=op.f("ck_incoming_payments_vnd")),
        sa.ForeignKeyConstraint(
            ["dossier_id", "charge"],
            ["charges.dossier_id", "charges.number"],
            name=op.f("fk_incoming_payments_dossier_id_charge"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_payments")),
        sa.UniqueConstraint("source", "key", name=op.f("uq_incoming_payments_source_key")),
    )
    op.create_index("ix_incoming_payments_dossier_id", "incoming_payments", ["dossier_id", "charge"])
    op.create_index("ix_incoming_payments_received_at", "incoming_payments", ["received_at"])


def _bank() -> None:
    op.create_table(
        "bank_files",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("account", sa.String(30), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("read_at", Moment, nullable=False),
        sa.Column("read_by", BigId),
        sa.ForeignKeyConstraint(["read_by"], ["people.id"], name=op.f("fk_bank_files_read_by")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_bank_files")),
    )
    op.create_table(
        "bank_lines",
        sa.Column("account", sa.String(30), nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("vnd", BigId, nullable=False),
        sa.Column("reference", sa.String(13)),
        sa.Column("text", sa.Text()),
        sa.Column("file", sa.String(64), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("closed_at", Moment),
        sa.Column("closed_by", BigId),
        sa.Column("closed_why", sa.Text()),
        sa.ForeignKeyConstraint(["closed_by"], ["people.id"], name=op.f("fk_bank_lines_closed_by")),
        sa.ForeignKeyConstraint(["file"], ["bank_files.sha256"], name=op.f("fk_bank_lines_file")),
        sa.PrimaryKeyConstraint("account", "key", name=op.f("pk_bank_lines")),
    )
    op.create_index("ix_bank_lines_day", "bank_lines", ["day"])
    op.create_index("ix_bank_lines_reference", "bank_lines", ["reference"])


def _refunds() -> None:
    op.create_table(
        "refund_orders",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("dossier_id", BigId, nullable=False),
        sa.Column("payment_id", BigId, nullable=False),
        sa.Column("vnd", BigId, nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("ordered_at", Moment, nullable=False),
        sa.Column("ordered_by", BigId),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", Moment),
        sa.Column("key", sa.String(120)),
        sa.Column("error", sa.Text()),
        sa.CheckConstraint("status IN ('waiting', 'done', 'refused')", name=op.f("ck_refund_orders_status")),
        sa.CheckConstraint("vnd >= 1", name=op.f("ck_refund_orders_vnd")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_refund_orders_dossier_id")),
        sa.ForeignKeyConstraint(["ordered_by"], ["people.id"], name=op.f("fk_refund_orders_ordered_by")),
        sa.ForeignKeyConstraint(["payment_id"], ["incoming_payments.id"], name=op.f("fk_refund_orders_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_orders")),
    )
    op.create_index(op.f("ix_refund_orders_dossier_id"), "refund_orders", ["dossier_id"])
    op.create_index("ix_refund_orders_next_at", "refund_orders", ["next_at"])


def _receipts() -> None:
    op.create_table(
        "receipt_counters",
        sa.Column("office", sa.String(40), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("office", "year", name=op.f("pk_receipt_counters")),
    )
    op.create_table(
        "receipts",
        sa.Column("office", sa.String(40), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("dossier_id", BigId, nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("vnd", BigId, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("cancelled_at", Moment),
        sa.Column("cancelled_journal", sa.Integer()),
        sa.CheckConstraint("number >= 1", name=op.f("ck_receipts_number")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_receipts_dossier_id")),
        sa.PrimaryKeyConstraint("office", "year", "number", name=op.f("pk_receipts")),
    )
    op.create_index("ix_receipts_dossier_id", "receipts", ["dossier_id"])
