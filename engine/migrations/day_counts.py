"""The trigger that counts finished dossiers by day, province and handling office (``finished_by_day``).

Every UPDATE that ends a dossier, or takes its end back, changes the counts in the same transaction.
"""

from __future__ import annotations

from sqlalchemy import Connection

_WATCHED = ("finished_at", "portal", "promised_at", "handler_office", "province")
_ENDED = "{row}.finished_at IS NOT NULL AND {row}.portal IN (7, 8, 9, 10)"
_LATE = "CASE WHEN {row}.finished_at > {row}.promised_at THEN {sign} ELSE 0 END"
_DAY = {
    "sqlite": "date({row}.finished_at, '+7 hours')",
    "postgresql": "({row}.finished_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date",
}
_ADD = """
INSERT INTO finished_by_day (province, day, office, finished, late)
SELECT {row}.province, {day}, {row}.handler_office, {sign}, {late} WHERE {ended}
ON CONFLICT (province, day, office) DO UPDATE
SET finished = finished_by_day.finished + excluded.finished, late = finished_by_day.late + excluded.late;
"""
_SQLITE = """
CREATE TRIGGER dossiers_count_finished AFTER UPDATE OF {watched} ON dossiers WHEN {concerned}
BEGIN {adds} END
"""
_POSTGRESQL = """
CREATE FUNCTION count_finished() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN {adds} RETURN NULL; END $$;
CREATE TRIGGER dossiers_count_finished AFTER UPDATE OF {watched} ON dossiers
  FOR EACH ROW WHEN ({concerned}) EXECUTE FUNCTION count_finished();
"""


def count(connection: Connection) -> None:
    """Creates the trigger on ``dossiers``."""
    kind = connection.dialect.name
    frame = _SQLITE if kind == "sqlite" else _POSTGRESQL
    changed = " OR ".join(f"OLD.{name} IS {_not_same(kind)} NEW.{name}" for name in _WATCHED)
    concerned = f"(OLD.finished_at IS NOT NULL OR NEW.finished_at IS NOT NULL) AND ({changed})"
    adds = _add(kind, "OLD", -1) + _add(kind, "NEW", 1)
    connection.exec_driver_sql(frame.format(watched=", ".join(_WATCHED), concerned=concerned, adds=adds))


def count_no_more(connection: Connection) -> None:
    """Drops the trigger."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("DROP TRIGGER dossiers_count_finished")
    else:
        connection.exec_driver_sql("DROP TRIGGER dossiers_count_finished ON dossiers")
        connection.exec_driver_sql("DROP FUNCTION count_finished()")


def _add(kind: str, row: str, sign: int) -> str:
    return _ADD.format(
        row=row,
        sign=sign,
        day=_DAY[kind].format(row=row),
        late=_LATE.format(row=row, sign=sign),
        ended=_ENDED.format(row=row),
    )


def _not_same(kind: str) -> str:
    return "NOT" if kind == "sqlite" else "DISTINCT FROM"
