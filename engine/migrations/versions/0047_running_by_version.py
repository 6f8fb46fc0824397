"""An index of the dossiers that are not finished, by procedure and version

Without it, whoever looked at the list of procedures, or at one of them, had every dossier counted.
"""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

_OPEN = sa.text("finished_at IS NULL")


def upgrade() -> None:
    op.create_index(
        "ix_dossiers_running_version",
        "dossiers",
        ["procedure", "release"],
        if_not_exists=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )


def downgrade() -> None:
    op.drop_index("ix_dossiers_running_version", table_name="dossiers")
