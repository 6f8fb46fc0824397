"""The real side: an installation in which every shipped procedure is published twice, as it is and in a later release.

``RealInstallation.restart`` leaves nothing in memory; ``fresh_process`` asks another process altogether.
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from cli.seed import seed
from engine.rules.procedure.definition import Branch, Effective, Fee, Release
from engine.rules.procedure.permissions import Actor
from engine.transaction import UnitOfWork
from tests.installation.content import DISTRICTS, Content, territory_around
from tests.installation.databases import Filled
from tests.installation.people import employ
from tests.installation.releases import START
from tests.installation.world import World
from tests.model.model_installation import ModelInstallation
from tests.model.picture import Picture, told_by_database
from tests.model.procedure import Procedure
from workflows.loader import load_folder

ROOT = Path(__file__).resolve().parent.parent.parent
LATER = dt.date(2027, 1, 1)
"""From when the second release of every procedure is in force."""


@cache
def shipped() -> tuple[Release, ...]:
    """The shipped release of every procedure; those that are in force from LATER on are played by ``later``."""
    known = load_folder(ROOT / "workflows" / "procedures")
    return tuple(release for release in known if release.effective.start < LATER)


@cache
def later(procedure: str) -> Release:
    """A second release: one state with another name (mapped), one with another name that is not mapped, every fee
    dearer, and the first day of the term not counted."""
    first = next(release for release in shipped() if release.procedure == procedure)
    held = [key for key, state in first.states.items() if state.clock == "running" and state.role]
    renamed = {held[1]: f"{held[1]}_b"} | ({held[-1]: f"{held[-1]}_c"} if len(held) > 2 else {})

    def key(state: str) -> str:
        return renamed.get(state, state)

    def changed(part: Any, **values: Any) -> Any:
        return msgspec.structs.replace(part, **values)

    return changed(
        first,
        version=first.version + 1,
        effective=Effective(LATER, migrate={held[1]: renamed[held[1]]}),
        states={key(name): state for name, state in first.states.items()},
        actions={
            name: changed(
                action,
                sources=tuple(key(source) for source in action.sources),
                to=tuple(Branch(key(branch.then), branch.when) for branch in action.to),
            )
            for name, action in first.actions.items()
        },
        notify=tuple(changed(one, subject=one.subject and key(one.subject)) for one in first.notify),
        children={name: changed(child, opens=key(child.opens)) for name, child in first.children.items()},
        fees={name: _dearer(fee) for name, fee in first.fees.items()},
        sla=changed(first.sla, first_day="not_counted"),
    )


def new_model() -> ModelInstallation:
    """The model of the installation, with nothing filed yet."""
    releases = []
    for release in shipped():
        last = min(release.effective.until or dt.date.max, LATER - dt.timedelta(days=1))
        releases.append((Procedure(release), release.effective.start, last))
        releases.append((Procedure(later(release.procedure)), LATER, dt.date.max))
    return ModelInstallation(releases)


class RealInstallation:
    """One published installation and whoever was hired there."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        self.staff: dict[tuple[str, str], list[int]] = {}
        self.names: dict[int, str] = {}
        self._actors: dict[int, Actor] = {}
        self.world = World(url, folder)

    @property
    def kind(self) -> str:
        return self.world.database.dialect.name

    def restart(self) -> None:
        """Everything a process remembers is gone: connections, what is published, what was compiled or computed."""
        now = self.world.now
        self.world.database.dispose()
        for name, module in list(sys.modules.items()):
            if name.startswith("engine."):
                for value in vars(module).values():
                    if callable(getattr(value, "cache_clear", None)):
                        value.cache_clear()
        self.world = World(self.url, self.folder)
        self.world.now = now
        self._actors.clear()

    def actor(self, person: int) -> Actor:
        """Somebody who was hired; looked up once in the life of a process."""
        if person not in self._actors:
            self._actors[person] = self.world.actor(self.names[person])
        return self._actors[person]

    def pictures(self, codes: Sequence[str]) -> list[Picture]:
        with self.world.reading() as connection:
            return [told_by_database(connection, code) for code in codes]

    def fresh_process(self, codes: Sequence[str], now: dt.datetime) -> list[dict[str, Any]]:
        """What a process that has just begun says of these dossiers: picture, and what a timer may do."""
        asked = {"url": self.url, "folder": str(self.folder), "codes": codes, "now": now.isoformat()}
        answer = subprocess.run(
            [sys.executable, "-m", "tests.model.fresh_process"],
            input=json.dumps(asked),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        told: list[dict[str, Any]] = json.loads(answer.stdout)
        return told

    def hired(self, office: str, role: str) -> list[int]:
        """Two people who have this role at this office."""
        if (office, role) not in self.staff:

            def hire(unit: UnitOfWork) -> dict[str, int]:
                names = {f"{role}.{letter}.{office}".lower(): [(office, role)] for letter in "ab"}
                return employ(unit, names, START)

            made = self.world.try_act("system", hire)
            self.names |= {number: name for name, number in made.items()}
            self.staff[office, role] = list(made.values())
        return self.staff[office, role]


def _fill(url: str, folder: Path) -> None:
    world = World(url, folder)
    releases = [one for first in shipped() for one in (first, later(first.procedure))]
    seed(world.runtime, Content(territory=territory_around(*DISTRICTS), templates={}, releases=releases))
    world.close()


PROCEDURES = Filled("procedures", _fill)


@contextmanager
def open_real(kind: str, folder: Path) -> Iterator[RealInstallation]:
    """An installation of its own on ``sqlite`` or ``postgresql``."""
    with PROCEDURES.copy(kind, folder) as url:
        installation = RealInstallation(url, folder)
        yield installation
        installation.world.close()


def _dearer(fee: Fee) -> Fee:
    return msgspec.structs.replace(
        fee, vnd=fee.vnd + 1000, by_province={province: vnd + 1000 for province, vnd in fee.by_province.items()}
    )
