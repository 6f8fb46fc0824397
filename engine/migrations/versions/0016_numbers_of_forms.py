"""The numbers of the printed forms: one sequence for each office, year and form"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "form_counters",
        sa.Column("office", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("form", sa.String(length=2), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("office", "year", "form", name=op.f("pk_form_counters")),
    )
    connection = op.get_bind()
    role = "SELECT 1 FROM pg_roles WHERE rolname = 'motcua_app'"
    if connection.dialect.name == "postgresql" and connection.exec_driver_sql(role).first():
        connection.exec_driver_sql("GRANT SELECT, INSERT, UPDATE ON form_counters TO motcua_app")


def downgrade() -> None:
    op.drop_table("form_counters")
