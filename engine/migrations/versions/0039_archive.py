"""Packages for the archive, destructions by schedule, files to remove, and dossiers of a predecessor system"""

import sqlalchemy as sa
from alembic import op

from engine.store.sql.schema import BigId, Moment

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "archive_bags",
        sa.Column("dossier_id", BigId, sa.ForeignKey("dossiers.id"), autoincrement=False, nullable=False),
        sa.Column("bag", sa.String(80), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("files", sa.Integer, nullable=False),
        sa.Column("bytes", BigId, nullable=False),
        sa.Column("entries", sa.Integer, nullable=False),
        sa.Column("exported_at", Moment, nullable=False),
        sa.Column("receipt", sa.String(80)),
        sa.Column("receipt_day", sa.Date),
        sa.Column("archive", sa.String(200)),
        sa.Column("transferred_at", Moment),
        sa.Column("destroyed_at", Moment),
        sa.PrimaryKeyConstraint("dossier_id"),
        sa.CheckConstraint("(receipt IS NULL) = (transferred_at IS NULL)", name="receipt"),
    )
    op.create_index("ix_archive_bags_way", "archive_bags", ["destroyed_at", "transferred_at", "dossier_id"])
    op.create_table(
        "archive_destructions",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("schedule", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("proposed_by", BigId, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("proposed_at", Moment, nullable=False),
        sa.Column("decided_by", BigId, sa.ForeignKey("people.id")),
        sa.Column("decided_at", Moment),
        sa.Column("done_at", Moment),
        sa.Column("minutes_key", sa.String(80)),
        sa.Column("minutes_sha256", sa.String(64)),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint("status IN ('proposed', 'approved', 'refused', 'done')", name="status"),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="two_persons"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "archive_destruction_items",
        sa.Column("destruction_id", BigId, sa.ForeignKey("archive_destructions.id"), autoincrement=False),
        sa.Column("dossier_id", BigId, sa.ForeignKey("dossiers.id"), autoincrement=False),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("term", sa.Text, nullable=False),
        sa.Column("done_at", Moment),
        sa.PrimaryKeyConstraint("destruction_id", "dossier_id"),
    )
    op.create_index("ix_archive_destruction_items_dossier_id", "archive_destruction_items", ["dossier_id"])
    op.create_table(
        "file_removals",
        sa.Column("storage_key", sa.String(80), nullable=False),
        sa.Column("asked_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("storage_key"),
    )
    op.create_table(
        "imported_dossiers",
        sa.Column("dossier_id", BigId, sa.ForeignKey("dossiers.id"), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("number", sa.String(64), nullable=False),
        sa.Column("sought", sa.String(64), nullable=False),
        sa.Column("imported_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("dossier_id"),
        sa.UniqueConstraint("source", "number"),
    )
    op.create_index("ix_imported_dossiers_sought", "imported_dossiers", ["sought"])


def downgrade() -> None:
    for table in (
        "imported_dossiers",
        "file_removals",
        "archive_destruction_items",
        "archive_destructions",
        "archive_bags",
    ):
        op.drop_table(table)
