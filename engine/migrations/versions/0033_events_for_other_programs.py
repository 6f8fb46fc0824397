"""Webhooks that ask for CloudEvents, and the positions of events in the feed"""

import sqlalchemy as sa
from alembic import op

from engine.store.sql.schema import BigId

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_OF_THE_FEED = sa.text("recipient = 'feed'")


def upgrade() -> None:
    op.add_column("webhooks", sa.Column("format", sa.String(20), nullable=False, server_default=sa.text("'standard'")))
    op.add_column("outbox", sa.Column("feed_position", BigId))
    columns = ["feed_position", "id"]
    op.create_index(
        "ix_outbox_feed",
        "outbox",
        columns,
        if_not_exists=True,
        sqlite_where=_OF_THE_FEED,
        postgresql_where=_OF_THE_FEED,
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_feed", "outbox")
    op.drop_column("outbox", "feed_position")
    op.drop_column("webhooks", "format")
