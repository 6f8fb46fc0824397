"""What ended is also counted by week, so that a report over a month adds up a third of the rows"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_MONDAY = {
    "sqlite": "date({day}, '-6 days', 'weekday 1')",
    "postgresql": "{day} - (extract(isodow FROM {day})::integer - 1)",
}
_ADD = """
INSERT INTO finished_by_week (province, week, office, finished, late)
VALUES (NEW.province, {monday}, NEW.office, {finished}, {late})
ON CONFLICT (province, week, office) DO UPDATE
SET finished = finished_by_week.finished + excluded.finished, late = finished_by_week.late + excluded.late;
"""
_DIFFERENCE = {"finished": "NEW.finished - OLD.finished", "late": "NEW.late - OLD.late"}
_WHOLE = {"finished": "NEW.finished", "late": "NEW.late"}
_TRIGGERS = (("inserted", "INSERT", _WHOLE), ("updated", "UPDATE OF finished, late", _DIFFERENCE))


def upgrade() -> None:
    op.create_table(
        "finished_by_week",
        sa.Column("province", sa.String(length=8), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("office", sa.String(length=40), nullable=False),
        sa.Column("finished", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("province", "week", "office", name=op.f("pk_finished_by_week")),
    )
    op.create_index("ix_finished_by_week_office", "finished_by_week", ["office", "week"])
    connection = op.get_bind()
    kind = connection.dialect.name
    connection.exec_driver_sql(
        "INSERT INTO finished_by_week (province, week, office, finished, late) "
        f"SELECT province, {_MONDAY[kind].format(day='day')}, office, sum(finished), sum(late) "
        "FROM finished_by_day GROUP BY 1, 2, 3"
    )
    role = "SELECT 1 FROM pg_roles WHERE rolname = 'motcua_app'"
    if kind == "postgresql" and connection.exec_driver_sql(role).first():
        connection.exec_driver_sql("GRANT SELECT, INSERT, UPDATE, DELETE ON finished_by_week TO motcua_app")
    for name, event, figures in _TRIGGERS:
        _follow(connection, name, event, _ADD.format(monday=_MONDAY[kind].format(day="NEW.day"), **figures))


def downgrade() -> None:
    connection = op.get_bind()
    for name, *_rest in _TRIGGERS:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f"DROP TRIGGER finished_by_day_{name}")
        else:
            connection.exec_driver_sql(f"DROP TRIGGER finished_by_day_{name} ON finished_by_day")
            connection.exec_driver_sql(f"DROP FUNCTION count_weeks_{name}()")
    op.drop_index("ix_finished_by_week_office", "finished_by_week")
    op.drop_table("finished_by_week")


def _follow(connection: sa.Connection, name: str, event: str, add: str) -> None:
    """Whoever writes counts of days, those of weeks follow."""
    trigger = f"CREATE TRIGGER finished_by_day_{name} AFTER {event} ON finished_by_day"
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"{trigger} BEGIN {add} END")
        return
    connection.exec_driver_sql(
        f"CREATE FUNCTION count_weeks_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {add} RETURN NULL; END $$"
    )
    connection.exec_driver_sql(f"{trigger} FOR EACH ROW EXECUTE FUNCTION count_weeks_{name}()")
