"""The months of the large tables on PostgreSQL: how a table is divided into partitions, and made whole again.

A partition holds what belongs to the dossiers of one month: those whose ids begin with it (docs/adr/0021). Partitions
lie in the schema ``months``, where the application's role may read, as a dump does; it writes through the table.
"""

from __future__ import annotations

import json

from sqlalchemy import Connection, text

from engine.errors import Conflict

DIVIDED: dict[str, tuple[str, ...]] = {
    "journal": ("dossier_id", "number"),
    "journal_private": ("dossier_id", "number"),
    "outbox": ("id", "dossier_id"),
    "reads": ("id", "dossier_id"),
}
"""The divided tables with their primary keys; all are divided by ``dossier_id``."""
UNIQUE: dict[str, tuple[str, tuple[str, ...]]] = {"outbox": ("uq_outbox_key", ("key", "dossier_id"))}
GROWS_ONLY = {"journal": "journal_is_append_only", "reads": "reads_are_append_only"}
"""The function that refuses changes; a trigger on the table does not see who empties a partition by itself."""
FIRST = 200_001 * 10**8
"""The first id of the first month. Ids of before are counted from 1, and all lie in the partition ``…_before``."""

_PLACES = f"""
CREATE SCHEMA IF NOT EXISTS months;
CREATE FUNCTION make_month(month integer) RETURNS integer LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '1s' AS $$
DECLARE
  parent text; part text; made integer := 0;
  following integer := month + CASE WHEN month % 100 = 12 THEN 89 ELSE 1 END;
BEGIN
  IF month NOT BETWEEN 200001 AND 209912 OR month % 100 NOT BETWEEN 1 AND 12 THEN
    RAISE EXCEPTION 'no month: %', month;
  END IF;
  PERFORM pg_advisory_xact_lock(7021955317);
  FOREACH parent IN ARRAY '{{{",".join(DIVIDED)}}}'::text[] LOOP
    part := parent || '_' || month;
    CONTINUE WHEN (SELECT relkind FROM pg_class WHERE oid = parent::regclass) <> 'p'
      OR to_regclass('months.' || part) IS NOT NULL;
    EXECUTE format('CREATE TABLE months.%I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part, parent);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION months.%I FOR VALUES FROM (%s) TO (%s)',
      parent, part, month * 100000000::bigint, following * 100000000::bigint);
    PERFORM guard_month(parent, part);
    made := made + 1;
  END LOOP;
  RETURN made;
END $$;
CREATE FUNCTION guard_month(parent text, part text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE refuses text := '{json.dumps(GROWS_ONLY)}'::json ->> parent;
BEGIN
  IF refuses IS NOT NULL THEN
    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON months.%I FOR EACH STATEMENT EXECUTE FUNCTION %I()',
      parent || '_no_truncate', part, refuses);
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'motcua_app') THEN  -- it reads, as a dump does, and no more
    EXECUTE format('REVOKE ALL ON months.%I FROM motcua_app', part);
    EXECUTE format('GRANT SELECT ON months.%I TO motcua_app', part);
  END IF;
END $$;
CREATE FUNCTION tend_months(today date, ahead integer) RETURNS integer LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  month integer := to_char(today, 'YYYYMM')::integer; made integer := 0; step integer;
BEGIN
  FOR step IN 0..least(greatest(ahead, 0), 12) LOOP
    made := make_month(to_char(today + make_interval(months => step), 'YYYYMM')::integer);
    EXIT WHEN made > 0;  -- the others in transactions of their own: acts wait for as long as one takes
  END LOOP;
  PERFORM pg_advisory_xact_lock(7021955317);
  IF 4 = (SELECT count(*) FROM unnest('{{{",".join(DIVIDED)}}}'::text[]) AS name
      WHERE to_regclass('months.' || name || '_' || month) IS NOT NULL)
    AND (SELECT last_value FROM dossiers_id_seq) < month * 100000000::bigint
  THEN PERFORM setval('dossiers_id_seq', month * 100000000::bigint); END IF;
  RETURN made;
END $$;
CREATE FUNCTION rows_outside_months() RETURNS TABLE (name text, number bigint) LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  FOREACH name IN ARRAY '{{{",".join(DIVIDED)}}}'::text[] LOOP
    CONTINUE WHEN to_regclass('months.' || name || '_rest') IS NULL;
    EXECUTE format('SELECT count(*) FROM months.%I', name || '_rest') INTO number;
    RETURN NEXT;
  END LOOP;
END $$;
REVOKE EXECUTE ON FUNCTION make_month(integer), guard_month(text, text), tend_months(date, integer),
  rows_outside_months() FROM PUBLIC;
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'motcua_app') THEN
    GRANT USAGE ON SCHEMA months TO motcua_app;
    GRANT EXECUTE ON FUNCTION tend_months(date, integer), rows_outside_months() TO motcua_app;
  END IF;
END $$;
"""  # noqa: S608 - only names of the schema
"""``tend_months`` is all that the application's role may change: it makes months, and lets the ids of new dossiers go
on in this one once its partitions are there. It runs with the rights of the owner."""

_PARTS = {
    "index": """SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = to_regclass(:table)
        AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))
        AND (SELECT relname FROM pg_class WHERE oid = indexrelid) NOT LIKE 'of_months_%' ORDER BY 1""",
    "key": """SELECT 'ALTER TABLE ' || quote_ident(:name) || ' ADD CONSTRAINT ' || quote_ident(conname) || ' '
        || pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = to_regclass(:table) AND contype = 'f'""",
    "trigger": """SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = to_regclass(:table)
        AND NOT tgisinternal""",
    "right": """SELECT 'GRANT ' || privilege_type || ' ON ' || quote_ident(:name) || ' TO '
        || CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END
        FROM pg_class, aclexplode(relacl) AS acl WHERE pg_class.oid = to_regclass(:table) AND grantee <> relowner""",
}
"""The statements that make anew what hangs on a table."""
_ROLES = """SELECT DISTINCT grantee::regrole::text FROM pg_class, aclexplode(relacl)
    WHERE pg_class.oid = to_regclass(:name) AND grantee NOT IN (0, relowner)"""


class MonthsDetached(Conflict):
    """The way back would drop tables of detached months, which no command does."""

    code = "months-detached"
    vi = (
        "Còn tháng đã tách ({months}); lùi phiên bản sẽ mất chúng nên không làm, không có gì thay đổi. "
        "Hãy `motcua retention attach` từng tháng trước."
    )
    en = (
        "Months are detached ({months}); the downgrade would lose them, so nothing was changed. "
        "`motcua retention attach` each of them first."
    )


def make_places(connection: Connection) -> None:
    """Makes the schema of partitions and the functions that tend them."""
    _do(connection, _PLACES)


def must_have_all_months(connection: Connection) -> None:
    """Requires that no month is detached. Raises MonthsDetached."""
    found = connection.exec_driver_sql("SELECT source, month FROM detached_months ORDER BY source, month").all()
    if found:
        raise MonthsDetached(months=", ".join(f"{source} {month or 'before'}" for source, month in found))


def remove_places(connection: Connection) -> None:
    """Removes them, with the schema."""
    connection.exec_driver_sql("""DROP FUNCTION tend_months(date, integer); DROP FUNCTION make_month(integer);
        DROP FUNCTION guard_month(text, text); DROP FUNCTION rows_outside_months(); DROP SCHEMA months CASCADE""")


def is_divided(connection: Connection, table: str) -> bool:
    """Whether the table has partitions."""
    kind = text("SELECT relkind FROM pg_class WHERE oid = to_regclass('public.' || :table)")
    return connection.execute(kind, {"table": table}).scalar() in ("p", b"p")


def is_empty(connection: Connection) -> bool:
    """Whether no dossier and no entry was ever written, so that dividing locks out nobody."""
    found = " UNION ALL ".join(f"(SELECT 1 FROM {table} LIMIT 1)" for table in ("dossiers", *DIVIDED))  # noqa: S608
    return connection.exec_driver_sql(found).first() is None


def divide(connection: Connection, table: str) -> None:
    """Makes the table, as it stands, the first partition of a new one of its name. It copies no row.

    For a table with rows ``engine.store.dividing`` has prepared the indexes of the keys and checked the bound, so that
    nothing here takes longer than a change of the catalogue. Acts wait meanwhile.
    """
    _do(connection, "LOCK TABLE dossiers IN SHARE ROW EXCLUSIVE MODE")
    _do(connection, f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
    prepare_keys(connection, table, concurrently=False)
    again, sequence = _hanging(connection, table), _sequence(connection, table)
    part = f"months.{table}_before"
    for name in _triggers(connection, table):
        _do(connection, f"DROP TRIGGER {name} ON {table}")
    if sequence:
        _do(connection, f"ALTER SEQUENCE {sequence} OWNED BY NONE")
    _do(connection, f"ALTER TABLE {table} RENAME TO {table}_before")
    _do(connection, f"ALTER TABLE {table}_before SET SCHEMA months")
    _do(
        connection,
        f"CREATE TABLE {table} (LIKE {part} INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY RANGE (dossier_id)",
    )
    _do(connection, f"ALTER TABLE {table} DROP CONSTRAINT of_months")
    _change_keys(connection, table, part)
    for statement in (*again["index"], *again["key"]):
        _do(connection, statement)
    _do(connection, f"ALTER TABLE {table} ATTACH PARTITION {part} FOR VALUES FROM (MINVALUE) TO ({FIRST})")
    _do(connection, f"ALTER TABLE {part} DROP CONSTRAINT of_months")
    _do(connection, f"CREATE TABLE months.{table}_rest PARTITION OF {table} DEFAULT")
    _finish(connection, table, again, sequence)
    for one in ("before", "rest"):
        _do(connection, f"SELECT guard_month('{table}', '{table}_{one}')")


def prepare_keys(connection: Connection, table: str, *, concurrently: bool) -> None:
    """Makes what dividing needs and is not there: the check of the bound, and unique indexes that hold the dossier."""
    how = "CONCURRENTLY " if concurrently else ""
    if not _has(connection, "pg_constraint WHERE conname = 'of_months' AND conrelid = to_regclass(:name)", table):
        validity = " NOT VALID" if concurrently else ""
        _do(connection, f"ALTER TABLE {table} ADD CONSTRAINT of_months CHECK (dossier_id < {FIRST}){validity}")
    _do(connection, f"ALTER TABLE {table} VALIDATE CONSTRAINT of_months")
    for name, columns in wanted_indexes(table).items():
        if _has(connection, "pg_index WHERE NOT indisvalid AND indexrelid = to_regclass(:name)", name):
            _do(connection, f"DROP INDEX {how}{name}")  # of a run that was ended
        _do(connection, f"CREATE UNIQUE INDEX {how}IF NOT EXISTS {name} ON {table} ({', '.join(columns)})")


def wanted_indexes(table: str) -> dict[str, tuple[str, ...]]:
    """The unique indexes with the dossier's id that the keys of the divided table need, by name."""
    wanted: dict[str, tuple[str, ...]] = {}
    if DIVIDED[table][0] == "id":
        wanted[f"of_months_pk_{table}"] = DIVIDED[table]
    if table in UNIQUE:
        wanted[f"of_months_{UNIQUE[table][0]}"] = UNIQUE[table][1]
    return wanted


def make_whole(connection: Connection, table: str) -> None:
    """The way back: one table of before with all attached rows, which it copies. Acts wait meanwhile."""
    again, sequence = _hanging(connection, table), _sequence(connection, table)
    if sequence:
        _do(connection, f"ALTER SEQUENCE {sequence} OWNED BY NONE")
    _do(connection, f"ALTER TABLE {table} RENAME TO {table}_divided")
    _do(connection, f"CREATE TABLE {table} (LIKE {table}_divided INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
    _do(connection, f"INSERT INTO {table} SELECT * FROM {table}_divided")  # noqa: S608 - only names of the schema
    _do(connection, f"DROP TABLE {table}_divided")
    keys = [("pk_" + table, "PRIMARY KEY", DIVIDED[table])]
    keys += [(name, "UNIQUE", columns) for name, columns in UNIQUE.values() if table in UNIQUE]
    for name, kind, columns in keys:
        whole = ("id",) if columns[0] == "id" else columns[:1] if kind == "UNIQUE" else columns
        _do(connection, f"ALTER TABLE {table} ADD CONSTRAINT {name} {kind} ({', '.join(whole)})")
    for statement in (*again["index"], *again["key"]):
        _do(connection, statement.replace(" ON ONLY ", " ON "))
    _finish(connection, table, again, sequence)


def _change_keys(connection: Connection, table: str, part: str) -> None:
    """The keys of the divided table; in its first part the prepared indexes take the place of the keys of before."""
    keys = [(f"pk_{table}", "PRIMARY KEY", DIVIDED[table])]
    if table in UNIQUE:
        keys.append((UNIQUE[table][0], "UNIQUE", UNIQUE[table][1]))
    prepared = wanted_indexes(table)
    for name, kind, columns in keys:
        if f"of_months_{name}" in prepared:
            index = f"ADD CONSTRAINT {name} {kind} USING INDEX of_months_{name}"
            _do(connection, f"ALTER TABLE {part} DROP CONSTRAINT {name}, {index}")
        _do(connection, f"ALTER TABLE {table} ADD CONSTRAINT {name} {kind} ({', '.join(columns)})")


def _finish(connection: Connection, table: str, again: dict[str, list[str]], sequence: str | None) -> None:
    for statement in again["trigger"]:
        _do(connection, statement)
    if sequence:
        _do(connection, f"ALTER SEQUENCE {sequence} OWNED BY {table}.id")
    for role in connection.execute(text(_ROLES), {"name": table}).scalars():  # default privileges may be more
        _do(connection, f"REVOKE ALL ON {table} FROM {role}")
    for statement in again["right"]:
        _do(connection, statement)


def _hanging(connection: Connection, table: str) -> dict[str, list[str]]:
    about = {"table": f"public.{table}", "name": table}
    return {
        what: list(
            connection.execute(text(question), about if ":name" in question else {"table": about["table"]}).scalars()
        )
        for what, question in _PARTS.items()
    }


def _triggers(connection: Connection, table: str) -> list[str]:
    names = "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(:name) AND NOT tgisinternal"
    return list(connection.execute(text(names), {"name": table}).scalars())


def _sequence(connection: Connection, table: str) -> str | None:
    if DIVIDED[table][0] != "id":
        return None
    found = connection.execute(text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": table}).scalar()
    return None if found is None else str(found)


def _has(connection: Connection, where: str, name: str) -> bool:
    return connection.execute(text(f"SELECT 1 FROM {where}"), {"name": name}).first() is not None  # noqa: S608


def _do(connection: Connection, statement: str) -> None:
    connection.exec_driver_sql(statement.replace("%", "%%"))
