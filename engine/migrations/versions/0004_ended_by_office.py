"""An index of what each office ended, in order of time, for the figures of a period"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    condition = sa.text("finished_at IS NOT NULL")
    columns = ["handler_office", "finished_at", "id"]
    op.create_index(
        "ix_dossiers_ended",
        "dossiers",
        columns,
        if_not_exists=True,
        sqlite_where=condition,
        postgresql_where=condition,
    )


def downgrade() -> None:
    op.drop_index("ix_dossiers_ended", "dossiers")
