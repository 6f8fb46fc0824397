"""Indexes by which incidents are found: notices that were given up, and clocks that did not act"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

PARKED = sa.text("status = 'parked'")
FAILED = sa.text("outcome NOT IN ('done', 'void', 'moved')")


def upgrade() -> None:
    op.create_index("ix_outbox_parked", "outbox", ["id"], sqlite_where=PARKED, postgresql_where=PARKED)
    op.create_index("ix_clocks_failed", "clocks", ["dossier_id"], sqlite_where=FAILED, postgresql_where=FAILED)


def downgrade() -> None:
    op.drop_index("ix_clocks_failed", "clocks")
    op.drop_index("ix_outbox_parked", "outbox")
