"""``bin/faults``: the installation under random kills for as long as wanted, and a table of what held."""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys

from tests.faults.run import run
from tests.faults.trouble import ALL, FULL_DISK, KILLS, OUTAGES

FAULTS = {"kills": KILLS, "outages": OUTAGES, "disk": {FULL_DISK: 1}, "all": ALL}


def main() -> int:
    words = argparse.ArgumentParser(prog="bin/faults", description=__doc__)
    words.add_argument("--minutes", type=float, help="how long the load lasts; without it, until --acts are done")
    words.add_argument("--acts", type=int, help="how many successful acts (2000)")
    words.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6), help="decides the faults")
    words.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    words.add_argument("--faults", choices=("kills", "outages", "disk", "all"), default="all", help="which may come")
    given = words.parse_args()
    if given.faults in ("disk", "all"):
        _have_mounts_of_our_own()
    acts = given.acts or (1_000_000 if given.minutes else 2000)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that an ended run cleans up behind itself
    report = run(
        given.database,
        acts=acts,
        seed=given.seed,
        seconds=given.minutes and given.minutes * 60,
        faults=FAULTS[given.faults],
        tell=_tell,
    )
    sys.stdout.write(report.table() + "\n")
    return 1 if report.broken else 0


def _have_mounts_of_our_own() -> None:
    """Goes on where what is mounted is seen by nobody else and is gone with this process, however it ends."""
    program = shutil.which("unshare")
    if program is None or os.geteuid() != 0 or "MOTCUA_OWN_MOUNTS" in os.environ:
        return
    here = [program, "--mount", "--propagation", "private"]
    if subprocess.run([*here, "true"], check=False).returncode == 0:
        os.environ["MOTCUA_OWN_MOUNTS"] = "1"
        os.execv(program, [*here, sys.executable, "-m", "tests.faults", *sys.argv[1:]])  # noqa: S606 - itself


def _tell(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")


if __name__ == "__main__":
    sys.exit(main())
