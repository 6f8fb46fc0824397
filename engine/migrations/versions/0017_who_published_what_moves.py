"""Who published a release, and whether the running dossiers that it moves were moved"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("releases", sa.Column("publisher", sa.Text()))
    op.add_column("releases", sa.Column("migrates", sa.SmallInteger(), nullable=False, server_default="0"))
    op.add_column("releases", sa.Column("migrated_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    with op.batch_alter_table("releases") as table:
        for column in ("migrated_at", "migrates", "publisher"):
            table.drop_column(column)
