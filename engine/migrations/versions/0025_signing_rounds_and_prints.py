"""Rounds of signatures with their items, what was printed with its hash, papers given with an answer"""

import sqlalchemy as sa
from alembic import op

from engine.store.sql.schema import BigId, Json, Moment

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

TABLES = ("sign_rounds", "sign_items", "print_runs", "prints")


def upgrade() -> None:
    op.add_column("verifications", sa.Column("answered_with", Json))
    _signatures()
    _prints()
    connection = op.get_bind()
    role = "SELECT 1 FROM pg_roles WHERE rolname = 'motcua_app'"
    if connection.dialect.name == "postgresql" and connection.exec_driver_sql(role).first():
        connection.exec_driver_sql(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(TABLES)} TO motcua_app")
        connection.exec_driver_sql("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO motcua_app")


def _signatures() -> None:
    op.create_table(
        "sign_rounds",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("asked_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sign_rounds_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_rounds")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sign_rounds_person_id", "sign_rounds", ["person_id", "id"])
    op.create_table(
        "sign_items",
        sa.Column("round_id", BigId, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("dossier", sa.String(64), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("sha256", sa.String(64)),
        sa.Column("version", sa.Integer()),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("code", sa.String(60)),
        sa.Column("why_vi", sa.Text()),
        sa.Column("why_en", sa.Text()),
        sa.Column("ended_at", Moment),
        sa.CheckConstraint("status IN ('waiting', 'done', 'refused')", name=op.f("ck_sign_items_status")),
        sa.ForeignKeyConstraint(["round_id"], ["sign_rounds.id"], name=op.f("fk_sign_items_round_id")),
        sa.PrimaryKeyConstraint("round_id", "number", name=op.f("pk_sign_items")),
    )


def _prints() -> None:
    op.create_table(
        "print_runs",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("about", Json, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_print_runs_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_runs")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_print_runs_person_id", "print_runs", ["person_id", "id"])
    op.create_table(
        "prints",
        sa.Column("run_id", BigId, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("dossier_id", BigId),
        sa.Column("form", sa.String(10), nullable=False),
        sa.Column("issue", sa.Integer()),
        sa.Column("entry", sa.Integer()),
        sa.Column("copy", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["print_runs.id"], name=op.f("fk_prints_run_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_prints_dossier_id")),
        sa.PrimaryKeyConstraint("run_id", "number", name=op.f("pk_prints")),
    )
    op.create_index("ix_prints_dossier_id", "prints", ["dossier_id", "form", "issue"])


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("verifications", "answered_with")
