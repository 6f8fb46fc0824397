"""Reports that people get by mail, the mails of each period, and what provinces say of their own readiness"""

import sqlalchemy as sa
from alembic import op

from engine.store.sql.schema import BigId, Moment

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

TABLES = ("report_subscriptions", "report_mails", "readiness_ticks")


def upgrade() -> None:
    op.create_table(
        "report_subscriptions",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("rhythm", sa.String(5), nullable=False),
        sa.Column("office", sa.String(40)),
        sa.Column("province", sa.String(8)),
        sa.Column("begun_at", Moment, nullable=False),
        sa.Column("ended_at", Moment),
        sa.CheckConstraint("rhythm IN ('week', 'month')", name=op.f("ck_report_subscriptions_rhythm")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_report_subscriptions_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_subscriptions")),
    )
    op.create_index("ix_report_subscriptions_person_id", "report_subscriptions", ["person_id"])
    op.create_table(
        "report_mails",
        sa.Column("subscription_id", BigId, autoincrement=False, nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", Moment, nullable=False),
        sa.Column("sent_at", Moment),
        sa.Column("error", sa.Text()),
        sa.CheckConstraint("status IN ('waiting', 'sent', 'parked')", name=op.f("ck_report_mails_status")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["report_subscriptions.id"], name=op.f("fk_report_mails_subscription_id")
        ),
        sa.PrimaryKeyConstraint("subscription_id", "first_day", name=op.f("pk_report_mails")),
    )
    op.create_table(
        "readiness_ticks",
        sa.Column("province", sa.String(8), nullable=False),
        sa.Column("item", sa.String(20), nullable=False),
        sa.Column("ready", sa.Integer(), nullable=False),
        sa.Column("said_by", BigId, nullable=False),
        sa.Column("said_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["said_by"], ["people.id"], name=op.f("fk_readiness_ticks_said_by")),
        sa.PrimaryKeyConstraint("province", "item", name=op.f("pk_readiness_ticks")),
    )
    connection = op.get_bind()
    role = "SELECT 1 FROM pg_roles WHERE rolname = 'motcua_app'"
    if connection.dialect.name == "postgresql" and connection.exec_driver_sql(role).first():
        connection.exec_driver_sql(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(TABLES)} TO motcua_app")
        connection.exec_driver_sql("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO motcua_app")


def downgrade() -> None:
    for table in ("readiness_ticks", "report_mails", "report_subscriptions"):
        op.drop_table(table)
