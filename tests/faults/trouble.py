"""The faults: what is done to a running installation, at moments that a seed decides."""

from __future__ import annotations

import random
import time
from collections.abc import Collection
from dataclasses import dataclass

from tests.faults.installation import RunningInstallation
from tests.faults.receiver import DOWN, NONSENSE, SLOW

WEB, FORK, WORKER, CLOCK, REDIS = "kill web", "kill web fork", "kill worker", "kill clock", "flush Redis"
RESTART, POSTMASTER = "restart PostgreSQL", "kill postmaster"
NO_REDIS, FULL_REDIS, FULL_DISK = "stop Redis", "fill Redis", "fill the disk"
NO_RECEIVER, SLOW_RECEIVER, MAD_RECEIVER = "receiver down", "receiver slow", "receiver mad"

KILLS: dict[str, int] = {WEB: 2, FORK: 5, WORKER: 4, CLOCK: 1, REDIS: 3}
"""Fault → how often, against the others."""
OUTAGES: dict[str, int] = {
    RESTART: 4,
    POSTMASTER: 2,
    NO_REDIS: 2,
    FULL_REDIS: 2,
    NO_RECEIVER: 1,
    SLOW_RECEIVER: 1,
    MAD_RECEIVER: 1,
}
ALL = KILLS | OUTAGES | {FULL_DISK: 2}
TWO_AT_ONCE = 0.2
_RECEIVERS = {NO_RECEIVER: DOWN, SLOW_RECEIVER: SLOW, MAD_RECEIVER: NONSENSE}


@dataclass(frozen=True, slots=True)
class Strike:
    """One fault: what, and when it was over (``time.monotonic``)."""

    kind: str
    at: float


class Trouble:
    """Strikes an installation, and remembers. ``kinds``: the faults that may come, which this installation can have."""

    def __init__(self, installation: RunningInstallation, seed: int, kinds: Collection[str] = tuple(KILLS)) -> None:
        self._installation, self._dice = installation, random.Random(f"trouble/{seed}")
        self.strikes: list[Strike] = []
        self.kinds = [kind for kind in kinds if self.why_not(kind) is None]
        self._first = [kind for kind in self.kinds if kind != CLOCK]  # whatever the seed, each of these comes
        self._dice.shuffle(self._first)

    def why_not(self, kind: str) -> str | None:
        """Why a fault cannot be had here; None when it can."""
        if kind in (RESTART, POSTMASTER) and self._installation.database is None:
            return "there is no PostgreSQL in an installation on SQLite"
        if kind == FULL_DISK and self._installation.small_disk is None:
            return "no small disk could be mounted: that takes root"
        return None

    def strike(self, *kinds: str) -> list[Strike]:
        """One fault, or two at once; what was killed is started again after up to half a second."""
        chosen = list(kinds) or self._choose()
        struck = []
        for kind in chosen:
            self._do(kind)
            struck.append(Strike(kind, time.monotonic()))
        self.strikes += struck
        time.sleep(self._dice.uniform(0, 0.5))
        self._installation.look_after()
        return struck

    def acts_until_next(self) -> int:
        """How many acts succeed before the next strike."""
        return self._dice.randint(10, 60)

    def moment(self) -> float:
        """A part of a second, so that a strike falls anywhere in an act."""
        return self._dice.uniform(0, 0.2)

    def lets_recover(self) -> bool:
        """Whether the next strike waits until notices go out again, or falls into the recovery."""
        return self._dice.random() < 0.7

    def _choose(self) -> list[str]:
        if self._first:
            return [self._first.pop()]
        count = 2 if self._dice.random() < TWO_AT_ONCE else 1
        return list(dict.fromkeys(self._dice.choices(self.kinds, [ALL[kind] for kind in self.kinds], k=count)))

    def _do(self, kind: str) -> None:
        installation, children = self._installation, self._installation.children
        if kind == REDIS:
            installation.flush_redis()
        elif kind == FORK:
            children["web"].kill_fork(self._dice.randrange(8))
        elif kind in (RESTART, POSTMASTER):
            installation.restart_database(gently=kind == RESTART)
        elif kind == NO_REDIS:
            installation.redis.kill()
            self._last(2, 6)
            installation.redis.start()
        elif kind == FULL_REDIS:
            installation.bound_redis(1)
            self._last(2, 6)
            installation.bound_redis(0)
        elif kind == FULL_DISK:
            with installation.full_disk():
                self._last(3, 8)
            installation.revive_database()
        elif kind in _RECEIVERS:
            installation.receiver.mood = _RECEIVERS[kind]
            self._last(3, 8)
            installation.receiver.mood = None
        else:
            children[{WEB: "web", WORKER: "worker", CLOCK: "clock"}[kind]].kill()

    def _last(self, least: float, most: float) -> None:
        """The fault goes on for so many seconds."""
        time.sleep(self._dice.uniform(least, most))
