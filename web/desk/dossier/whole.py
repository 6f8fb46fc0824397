"""What the page of one dossier shows, as frozen dataclasses; ``web.desk.dossier.gathered`` fills them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.forms.issued import Issue
from engine.queries.dossier import ClockView, DossierView, Offer
from engine.queries.journal import Away, JournalLine
from engine.queries.messages import MessageLine
from engine.queries.next_hands import NextHands
from engine.queries.parties import PartyView
from engine.queries.reads import Look
from engine.queries.relations import Relations
from engine.queries.sent_notices import SentNotice
from engine.queries.verifications import VerificationView
from engine.rules.procedure.definition import Field
from engine.text import Text
from server.presence import Present
from web.desk.dossier.bar import Drawing
from web.desk.dossier.doors import Door
from web.desk.dossier.joint import JointStep
from web.desk.dossier.story import Note, Told


@dataclass(frozen=True, slots=True)
class StepButton:
    """A step that is possible. ``form``: something must be filled in first. ``rule`` says why that office follows."""

    offer: Offer
    form: bool
    after: NextHands | None
    rule: Text | None
    key: str


@dataclass(frozen=True, slots=True)
class Value:
    """A value of the dossier's form, and what it was before each correction."""

    key: str
    field: Field
    words: Text
    before: tuple[tuple[JournalLine, object], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to another office, and whether the person may answer it now."""

    view: VerificationView
    office: Text | None
    mine: bool


@dataclass(frozen=True, slots=True)
class Whole:
    """The page. ``away`` are entries of the journal in a detached month; ``month_away`` is the month with which the
    notices or looks that were chosen were detached."""

    view: DossierView
    clock: ClockView
    kind: str
    sign: str
    held_by: str | None
    holds: bool
    steps: tuple[StepButton, ...]
    others: tuple[tuple[Door, str], ...]
    locked: tuple[tuple[Text, Text], ...]
    waiting: tuple[Offer, ...]
    joint: tuple[JointStep, ...]
    possible: Mapping[str, Text | None]
    bar: Drawing | None
    values: tuple[Value, ...]
    missing: tuple[Text, ...]
    relations: Relations
    parties: tuple[PartyView, ...]
    asked: tuple[Asked, ...]
    similar: tuple[str, ...]
    issues: tuple[Issue, ...]
    told: tuple[Told, ...]
    older: int | None
    away: Away | None
    month_away: str | None
    notices: tuple[SentNotice, ...]
    looks: tuple[Look, ...]
    sees_looks: bool
    kinds: Mapping[str, Text]
    chosen: str
    notes: tuple[Note, ...]
    messages: tuple[MessageLine, ...]
    people: Mapping[int, str]
    others_here: tuple[Present, ...]
    opens: bool
