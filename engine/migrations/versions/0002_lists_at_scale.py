"""Lists at scale: words to search by, finished dossiers counted by day, indexes in the order that queues are read"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from engine.migrations.day_counts import count, count_no_more
from engine.rules.plain_text import plain_text
from engine.store.search import key_rows, province_scope

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
PAGE = 1000

OLD = (
    ("ix_dossiers_holder", ["holder_office", "state", "due_at", "id"], None, "holder_office IS NOT NULL"),
    ("ix_dossiers_running_due", ["due_at", "id"], "clock = 'running'", "clock = 'running'"),
    ("ix_dossiers_release_state", ["release", "state"], None, None),
)
NEW = (
    ("ix_dossiers_holder", ["holder_office", "due_at", "id"], "holder_office IS NOT NULL"),
    ("ix_dossiers_running_province", ["province", "due_at", "id"], "clock = 'running'"),
    ("ix_dossiers_running_handler", ["handler_office", "due_at", "id"], "clock = 'running'"),
    ("ix_dossiers_asked_again", ["province", "handler_office"], "supplements > 1 AND finished_at IS NULL"),
    ("ix_dossiers_received", ["intake_office", "received_at", "id"], "received_at IS NOT NULL"),
)

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_dossiers = sa.table(
    "dossiers",
    sa.column("id", BIG_ID),
    sa.column("code", sa.String),
    sa.column("province", sa.String),
    sa.column("handler_office", sa.String),
    sa.column("portal", sa.SmallInteger),
    sa.column("finished_at", MOMENT),
    sa.column("promised_at", MOMENT),
    sa.column("search", sa.Text),
)
_applicants = sa.table(
    "applicants", *(sa.column(name) for name in ("dossier_id", "name", "phone", "identity_number", "erased_at"))
)
_parts = sa.table("dossier_offices", sa.column("office"), sa.column("dossier_id"))


def upgrade() -> None:
    op.create_table(
        "search_keys",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("dossier_id", BIG_ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "dossier_id", name=op.f("pk_search_keys")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "finished_by_day",
        sa.Column("province", sa.String(length=8), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("office", sa.String(length=40), nullable=False),
        sa.Column("finished", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("province", "day", "office", name=op.f("pk_finished_by_day")),
    )
    op.create_index("ix_finished_by_day_office", "finished_by_day", ["office", "day"])
    for name, *_rest in OLD:
        op.drop_index(name, "dossiers")
    for name, columns, where in NEW:
        condition = sa.text(where)
        op.create_index(
            name, "dossiers", columns, if_not_exists=True, sqlite_where=condition, postgresql_where=condition
        )
    connection = op.get_bind()
    _allow(connection)
    _find_again(connection)
    _count_again(connection)
    count(connection)


def downgrade() -> None:
    count_no_more(op.get_bind())
    for name, *_rest in NEW:
        op.drop_index(name, "dossiers")
    for name, columns, sqlite_where, postgresql_where in OLD:
        op.create_index(
            name, "dossiers", columns, sqlite_where=_text(sqlite_where), postgresql_where=_text(postgresql_where)
        )
    op.drop_index("ix_finished_by_day_office", "finished_by_day")
    op.drop_table("finished_by_day")
    op.drop_table("search_keys")


def _text(where: str | None) -> sa.TextClause | None:
    return sa.text(where) if where else None


def _allow(connection: sa.Connection) -> None:
    """The application's role may use the new tables (docs/operations.md)."""
    if (
        connection.dialect.name == "postgresql"
        and connection.exec_driver_sql("SELECT 1 FROM pg_roles WHERE rolname = 'motcua_app'").first()
    ):
        connection.exec_driver_sql("GRANT SELECT, INSERT, UPDATE, DELETE ON search_keys, finished_by_day TO motcua_app")


def _find_again(connection: sa.Connection) -> None:
    """Dossiers that are there already get their search text without the procedure's name, and their words."""
    keys = sa.table("search_keys", sa.column("key", sa.BigInteger), sa.column("dossier_id", BIG_ID))
    changed = sa.update(_dossiers).where(_dossiers.c.id == sa.bindparam("of")).values(search=sa.bindparam("text"))
    for page in _pages(connection):
        ids = [row.id for row in page]
        parts: dict[int, list[str]] = {}
        for row in connection.execute(sa.select(_parts).where(_parts.c.dossier_id.in_(ids))):
            parts.setdefault(row.dossier_id, []).append(row.office)
        texts = {
            row.id: plain_text(row.code, row.name, row.phone, row.identity_number)
            for row in page
            if row.erased_at is None
        }
        for row in page:
            if row.id in texts:
                rows = key_rows(row.id, [*parts.get(row.id, ()), province_scope(row.province)], texts[row.id])
                connection.execute(sa.insert(keys), rows)
        if texts:
            connection.execute(changed, [{"of": number, "text": text} for number, text in texts.items()])


def _pages(connection: sa.Connection) -> Iterator[list[Any]]:
    last = 0
    person = (_applicants.c.name, _applicants.c.phone, _applicants.c.identity_number, _applicants.c.erased_at)
    statement = sa.select(_dossiers.c.id, _dossiers.c.code, _dossiers.c.province, *person).join(
        _applicants, _applicants.c.dossier_id == _dossiers.c.id
    )
    while page := list(
        connection.execute(statement.where(_dossiers.c.id > last).order_by(_dossiers.c.id).limit(PAGE)).all()
    ):
        yield page
        last = page[-1].id


def _count_again(connection: sa.Connection) -> None:
    counted: Counter[tuple[str, dt.date, str]] = Counter()
    late: Counter[tuple[str, dt.date, str]] = Counter()
    done = _dossiers.c.finished_at.is_not(None) & _dossiers.c.portal.in_((9, 10, 7, 8))
    for row in connection.execute(sa.select(_dossiers).where(done)):
        finished, promised = _aware(row.finished_at), _aware(row.promised_at)
        key = (row.province, finished.astimezone(LOCAL).date(), row.handler_office)
        counted[key] += 1
        late[key] += promised is not None and finished > promised
    table = sa.table(
        "finished_by_day", *(sa.column(name) for name in ("province", "day", "office", "finished", "late"))
    )
    rows = [
        {"province": key[0], "day": key[1], "office": key[2], "finished": count, "late": late[key]}
        for key, count in counted.items()
    ]
    if rows:
        connection.execute(sa.insert(table), rows)


def _aware(moment: Any) -> Any:
    """SQLite keeps naive moments in UTC."""
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=dt.UTC)
