"""``bin/faults``: the house under random kills for as long as wanted, and a table of what held."""

from __future__ import annotations

import argparse
import random
import signal
import sys

from tests.faults.run import run


def main() -> int:
    words = argparse.ArgumentParser(prog="bin/faults", description=__doc__)
    words.add_argument("--minutes", type=float, help="how long the load lasts; without it, until --acts are done")
    words.add_argument("--acts", type=int, help="how many successful acts (2000)")
    words.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6), help="decides the faults")
    words.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    given = words.parse_args()
    acts = given.acts or (1_000_000 if given.minutes else 2000)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that an ended run cleans up behind itself
    report = run(given.database, acts=acts, seed=given.seed, seconds=given.minutes and given.minutes * 60, tell=_tell)
    sys.stdout.write(report.table() + "\n")
    return 1 if report.broken else 0


def _tell(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")


if __name__ == "__main__":
    sys.exit(main())
