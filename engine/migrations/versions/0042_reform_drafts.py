"""Policies of reorganisations that people gave on the pages, which a worker makes plans from"""

import sqlalchemy as sa
from alembic import op

from engine.store.sql.schema import BigId, Json, Moment

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reform_drafts",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.Column("asked_by", BigId, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("asked_at", Moment, nullable=False),
        sa.Column("leased_until", Moment),
        sa.Column("made_at", Moment),
        sa.Column("digest", sa.String(64)),
        sa.Column("refusal", Json),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_reform_drafts_waiting",
        "reform_drafts",
        ["id"],
        sqlite_where=sa.text("made_at IS NULL"),
        postgresql_where=sa.text("made_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("reform_drafts")
