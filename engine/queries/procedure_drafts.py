"""Drafts of workflow files for administrators: the list of them, and one with its texts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from engine.errors import NotFound
from engine.store.procedure_drafts import draft_line, draft_text, every_draft
from engine.transaction import UnitOfWork

MOST_LISTED = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftListed:
    """A draft without its texts. ``source`` is what it was made from: ``1.013225@2``, ``new`` or ``text``; ``errors``
    is what the linter found when it was saved; ``saved_by`` is the name of who saved it last."""

    id: int
    procedure: str
    title: str
    source: str
    errors: int
    version: int
    made_at: dt.datetime
    saved_at: dt.datetime
    saved_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft(DraftListed):
    """A draft with its workflow file and its stories."""

    text: str
    stories: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A published version of a procedure that a draft can be made from."""

    procedure: str
    version: int
    digest: str
    name_vi: str
    name_en: str
    start: dt.date
    until: dt.date | None


def drafts(unit: UnitOfWork) -> tuple[DraftListed, ...]:
    """Every draft, the last one saved first."""
    lines = every_draft(unit.reader(), MOST_LISTED)
    return tuple(
        DraftListed(
            id=one.id,
            procedure=one.procedure,
            title=one.title,
            source=one.source,
            errors=one.errors,
            version=one.version,
            made_at=one.made_at,
            saved_at=one.saved_at,
            saved_by=one.saved_name,
        )
        for one in lines
    )


def draft(unit: UnitOfWork, number: int) -> Draft:
    """One draft. Raises NotFound."""
    line, text = draft_line(unit.reader(), number), draft_text(unit.reader(), number)
    if line is None or text is None:
        raise NotFound(what=f"draft {number}")
    return Draft(
        id=line.id,
        procedure=line.procedure,
        title=line.title,
        source=line.source,
        errors=line.errors,
        version=line.version,
        made_at=line.made_at,
        saved_at=line.saved_at,
        saved_by=line.saved_name,
        text=text.text,
        stories=text.stories,
    )
