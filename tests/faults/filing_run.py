"""Inbound filings with duplicates while every process is killed at random moments: what is left is counted anew.

The double, the puller, two openers, the answerer and the web process are processes of their own. A filing is told up to
three times by the feed, and some are pushed, too. At the end an independent count of the double's own file is compared
with the database: each filing has one dossier, each dossier its first answer.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from engine.store.dossiers import dossiers
from engine.store.filings import filing_answers, filings
from tests.doubles import portal_filings as double
from tests.doubles.process import ROOT, Running, free_port, running
from tests.faults.filing_child import ROLES, SECRET
from tests.installation.short_releases import LAND
from tests.installation.world import FIELDS, World

CHILDREN = (*ROLES, "take")


@dataclass(slots=True)
class Told:
    """What a run found. ``wrong`` is empty where each filing was filed once."""

    filings: int
    told: int
    kills: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)


class Run:
    """One run over a world."""

    def __init__(self, world: World, folder: Path, count: int, seed: int = 7) -> None:
        self._world, self._folder, self._count = world, folder, count
        self._url = world.database.url.render_as_string(hide_password=False)
        self._dice, self._port, self._double_port = random.Random(seed), free_port(), free_port()
        self._children: list[tuple[str, subprocess.Popen[bytes]]] = []
        self._double: Running | None = None
        self._stack = ExitStack()
        self._pushing = threading.Event()

    def run(self, kills: int, seconds: float) -> Told:
        """Files, kills ``kills`` times, waits until everything is settled (``seconds`` at most), and counts."""
        written = [self._written(number) for number in range(self._count)]
        feed = [one for one in written for _ in range(self._dice.choice((1, 2, 2, 3)))]
        self._dice.shuffle(feed)
        told = Told(len(written), len(feed))
        started = time.monotonic()
        try:
            self._start_double()
            for at in range(0, len(feed), 500):
                double.told(self._address, "/_double/filings", {"filings": feed[at : at + 500]})
            self._children = [(role, self._started(role)) for role in CHILDREN]
            pusher = threading.Thread(target=self._push, args=(written[:: max(1, self._count // 200)],), daemon=True)
            pusher.start()
            pause = 0.3 + self._count / 4000
            for _ in range(kills):
                time.sleep(self._dice.uniform(0.1, pause))
                told.kills[self._kill()] += 1
            pusher.join(timeout=seconds)
            self._wait(started + seconds)
        finally:
            self._pushing.set()
            for _, child in self._children:
                child.kill()
                child.wait()
            self._stack.close()
        told.seconds = time.monotonic() - started
        self._count_anew(told, {one["MaHoSoTrucTuyen"] for one in written})
        return told

    @property
    def _address(self) -> str:
        return f"http://127.0.0.1:{self._double_port}"

    def _written(self, number: int) -> dict[str, Any]:
        channel = self._dice.choice(("2", "2", "4"))
        return double.written(f"K{number:06}", procedure=LAND, ToKhai=FIELDS, KenhThucHien=channel)

    def _start_double(self) -> None:
        one = running("tests.doubles.portal_filings", self._folder / "double", self._double_port)
        self._double = self._stack.enter_context(one)

    def _started(self, role: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.faults.filing_child", role, self._url, str(self._folder), self._address]
        return subprocess.Popen([*command, str(self._port)], cwd=ROOT, stdout=subprocess.DEVNULL)

    def _kill(self) -> str:
        """Ends one process as a power failure does, and starts it again."""
        which = self._dice.randrange(len(self._children) + 1)
        if which == len(self._children):
            if self._double is not None:
                self._double.kill()
            self._start_double()
            return "double"
        role, child = self._children[which]
        child.kill()
        child.wait()
        self._children[which] = (role, self._started(role))
        return role

    def _push(self, some: list[dict[str, Any]]) -> None:
        """Pushes until each was taken once, as a sender does that gets no answer."""
        for one in some:
            while not self._pushing.is_set():
                address = f"http://127.0.0.1:{self._port}/api/v1/connections/filings"
                if double.push_one(address, SECRET, one) == 202:
                    break
                time.sleep(0.1)

    def _wait(self, latest: float) -> None:
        while time.monotonic() < latest:
            with self._world.reading() as connection:
                known = connection.execute(select(filings.c.status, func.count()).group_by(filings.c.status)).all()
                open_ = select(func.count()).select_from(filing_answers).where(filing_answers.c.status == "waiting")
                left = connection.execute(open_).scalar_one()
            counts = {row[0]: row[1] for row in known}
            if counts.get("filed", 0) == self._count and not left:
                return
            time.sleep(0.3)

    def _count_anew(self, told: Told, wanted: set[str]) -> None:
        with self._world.reading() as connection:
            rows = connection.execute(select(filings.c.key, filings.c.status, filings.c.dossier_id)).all()
            every = connection.execute(select(dossiers.c.id).where(dossiers.c.channel.in_(("portal", "vneid")))).all()
        keys = Counter(row.key for row in rows)
        told.wrong += [f"{key}: {count} rows" for key, count in keys.items() if count != 1]
        told.wrong += [f"{key}: lost" for key in sorted(wanted - keys.keys())]
        told.wrong += [f"{row.key}: {row.status}" for row in rows if row.status != "filed" or row.dossier_id is None]
        opened, named = {row.id for row in every}, {row.dossier_id for row in rows}
        if opened != named or len(opened) != len(wanted):
            told.wrong.append(f"{len(opened)} dossiers for {len(wanted)} filings, {len(opened - named)} of no filing")
        answered = Counter(json.loads(body)["MaHoSoTrucTuyen"] for body in _answers(self._folder / "double"))
        told.answers = Counter(answered.values())
        told.wrong += [f"{key}: {answered[key]} answers" for key in sorted(wanted) if answered[key] != 1]
        del told.wrong[50:]


def _answers(folder: Path) -> list[str]:
    """The answers as the double has them in its own file."""
    import sqlite3

    with sqlite3.connect(folder / "filings.sqlite") as database:
        return [str(row[0]) for row in database.execute("SELECT body FROM answer")]
