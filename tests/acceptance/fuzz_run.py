"""``bin/fuzz``: every operation asked with as many examples as wanted, as every kind of actor, and a table of it."""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import structlog

from adapters.forms.render import render_form
from benchmarks.served import ours
from tests import shared_run
from tests.acceptance.fuzzed_installation import ACTORS, prepare
from tests.acceptance.fuzzing import ACCESSES_OF, PHASES, Found, Plan, fuzz
from tests.installation.runtime import NOW, environment_over
from tests.installation.served import ServedInstallation, open_installation
from tests.installation.trial_content import TRIAL


def main() -> int:
    words = argparse.ArgumentParser(prog="bin/fuzz", description=__doc__)
    words.add_argument("--examples", type=int, default=200, help="of each operation and actor in the fuzzing phase")
    words.add_argument("--actors", nargs="+", choices=ACTORS, default=ACTORS)
    words.add_argument("--phases", nargs="+", choices=PHASES, default=PHASES)
    words.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    words.add_argument("--in-process", action="store_true", help="call the application instead of serving it")
    words.add_argument("--seed", type=int, default=1)
    given = words.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    shared_run.begin()
    try:
        with _served(given.database, given.in_process) as (installation, url):
            return _run(installation, url, given)
    finally:
        shared_run.end()


def _run(installation: ServedInstallation, url: str | None, given: argparse.Namespace) -> int:
    everything, broken = Found(), 0
    for actor in given.actors:
        began, phases = time.monotonic(), tuple(given.phases)
        plan = Plan(
            actor=actor,
            examples=given.examples,
            phases=phases,
            accesses=ACCESSES_OF[actor],
            seed=given.seed,
            url=url,
        )
        found = fuzz(installation.app, prepare(installation), plan, _tell)
        broken += len(found.broken)
        _add(everything, found)
        for what, example in found.broken.items():
            _say(f"BROKEN {actor}: {' | '.join(what)}\n{example}\n")
        _say(f"| {actor} | {found.asked:,} | {_told(found.statuses)} | {len(found.broken)} | {_ago(began)} |")
    never = [name for name, seen in sorted(everything.answered.items()) if not any(200 <= one < 300 for one in seen)]
    _say(f"\n{everything.asked:,} requests to {len(everything.answered)} operations; {_told(everything.statuses)}")
    _say(f"operations that never succeeded: {', '.join(never) or 'none'}; defects: {broken}")
    return 1 if broken else 0


@contextmanager
def _served(database: str, in_process: bool) -> Iterator[tuple[ServedInstallation, str | None]]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="motcua-fuzz-")))
        address = stack.enter_context(TRIAL.copy(database, folder))
        installation = open_installation(address, folder, render_form=render_form)
        stack.callback(installation.close)
        if in_process:
            yield installation, None
            return
        (folder / "clock").write_text(NOW.isoformat())
        environment = environment_over(address, folder, MOTCUA_TOLD_CLOCK=str(folder / "clock"))
        served = stack.enter_context(ours(environment, folder))
        yield installation, f"http://127.0.0.1:{served.port}"


def _add(everything: Found, found: Found) -> None:
    everything.asked += found.asked
    everything.statuses += found.statuses
    for name, seen in found.answered.items():
        everything.answered.setdefault(name, Counter()).update(seen)


def _told(statuses: Counter[int]) -> str:
    return ", ".join(f"{status}: {count:,}" for status, count in sorted(statuses.items()))


def _ago(began: float) -> str:
    return f"{time.monotonic() - began:.0f} s"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _tell(line: str) -> None:
    sys.stderr.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
