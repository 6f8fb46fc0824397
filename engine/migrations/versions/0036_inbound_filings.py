"""Filings that another system took, the answers to them, and how far each of its feeds was read"""

import sqlalchemy as sa
from alembic import op

from engine.store.sql.schema import BigId, Json, Moment

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

TABLES = ("filings", "filing_feeds", "filing_answers")


def upgrade() -> None:
    _filings()
    op.create_table(
        "filing_feeds",
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("feed", sa.String(10), nullable=False),
        sa.Column("cursor", sa.String(200), nullable=False),
        sa.Column("moved_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("source", "feed", name=op.f("pk_filing_feeds")),
    )
    _answers()
    connection = op.get_bind()
    role = "SELECT 1 FROM pg_roles WHERE rolname = 'motcua_app'"
    if connection.dialect.name == "postgresql" and connection.exec_driver_sql(role).first():
        connection.exec_driver_sql(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(TABLES)} TO motcua_app")
        connection.exec_driver_sql("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO motcua_app")


def downgrade() -> None:
    for table in ("filing_answers", "filing_feeds", "filings"):
        op.drop_table(table)


def _filings() -> None:
    op.create_table(
        "filings",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("way", sa.String(4), nullable=False),
        sa.Column("came_at", Moment, nullable=False),
        sa.Column("filed_at", Moment),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("body", sa.LargeBinary()),
        sa.Column("procedure", sa.String(60)),
        sa.Column("unit", sa.String(60)),
        sa.Column("channel", sa.String(10)),
        sa.Column("province", sa.String(8)),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", Moment, nullable=False),
        sa.Column("cause", sa.String(60)),
        sa.Column("why", Json),
        sa.Column("wants", sa.String(80)),
        sa.Column("candidates", Json),
        sa.Column("choices", Json, nullable=False),
        sa.Column("dossier_id", BigId),
        sa.Column("settled_at", Moment),
        sa.Column("settled_by", sa.String(40)),
        sa.CheckConstraint(
            "status IN ('waiting', 'queued', 'filed', 'refused', 'elsewhere')", name=op.f("ck_filings_status")
        ),
        sa.CheckConstraint("way IN ('pull', 'push')", name=op.f("ck_filings_way")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_filings_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filings")),
        sa.UniqueConstraint("source", "key", name=op.f("uq_filings_source_key")),
        sa.UniqueConstraint("dossier_id", name=op.f("uq_filings_dossier_id")),
        sqlite_autoincrement=True,
    )
    _index("ix_filings_waiting", "filings", ["next_try_at", "id"], "status = 'waiting'")
    _index("ix_filings_queued", "filings", ["province", "filed_at", "id"], "status = 'queued'")


def _answers() -> None:
    op.create_table(
        "filing_answers",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("filing_id", BigId, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("data", Json, nullable=False),
        sa.Column("reason", sa.LargeBinary()),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", Moment, nullable=False),
        sa.Column("sent_at", Moment),
        sa.Column("error", sa.Text()),
        sa.CheckConstraint("status IN ('waiting', 'sent', 'parked')", name=op.f("ck_filing_answers_status")),
        sa.ForeignKeyConstraint(["filing_id"], ["filings.id"], name=op.f("fk_filing_answers_filing_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_answers")),
        sa.UniqueConstraint("filing_id", "number", "kind", name=op.f("uq_filing_answers_filing_id_number_kind")),
        sqlite_autoincrement=True,
    )
    _index("ix_filing_answers_open", "filing_answers", ["status", "next_attempt_at", "id"], "status <> 'sent'")


def _index(name: str, table: str, columns: list[str], condition: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(condition), postgresql_where=sa.text(condition))
