"""``motcua seed``: publishes the shipped content into the database. A repeated run changes nothing."""

from __future__ import annotations

import os

import click

from cli.compose import compose
from cli.output import json_option, show
from cli.shipped import Shipped
from engine.acts import publish
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.settings import settings_from
from engine.transaction import Runtime, UnitOfWork, in_transaction


def seed(runtime: Runtime, shipped: Shipped | None = None) -> dict[str, int]:
    """Publishes territory, offices, competences, calendars, notices and procedures in one transaction.

    Returns the number of each, and of new releases. Raises the refusals of publishing; then nothing was published.
    """
    content = shipped or Shipped()
    releases = content.releases

    def act(unit: UnitOfWork) -> int:
        publish.publish_territory(unit, content.territory)
        publish.publish_offices(unit, content.offices)
        publish.publish_competences(unit, content.competences)
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


@click.command("seed")
@json_option
def seed_command(as_json: bool) -> None:
    """Publish the shipped territory, offices, competences, calendars, notices and procedures."""
    done = seed(compose(settings_from(os.environ), pooled=False))
    show(as_json, done, [f"{name}: {count}" for name, count in done.items()])
