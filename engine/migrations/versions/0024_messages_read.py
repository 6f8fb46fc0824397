"""Until where office and applicant have read their messages"""

import sqlalchemy as sa
from alembic import op

from engine.store.sql.schema import BigId, Moment

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "message_reads",
        sa.Column("dossier_id", BigId, autoincrement=False, nullable=False),
        sa.Column("side", sa.String(10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.CheckConstraint("side IN ('office', 'applicant')", name=op.f("ck_message_reads_side")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_message_reads_dossier_id")),
        sa.PrimaryKeyConstraint("dossier_id", "side", name=op.f("pk_message_reads")),
    )
    connection = op.get_bind()
    role = "SELECT 1 FROM pg_roles WHERE rolname = 'motcua_app'"
    if connection.dialect.name == "postgresql" and connection.exec_driver_sql(role).first():
        connection.exec_driver_sql("GRANT SELECT, INSERT, UPDATE, DELETE ON message_reads TO motcua_app")


def downgrade() -> None:
    op.drop_table("message_reads")
