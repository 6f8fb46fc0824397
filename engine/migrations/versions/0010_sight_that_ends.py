"""Until when an office sees a dossier in which it had a part, and the papers attached to a question"""

import datetime as dt

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from engine.clock import civil_day, utc_now

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dossier_offices", sa.Column("until", sa.Date()))
    op.add_column("verifications", sa.Column("documents", sa.JSON().with_variant(JSONB(), "postgresql")))
    if op.get_bind().dialect.name == "postgresql":
        each = "jsonb_each_text(d.offices)"
    else:
        each = "json_each(d.offices)"
    last = f"'{civil_day(utc_now()) + dt.timedelta(days=5)}'"
    mine = "d.id = dossier_offices.dossier_id AND dossier_offices.office"
    # Nobody knows any more when a dossier went on, so what is over ends some days after the upgrade.
    op.execute(
        f"UPDATE dossier_offices SET until = {last} WHERE NOT EXISTS ("
        f"SELECT 1 FROM dossiers d WHERE {mine} IN (d.intake_office, d.handler_office, d.holder_office, "
        f"d.support_office) OR {mine} IN (SELECT value FROM {each}))"
    )
    deciding = "(d.intake_office, d.handler_office, coalesce(d.holder_office, ''))"
    op.execute(
        f"UPDATE dossier_offices SET until = {last} "
        f"WHERE until IS NULL AND EXISTS (SELECT 1 FROM dossiers d WHERE d.finished_at IS NOT NULL "
        f"AND {mine} NOT IN {deciding} AND {mine} NOT IN (SELECT value FROM {each} WHERE key = 'intake'))"
    )


def downgrade() -> None:
    op.drop_column("verifications", "documents")
    op.drop_column("dossier_offices", "until")
