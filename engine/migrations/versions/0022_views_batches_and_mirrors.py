"""Saved views of lists, batches with their items, dossiers whose truth is in another system, and indexes of the desk"""

import sqlalchemy as sa
from alembic import op

from engine.store.sql.schema import BigId, Json, Moment

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

UNHELD = "holder_office IS NULL AND finished_at IS NULL"
INDEXES = (
    ("ix_dossiers_unheld_intake", UNHELD, ["intake_office", "due_at"]),
    ("ix_dossiers_unheld_handler", UNHELD, ["handler_office", "due_at"]),
    ("ix_dossiers_claimed", "holder_id IS NOT NULL", ["holder_id", "due_at", "id"]),
)
TABLES = ("mirrors", "saved_views", "desk_visits", "batches", "batch_items")


def upgrade() -> None:
    for name, condition, columns in INDEXES:
        only = sa.text(condition)
        op.create_index(name, "dossiers", columns, if_not_exists=True, sqlite_where=only, postgresql_where=only)
    op.add_column("dossiers", sa.Column("source", sa.String(40)))  # last: it keeps readers off too, until the end
    _mirrors()
    _views()
    _batches()
    connection = op.get_bind()
    role = "SELECT 1 FROM pg_roles WHERE rolname = 'motcua_app'"
    if connection.dialect.name == "postgresql" and connection.exec_driver_sql(role).first():
        connection.exec_driver_sql(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(TABLES)} TO motcua_app")
        connection.exec_driver_sql("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO motcua_app")


def _mirrors() -> None:
    op.create_table(
        "mirrors",
        sa.Column("dossier_id", BigId, autoincrement=False, nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("number", sa.String(60), nullable=False),
        sa.Column("synced_at", Moment, nullable=False),
        sa.Column("differs", Json, nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_mirrors_dossier_id")),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("pk_mirrors")),
        sa.UniqueConstraint("source", "number", name=op.f("uq_mirrors_source_number")),
    )


def _views() -> None:
    op.create_table(
        "saved_views",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("office", sa.String(40)),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("saved_at", Moment, nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_saved_views_name")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_saved_views_person_id")),
        sa.ForeignKeyConstraint(["office"], ["offices.code"], name=op.f("fk_saved_views_office")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_saved_views_person_id", "saved_views", ["person_id"])
    op.create_index("ix_saved_views_office", "saved_views", ["office"])
    op.create_table(
        "desk_visits",
        sa.Column("person_id", BigId, autoincrement=False, nullable=False),
        sa.Column("seen_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_desk_visits_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_desk_visits")),
    )


def _batches() -> None:
    op.create_table(
        "batches",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("arguments", Json, nullable=False),
        sa.Column("name_vi", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("asked_at", Moment, nullable=False),
        sa.Column("stopped_at", Moment),
        sa.Column("finished_at", Moment),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_batches_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_batches_person_id", "batches", ["person_id", "id"])
    unfinished = sa.text("finished_at IS NULL")
    op.create_index("ix_batches_waiting", "batches", ["id"], sqlite_where=unfinished, postgresql_where=unfinished)
    op.create_table(
        "batch_items",
        sa.Column("batch_id", BigId, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("dossier_id", BigId, nullable=False),
        sa.Column("version", sa.Integer()),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("code", sa.String(60)),
        sa.Column("why_vi", sa.Text()),
        sa.Column("why_en", sa.Text()),
        sa.Column("ended_at", Moment),
        sa.CheckConstraint("status IN ('waiting', 'done', 'refused', 'stopped')", name=op.f("ck_batch_items_status")),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_batch_items_batch_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_batch_items_dossier_id")),
        sa.PrimaryKeyConstraint("batch_id", "number", name=op.f("pk_batch_items")),
    )
    op.create_index("ix_batch_items_dossier_id", "batch_items", ["dossier_id"])


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    for name, _, _ in INDEXES:
        op.drop_index(name, "dossiers")
    op.drop_column("dossiers", "source")
