"""Sessions of pages, second factors, subjects of identity providers, and what people prefer"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from engine.store.sql.schema import BigId, Moment

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_TABLES = ("page_sessions", "second_factors", "recovery_codes", "provider_subjects", "preferences")


def upgrade() -> None:
    op.create_table(
        "page_sessions",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("seen_at", Moment, nullable=False),
        sa.Column("proven_at", Moment, nullable=False),
        sa.Column("way", sa.String(10), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["hash"], ["tokens.hash"], name=op.f("fk_page_sessions_hash")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_page_sessions")),
    )
    op.create_index("ix_page_sessions_seen_at", "page_sessions", ["seen_at"])
    _of_a_person(
        "second_factors",
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
    )
    _of_a_person(
        "recovery_codes",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("used_at", Moment),
        key=("person_id", "hash"),
    )
    _of_a_person(
        "provider_subjects",
        sa.Column("issuer", sa.String(200), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        key=("issuer", "subject"),
    )
    op.create_index("ix_provider_subjects_person_id", "provider_subjects", ["person_id"])
    _of_a_person("preferences", sa.Column("keys_off", sa.Integer(), nullable=False))
    connection = op.get_bind()
    role = "SELECT 1 FROM pg_roles WHERE rolname = 'motcua_app'"
    if connection.dialect.name == "postgresql" and connection.exec_driver_sql(role).first():
        for name in _TABLES:
            connection.exec_driver_sql(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {name} TO motcua_app")


def downgrade() -> None:
    for name in reversed(_TABLES):
        op.drop_table(name)


def _of_a_person(name: str, *columns: sa.Column[Any], key: tuple[str, ...] = ("person_id",)) -> None:
    op.create_table(
        name,
        sa.Column("person_id", BigId, autoincrement=False, nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f(f"fk_{name}_person_id")),
        sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}")),
    )
