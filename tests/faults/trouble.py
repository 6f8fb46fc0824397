"""The faults: what is done to a running house, at moments that a seed decides."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

from tests.faults.house import House

WEB, FORK, WORKER, CLOCK, REDIS = "kill web", "kill web fork", "kill worker", "kill clock", "flush Redis"
KINDS: dict[str, int] = {WEB: 2, FORK: 5, WORKER: 4, CLOCK: 1, REDIS: 3}
"""Fault → how often, against the others."""
TWO_AT_ONCE = 0.2


@dataclass(frozen=True, slots=True)
class Strike:
    """One fault: what, and when it was over (``time.monotonic``)."""

    kind: str
    at: float


class Trouble:
    """Strikes a house, and remembers."""

    def __init__(self, house: House, seed: int) -> None:
        self._house, self._dice = house, random.Random(f"trouble/{seed}")
        self.strikes: list[Strike] = []
        self._first = [WEB, FORK, WORKER, REDIS]  # whatever the seed, each of these comes
        self._dice.shuffle(self._first)

    def strike(self, *kinds: str) -> list[Strike]:
        """One fault, or two at once; what was killed is started again after up to half a second."""
        chosen = list(kinds) or self._choose()
        struck = []
        for kind in chosen:
            self._do(kind)
            struck.append(Strike(kind, time.monotonic()))
        self.strikes += struck
        time.sleep(self._dice.uniform(0, 0.5))
        self._house.look_after()
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
        names, weights = list(KINDS), list(KINDS.values())
        count = 2 if self._dice.random() < TWO_AT_ONCE else 1
        return list(dict.fromkeys(self._dice.choices(names, weights, k=count)))

    def _do(self, kind: str) -> None:
        children = self._house.children
        if kind == REDIS:
            self._house.flush_redis()
        elif kind == FORK:
            children["web"].kill_fork(self._dice.randrange(8))
        else:
            children[{WEB: "web", WORKER: "worker", CLOCK: "clock"}[kind]].kill()
