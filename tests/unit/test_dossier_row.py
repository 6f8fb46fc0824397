"""The types of a dossier's row are those of its table."""

from __future__ import annotations

import datetime as dt
import types
from typing import Any, get_args, get_origin, get_type_hints

from engine.rules.dossier_row import ClockChanges, ClockRow, DossierChanges, DossierRow
from engine.store.dossiers import dossiers


def test_every_column_has_its_type_and_may_be_null_where_the_table_says_so() -> None:
    hints = get_type_hints(DossierRow)
    assert hints.keys() == set(dossiers.c.keys())
    for column in dossiers.c:
        arms = set(get_args(hints[column.name])) if isinstance(hints[column.name], types.UnionType) else set()
        given = arms or {hints[column.name]}
        assert (type(None) in given) == column.nullable, column.name
        python = {get_origin(one) or one for one in given - {type(None)}}
        assert python <= _python_of(column), column.name


def test_changes_have_the_types_of_the_columns_they_change() -> None:
    row, clock = get_type_hints(DossierRow), get_type_hints(ClockRow)
    assert get_type_hints(DossierChanges).items() <= row.items()
    assert get_type_hints(ClockChanges) == clock


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
    }
    return named[kind]
