"""What this installation knows better of its offices than the generated list, which publishing the list keeps"""

import sqlalchemy as sa
from alembic import op

from engine.store.sql.schema import Json

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("offices", sa.Column("own", Json))


def downgrade() -> None:
    op.drop_column("offices", "own")
