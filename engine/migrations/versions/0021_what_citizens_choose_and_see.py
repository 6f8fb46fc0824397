"""Citizens' ratings, their choice of notices, and how many working days dossiers of a kind take at a centre"""

import sqlalchemy as sa
from alembic import op

from engine.store.sql.schema import BigId, Moment

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("applicants", sa.Column("notices_off_since", Moment))
    op.add_column("applicants", sa.Column("notices_via", sa.String(5)))
    op.create_table(
        "ratings",
        sa.Column("dossier_id", BigId, autoincrement=False, nullable=False),
        sa.Column("office", sa.String(40), nullable=False),
        sa.Column("mark", sa.SmallInteger(), nullable=False),
        sa.Column("words", sa.Text()),
        sa.Column("at", Moment, nullable=False),
        sa.CheckConstraint("mark BETWEEN 1 AND 5", name=op.f("ck_ratings_mark")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_ratings_dossier_id")),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("pk_ratings")),
    )
    op.create_table(
        "paces",
        sa.Column("procedure", sa.String(20), nullable=False),
        sa.Column("office", sa.String(40), nullable=False),
        sa.Column("dossiers", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("procedure", "office", name=op.f("pk_paces")),
    )
    connection = op.get_bind()
    role = "SELECT 1 FROM pg_roles WHERE rolname = 'motcua_app'"
    if connection.dialect.name == "postgresql" and connection.exec_driver_sql(role).first():
        connection.exec_driver_sql("GRANT SELECT, INSERT, UPDATE, DELETE ON ratings, paces TO motcua_app")


def downgrade() -> None:
    op.drop_table("paces")
    op.drop_table("ratings")
    op.drop_column("applicants", "notices_via")
    op.drop_column("applicants", "notices_off_since")
