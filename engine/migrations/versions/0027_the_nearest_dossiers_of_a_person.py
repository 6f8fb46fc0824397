"""The dossiers of a person in their order, so that those around one are found among any number"""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_NEW = (
    ("ix_applicants_identity", ["identity_number", "dossier_id"]),
    ("ix_applicants_telephone", ["phone", "dossier_id"]),
)
_OLD = (("ix_applicants_identity_number", ["identity_number"]), ("ix_applicants_phone", ["phone"]))


def upgrade() -> None:
    _replace(_OLD, _NEW)


def downgrade() -> None:
    _replace(_NEW, _OLD)


def _replace(gone: tuple[tuple[str, list[str]], ...], made: tuple[tuple[str, list[str]], ...]) -> None:
    for name, columns in made:
        op.create_index(name, "applicants", columns, if_not_exists=True)
    for name, _ in gone:
        op.drop_index(name, "applicants")
