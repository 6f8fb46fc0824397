"""Indexes of what ended by procedure, and of what a whole province waits for

Reports on what really happened read the dossiers of a procedure that ended last; the picture of a procedure counts
those that ended and are still held. Both looked at every dossier of the country. The list of whoever oversees a
province put all of its dossiers in order, and looked at all of them to count the few that are new, wait for the
applicant, or are ready.
"""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

_ENDED = "finished_at IS NOT NULL"
_INDEXES = (
    ("ix_dossiers_ended_procedure", ["procedure", "finished_at", "id"], _ENDED),
    ("ix_dossiers_ended_held", ["procedure"], f"{_ENDED} AND holder_office IS NOT NULL"),
    ("ix_dossiers_province_due", ["province", "due_at", "id"], None),
    ("ix_dossiers_province_portal", ["province", "portal"], "portal IN (1, 2, 5, 9)"),
)


def upgrade() -> None:
    for name, columns, which in _INDEXES:
        only = sa.text(which) if which else None
        op.create_index(name, "dossiers", columns, if_not_exists=True, sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    for name, _, _ in reversed(_INDEXES):
        op.drop_index(name, table_name="dossiers")
