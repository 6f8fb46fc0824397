"""Drafts of workflow files that administrators write on the pages"""

import sqlalchemy as sa
from alembic import op

from engine.store.sql.schema import BigId, Moment

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "procedure_drafts",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("procedure", sa.String(40), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("source", sa.String(80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("stories", sa.Text(), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("made_by", BigId, nullable=False),
        sa.Column("saved_at", Moment, nullable=False),
        sa.Column("saved_by", BigId, nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_procedure_drafts_made_by")),
        sa.ForeignKeyConstraint(["saved_by"], ["people.id"], name=op.f("fk_procedure_drafts_saved_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_drafts")),
        sqlite_autoincrement=True,
    )
    connection = op.get_bind()
    role = "SELECT 1 FROM pg_roles WHERE rolname = 'motcua_app'"
    if connection.dialect.name == "postgresql" and connection.exec_driver_sql(role).first():
        connection.exec_driver_sql("GRANT SELECT, INSERT, UPDATE, DELETE ON procedure_drafts TO motcua_app")
        connection.exec_driver_sql("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO motcua_app")


def downgrade() -> None:
    op.drop_table("procedure_drafts")
