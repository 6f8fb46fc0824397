"""Until when an office sees a dossier in which it had a part, and the papers attached to a question"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dossier_offices", sa.Column("until", sa.Date()))
    op.add_column("verifications", sa.Column("documents", sa.JSON().with_variant(JSONB(), "postgresql")))
    if op.get_bind().dialect.name == "postgresql":
        day, counter = "since::date", "d.offices ->> 'intake'"
    else:
        day, counter = "date(since)", "json_extract(d.offices, '$.intake')"
    # A part that has ended already, or that the dossier has not reached, ends with the day on which it began: nobody
    # knows any more when the dossier went on.
    op.execute(
        sa.text(
            f"UPDATE dossier_offices SET until = {day} WHERE NOT EXISTS ("
            f"SELECT 1 FROM dossiers d WHERE d.id = dossier_offices.dossier_id AND dossier_offices.office IN ("
            f"d.intake_office, d.handler_office, coalesce(d.support_office, ''), coalesce(d.holder_office, ''), "
            f"coalesce({counter}, '')))"
        )
    )


def downgrade() -> None:
    op.drop_column("verifications", "documents")
    op.drop_column("dossier_offices", "until")
