"""What awaits a checkpoint is noted once a statement, so that thousands of entries written together cost less each"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_NOTES = """
DROP TRIGGER journal_awaits_checkpoint ON journal;
CREATE OR REPLACE FUNCTION journal_awaits_checkpoint() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO journal_uncovered (dossier_id, number) {rows}; RETURN NULL; END $$;
CREATE TRIGGER journal_awaits_checkpoint AFTER INSERT ON journal {each} EXECUTE FUNCTION journal_awaits_checkpoint();
"""


def upgrade() -> None:
    """On PostgreSQL; SQLite knows triggers by row alone."""
    _note("SELECT dossier_id, number FROM fresh", "REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT")


def downgrade() -> None:
    _note("VALUES (NEW.dossier_id, NEW.number)", "FOR EACH ROW")


def _note(rows: str, each: str) -> None:
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_NOTES.format(rows=rows, each=each))
