"""The types of a dossier's row and of its parts' rows are those of their tables."""

from __future__ import annotations

import datetime as dt
import types
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from sqlalchemy import Table

from engine.rules.dossier_row import ClockChanges, ClockRow, DossierChanges, DossierRow
from engine.rules.part_rows import COPY_KINDS, ApplicantRow, CopyKind, DocumentRow, FeeEntryRow, FeeRow
from engine.store import rows
from engine.store.checkpoints import checkpoints
from engine.store.documents import documents
from engine.store.dossiers import applicants, dossiers, verifications
from engine.store.fees import fee_entries, fees
from engine.store.journal import journal, journal_private
from engine.store.outbox import webhooks
from engine.store.people import memberships
from engine.store.plans import reforms
from engine.store.read_log import read_seals


@pytest.mark.parametrize(
    ("row", "table", "left"),
    [
        (DossierRow, dossiers, set()),
        (DocumentRow, documents, set()),
        (FeeRow, fees, set()),
        (FeeEntryRow, fee_entries, set()),
        (ApplicantRow, applicants, {"dossier_id", "erased_at"}),
        (rows.JournalRow, journal, set()),
        (rows.PrivateRow, journal_private, set()),
        (rows.CheckpointRow, checkpoints, set()),
        (rows.VerificationRow, verifications, set()),
        (rows.StoredFile, documents, set()),
        (rows.SealRow, read_seals, set()),
        (rows.MembershipRow, memberships, set()),
        (rows.WebhookRow, webhooks, set()),
        (rows.ReformRow, reforms, set()),
    ],
)
def test_every_column_has_its_type_and_may_be_null_where_the_table_says_so(
    row: type, table: Table, left: set[str]
) -> None:
    hints = get_type_hints(row)
    assert hints.keys() == set(table.c.keys()) - left
    for column in (one for one in table.c if one.name not in left):
        arms = set(get_args(hints[column.name])) if isinstance(hints[column.name], types.UnionType) else set()
        given = arms or {hints[column.name]}
        assert (type(None) in given) == column.nullable, column.name
        python = {get_origin(one) or one for one in given - {type(None)}}
        assert python <= _python_of(column), column.name


def test_changes_have_the_types_of_the_columns_they_change() -> None:
    row, clock = get_type_hints(DossierRow), get_type_hints(ClockRow)
    assert get_type_hints(DossierChanges).items() <= row.items()
    assert get_type_hints(ClockChanges) == clock


def test_each_way_of_handing_in_is_a_column() -> None:
    assert set(get_args(CopyKind)) == set(COPY_KINDS) <= set(documents.c.keys())


def _python_of(column: Any) -> set[Any]:
    kind = column.type.__class__.__name__
    named = {
        "Json": {dict, list},
        "Moment": {dt.datetime},
        "BigId": {int},
        "String": {str},
        "Text": {str},
        "Date": {dt.date},
        "Integer": {int},
        "SmallInteger": {int},
        "BigInteger": {int},
        "JSON": {dict, list},
        "LargeBinary": {bytes},
    }
    return named[kind]
