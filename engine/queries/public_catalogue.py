"""The procedures as the public finds them: what is asked for, what it costs, how long it takes, where it is filed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.errors import NotFound
from engine.queries.procedure_catalogue import CatalogueEntry, entries_of, entry_for
from engine.rules.deadlines.trace import term_in_words
from engine.rules.offices.routing import INTAKE
from engine.rules.plain_text import plain_text
from engine.rules.procedure.definition import Release
from engine.store.published import published_rows
from engine.text import Text
from engine.transaction import UnitOfWork

_RECEIVED: Mapping[str | None, Text] = {
    "any_commune_in_province": Text(
        "bất kỳ trung tâm cấp xã nào trong tỉnh, thành phố", "any centre of a commune in the province"
    ),
    "any_centre_in_province": Text("bất kỳ trung tâm nào trong tỉnh, thành phố", "any centre in the province"),
    "competent_commune": Text("trung tâm của xã, phường có thẩm quyền", "the centre of the competent commune"),
}
_BY_CASE = Text("trung tâm theo quy định của từng trường hợp", "the centre that the case calls for")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicProcedure:
    """A procedure in force. ``entry`` is what the catalogue says of where it is processed; ``next`` is the version
    that follows."""

    release: Release
    received_at: Text
    terms: tuple[Text, ...]
    entry: CatalogueEntry | None
    next: Release | None


def public_procedures(unit: UnitOfWork, words: str = "") -> tuple[Release, ...]:
    """The public procedures in force today whose code or name has all the words (without accents), by sector."""
    asked = plain_text(words).split()
    found = [one.release for one in unit.catalogue.procedures(unit.today) if one.release.public]
    fitting = [one for one in found if all(word in _searched(one) for word in asked)]
    return tuple(sorted(fitting, key=lambda one: (plain_text(one.sector.name.vi), plain_text(one.name.vi))))


def public_procedure(unit: UnitOfWork, procedure: str) -> PublicProcedure:
    """One public procedure that is in force today. Raises NoRelease, NotFound."""
    release = unit.catalogue.current(procedure, unit.today).release
    if not release.public:
        raise NotFound(what=procedure)
    later = [row for row in published_rows(unit.reader(), procedure) if row.start > unit.today]
    return PublicProcedure(
        release=release,
        received_at=received_at(release),
        terms=tuple(dict.fromkeys(term_in_words(one.term) for one in release.sla.total)),
        entry=entry_for(entries_of(unit, procedure), release.version, unit.today),
        next=unit.catalogue.workflow(min(later, key=lambda row: row.start).digest).release if later else None,
    )


def received_at(release: Release) -> Text:
    """Where a dossier of the procedure is handed in, in words."""
    rule = release.routing[INTAKE].by if INTAKE in release.routing else None
    return _RECEIVED.get(rule, _BY_CASE)


def _searched(release: Release) -> str:
    return plain_text(release.procedure, release.name.vi, release.name.en, release.in_lists.vi, release.in_lists.en)
