"""The notices about a dossier: to whom, by which way, sent or not. Addresses and wording are not part of it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from engine.dossier.case import Case
from engine.errors import NotFound
from engine.rules.procedure.definition import APPLICANT
from engine.store.outbox import notices_about
from engine.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class SentNotice:
    """A notice. ``subject`` is that of its template, None where the template is not published any more."""

    at: dt.datetime
    channel: str
    to_applicant: bool
    template: str
    subject: Text | None
    status: str
    sent_at: dt.datetime | None
    read_at: dt.datetime | None


def sent_notices(case: Case, *, limit: int = 100) -> tuple[SentNotice, ...]:
    """The notices of an open case to people, newest first."""
    rows = notices_about(case.unit.reader(), case.id, limit)
    return tuple(
        SentNotice(
            at=row.created_at,
            channel=row.channel,
            to_applicant=row.recipient in (APPLICANT, "former"),
            template=row.template,
            subject=_subject(case, row.template),
            status=row.status,
            sent_at=row.sent_at,
            read_at=row.read_at,
        )
        for row in rows
    )


def _subject(case: Case, template: str) -> Text | None:
    """The subject of a template with the dossier's code, and without its other facts."""
    try:
        subject = case.unit.catalogue.template(template)["subject"]
    except (NotFound, KeyError):
        return None
    return Text(_filled(subject["vi"], case.code), _filled(subject["en"], case.code))


def _filled(words: str, code: str) -> str:
    return _FACT.sub("…", words.replace("{code}", code))


_FACT = re.compile(r"\{\w+\}")
