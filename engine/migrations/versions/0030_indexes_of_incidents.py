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
    _index("ix_outbox_parked", "outbox", "id", PARKED)
    _index("ix_clocks_failed", "clocks", "dossier_id", FAILED)


def _index(name: str, table: str, column: str, only: sa.TextClause) -> None:
    op.create_index(name, table, [column], if_not_exists=True, sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    op.drop_index("ix_clocks_failed", "clocks")
    op.drop_index("ix_outbox_parked", "outbox")
