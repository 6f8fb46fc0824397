"""Requests to a remote-signing provider with their documents, and the tokens by which results are checked"""

import sqlalchemy as sa
from alembic import op

from engine.store.sql.schema import BigId, Json, Moment

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

TABLES = ("remote_signings", "remote_items", "result_checks")
_IS_OPEN = sa.text("status IN ('waiting', 'prepared', 'signed')")


def upgrade() -> None:
    _requests()
    _items()
    op.create_table(
        "result_checks",
        sa.Column("token", sa.String(32), nullable=False),
        sa.Column("document_id", BigId, nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_result_checks_document_id")),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_result_checks")),
    )
    op.create_index(op.f("ix_result_checks_document_id"), "result_checks", ["document_id"])
    connection = op.get_bind()
    role = "SELECT 1 FROM pg_roles WHERE rolname = 'motcua_app'"
    if connection.dialect.name == "postgresql" and connection.exec_driver_sql(role).first():
        connection.exec_driver_sql(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(TABLES)} TO motcua_app")
        connection.exec_driver_sql("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO motcua_app")


def _requests() -> None:
    op.create_table(
        "remote_signings",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("key", sa.String(36), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("credential", sa.String(100)),
        sa.Column("certificates", Json),
        sa.Column("reference", sa.String(100)),
        sa.Column("asked_at", Moment, nullable=False),
        sa.Column("expires_at", Moment, nullable=False),
        sa.Column("next_at", Moment),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("trouble_vi", sa.Text()),
        sa.Column("trouble_en", sa.Text()),
        sa.Column("ended_at", Moment),
        sa.CheckConstraint("status IN ('asked', 'sent', 'ended')", name=op.f("ck_remote_signings_status")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_remote_signings_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remote_signings")),
        sa.UniqueConstraint("key", name=op.f("uq_remote_signings_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_remote_signings_person_id", "remote_signings", ["person_id", "id"])
    op.create_index("ix_remote_signings_next_at", "remote_signings", ["next_at"])
    op.create_index("ix_remote_signings_reference", "remote_signings", ["reference"])


def _items() -> None:
    statuses = "status IN ('waiting', 'prepared', 'signed', 'done', 'refused')"
    op.create_table(
        "remote_items",
        sa.Column("signing_id", BigId, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("dossier", sa.String(64), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("token", sa.String(32), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("prepared", Json),
        sa.Column("value", sa.Text()),
        sa.Column("code", sa.String(60)),
        sa.Column("why_vi", sa.Text()),
        sa.Column("why_en", sa.Text()),
        sa.Column("ended_at", Moment),
        sa.CheckConstraint(statuses, name=op.f("ck_remote_items_status")),
        sa.ForeignKeyConstraint(["signing_id"], ["remote_signings.id"], name=op.f("fk_remote_items_signing_id")),
        sa.PrimaryKeyConstraint("signing_id", "number", name=op.f("pk_remote_items")),
    )
    op.create_index(
        "ux_remote_items_open",
        "remote_items",
        ["dossier", "action"],
        unique=True,
        sqlite_where=_IS_OPEN,
        postgresql_where=_IS_OPEN,
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
