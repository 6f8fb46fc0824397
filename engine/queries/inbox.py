"""The inbox: a page of the caller's notices, in both languages, worded by the templates that are published now."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from engine.errors import NotFound
from engine.notices.recipients import inbox_recipients
from engine.notices.text import Addressee, Occasion, notice_message
from engine.ports import Message
from engine.queries.page import After, Page, page_of
from engine.store.inbox import inbox_of
from engine.store.rows import InboxRow
from engine.store.visibility import visible_dossiers
from engine.text import Text
from engine.transaction import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxLine:
    """A notice. ``subject`` and ``body`` are None if its template is not published any more."""

    id: int
    dossier: str
    template: str
    subject: Text | None
    body: Text | None
    at: dt.datetime
    read_at: dt.datetime | None


def inbox(unit: UnitOfWork, *, unread: bool = False, after: After | None = None, limit: int = 50) -> Page[InboxLine]:
    """The caller's notices about dossiers that the caller may see, newest first; ``unread`` omits the read ones."""
    rows = inbox_of(
        unit.reader(),
        inbox_recipients(unit.actor, unit.today),
        visible_dossiers(unit.actor, unit.today),
        unread=unread,
        before=after.id if after else None,
        limit=limit + 1,
    )
    return page_of(rows, limit, lambda row: _line(unit, row), lambda row: After(id=row.id))


def _line(unit: UnitOfWork, row: InboxRow) -> InboxLine:
    # Empty keys: staff read here, and must not get the citizen's link.
    occasion = Occasion(str(row.id), "inbox", row.template, row.data, "", "")
    subject: Text | None = None
    body: Text | None = None
    try:
        vi, en = _message(unit, occasion, "vi"), _message(unit, occasion, "en")
        subject, body = Text(vi.subject, en.subject), Text(vi.body, en.body)
    except NotFound:
        pass  # the template is not published any more; the notice itself must stay readable
    return InboxLine(
        id=row.id,
        dossier=row.code,
        template=row.template,
        subject=subject,
        body=body,
        at=row.created_at,
        read_at=row.read_at,
    )


def _message(unit: UnitOfWork, occasion: Occasion, language: str) -> Message:
    return notice_message(unit.runtime, occasion, Addressee("", unit.actor.name, language), unit.now)
