"""A reorganisation as data: when it takes effect, by which legal texts, and the policy for dossiers that are open then.

Which units end, which offices close and which competences move stand in the dated territory, offices and competences
already; a reform says only what cannot be derived from them: where the open dossiers of a closing kind of office go,
whether its clerks follow, which hamlets of a divided commune went where, which telephone numbers change.
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
"""The key under which policy speaks of questions that were put to an office and not answered yet."""


@dataclass(frozen=True, slots=True)
class Basis:
    """A legal text that the reform rests on, and what it says in one line."""

    text: str
    about: Text


@dataclass(frozen=True, slots=True)
class Policy:
    """Where the open dossiers of a closing kind of office go; of several that fit, the first in the file decides.

    It fits an office of ``body`` on ``level``, when it has the part ``keys`` in a dossier of these ``procedures`` and
    ``kinds`` of applicant (None: whatever). ``to``: ``competent``, the office that decides a new case of the same kind
    from the day on, or for a question the office of the same body that serves the dossier's commune; ``successor``, the
    office of ``to_body`` (None: the same) on the unit that the office's own unit became; ``place``, the office of
    ``to_body`` in the commune that the dossier's own commune became. ``members`` says whether those who work at the
    office follow; ``person``: somebody must assign them.
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
        """Whether it speaks of this kind of office at all."""
        return office.body == self.body and level_of(office.unit_id) == self.level

    def covers(self, other: Policy) -> bool:
        """Whether nothing that ``other`` fits passes by this one."""
        mine, others = (self.keys, self.procedures, self.kinds), (other.keys, other.procedures, other.kinds)
        same = (self.level, self.body) == (other.level, other.body)
        return same and all(a is None or (b is not None and b <= a) for a, b in zip(mine, others, strict=True))


@dataclass(frozen=True, slots=True)
class Division:
    """Which part of a divided commune (its code on the day before) went to which commune (its code from the day on), by
    ``hamlet`` or by ``parcel``; the name is compared without accents and case."""

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
    """A telephone number or an address that an office has from the day on; None leaves it as it is."""

    office: str
    hotline: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Reform:
    """``date`` is the first day of the new order. ``moved`` says whether open dossiers ``pass`` where an office lives
    on and loses the competence, or stay (``keep``) where they were begun."""

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
        """The policy that decides for one part in a dossier; None where the file says nothing."""
        return next((one for one in self.policies if one.fits(office, key, procedure, kind)), None)


def closing(offices: Iterable[Office], date: dt.date) -> Iterator[Office]:
    """The offices whose last day is the day before."""
    return (office for office in offices if office.valid_to == date)


def closing_kinds(offices: Iterable[Office], date: dt.date) -> Counter[tuple[Level, str]]:
    """How many offices of each (level, body) close on the day."""
    return Counter((level_of(office.unit_id), office.body) for office in closing(offices, date))


@dataclass(frozen=True, slots=True)
class MovedCompetence:
    """What was decided by ``before`` until the day and is decided by ``after`` from it on."""

    subject: str
    before: tuple[Competence, ...]
    after: tuple[Competence, ...]


def moved_competences(competences: Iterable[Competence], date: dt.date) -> tuple[MovedCompetence, ...]:
    """The competences that change hands on the day, in order of subject and level; those that go on are left out."""
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
    """The successions of the day, in the order of the territory."""
    return tuple(edge for edge in territory.successions() if edge.date == date)


KINDS: tuple[str, ...] = get_args(ApplicantKind)
