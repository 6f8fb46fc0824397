"""Saying what is wrong with one value, in both languages."""

from __future__ import annotations

from engine.errors import InvalidInput
from engine.text import Text


def wrong(where: str, vi: str, en: str) -> InvalidInput:
    """The refusal of one value; ``where`` names it as the caller gave it (``reason``, ``applicant.name``)."""
    return InvalidInput({where: Text(vi, en)})
