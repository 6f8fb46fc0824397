"""The issues of forms whose PDF carries the office's seal, with the file that was sealed

Signing twice gives two different files, so what was sealed first is kept. Issues of before have no row: they stay as
they went out.
"""

import sqlalchemy as sa
from alembic import op

from engine.store.sql.schema import BigId, Moment

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

_UNSEALED = sa.text("why IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "form_seals",
        sa.Column("dossier_id", BigId, autoincrement=False, nullable=False),
        sa.Column("entry", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("form", sa.String(2), nullable=False),
        sa.Column("storage_key", sa.String(80)),
        sa.Column("sha256", sa.String(64)),
        sa.Column("ended_at", Moment),
        sa.Column("why", sa.Text()),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_form_seals_dossier_id")),
        sa.PrimaryKeyConstraint("dossier_id", "entry", name=op.f("pk_form_seals")),
    )
    op.create_index(
        "ix_form_seals_unsealed", "form_seals", ["ended_at"], sqlite_where=_UNSEALED, postgresql_where=_UNSEALED
    )
    connection = op.get_bind()
    role = "SELECT 1 FROM pg_roles WHERE rolname = 'motcua_app'"
    if connection.dialect.name == "postgresql" and connection.exec_driver_sql(role).first():
        connection.exec_driver_sql("GRANT SELECT, INSERT, UPDATE, DELETE ON form_seals TO motcua_app")


def downgrade() -> None:
    op.drop_table("form_seals")
