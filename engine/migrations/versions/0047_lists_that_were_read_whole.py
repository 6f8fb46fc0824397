"""Indexes of the dossiers that are not finished, by procedure and version, and of answered questions, by office

Without the first, whoever looked at the list of procedures, or at one of them, had every dossier counted. Without the
second, an office that looked at what it answered lately read the questions of all.
"""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

_OPEN, _ANSWERED = sa.text("finished_at IS NULL"), sa.text("answered_at IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_dossiers_running_version",
        "dossiers",
        ["procedure", "release"],
        if_not_exists=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index(
        "ix_verifications_answered",
        "verifications",
        ["office", "answered_at"],
        if_not_exists=True,
        sqlite_where=_ANSWERED,
        postgresql_where=_ANSWERED,
    )


def downgrade() -> None:
    op.drop_index("ix_verifications_answered", table_name="verifications")
    op.drop_index("ix_dossiers_running_version", table_name="dossiers")
