"""A reform (reorganisation of units) as data: its date, its legal texts and the policy for dossiers that are open then.

The dated territory, offices and competences already say which units end, which offices close and which competences
move. A reform adds only what cannot be derived from them: where the open dossiers of a closing kind of office go,
whether its clerks follow, which hamlets of a divided commune went where, and which telephone numbers change.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from engine.rules.offices.competence import Competence
from engine.rules.offices.index import level_of
from engine.rules.offices.offices import Office
from engine.rules.plain_text import plain_text
from engine.rules.procedure.definition import ApplicantKind
from engine.rules.territory.territory import Territory
from engine.rules.territory.units import Level, Succession
from engine.text import Text

Destination = Literal["competent", "successor", "place"]
DESTINATIONS: tuple[str, ...] = get_args(Destination)
VERIFICATION = "verification"
"""The key of a policy for verifications that an office has not answered yet."""


@dataclass(frozen=True, slots=True)
class Basis:
    """A legal text of the reform, with a summary of one line. ``verified``: it was read in the official gazette."""

    text: str
    about: Text
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Policy:
    """The destination of open dossiers of a closing kind of office. Of several that fit, the first in the file applies.

    It fits an office of ``body`` on ``level`` that has one of the desks ``keys`` in a dossier of these ``procedures``
    and ``kinds`` of applicant (None: any). ``to`` is the destination:

    * ``competent``: the office that decides a new case of the same kind from the day on; for a verification the office
      of the same body that serves the dossier's commune;
    * ``successor``: the office of ``to_body`` (None: the same) on the unit that the office's own unit became;
    * ``place``: the office of ``to_body`` in the commune that the dossier's own commune became.

    ``members`` says whether the staff of the office ``follow``, or a ``person`` must assign them.
    """

    name: str
    level: Level
    body: str
    to: Destination
    legal: str
    why: Text
    keys: frozenset[str] | None = None
    procedures: frozenset[str] | None = None
    kinds: frozenset[str] | None = None
    to_body: str | None = None
    members: Literal["follow", "person"] = "person"

    def fits(self, office: Office, key: str, procedure: str, kind: str) -> bool:
        return (
            self.of(office)
            and (self.keys is None or key.partition(":")[0] in self.keys)
            and (self.procedures is None or procedure in self.procedures)
            and (self.kinds is None or kind in self.kinds)
        )

    def of(self, office: Office) -> bool:
        """Whether the policy is about this kind of office, whatever the dossier."""
        return office.body == self.body and level_of(office.unit_id) == self.level

    def covers(self, other: Policy) -> bool:
        """Whether this policy fits everything that ``other`` fits."""
        mine, others = (self.keys, self.procedures, self.kinds), (other.keys, other.procedures, other.kinds)
        same = (self.level, self.body) == (other.level, other.body)
        return same and all(a is None or (b is not None and b <= a) for a, b in zip(mine, others, strict=True))


@dataclass(frozen=True, slots=True)
class Division:
    """A part of a divided commune that went to the commune ``to``: a ``hamlet`` or a ``parcel`` (plot) by name.

    ``commune`` is a code on the day before the reform, ``to`` a code from the day on. Names are compared without
    accents and case.
    """

    commune: str
    by: Literal["hamlet", "parcel"]
    name: str
    to: str
    legal: str

    @property
    def asked(self) -> tuple[str, str, str]:
        return self.commune, self.by, plain_text(self.name)


@dataclass(frozen=True, slots=True)
class Contact:
    """A telephone number or an address that an office has from the day on; None: unchanged."""

    office: str
    hotline: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Reform:
    """A reorganisation. ``date`` is the first day of the new order.

    ``moved`` decides about open dossiers of an office that continues and loses the competence: they ``pass`` to the new
    office, or the office has to ``keep`` them.
    """

    code: str
    date: dt.date
    name: Text
    legal: tuple[Basis, ...]
    policies: tuple[Policy, ...] = ()
    moved: Literal["pass", "keep"] = "pass"
    divisions: tuple[Division, ...] = ()
    contacts: tuple[Contact, ...] = ()

    @property
    def last_day(self) -> dt.date:
        """The last day of the old order."""
        return self.date - dt.timedelta(days=1)

    def policy_for(self, office: Office, key: str, procedure: str, kind: str) -> Policy | None:
        """The policy for one desk of a dossier, by its office and key; None where no policy fits."""
        return next((one for one in self.policies if one.fits(office, key, procedure, kind)), None)


def closing(offices: Iterable[Office], date: dt.date) -> Iterator[Office]:
    """The offices that close on the day: their last day is the day before."""
    return (office for office in offices if office.valid_to == date)


def closing_kinds(offices: Iterable[Office], date: dt.date) -> Counter[tuple[Level, str]]:
    """The number of offices of each (level, body) that close on the day."""
    return Counter((level_of(office.unit_id), office.body) for office in closing(offices, date))


@dataclass(frozen=True, slots=True)
class MovedCompetence:
    """A subject with its competences until the day (``before``) and from the day on (``after``)."""

    subject: str
    before: tuple[Competence, ...]
    after: tuple[Competence, ...]


def moved_competences(competences: Iterable[Competence], date: dt.date) -> tuple[MovedCompetence, ...]:
    """The competences that end or begin on the day, in order of subject and kinds of applicant."""
    ended: dict[tuple[str, frozenset[str] | None], list[Competence]] = defaultdict(list)
    begun: dict[tuple[str, frozenset[str] | None], list[Competence]] = defaultdict(list)
    for one in competences:
        if one.valid_to == date:
            ended[one.subject, one.applicant_kinds].append(one)
        elif one.valid_from == date:
            begun[one.subject, one.applicant_kinds].append(one)
    keys = sorted(ended.keys() | begun.keys(), key=lambda key: (key[0], sorted(key[1] or ())))
    return tuple(MovedCompetence(key[0], tuple(ended.get(key, ())), tuple(begun.get(key, ()))) for key in keys)


def changed_units(territory: Territory, date: dt.date) -> tuple[Succession, ...]:
    """The successions of the day, in the order of ``Territory.successions``."""
    return tuple(edge for edge in territory.successions() if edge.date == date)


KINDS: tuple[str, ...] = get_args(ApplicantKind)
