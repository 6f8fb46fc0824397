"""An index of the journal entries that changed a dossier's offices, and one of an office's queue from the newest on

Without the first, whoever looked at a dossier read its whole journal. Without the second, the newest fifty of a queue
were found by reading all of it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

_CHANGES_OFFICES = sa.text("""body LIKE '%"offices":{%'""")
_HELD = sa.text("holder_office IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_journal_offices",
        "journal",
        ["dossier_id", "number"],
        if_not_exists=True,
        sqlite_where=_CHANGES_OFFICES,
        postgresql_where=_CHANGES_OFFICES,
    )
    op.create_index(
        "ix_dossiers_holder_newest",
        "dossiers",
        ["holder_office", "id"],
        if_not_exists=True,
        sqlite_where=_HELD,
        postgresql_where=_HELD,
    )


def downgrade() -> None:
    op.drop_index("ix_dossiers_holder_newest", table_name="dossiers")
    op.drop_index("ix_journal_offices", table_name="journal")
