"""The ledger of fees: what was settled becomes its first entries; amounts may exceed two billion đồng"""

import sqlalchemy as sa
from alembic import op

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_SETTLED = """
INSERT INTO fee_entries (dossier_id, number, key, kind, vnd, method, receipt, "at", "by")
SELECT dossier_id, row_number() OVER (PARTITION BY dossier_id ORDER BY settled_at, key), key,
       CASE WHEN method = 'waived' THEN 'waiver' ELSE 'payment' END, vnd, method, receipt, settled_at, settled_by
FROM fees WHERE settled_at IS NOT NULL
"""

_SQLITE = """
CREATE TRIGGER fee_entries_no_{verb} BEFORE {VERB} ON fee_entries
BEGIN SELECT RAISE(ABORT, 'the ledger of fees is append-only'); END
"""

_SQLITE_REPLACES = """
CREATE TRIGGER fee_entries_no_replace BEFORE INSERT ON fee_entries
WHEN EXISTS (SELECT 1 FROM fee_entries WHERE dossier_id = NEW.dossier_id AND number = NEW.number)
BEGIN SELECT RAISE(ABORT, 'the ledger of fees is append-only'); END
"""

_POSTGRESQL = """
CREATE FUNCTION fee_entries_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the ledger of fees is append-only' USING ERRCODE = 'insufficient_privilege'; END $$;
CREATE TRIGGER fee_entries_no_change BEFORE UPDATE OR DELETE ON fee_entries
  FOR EACH ROW EXECUTE FUNCTION fee_entries_are_append_only();
CREATE TRIGGER fee_entries_no_truncate BEFORE TRUNCATE ON fee_entries
  FOR EACH STATEMENT EXECUTE FUNCTION fee_entries_are_append_only();
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'motcua_app') THEN
    GRANT SELECT, INSERT ON fee_entries TO motcua_app;
    REVOKE UPDATE, DELETE, TRUNCATE ON fee_entries FROM motcua_app;
  END IF;
END $$;
"""


def upgrade() -> None:
    op.create_table(
        "fee_entries",
        sa.Column("dossier_id", BIG_ID, nullable=False, autoincrement=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("vnd", BIG_ID, nullable=False),
        sa.Column("method", sa.String(20)),
        sa.Column("receipt", sa.Text()),
        sa.Column("corrects", sa.Integer()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", BIG_ID),
        sa.Column("journal", sa.Integer()),
        sa.CheckConstraint("number >= 1", name=op.f("ck_fee_entries_number")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_fee_entries_dossier_id")),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_fee_entries_by")),
        sa.PrimaryKeyConstraint("dossier_id", "number", name=op.f("pk_fee_entries")),
    )
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        op.alter_column("fees", "vnd", type_=sa.BigInteger())
    connection.exec_driver_sql(_SETTLED)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_POSTGRESQL)
        return
    for verb in ("update", "delete"):
        connection.exec_driver_sql(_SQLITE.format(verb=verb, VERB=verb.upper()))
    connection.exec_driver_sql(_SQLITE_REPLACES)


def downgrade() -> None:
    connection = op.get_bind()
    op.drop_table("fee_entries")
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("DROP FUNCTION fee_entries_are_append_only()")
        op.alter_column("fees", "vnd", type_=sa.Integer())
