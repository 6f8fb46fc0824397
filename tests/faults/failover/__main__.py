"""``bin/failover``: a PostgreSQL in high availability whose primary is killed and cut off while acts go on."""

from __future__ import annotations

import argparse
import random
import signal
import sys

from tests.faults.failover.programs import Missing
from tests.faults.failover.run import run
from tests.faults.failover.ways import HOSTS, WAYS
from tests.faults.staff import around_the_wards


def main() -> int:
    words = argparse.ArgumentParser(prog="bin/failover", description=__doc__)
    words.add_argument("--kills", type=int, default=20, help="how often the primary is killed (20)")
    words.add_argument("--rate", type=float, default=36.0, help="acts that are begun a second (36)")
    words.add_argument("--no-cut", action="store_true", help="do not cut the primary off as well")
    words.add_argument("--through", choices=WAYS, default=HOSTS, help=f"how the primary is reached ({HOSTS})")
    words.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6), help="decides the moments")
    given = words.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that an ended run cleans up behind itself
    try:
        report = run(
            given.kills,
            rate=given.rate,
            seed=given.seed,
            cut=not given.no_cut,
            way=given.through,
            shipped=around_the_wards(),
            tell=_tell,
        )
    except Missing as missing:
        _tell(str(missing))
        return 2
    except KeyboardInterrupt:
        _tell("ended; everything that was started is removed")
        return 130
    sys.stdout.write(report.table() + "\n")
    return 1 if report.broken else 0


def _tell(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")


if __name__ == "__main__":
    sys.exit(main())
