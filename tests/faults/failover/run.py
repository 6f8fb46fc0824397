"""One run: acts at a fixed rate over HTTP, the primary struck again and again, and what became of what was answered."""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import select

from cli.shipped import Shipped
from engine.settings import settings_from
from engine.store.dossiers import dossiers
from engine.store.journal import journal
from engine.store.migrate import upgrade
from tests.faults.evidence import gather
from tests.faults.failover.cluster import Cluster, open_cluster
from tests.faults.failover.report import Recovery, Report
from tests.faults.failover.strikes import CUT, MACHINE, SERVER, Strike
from tests.faults.failover.ways import HOSTS, way_to
from tests.faults.installation import RunningInstallation, installation_on
from tests.faults.invariants import INVARIANTS, examine
from tests.faults.load import Acknowledged, Load
from tests.postgres_server import OWNER

RECOVERS_WITHIN = 150.0  # seconds
CALM_BETWEEN = (2.0, 5.0)
"""Seconds of undisturbed load before a strike, drawn from this range."""
OF_ACTS = ("answered acts stand in the journal", "no act and no dossier twice or unasked", "journal chains whole")
"""What is examined at the end; the rest of the invariants is examined by ``bin/faults``, which waits for notices."""


class SteadyLoad(Load):
    """People who begin ``rate`` requests a second among them, however fast they are answered."""

    def __init__(self, base: str, tokens: dict[str, str], *, seed: int, rate: float) -> None:
        super().__init__(base, tokens, acts=sys.maxsize, seed=seed)
        self._turn, self._next, self._rate = threading.Lock(), time.monotonic(), rate

    def wait_for_turn(self) -> None:
        with self._turn:
            # Who was held up does not catch up: a crowd after an outage would be another experiment.
            self._next = max(self._next + 1 / self._rate, time.monotonic() - 1 / self._rate)
            mine = self._next
        time.sleep(max(0.0, mine - time.monotonic()))


def run(
    kills: int,
    *,
    rate: float,
    seed: int,
    cut: bool = True,
    way: str = HOSTS,
    durable: bool = True,
    shipped: Shipped | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Report:
    """Strikes the primary ``kills`` times, and with ``cut`` once more by cutting it off. Raises programs.Missing."""
    began = time.monotonic()

    def told(sentence: str) -> None:
        tell(f"{time.monotonic() - began:6.1f} s  {sentence}")

    with _open(way, durable, shipped, told) as (cluster, installation), contextlib.ExitStack() as stack:
        load = SteadyLoad(installation.base, installation.tokens, seed=seed, rate=rate)
        stack.callback(load.stop)
        opened = time.monotonic()
        load.start()
        recoveries = [
            _strike(cluster, installation, load, kind, random.Random(f"{seed}/{number}"), told)
            for number, kind in enumerate(kinds_of(kills, cut=cut))
        ]
        load.stop()
        lasted = time.monotonic() - opened
        findings = [one for one in examine(gather(installation, load.acknowledged)) if one.name in OF_ACTS]
        assert len(findings) == len(OF_ACTS) <= len(INVARIANTS)
        told("examined")
        return Report(
            way=way,
            seed=seed,
            seconds=lasted,
            acts=len(load.acknowledged),
            repeated=load.repeated,
            unavailable=load.unavailable,
            recoveries=recoveries,
            findings=findings,
            wrong=load.wrong,
        )


@contextlib.contextmanager
def _open(
    way: str, durable: bool, shipped: Shipped | None, tell: Callable[[str], None]
) -> Iterator[tuple[Cluster, RunningInstallation]]:
    with contextlib.ExitStack() as stack:
        cluster = stack.enter_context(open_cluster(durable=durable))
        tell(f"the cluster is whole: {cluster.roles()}")
        reached = stack.enter_context(way_to(cluster, way))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="motcua-failover-")))
        owner = {"MOTCUA_OWNER_DATABASE_URL": cluster.url(OWNER), "MOTCUA_DATA": str(folder)}
        upgrade(settings_from(owner).owner_database_url or "")
        url = settings_from({"DATABASE_URL": reached.url, "MOTCUA_DATA": str(folder)}).database_url
        installation = stack.enter_context(installation_on(url, folder, shipped=shipped, **reached.settings))
        tell("the installation is open")
        yield cluster, installation


def kinds_of(kills: int, *, cut: bool) -> list[str]:
    """The strikes in their order: the server alone and with its Patroni by turns, and the cut in the middle."""
    kinds = [MACHINE if number % 2 else SERVER for number in range(kills)]
    return [*kinds[: (kills + 1) // 2], *([CUT] if cut else []), *kinds[(kills + 1) // 2 :]]


def _strike(
    cluster: Cluster,
    installation: RunningInstallation,
    load: SteadyLoad,
    kind: str,
    dice: random.Random,
    tell: Callable[[str], None],
) -> Recovery:
    _look_after(installation, load, dice.uniform(*CALM_BETWEEN))
    strike = Strike(cluster, kind)
    strike.fall()
    strike.watch()
    served = _served_again(load, strike.at)
    strike.make_good()
    cluster.wait_until_whole(lambda: _look_after(installation, load))
    missing, doubled = _held_to(installation, load)
    recovery = Recovery(kind, served, missing, doubled, verify(installation), strike.old)
    tell(f"{strike.member.name}: {recovery.in_words()}; {len(load.acknowledged)} acts")
    return recovery


def _look_after(installation: RunningInstallation, load: Load, seconds: float = 0.0) -> None:
    """Lets time pass; a process of the product that ended by itself is something wrong."""
    time.sleep(seconds)
    load.wrong += [f"{name} ended by itself" for name in installation.look_after()]


def _served_again(load: Load, since: float) -> float | None:
    """Seconds from ``since`` until somebody who asked after it was served; None when nobody was in time."""
    while time.monotonic() < since + RECOVERS_WITHIN:
        after = [done.told for done in list(load.acknowledged) if done.begun > since]
        if after:
            return min(after) - since
        time.sleep(0.05)
    return None


def _held_to(installation: RunningInstallation, load: Load) -> tuple[int, int]:
    """How many acts that were answered with success until now are missing, and how many were answered twice."""
    answered: list[Acknowledged] = list(load.acknowledged)
    entries = select(dossiers.c.code, journal.c.number, journal.c.act).join(journal)
    with installation.runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        found = {(row.code, row.number): row.act for row in connection.execute(entries)}
    missing = sum(found.get((done.code, done.version)) != done.act for done in answered)
    return missing, len(answered) - len(Counter((done.code, done.version) for done in answered))


def verify(installation: RunningInstallation) -> bool:
    """Whether ``motcua journal verify`` finds everything in order."""
    command = [sys.executable, "-m", "cli", "journal", "verify"]
    environment = {**os.environ, **installation.environment}
    return subprocess.run(command, env=environment, capture_output=True, check=False).returncode == 0
