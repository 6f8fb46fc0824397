"""Indexes of what was read whole

Running dossiers by procedure and version: whoever looked at the list of procedures, or at one of them, had every
dossier counted. Answered questions by office: an office that looked at what it answered lately read those of all. Files
by their key: for each file of a destroyed dossier every paper was read, and checking the files read all for each page.
"""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

_INDEXES = (
    ("ix_dossiers_running_version", "dossiers", ["procedure", "release"], "finished_at IS NULL"),
    ("ix_verifications_answered", "verifications", ["office", "answered_at"], "answered_at IS NOT NULL"),
    ("ix_documents_storage_key", "documents", ["storage_key"], "storage_key IS NOT NULL"),
    ("ix_form_seals_storage_key", "form_seals", ["storage_key"], "storage_key IS NOT NULL"),
)


def upgrade() -> None:
    for name, table, columns, which in _INDEXES:
        only = sa.text(which)
        op.create_index(name, table, columns, if_not_exists=True, sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    for name, table, _, _ in reversed(_INDEXES):
        op.drop_index(name, table_name=table)
