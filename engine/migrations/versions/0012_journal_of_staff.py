"""A journal of staff, two persons for an administrator, and tokens that can be told apart"""

import sqlalchemy as sa
from alembic import op

from engine.clock import utc_now
from engine.migrations.staff_guard import begin_staff_journal, guard_staff, unguard_staff

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staff_journal",
        sa.Column("number", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("actor", sa.String(60), nullable=False),
        sa.Column("subject", BIG_ID),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_staff_journal_number")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_staff_journal")),
    )
    op.create_index("ix_staff_journal_subject", "staff_journal", ["subject"])
    _create_proposals()
    op.add_column("tokens", sa.Column("kind", sa.String(10)))
    op.add_column("tokens", sa.Column("purpose", sa.Text()))
    connection = op.get_bind()
    _count_changes_of_offices("province, valid_to")
    guard_staff(connection)
    begin_staff_journal(connection, utc_now())


def downgrade() -> None:
    unguard_staff(op.get_bind())
    _count_changes_of_offices("province")
    op.drop_column("tokens", "purpose")
    op.drop_column("tokens", "kind")
    op.drop_table("admin_proposals")
    op.drop_table("staff_journal")


def _create_proposals() -> None:
    op.create_table(
        "admin_proposals",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("proposed_by", BIG_ID),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("decided_by", BIG_ID),
        sa.Column("decided_at", MOMENT),
        sa.Column("decision_reason", sa.Text()),
        sa.CheckConstraint(
            "status IN ('waiting', 'approved', 'refused', 'lapsed')", name=op.f("ck_admin_proposals_status")
        ),
        *(
            sa.ForeignKeyConstraint([name], ["people.id"], name=op.f(f"fk_admin_proposals_{name}"))
            for name in ("person_id", "proposed_by", "decided_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_proposals")),
    )
    where = sa.text("status = 'waiting'")
    op.create_index(
        "uq_admin_proposals_waiting",
        "admin_proposals",
        ["person_id"],
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )


def _count_changes_of_offices(columns: str) -> None:
    """The rights of a deputy end with the office: a remembered actor must not outlive a change of its last day."""
    connection = op.get_bind()
    event = f"AFTER UPDATE OF {columns} ON offices"
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("DROP TRIGGER IF EXISTS offices_update_staff")
        rise = "UPDATE staff_changes SET number = number + 1;"
        connection.exec_driver_sql(f"CREATE TRIGGER offices_update_staff {event} BEGIN {rise} END")
    else:
        connection.exec_driver_sql("DROP TRIGGER IF EXISTS offices_update_staff ON offices")
        connection.exec_driver_sql(f"CREATE TRIGGER offices_update_staff {event} EXECUTE FUNCTION staff_changed()")
