"""``python -m benchmarks.lookup_timing``: can one learn from the time of a citizen's look-up whether a dossier exists?

Asks for absent dossiers, for one that exists with a wrong receipt code, and with the right one, in random order, on a
PostgreSQL of its own: in this process (no noise of a network: the most that anybody could measure), once by the clock
and once by the processor time of this process, and over loopback HTTP by the clock. The test is Mann-Whitney's,
two-sided, with the normal approximation: |z| above 1.96 is seen once in twenty runs although nothing differs. The
limits (ten tries a code in ten minutes) are off here.
"""

from __future__ import annotations

import argparse
import http.client
import logging
import math
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import orjson
import structlog

from benchmarks.served import ours
from tests import shared_run
from tests.installation.runtime import environment_over
from tests.installation.served import ServedInstallation, open_installation
from tests.installation.trial_content import TRIAL

ADDRESS = "/api/v1/status-lookups"
JSON = {"Content-Type": "application/json"}
Ask = Callable[[bytes], int]
Bodies = dict[str, Callable[[], bytes]]


def main() -> None:
    """Measures both ways and prints a table."""
    words = argparse.ArgumentParser(prog="python -m benchmarks.lookup_timing", description=__doc__)
    words.add_argument("--tries", type=int, default=3000, help="of each kind, each way")
    words.add_argument("--seed", type=int, default=1)
    given = words.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    shared_run.begin()
    try:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            url = stack.enter_context(TRIAL.copy("postgresql", folder))
            installation = open_installation(url, folder)
            bodies = _bodies(installation, random.Random(given.seed))
            environment = environment_over(url, folder)
            for way, opened, clock in (
                ("in process, processor time", _inside(installation), time.process_time),
                ("in process", _inside(installation), time.perf_counter),
                ("over HTTP", _outside(environment, folder), time.perf_counter),
            ):
                with opened as ask:
                    _report(way, measure(ask, bodies, given.tries, given.seed, clock))
            installation.close()
    finally:
        shared_run.end()


def measure(ask: Ask, bodies: Bodies, tries: int, seed: int, clock: Callable[[], float]) -> dict[str, list[float]]:
    """Seconds of each try by kind; the kinds come in random order, so that what drifts touches all alike."""
    order = [kind for kind in bodies for _ in range(tries)]
    random.Random(seed).shuffle(order)
    taken: dict[str, list[float]] = {kind: [] for kind in bodies}
    for kind in random.Random(seed).choices(list(bodies), k=300):  # everything that is made once is made now
        ask(bodies[kind]())
    for kind in order:
        body = bodies[kind]()
        began = clock()
        status = ask(body)
        taken[kind].append(clock() - began)
        assert status == (200 if kind == "right" else 404), status
    return taken


def mann_whitney(first: list[float], second: list[float]) -> tuple[float, float]:
    """(z, p two-sided) of the two samples, ties at their mean rank."""
    ranked = sorted([(value, 0) for value in first] + [(value, 1) for value in second])
    ranks, at = 0.0, 0
    while at < len(ranked):
        end = at
        while end < len(ranked) and ranked[end][0] == ranked[at][0]:
            end += 1
        ranks += sum(side == 0 for _, side in ranked[at:end]) * (at + end + 1) / 2
        at = end
    n, m = len(first), len(second)
    z = (ranks - n * (n + m + 1) / 2) / math.sqrt(n * m * (n + m + 1) / 12)
    return z, math.erfc(abs(z) / math.sqrt(2))


def _bodies(installation: ServedInstallation, dice: random.Random) -> Bodies:
    filed = [installation.filed() for _ in range(50)]

    def body(code: str, receipt: str) -> bytes:
        return orjson.dumps({"code": code, "receipt_code": receipt})

    def right() -> bytes:
        one = dice.choice(filed)
        return body(one["code"], one["receipt_code"])

    return {
        "absent": lambda: body(f"H26740-260302-{dice.randrange(1000, 9999)}", "AAAAA-AAAAA"),
        "wrong": lambda: body(dice.choice(filed)["code"], "AAAAA-AAAAA"),
        "right": right,
    }


@contextmanager
def _inside(installation: ServedInstallation) -> Iterator[Ask]:
    client = installation.app.test_client()
    yield lambda body: client.post(ADDRESS, data=body, headers=JSON).status_code


@contextmanager
def _outside(environment: dict[str, str], folder: Path) -> Iterator[Ask]:
    with ours(environment, folder) as served:
        line = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)

        def ask(body: bytes) -> int:
            line.request("POST", ADDRESS, body, JSON)
            with line.getresponse() as answer:
                answer.read()
                return answer.status

        yield ask
        line.close()


def _report(way: str, taken: dict[str, list[float]]) -> None:
    medians = {kind: statistics.median(values) * 1e6 for kind, values in taken.items()}
    z, p = mann_whitney(taken["absent"], taken["wrong"])
    verdict = "not significant" if p > 0.05 else "SIGNIFICANT"
    shown = ", ".join(f"{kind} {median:.0f}" for kind, median in medians.items())
    sys.stdout.write(
        f"{way}: medians in microseconds: {shown}; wrong - absent {medians['wrong'] - medians['absent']:+.1f}; "
        f"z {z:+.2f}, p {p:.3f}: {verdict} ({len(taken['wrong'])} tries each)\n"
    )


if __name__ == "__main__":
    main()
