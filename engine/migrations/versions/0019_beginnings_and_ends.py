"""Receptions that were cancelled, papers added after the end, people beside the applicant, filings that come twice"""

import sqlalchemy as sa
from alembic import op

from engine.store.sql.schema import BigId, Moment

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dossiers", sa.Column("cancelled_at", Moment))
    op.add_column("documents", sa.Column("late", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_applicants_phone", "applicants", ["phone"], if_not_exists=True)
    op.create_table(
        "parties",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("dossier_id", BigId, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("name", sa.Text()),
        sa.Column("identity_number", sa.String(20)),
        sa.Column("phone", sa.String(30)),
        sa.Column("address", sa.Text()),
        sa.Column("authority", sa.Text()),
        sa.Column("tracking", sa.String(60)),
        sa.Column("document_id", BigId),
        sa.Column("since", Moment, nullable=False),
        sa.Column("until", Moment),
        sa.Column("erased_at", Moment),
        sa.CheckConstraint(
            "kind IN ('representative', 'co_applicant', 'collector', 'post')", name=op.f("ck_parties_kind")
        ),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_parties_dossier_id")),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_parties_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parties")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_parties_dossier_id", "parties", ["dossier_id"])
    connection = op.get_bind()
    role = "SELECT 1 FROM pg_roles WHERE rolname = 'motcua_app'"
    if connection.dialect.name == "postgresql" and connection.exec_driver_sql(role).first():
        connection.exec_driver_sql("GRANT SELECT, INSERT, UPDATE, DELETE ON parties TO motcua_app")
        connection.exec_driver_sql("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO motcua_app")


def downgrade() -> None:
    op.drop_table("parties")
    op.drop_index("ix_applicants_phone", "applicants")
    op.drop_column("documents", "late")
    op.drop_column("dossiers", "cancelled_at")
