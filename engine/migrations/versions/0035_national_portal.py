"""What is told to the national portal, and how the two sides were found to differ"""

import sqlalchemy as sa
from alembic import op

from engine.store.sql.schema import BigId, Json, Moment

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _tellings()
    _differences()
    connection = op.get_bind()
    role = "SELECT 1 FROM pg_roles WHERE rolname = 'motcua_app'"
    if connection.dialect.name == "postgresql" and connection.exec_driver_sql(role).first():
        for table in ("portal_tellings", "portal_comparisons", "portal_differences"):
            connection.exec_driver_sql(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO motcua_app")
        connection.exec_driver_sql("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO motcua_app")


def _tellings() -> None:
    op.create_table(
        "portal_tellings",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("dossier_id", BigId, nullable=False),
        sa.Column("entry", sa.Integer, nullable=False),
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("data", Json, nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_attempt_at", Moment, nullable=False),
        sa.Column("sent_at", Moment),
        sa.Column("first_sent_at", Moment),
        sa.Column("reference", sa.Text),
        sa.Column("cause", sa.String(10)),
        sa.Column("error", sa.Text),
        sa.Column("limit_kind", sa.String(10)),
        sa.Column("limit_at", Moment),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_portal_tellings_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_tellings")),
        sqlite_autoincrement=True,
    )
    _partial("ix_portal_tellings_waiting", "portal_tellings", ["next_attempt_at", "id"], "status = 'waiting'")
    _partial("ix_portal_tellings_parked", "portal_tellings", ["id"], "status = 'parked'")
    op.create_index("ix_portal_tellings_dossier_id", "portal_tellings", ["dossier_id", "id"])


def _differences() -> None:
    op.create_table(
        "portal_comparisons",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("started_at", Moment, nullable=False),
        sa.Column("finished_at", Moment),
        sa.Column("reached", sa.String(64)),
        sa.Column("error", sa.Text),
        *(
            sa.Column(name, sa.Integer, nullable=False)
            for name in ("here", "there", "same", "on_time", "under_way", "differing")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_comparisons")),
    )
    op.create_table(
        "portal_differences",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("dossier_id", BigId),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("fault", sa.String(10), nullable=False),
        sa.Column("safe", sa.SmallInteger, nullable=False),
        sa.Column("ours", sa.Text),
        sa.Column("theirs", sa.Text),
        sa.Column("since", Moment, nullable=False),
        sa.Column("seen_at", Moment, nullable=False),
        sa.Column("repaired_at", Moment),
        sa.Column("ended_at", Moment),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_portal_differences_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_differences")),
    )
    _partial("ix_portal_differences_open", "portal_differences", ["code", "kind"], "ended_at IS NULL", unique=True)
    op.create_index("ix_portal_differences_dossier_id", "portal_differences", ["dossier_id"])


def _partial(name: str, table: str, columns: list[str], condition: str, *, unique: bool = False) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_table("portal_differences")
    op.drop_table("portal_comparisons")
    op.drop_table("portal_tellings")
