"""Prepares the demonstration's database: schema, shipped content, sample people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cli.compose import compose
from cli.demo.people import PASSWORD, STAFF, Sample
from cli.seed import seed
from cli.shipped import Shipped
from engine.acts.staff.people import add_membership, add_person
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.settings import settings_from
from engine.store.migrate import upgrade
from engine.store.people import person_named
from engine.transaction import Runtime, UnitOfWork, in_transaction


def prepare(environment: Mapping[str, str], people: Sequence[Sample] = STAFF, content: Shipped | None = None) -> bool:
    """Prepares the database of these settings; returns False when it has the sample people already."""
    settings = settings_from(environment)
    upgrade(settings.database_url)
    runtime = compose(settings, pooled=False, ring=lambda: None)
    seed(runtime, content)
    return _add_people(runtime, people)


def _add_people(runtime: Runtime, people: Sequence[Sample]) -> bool:
    def act(unit: UnitOfWork) -> bool:
        if person_named(unit.begin(), people[0].username) is not None:
            return False
        for person in people:
            number = add_person(unit, person.username, person.name, password=PASSWORD, admin=person.admin)
            for office, role in person.places:
                add_membership(unit, number, office, role, unit.catalogue.office(office).valid_from)
        return True

    return in_transaction(runtime, SYSTEM_ACTOR, act)
