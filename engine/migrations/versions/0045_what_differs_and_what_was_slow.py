"""Indexes of the mirrored dossiers that differ from their source, and of what the national portal learned slowly

Without the first, whoever looked at what differs read every mirrored dossier. Without the second, the figure of
dossiers synchronised on time read every telling of each dossier.
"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

_DIFFERS = sa.text("CAST(differs AS TEXT) != '[]'")
_KNOWN = "first_sent_at IS NULL OR status = 'dropped' OR "


def upgrade() -> None:
    op.create_index(
        "ix_mirrors_differing",
        "mirrors",
        ["dossier_id"],
        if_not_exists=True,
        sqlite_where=_DIFFERS,
        postgresql_where=_DIFFERS,
    )
    op.create_index(
        "ix_portal_tellings_slow",
        "portal_tellings",
        ["dossier_id"],
        if_not_exists=True,
        sqlite_where=sa.text(_KNOWN + "(julianday(first_sent_at) - julianday(at)) > 0.000694"),
        postgresql_where=sa.text(_KNOWN + "(first_sent_at - at) > interval '1 minute'"),
    )


def downgrade() -> None:
    op.drop_index("ix_portal_tellings_slow", table_name="portal_tellings")
    op.drop_index("ix_mirrors_differing", table_name="mirrors")
