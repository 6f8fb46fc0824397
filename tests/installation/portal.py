"""A world that is connected to the double of the national portal, which runs as a process of its own."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from adapters.portal import HttpPortal
from engine.acts.portal.compare import Comparison, compare_with_portal
from engine.acts.portal.tell import Line, tell_portal
from engine.queries.portal import OpenDifference, differences
from engine.rules.portal.mapping import PortalMapping
from engine.settings import settings_from
from engine.store.portal import portal_tellings
from engine.transaction import Runtime
from tests.doubles.portal import PASSWORD
from tests.doubles.process import Running, running
from tests.installation.runtime import environment_over
from tests.installation.world import World
from workflows.portal_mapping import read_mapping


def portal_environment(address: str) -> dict[str, str]:
    """The settings of the connection to a double."""
    return {
        "MOTCUA_PORTAL_URL": address,
        "MOTCUA_PORTAL_USER": "motcua",
        "MOTCUA_PORTAL_PASSWORD": PASSWORD,
        "MOTCUA_PORTAL_AGENCY": "H19",
    }


def connect(runtime: Runtime, address: str) -> Runtime:
    """The runtime with the connection set up."""
    known = settings_from(environment_over("sqlite:////tmp/x", runtime.settings.data, **portal_environment(address)))
    return replace(runtime, settings=replace(runtime.settings, portal=known.portal))


class Connected:
    """A world and the portal's double."""

    def __init__(self, world: World, double: Running, mapping: PortalMapping | None = None) -> None:
        self.world, self.double = world, double
        world.runtime = connect(world.runtime, double.address)
        assert world.runtime.settings.portal is not None
        self.portal = HttpPortal(world.runtime.settings.portal, mapping or read_mapping())

    def tell(self, rounds: int = 20) -> None:
        """Tells until nothing is due."""
        for _ in range(rounds):
            if not tell_portal(self.world.runtime, self.portal, line=Line()).taken:
                return

    def compare(self) -> Comparison:
        return compare_with_portal(self.world.runtime, self.portal)

    def found(self, **which: Any) -> tuple[OpenDifference, ...]:
        return self.world.try_act("system", lambda unit: differences(unit, **which))

    def rows(self, code: str) -> list[Any]:
        """The tellings of a dossier, oldest first."""
        of_this = select(portal_tellings).where(portal_tellings.c.dossier_id == self.world.row(code)["id"])
        with self.world.reading() as connection:
            return list(connection.execute(of_this.order_by(portal_tellings.c.id)).all())

    def records(self) -> dict[str, dict[str, Any]]:
        """What the portal holds, by code."""
        return dict(asked(self.double, "records"))

    def counts(self) -> dict[str, int]:
        found: dict[str, int] = asked(self.double, "counts")
        return found

    def change(self, *changes: tuple[str, str, dict[str, Any]]) -> None:
        """Changes what the portal holds behind its back."""
        asked(self.double, "change", changes)

    def faults(self, seed: int = 0, seconds: float = 0.05, **shares: float) -> None:
        asked(self.double, "faults", {"faults": shares, "seed": seed, "seconds": seconds}, "PUT")


def asked(double: Running, what: str, body: Any = None, method: str | None = None) -> Any:
    """The answer of an address of the double that is for tests."""
    content = None if body is None else json.dumps(body).encode()
    headers = {"content-type": "application/json"}
    call = urllib.request.Request(f"{double.address}/_double/{what}", content, headers, method=method)  # noqa: S310
    with urllib.request.urlopen(call, timeout=600) as response:  # noqa: S310 - loopback
        return json.loads(response.read() or b"null")


@contextmanager
def connected(world: World, folder: Path) -> Iterator[Connected]:
    """The world, connected to a double of its own in ``folder``."""
    with running("tests.doubles.portal", folder) as double:
        yield Connected(world, double)


def connected_anew(world: World, double: Running) -> Connected:
    """The world, connected to a double that forgets what it knew."""
    asked(double, "reset", [])
    asked(double, "faults", {"faults": {}}, "PUT")
    return Connected(world, double)
