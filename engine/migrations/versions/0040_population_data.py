"""Questions to the population data with the outcome of each field, and consents to the reuse of papers"""

import sqlalchemy as sa
from alembic import op

from engine.store.sql.schema import BigId, Moment

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "identity_checks",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("draft", sa.String(64), nullable=False),
        sa.Column("person_id", BigId, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("office", sa.String(40), nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("asked_at", Moment, nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("number", sa.String(10)),
        sa.Column("name", sa.String(10)),
        sa.Column("born", sa.String(10)),
        sa.Column("address", sa.String(10)),
        sa.Column("dossier_id", BigId, sa.ForeignKey("dossiers.id")),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint("status IN ('asked', 'answered', 'silent')", name="status"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_identity_checks_draft", "identity_checks", ["draft", "id"])
    op.create_index("ix_identity_checks_dossier_id", "identity_checks", ["dossier_id"])
    op.create_table(
        "reuse_consents",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("office", sa.String(40), nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("given_at", Moment, nullable=False),
        sa.Column("given_to", BigId, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("withdrawn_at", Moment),
        sa.Column("withdrawn_to", BigId, sa.ForeignKey("people.id")),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_to IS NULL)", name="withdrawn"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reuse_consents_subject", "reuse_consents", ["subject", "id"])


def downgrade() -> None:
    op.drop_table("reuse_consents")
    op.drop_table("identity_checks")
