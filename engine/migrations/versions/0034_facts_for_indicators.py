"""What indicators ask of papers and fees, kept beside each dossier; the dossiers of a province in their order"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

REUSED = sa.text("reused_from IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "indicator_facts",
        sa.Column("dossier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("bits", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("pk_indicator_facts")),
    )
    op.create_index("ix_dossiers_province", "dossiers", ["province", "id"], if_not_exists=True)
    op.create_index(
        "ix_documents_reused",
        "documents",
        ["dossier_id"],
        if_not_exists=True,
        sqlite_where=REUSED,
        postgresql_where=REUSED,
    )


def downgrade() -> None:
    op.drop_index("ix_documents_reused", "documents")
    op.drop_index("ix_dossiers_province", "dossiers")
    op.drop_table("indicator_facts")
