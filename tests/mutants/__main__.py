"""``bin/mutants``: breaks the house in one small way after the other and shows which test notices."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.mutants.random_run import run_random
from tests.mutants.sabotage import Sabotage
from tests.mutants.sabotages import SABOTAGES
from tests.mutants.workshop import MOST_SECONDS, Outcome, copied_project, places, run_tests, sabotaged


def main() -> int:
    words = argparse.ArgumentParser(prog="bin/mutants", description=__doc__)
    words.add_argument("names", nargs="*", metavar="NAME", help="only these sabotages")
    words.add_argument("--list", action="store_true", help="tell what there is and run nothing")
    words.add_argument("--verbose", action="store_true", help="show what pytest wrote, or each mutation as it is tried")
    chance = words.add_argument_group("mutations drawn by chance")
    chance.add_argument("--random", type=int, metavar="N", help="draw so many, instead of the sabotages")
    chance.add_argument("--seed", type=int, default=1, metavar="S", help="the same mutations for the same seed")
    chance.add_argument("--in", dest="folders", action="append", metavar="PATH", help="only there; may be repeated")
    chance.add_argument("--at", action="append", metavar="FILE:LINE", help="all those of a line; may be repeated")
    chance.add_argument("--minutes", type=float, default=60, metavar="M", help="draw no further mutation after that")
    chance.add_argument("--workers", type=int, default=2, metavar="W", help="so many at a time")
    given = words.parse_args()
    if given.random is not None or given.at:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        return run_random(given, _tell)
    if unknown := set(given.names) - {one.name for one in SABOTAGES}:
        words.error(f"there is no sabotage {', '.join(sorted(unknown))}; see --list")
    chosen = [one for one in SABOTAGES if not given.names or one.name in given.names]
    if given.list:
        _tell("\n".join(f"{one.name}: {one.what} ({one.file})" for one in chosen))
        return 0
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that an ended run cleans up behind itself
    return _run(chosen, given.verbose)


def _run(chosen: Sequence[Sabotage], verbose: bool) -> int:
    began, survivors = time.monotonic(), []
    with copied_project() as copy:
        untouched = run_tests(copy, sorted({test for one in chosen for test in one.tests}), most=3 * MOST_SECONDS)
        if untouched.verdict != "survived":
            _tell(f"The untouched copy is not green:\n{untouched.said}")
            return 1
        _tell(f"The untouched copy is green ({untouched.seconds:.0f} s).")
        _tell("\n| sabotage | what | noticed by | s |\n|---|---|---|---:|")
        for one in chosen:
            outcome = _try(copy, one)
            shown = f"`{outcome.by}`" if outcome.by else f"**{outcome.verdict}**"
            _tell(f"| {one.name} | {one.what} | {shown} | {outcome.seconds:.0f} |")
            if verbose or outcome.verdict not in ("killed", "hung"):
                _tell(outcome.said)
            if outcome.verdict not in ("killed", "hung"):
                survivors.append(one.name)
    noticed = len(chosen) - len(survivors)
    _tell(f"\n{noticed} of {len(chosen)} noticed in {(time.monotonic() - began) / 60:.1f} minutes")
    return 1 if survivors else 0


def _try(copy: Path, sabotage: Sabotage) -> Outcome:
    if (found := places(sabotage, copy)) != 1:
        return Outcome(f"its text stands {found} times in {sabotage.file}", "", 0.0, "")
    with sabotaged(copy, sabotage):
        return run_tests(copy, sabotage.tests)


def _tell(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
