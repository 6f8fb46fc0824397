"""An index of the mirrored dossiers that differ from their source

Without it, whoever looked at what differs read every mirrored dossier.
"""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0043"
branch_labels = None
depends_on = None

_DIFFERS = sa.text("CAST(differs AS TEXT) != '[]'")


def upgrade() -> None:
    op.create_index("ix_mirrors_differing", "mirrors", ["dossier_id"], sqlite_where=_DIFFERS, postgresql_where=_DIFFERS)


def downgrade() -> None:
    op.drop_index("ix_mirrors_differing", table_name="mirrors")
