"""Own hours of offices, calendars that are counted anew, the limit of intake, and actions taken too often"""

import sqlalchemy as sa
from alembic import op

from engine.store.sql.schema import BigId, Json, Moment

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_KINDS = "kind IN ('warn', 'due_in', 'overdue', 'step', 'remind', 'after', 'verify'{more})"

_INDEXES = (
    ("ix_dossiers_intake", ["intake_due_at", "id"], "intake_due_at IS NOT NULL AND intake_done_at IS NULL"),
    ("ix_dossiers_intake_office", ["intake_office", "intake_from"], "intake_due_at IS NOT NULL"),
)


def upgrade() -> None:
    op.create_table(
        "office_hours",
        sa.Column("office", sa.String(40), nullable=False),
        sa.Column("first", sa.String(10), nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.PrimaryKeyConstraint("office", "first", name="pk_office_hours"),
    )
    op.create_table(
        "recounts",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("calendar", sa.String(40)),
        sa.Column("office", sa.String(40)),
        sa.Column("why", Json, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("after", BigId, nullable=False),
        sa.Column("changed", sa.Integer, nullable=False),
        sa.Column("finished_at", Moment),
        sa.PrimaryKeyConstraint("id", name="pk_recounts"),
    )
    waiting = sa.text("finished_at IS NULL")
    op.create_index("ix_recounts_waiting", "recounts", ["id"], sqlite_where=waiting, postgresql_where=waiting)
    for name in ("intake_from", "intake_due_at", "intake_done_at", "warned_at"):
        op.add_column("dossiers", sa.Column(name, Moment))
    for name, columns, condition in _INDEXES:
        where = sa.text(condition)
        op.create_index(name, "dossiers", columns, if_not_exists=True, sqlite_where=where, postgresql_where=where)
    _allow(", 'intake'")
    connection = op.get_bind()
    role = "SELECT 1 FROM pg_roles WHERE rolname = 'motcua_app'"
    if connection.dialect.name == "postgresql" and connection.exec_driver_sql(role).first():
        connection.exec_driver_sql("GRANT SELECT, INSERT, UPDATE, DELETE ON office_hours, recounts TO motcua_app")
        connection.exec_driver_sql("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO motcua_app")


def downgrade() -> None:
    """The earlier program knows no clock of intake: those that have not fired are dropped with the limit."""
    op.execute("DELETE FROM clocks WHERE kind = 'intake'")
    _allow("")
    for name, _, _ in _INDEXES:
        op.drop_index(name, "dossiers")
    for name in ("warned_at", "intake_done_at", "intake_due_at", "intake_from"):
        op.drop_column("dossiers", name)
    op.drop_table("recounts")
    op.drop_table("office_hours")


def _allow(more: str) -> None:
    condition = _KINDS.format(more=more)
    with op.batch_alter_table("clocks") as table:
        table.drop_constraint(op.f("ck_clocks_kind"), type_="check")
        table.create_check_constraint(op.f("ck_clocks_kind"), condition)
