"""The pages over the small country of ``tests.installation.world``, where dossiers are signed and questions asked."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from adapters.forms.render import render_form
from tests.installation.application import application
from tests.installation.served import ServedInstallation
from tests.installation.world import World
from tests.web.site import Site
from web.app import register_pages


@dataclass
class Office(Site):
    """The site of a world: ``world`` prepares and looks on."""

    world: World = None  # type: ignore[assignment] # given always; a default, since the fields before it have some

    def forget(self) -> None:
        """Ends all visits: the next ``person`` signs in anew."""
        self._visitors.clear()


@pytest.fixture
def office(world: World) -> Office:
    sessions = replace(world.runtime.settings.sessions, second_factor=False)
    runtime = replace(world.runtime, settings=replace(world.runtime.settings, sessions=sessions))
    app = application(runtime, render_form=render_form, pages=register_pages)
    return Office(ServedInstallation(runtime, app), world=world)
