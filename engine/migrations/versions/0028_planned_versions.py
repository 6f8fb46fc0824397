"""Plans of versions that were made on a page and wait to be approved"""

import sqlalchemy as sa
from alembic import op

from engine.store.sql.schema import BigId, Json, Moment

revision = "0028"
down_revision = "0026"
branch_labels = None
depends_on = None

TABLE = "version_drafts"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("procedure", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("summary", Json, nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("made_by", BigId, nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_version_drafts_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version_drafts")),
        sqlite_autoincrement=True,
    )
    connection = op.get_bind()
    role = "SELECT 1 FROM pg_roles WHERE rolname = 'motcua_app'"
    if connection.dialect.name == "postgresql" and connection.exec_driver_sql(role).first():
        connection.exec_driver_sql(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {TABLE} TO motcua_app")
        connection.exec_driver_sql("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO motcua_app")


def downgrade() -> None:
    op.drop_table(TABLE)
