"""Since when a dossier's commune bears its code: the day of a correction, or of any reform that moved it"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dossiers", sa.Column("placed_on", sa.Date()))
    _index_of("status IN ('done', 'touched')")


def downgrade() -> None:
    _index_of("status = 'done'")
    op.drop_column("dossiers", "placed_on")


def _index_of(moved: str) -> None:
    op.drop_index("ix_reform_items_done", "reform_items")
    where = sa.text(moved)
    op.create_index("ix_reform_items_done", "reform_items", ["dossier_id"], sqlite_where=where, postgresql_where=where)
