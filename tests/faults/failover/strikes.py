"""What is done to the primary: its server killed, its Patroni with it, or the whole machine cut off."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import psycopg

from tests.faults.failover.cluster import NAME, Cluster, Member
from tests.postgres_server import OWNER

SERVER, MACHINE, CUT = "kill PostgreSQL", "kill PostgreSQL and Patroni", "cut the machine off"
REFUSES_WITHIN = 60.0  # seconds
TELL_EVERY = 0.2
ASKED = "INSERT INTO asked_of_the_old_primary DEFAULT VALUES"


@dataclass(slots=True)
class OldPrimary:
    """What a primary answers that was cut off, past the lines, to somebody who writes all the time. Seconds from the
    cut: ``silent_for``, how long the write waited that it never acknowledged; ``read_only_after``, when it said so."""

    acknowledged: int = 0
    silent_for: float = 0.0
    read_only_after: float | None = None
    answers: list[str] = field(default_factory=list)


class Strike:
    """One strike at the primary of the moment, and how it is made good."""

    def __init__(self, cluster: Cluster, kind: str) -> None:
        self.kind, self.member = kind, cluster.primary
        self.old: OldPrimary | None = None
        self.at = 0.0
        self._cluster = cluster

    def fall(self) -> None:
        """Returns when it has struck; ``at`` is that moment."""
        if self.kind == CUT:
            with self.member.connect(NAME, OWNER) as owner:
                owner.execute("CREATE TABLE IF NOT EXISTS asked_of_the_old_primary (number serial)")
            self._cluster.lines.cut(self.member.name)
        else:
            if self.kind == MACHINE:
                self.member.patroni.kill()
            self.member.kill_postgres()
        self.at = time.monotonic()

    def watch(self) -> None:
        """Of a machine that was cut off: asks it for writes until it refuses them."""
        if self.kind == CUT:
            self.old = ask_for_writes(self.member, self.at)

    def make_good(self) -> None:
        """What was killed is started again, as a supervisor does it, and the network is whole."""
        if self.kind == CUT:
            self._cluster.lines.mend(self.member.name)
        if not self.member.patroni.alive:
            self.member.patroni.start()


def ask_for_writes(member: Member, since: float) -> OldPrimary:
    """Writes to a primary that was cut off at ``since`` until it says that it only reads, or for REFUSES_WITHIN.

    Each write has a connection of its own and waits for as long as the server wants: whoever cancels a commit that
    waits for the standby is told that it succeeded here.
    """
    told = OldPrimary()
    while time.monotonic() < since + REFUSES_WITHIN and told.read_only_after is None:
        begun = time.monotonic()
        try:
            with member.connect(NAME, OWNER) as owner:
                owner.execute(ASKED)
            told.acknowledged += 1
            answer = "acknowledged"
        except psycopg.errors.ReadOnlySqlTransaction:
            told.read_only_after, answer = time.monotonic() - since, "read only"
        except psycopg.Error as error:
            answer = type(error).__name__
            told.silent_for = max(told.silent_for, time.monotonic() - begun)
        if told.answers[-1:] != [answer]:
            told.answers.append(answer)
        time.sleep(TELL_EVERY)
    return told
