"""What is known of a succession of administrative units: nothing against it, doubtful, or of an order not read"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("successions", sa.Column("standing", sa.String(12), nullable=False, server_default=sa.text("''")))


def downgrade() -> None:
    op.drop_column("successions", "standing")
