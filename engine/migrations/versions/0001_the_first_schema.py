"""The first schema"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from engine.migrations.journal_guard import guard, unguard

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendars",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("document", JSON, nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_calendars")),
    )
    op.create_table(
        "catalogue_versions",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_catalogue_versions")),
    )
    op.create_table(
        "checkpoints",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("size", BIG_ID, nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("next_key", sa.String(length=64), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("edge", sa.Text(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_checkpoints_number")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_checkpoints")),
    )
    op.create_table(
        "closures",
        sa.Column("office", sa.String(length=40), nullable=False),
        sa.Column("first", sa.String(length=10), nullable=False),
        sa.Column("document", JSON, nullable=False),
        sa.PrimaryKeyConstraint("office", "first", name=op.f("pk_closures")),
    )
    op.create_table(
        "code_counters",
        sa.Column("office", sa.String(length=40), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("office", "day", name=op.f("pk_code_counters")),
    )
    op.create_table(
        "competences",
        sa.Column("subject", sa.String(length=30), nullable=False),
        sa.Column("applicant_kinds", sa.String(length=80), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("body", sa.String(length=30), nullable=False),
        sa.Column("legal", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "applicant_kinds", "valid_from", name=op.f("pk_competences")),
    )
    op.create_table(
        "idempotency",
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", JSON, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("actor", "key", name=op.f("pk_idempotency")),
    )
    with op.batch_alter_table("idempotency", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_idempotency_created_at"), ["created_at"], unique=False)

    op.create_table(
        "journal_private",
        sa.Column("dossier_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("dossier_id", "number", name=op.f("pk_journal_private")),
    )
    op.create_table(
        "journal_runs",
        sa.Column("first_leaf", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("dossier_id", BIG_ID, nullable=False),
        sa.Column("first_number", sa.Integer(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.CheckConstraint("length >= 1", name=op.f("ck_journal_runs_length")),
        sa.PrimaryKeyConstraint("first_leaf", name=op.f("pk_journal_runs")),
        sa.UniqueConstraint("dossier_id", "first_number", name=op.f("uq_journal_runs_dossier_id_first_number")),
    )
    op.create_table(
        "journal_tiles",
        sa.Column("height", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("position", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("height", "position", name=op.f("pk_journal_tiles")),
    )
    op.create_table(
        "journal_uncovered",
        sa.Column("dossier_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("dossier_id", "number", name=op.f("pk_journal_uncovered")),
    )
    op.create_table(
        "notice_templates",
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("document", JSON, nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_notice_templates")),
    )
    op.create_table(
        "offices",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("body", sa.String(length=30), nullable=False),
        sa.Column("unit", sa.String(length=24), nullable=False),
        sa.Column("name_vi", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("province", sa.String(length=8), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("receives", sa.Integer(), nullable=False),
        sa.Column("area", JSON, nullable=False),
        sa.Column("identifier", sa.String(length=40), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("hotline", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_offices")),
    )
    with op.batch_alter_table("offices", schema=None) as batch_op:
        batch_op.create_index("ix_offices_province", ["province"], unique=False)
        batch_op.create_index("ix_offices_unit", ["unit", "body"], unique=False)

    op.create_table(
        "people",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("username", sa.String(length=60), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=30), nullable=True),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("admin", sa.Integer(), nullable=False),
        sa.Column("active", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("username", name=op.f("uq_people_username")),
    )
    op.create_table(
        "reads",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("dossier_id", BIG_ID, nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reads")),
    )
    with op.batch_alter_table("reads", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reads_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_reads_dossier_id"), ["dossier_id"], unique=False)

    op.create_table(
        "reforms",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("document", JSON, nullable=False),
        sa.Column("summary", JSON, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('loading', 'ready', 'applying', 'applied', 'reverting', 'reverted')",
            name=op.f("ck_reforms_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reforms")),
        sa.UniqueConstraint("digest", name=op.f("uq_reforms_digest")),
    )
    op.create_table(
        "successions",
        sa.Column("from_id", sa.String(length=24), nullable=False),
        sa.Column("to_id", sa.String(length=24), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("share", sa.String(length=40), nullable=True),
        sa.Column("is_default", sa.Integer(), nullable=False),
        sa.Column("legal", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("from_id", "to_id", "date", name=op.f("pk_successions")),
    )
    op.create_table(
        "units",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent", sa.String(length=12), nullable=True),
        sa.Column("aliases", JSON, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("legal", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
    )
    with op.batch_alter_table("units", schema=None) as batch_op:
        batch_op.create_index("ix_units_code", ["code", "level"], unique=False)

    op.create_table(
        "memberships",
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("office", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["office"], ["offices.code"], name=op.f("fk_memberships_office")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_memberships_person_id")),
        sa.PrimaryKeyConstraint("person_id", "office", "role", "valid_from", name=op.f("pk_memberships")),
    )
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.create_index("ix_memberships_office_role", ["office", "role"], unique=False)

    op.create_table(
        "reform_groups",
        sa.Column("reform_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document", JSON, nullable=False),
        sa.ForeignKeyConstraint(["reform_id"], ["reforms.id"], name=op.f("fk_reform_groups_reform_id")),
        sa.PrimaryKeyConstraint("reform_id", "number", name=op.f("pk_reform_groups")),
    )
    op.create_table(
        "releases",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("procedure", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("name_vi", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("public", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", BIG_ID, nullable=True),
        sa.ForeignKeyConstraint(["published_by"], ["people.id"], name=op.f("fk_releases_published_by")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_releases")),
    )
    with op.batch_alter_table("releases", schema=None) as batch_op:
        batch_op.create_index("uq_releases_version", ["procedure", "version"], unique=True)

    op.create_table(
        "substitutes",
        sa.Column("absent_id", BIG_ID, nullable=False),
        sa.Column("deputy_id", BIG_ID, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("office", sa.String(length=40), nullable=True),
        sa.Column("legal", sa.Text(), nullable=False),
        sa.CheckConstraint("absent_id <> deputy_id", name=op.f("ck_substitutes_not_oneself")),
        sa.ForeignKeyConstraint(["absent_id"], ["people.id"], name=op.f("fk_substitutes_absent_id")),
        sa.ForeignKeyConstraint(["deputy_id"], ["people.id"], name=op.f("fk_substitutes_deputy_id")),
        sa.PrimaryKeyConstraint("absent_id", "deputy_id", "valid_from", name=op.f("pk_substitutes")),
    )
    op.create_table(
        "tokens",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_tokens_person_id")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_tokens")),
    )
    with op.batch_alter_table("tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tokens_person_id"), ["person_id"], unique=False)

    op.create_table(
        "webhooks",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("office", sa.String(length=40), nullable=True),
        sa.Column("active", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", BIG_ID, nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name=op.f("fk_webhooks_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_table(
        "dossiers",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("procedure", sa.String(length=20), nullable=False),
        sa.Column("release", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("portal", sa.SmallInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("applicant_kind", sa.String(length=12), nullable=False),
        sa.Column("province", sa.String(length=8), nullable=False),
        sa.Column("place", sa.String(length=8), nullable=True),
        sa.Column("support_office", sa.String(length=40), nullable=True),
        sa.Column("intake_office", sa.String(length=40), nullable=False),
        sa.Column("handler_office", sa.String(length=40), nullable=False),
        sa.Column("offices", JSON, nullable=False),
        sa.Column("holder_office", sa.String(length=40), nullable=True),
        sa.Column("holder_role", sa.String(length=40), nullable=True),
        sa.Column("holder_id", BIG_ID, nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("step_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clock", sa.String(length=12), nullable=False),
        sa.Column("term", JSON, nullable=True),
        sa.Column("pauses", JSON, nullable=False),
        sa.Column("extensions", JSON, nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supplements", sa.Integer(), nullable=False),
        sa.Column("parent_id", BIG_ID, nullable=True),
        sa.Column("child_key", sa.String(length=40), nullable=True),
        sa.Column("link_nonce", sa.String(length=32), nullable=False),
        sa.Column("link_hash", sa.String(length=64), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.CheckConstraint("clock IN ('not_started', 'running', 'paused', 'stopped')", name=op.f("ck_dossiers_clock")),
        sa.CheckConstraint("portal BETWEEN 1 AND 10", name=op.f("ck_dossiers_portal")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_dossiers_version")),
        sa.ForeignKeyConstraint(["holder_id"], ["people.id"], name=op.f("fk_dossiers_holder_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["dossiers.id"], name=op.f("fk_dossiers_parent_id")),
        sa.ForeignKeyConstraint(["release"], ["releases.digest"], name=op.f("fk_dossiers_release")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossiers")),
        sa.UniqueConstraint("code", name=op.f("uq_dossiers_code")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_dossiers_link_hash")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("dossiers", schema=None) as batch_op:
        batch_op.create_index(
            "ix_dossiers_holder",
            ["holder_office", "state", "due_at", "id"],
            unique=False,
            postgresql_where=sa.text("holder_office IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_dossiers_parent_id",
            ["parent_id"],
            unique=False,
            sqlite_where=sa.text("parent_id IS NOT NULL"),
            postgresql_where=sa.text("parent_id IS NOT NULL"),
        )
        batch_op.create_index("ix_dossiers_release_state", ["release", "state"], unique=False)
        batch_op.create_index(
            "ix_dossiers_running_due",
            ["due_at", "id"],
            unique=False,
            sqlite_where=sa.text("clock = 'running'"),
            postgresql_where=sa.text("clock = 'running'"),
        )

    op.create_table(
        "applicants",
        sa.Column("dossier_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("identity_number", sa.String(length=20), nullable=True),
        sa.Column("phone", sa.String(length=30), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("commune", sa.String(length=8), nullable=True),
        sa.Column("verified", sa.SmallInteger(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("form", JSON, nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_applicants_dossier_id")),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("pk_applicants")),
    )
    with op.batch_alter_table("applicants", schema=None) as batch_op:
        batch_op.create_index("ix_applicants_identity_number", ["identity_number"], unique=False)

    op.create_table(
        "clocks",
        sa.Column("dossier_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            "kind IN ('warn', 'due_in', 'overdue', 'step', 'remind', 'after', 'verify')", name=op.f("ck_clocks_kind")
        ),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_clocks_dossier_id")),
        sa.PrimaryKeyConstraint("dossier_id", "kind", "subject", "due_at", name=op.f("pk_clocks")),
    )
    with op.batch_alter_table("clocks", schema=None) as batch_op:
        batch_op.create_index(
            "ix_clocks_due",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("fired_at IS NULL"),
            postgresql_where=sa.text("fired_at IS NULL"),
        )

    op.create_table(
        "documents",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("dossier_id", BIG_ID, nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("original", sa.Integer(), nullable=False),
        sa.Column("certified", sa.Integer(), nullable=False),
        sa.Column("copy", sa.Integer(), nullable=False),
        sa.Column("digitised", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("media_type", sa.String(length=100), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("storage_key", sa.String(length=80), nullable=True),
        sa.Column("reused_from", BIG_ID, nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_by", BIG_ID, nullable=True),
        sa.Column("accepted", sa.Integer(), nullable=True),
        sa.Column("signature", JSON, nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("original >= 0 AND certified >= 0 AND copy >= 0", name=op.f("ck_documents_counts")),
        sa.ForeignKeyConstraint(["checked_by"], ["people.id"], name=op.f("fk_documents_checked_by")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_documents_dossier_id")),
        sa.ForeignKeyConstraint(["reused_from"], ["documents.id"], name=op.f("fk_documents_reused_from")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
    )
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.create_index("ix_documents_dossier_id_key", ["dossier_id", "key"], unique=False)

    op.create_table(
        "dossier_links",
        sa.Column("dossier_id", BIG_ID, nullable=False),
        sa.Column("other_id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("dossier_id <> other_id", name=op.f("ck_dossier_links_not_itself")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_dossier_links_dossier_id")),
        sa.ForeignKeyConstraint(["other_id"], ["dossiers.id"], name=op.f("fk_dossier_links_other_id")),
        sa.PrimaryKeyConstraint("dossier_id", "other_id", "kind", name=op.f("pk_dossier_links")),
    )
    op.create_table(
        "dossier_offices",
        sa.Column("office", sa.String(length=40), nullable=False),
        sa.Column("dossier_id", BIG_ID, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_dossier_offices_dossier_id")),
        sa.PrimaryKeyConstraint("office", "dossier_id", name=op.f("pk_dossier_offices")),
    )
    with op.batch_alter_table("dossier_offices", schema=None) as batch_op:
        batch_op.create_index("ix_dossier_offices_dossier_id", ["dossier_id"], unique=False)

    op.create_table(
        "fees",
        sa.Column("dossier_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("vnd", sa.Integer(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", BIG_ID, nullable=True),
        sa.Column("method", sa.String(length=20), nullable=True),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.CheckConstraint("vnd >= 0", name=op.f("ck_fees_vnd")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_fees_dossier_id")),
        sa.ForeignKeyConstraint(["settled_by"], ["people.id"], name=op.f("fk_fees_settled_by")),
        sa.PrimaryKeyConstraint("dossier_id", "key", name=op.f("pk_fees")),
    )
    op.create_table(
        "journal",
        sa.Column("dossier_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_journal_number")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_journal_dossier_id")),
        sa.PrimaryKeyConstraint("dossier_id", "number", name=op.f("pk_journal")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("dossier_id", BIG_ID, nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("recipient", sa.String(length=100), nullable=False),
        sa.Column("template", sa.String(length=60), nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('waiting', 'sent', 'parked', 'dropped')", name=op.f("ck_outbox_status")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_outbox_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_dossier_id"), ["dossier_id"], unique=False)
        batch_op.create_index(
            "ix_outbox_inbox",
            ["recipient", "id"],
            unique=False,
            sqlite_where=sa.text("channel = 'inbox'"),
            postgresql_where=sa.text("channel = 'inbox'"),
        )
        batch_op.create_index(
            "ix_outbox_waiting",
            ["next_attempt_at", "id"],
            unique=False,
            sqlite_where=sa.text("status = 'waiting'"),
            postgresql_where=sa.text("status = 'waiting'"),
        )

    op.create_table(
        "reform_items",
        sa.Column("reform_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("dossier_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("province", sa.String(length=8), nullable=False),
        sa.Column("passages", JSON, nullable=False),
        sa.Column("place", sa.String(length=8), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("chosen", JSON, nullable=True),
        sa.Column("entry", sa.Integer(), nullable=True),
        sa.Column("before", JSON, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('waiting', 'person', 'done', 'stale', 'ended', 'replaced', 'reverted', 'touched')",
            name=op.f("ck_reform_items_status"),
        ),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_reform_items_dossier_id")),
        sa.ForeignKeyConstraint(["reform_id"], ["reforms.id"], name=op.f("fk_reform_items_reform_id")),
        sa.PrimaryKeyConstraint("reform_id", "dossier_id", name=op.f("pk_reform_items")),
    )
    with op.batch_alter_table("reform_items", schema=None) as batch_op:
        batch_op.create_index(
            "ix_reform_items_done",
            ["dossier_id"],
            unique=False,
            sqlite_where=sa.text("status = 'done'"),
            postgresql_where=sa.text("status = 'done'"),
        )
        batch_op.create_index("ix_reform_items_status", ["reform_id", "status", "dossier_id"], unique=False)

    op.create_table(
        "verifications",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("dossier_id", BIG_ID, nullable=False),
        sa.Column("office", sa.String(length=40), nullable=False),
        sa.Column("asked_by", BIG_ID, nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", BIG_ID, nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("confirmed", sa.SmallInteger(), nullable=True),
        sa.ForeignKeyConstraint(["answered_by"], ["people.id"], name=op.f("fk_verifications_answered_by")),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name=op.f("fk_verifications_asked_by")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_verifications_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verifications")),
    )
    with op.batch_alter_table("verifications", schema=None) as batch_op:
        batch_op.create_index("ix_verifications_dossier_id", ["dossier_id"], unique=False)
        batch_op.create_index(
            "ix_verifications_open",
            ["office", "due_at"],
            unique=False,
            sqlite_where=sa.text("answered_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL"),
        )

    guard(op.get_bind())


def downgrade() -> None:
    unguard(op.get_bind())
    with op.batch_alter_table("verifications", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_verifications_open",
            sqlite_where=sa.text("answered_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL"),
        )
        batch_op.drop_index("ix_verifications_dossier_id")

    op.drop_table("verifications")
    with op.batch_alter_table("reform_items", schema=None) as batch_op:
        batch_op.drop_index("ix_reform_items_status")
        batch_op.drop_index(
            "ix_reform_items_done", sqlite_where=sa.text("status = 'done'"), postgresql_where=sa.text("status = 'done'")
        )

    op.drop_table("reform_items")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_outbox_waiting",
            sqlite_where=sa.text("status = 'waiting'"),
            postgresql_where=sa.text("status = 'waiting'"),
        )
        batch_op.drop_index(
            "ix_outbox_inbox", sqlite_where=sa.text("channel = 'inbox'"), postgresql_where=sa.text("channel = 'inbox'")
        )
        batch_op.drop_index(batch_op.f("ix_outbox_dossier_id"))

    op.drop_table("outbox")
    op.drop_table("journal")
    op.drop_table("fees")
    with op.batch_alter_table("dossier_offices", schema=None) as batch_op:
        batch_op.drop_index("ix_dossier_offices_dossier_id")

    op.drop_table("dossier_offices")
    op.drop_table("dossier_links")
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.drop_index("ix_documents_dossier_id_key")

    op.drop_table("documents")
    with op.batch_alter_table("clocks", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_clocks_due", sqlite_where=sa.text("fired_at IS NULL"), postgresql_where=sa.text("fired_at IS NULL")
        )

    op.drop_table("clocks")
    with op.batch_alter_table("applicants", schema=None) as batch_op:
        batch_op.drop_index("ix_applicants_identity_number")

    op.drop_table("applicants")
    with op.batch_alter_table("dossiers", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_dossiers_running_due",
            sqlite_where=sa.text("clock = 'running'"),
            postgresql_where=sa.text("clock = 'running'"),
        )
        batch_op.drop_index("ix_dossiers_release_state")
        batch_op.drop_index(
            "ix_dossiers_parent_id",
            sqlite_where=sa.text("parent_id IS NOT NULL"),
            postgresql_where=sa.text("parent_id IS NOT NULL"),
        )
        batch_op.drop_index("ix_dossiers_holder", postgresql_where=sa.text("holder_office IS NOT NULL"))

    op.drop_table("dossiers")
    op.drop_table("webhooks")
    with op.batch_alter_table("tokens", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tokens_person_id"))

    op.drop_table("tokens")
    op.drop_table("substitutes")
    with op.batch_alter_table("releases", schema=None) as batch_op:
        batch_op.drop_index("uq_releases_version")

    op.drop_table("releases")
    op.drop_table("reform_groups")
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.drop_index("ix_memberships_office_role")

    op.drop_table("memberships")
    with op.batch_alter_table("units", schema=None) as batch_op:
        batch_op.drop_index("ix_units_code")

    op.drop_table("units")
    op.drop_table("successions")
    op.drop_table("reforms")
    with op.batch_alter_table("reads", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reads_dossier_id"))
        batch_op.drop_index(batch_op.f("ix_reads_at"))

    op.drop_table("reads")
    op.drop_table("people")
    with op.batch_alter_table("offices", schema=None) as batch_op:
        batch_op.drop_index("ix_offices_unit")
        batch_op.drop_index("ix_offices_province")

    op.drop_table("offices")
    op.drop_table("notice_templates")
    op.drop_table("journal_uncovered")
    op.drop_table("journal_tiles")
    op.drop_table("journal_runs")
    op.drop_table("journal_private")
    with op.batch_alter_table("idempotency", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_idempotency_created_at"))

    op.drop_table("idempotency")
    op.drop_table("competences")
    op.drop_table("code_counters")
    op.drop_table("closures")
    op.drop_table("checkpoints")
    op.drop_table("catalogue_versions")
    op.drop_table("calendars")
