"""Plans of versions that wait to be approved, and where procedures are processed by version and day"""

import sqlalchemy as sa
from alembic import op

from engine.store.sql.schema import BigId, Json, Moment

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

TABLES = ("version_drafts", "procedure_entries")
PROCESSED = "processed IN ('here', 'ministry', 'specialised')"
ONLINE = "online IN ('no', 'partial', 'full')"


def upgrade() -> None:
    op.create_table(
        "version_drafts",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("procedure", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("summary", Json, nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("made_by", BigId, nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_version_drafts_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version_drafts")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "procedure_entries",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("procedure", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer()),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("processed", sa.String(12), nullable=False),
        sa.Column("system", sa.String(200)),
        sa.Column("online", sa.String(8), nullable=False),
        sa.Column("decision", sa.String(200), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("listed_on", sa.Date()),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("made_by", BigId, nullable=False),
        sa.CheckConstraint(PROCESSED, name=op.f("ck_procedure_entries_processed")),
        sa.CheckConstraint(ONLINE, name=op.f("ck_procedure_entries_online")),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_procedure_entries_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_entries")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_procedure_entries_procedure", "procedure_entries", ["procedure", "since"])
    connection = op.get_bind()
    role = "SELECT 1 FROM pg_roles WHERE rolname = 'motcua_app'"
    if connection.dialect.name == "postgresql" and connection.exec_driver_sql(role).first():
        connection.exec_driver_sql(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(TABLES)} TO motcua_app")
        connection.exec_driver_sql("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO motcua_app")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
