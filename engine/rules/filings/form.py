"""``FilingForm``: how the other side writes its filings, by names of fields, values, and codes that change by date.

The form is a file of the installation (``workflows/connections/filings.yaml``), since no text of the real interface is
public. Nothing else in the program knows a name of the other side.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

APPLICANT = ("kind", "name", "identity_number", "phone", "email", "address", "commune", "verified")
PAPER = ("key", "name", "path", "size", "sha256")
ANSWERS = ("taken", "received", "refused", "supplement", "elsewhere")
"""What is told of a filing: it has a dossier, the dossier is received, refused, in need of a supplement; or the
procedure is processed in another system."""
TOLD = ("filing", "answer", "code", "at", "due_at", "reason", "items", "fields", "system")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recoded:
    """A code of theirs and ours, from one day to another (``until`` exclusive; None: open)."""

    theirs: str
    ours: str
    start: dt.date | None = None
    until: dt.date | None = None

    def valid(self, on: dt.date) -> bool:
        return (self.start is None or self.start <= on) and (self.until is None or on < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """How a list is read page by page: the path, the names of cursor and size in the address, and of the items and the
    next cursor in the answer."""

    path: str
    after: str
    size: str
    items: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorForm:
    """The names in which the other side tells of dossiers whose truth is there. ``states`` are theirs to ours, by
    procedure; ``*`` stands for every procedure."""

    pages: Pages
    names: Mapping[str, str]
    states: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingForm:
    """The form of one source. ``filing``, ``applicant``, ``paper`` and ``answer`` map our names to theirs; a name of
    theirs is a path with dots. ``values`` map theirs to ours."""

    source: str
    verified: bool
    pages: Pages
    answer_path: str
    moments: str
    filing: Mapping[str, str]
    applicant: Mapping[str, str]
    paper: Mapping[str, str]
    answer: Mapping[str, str]
    answers: Mapping[str, str]
    channels: Mapping[str, str]
    kinds: Mapping[str, str]
    procedures: tuple[Recoded, ...] = ()
    units: tuple[Recoded, ...] = ()
    papers: tuple[Recoded, ...] = ()
    fields: Mapping[str, Mapping[str, str]]
    mirrors: MirrorForm | None = None

    def procedure(self, theirs: str, on: dt.date) -> str:
        """Our code of a procedure of theirs on a day: the same where the form says nothing."""
        return _ours(self.procedures, theirs, on) or theirs

    def unit(self, theirs: str, on: dt.date) -> str | None:
        """The code of our office for a unit of theirs on a day; None where the form says nothing."""
        return _ours(self.units, theirs, on)

    def paper_key(self, theirs: str, on: dt.date) -> str:
        """Our key of a paper of theirs."""
        return _ours(self.papers, theirs, on) or theirs


def _ours(known: tuple[Recoded, ...], theirs: str, on: dt.date) -> str | None:
    return next((one.ours for one in known if one.theirs == theirs and one.valid(on)), None)
