"""``motcua seed``: publishes the shipped content into the database. A repeated run changes nothing."""

from __future__ import annotations

from collections.abc import Sequence

import click

from cli.compose import compose_from_environment
from cli.output import json_option, show
from cli.shipped import Shipped
from engine.acts import publish
from engine.acts.own_offices import with_own
from engine.acts.publish_procedures import PROOF, no_competence
from engine.clock import civil_day, utc_now
from engine.rules.offices.competence import Competence
from engine.rules.offices.competence_proof import subjects_of, verify
from engine.rules.offices.index import OfficeIndex
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.transaction import Runtime, UnitOfWork, in_transaction


def seed(runtime: Runtime, shipped: Shipped | None = None) -> dict[str, int]:
    """Publishes territory, offices, competences, calendars, notices and procedures in one transaction.

    Returns the number of each, and of new releases. Raises the refusals of publishing; then nothing was published.
    """
    content = shipped or Shipped()
    releases = content.releases

    def act(unit: UnitOfWork) -> int:
        publish.publish_territory(unit, content.territory)
        publish.publish_offices(unit, with_own(unit, content.offices))
        publish.publish_competences(unit, [*content.competences, *_of_others(unit, content.competences)])
        for calendar in content.calendars.values():
            publish.publish_calendar(unit, calendar)
        for key, document in content.templates.items():
            publish.publish_template(unit, key, document)
        return sum(publish.publish_release(unit, release) for release in releases)

    fresh = in_transaction(runtime, SYSTEM_ACTOR, act)
    return {
        "units": len(content.territory.units()),
        "offices": len(content.offices),
        "competences": len(content.competences),
        "calendars": len(content.calendars),
        "templates": len(content.templates),
        "releases": len(releases),
        "new_releases": fresh,
    }


def _of_others(unit: UnitOfWork, told: Sequence[Competence]) -> list[Competence]:
    """What is published of subjects that the content says nothing about: ``workflows publish`` brought it, and without
    it every filing of that procedure would be refused."""
    subjects = {one.subject for one in told}
    return [one for one in unit.catalogue.competences if one.subject not in subjects]


def must_be_proved(content: Shipped) -> None:
    """Requires that the installation's own files leave exactly one competent office for every procedure, commune and
    day of the coming time. Raises CompetenceNotSettled. The shipped files alone are proved by their tests."""
    if not content.has_own:
        return
    start = civil_day(utc_now())
    index, subjects = OfficeIndex(content.offices), subjects_of(content.releases)
    defects = verify(content.competences, subjects, content.territory, index, start, start + PROOF)
    if defects:
        raise no_competence(defects)


@click.command("seed")
@json_option
def seed_command(as_json: bool) -> None:
    """Publish the shipped territory, offices, competences, calendars, notices and procedures.

    With MOTCUA_CONTENT the files of that folder are published with them, after the competence of all procedures was
    proved.
    """
    content = Shipped.here()
    must_be_proved(content)
    done = seed(compose_from_environment(pooled=False), content)
    show(as_json, done, [f"{name}: {count}" for name, count in done.items()])
