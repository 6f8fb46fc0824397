"""A number that rises when staff change, so that who acts may be remembered from one act to the next"""

import sqlalchemy as sa
from alembic import op

from engine.migrations.staff_changes import watch, watch_no_more

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staff_changes",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", BIG_ID, nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_staff_changes_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_changes")),
    )
    connection = op.get_bind()
    connection.exec_driver_sql("INSERT INTO staff_changes (id, number) VALUES (1, 1)")
    role = "SELECT 1 FROM pg_roles WHERE rolname = 'motcua_app'"
    if connection.dialect.name == "postgresql" and connection.exec_driver_sql(role).first():
        connection.exec_driver_sql("GRANT SELECT, UPDATE ON staff_changes TO motcua_app")
    watch(connection)


def downgrade() -> None:
    watch_no_more(op.get_bind())
    op.drop_table("staff_changes")
