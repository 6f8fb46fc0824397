"""``bin/rolling``: web, worker and clock are restarted in turn, or upgraded from an earlier release, while people act.

Two web processes stand behind the proxy of deploy/nginx, and two workers. Clerks and citizens act through the proxy,
each request with a key, and send it again when its answer is lost (``tests.faults.load``). Afterwards the invariants of
the fault runs are examined: what was acknowledged is there, once, and the journal holds.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import urllib3

from adapters.tied_child import tied
from cli.seed import seed
from engine.store.migrate import current, upgrade
from tests.doubles.process import free_port
from tests.faults import staff
from tests.faults.child import ROOT, Child
from tests.faults.evidence import gather
from tests.faults.installation import RunningInstallation, open_installation
from tests.faults.invariants import examine
from tests.faults.load import Load
from tests.postgres_server import APPLICATION, OWNER

EXAMPLE = ROOT / "deploy" / "nginx" / "motcua.conf"
ASKED_AGAIN = (502, 503, 504)
"""What the proxy, or a program without its database, says when nobody could answer."""
CALM_WITHIN = 60.0  # seconds
PATIENCE = 300.0
"""Seconds for the start of a process beside a busy machine's other work; nothing waits for it but the run."""


@dataclass(slots=True)
class Rolled:
    """What a run showed; times are in seconds."""

    steps: list[tuple[str, float]] = field(default_factory=list)
    acts: int = 0
    repeated: int = 0
    seconds: float = 0.0
    silence: float = 0.0
    took: list[float] = field(default_factory=list)
    revisions: tuple[str, str] = ("", "")
    acted_before_the_program: int = 0
    broken: list[str] = field(default_factory=list)

    def table(self) -> str:
        """The report for a person."""
        took = sorted(self.took)
        lines = [
            f"{self.acts} acts in {self.seconds:.0f} s; {self.repeated} requests were sent again, "
            f"{len(self.broken)} things are broken; longest time without an answer {self.silence:.2f} s",
            f"an answer, with what it took to get it: median {statistics.median(took) * 1000:.0f} ms, "
            f"p99 {took[int(len(took) * 0.99)] * 1000:.0f} ms, most {took[-1] * 1000:.0f} ms",
        ]
        if self.revisions[0] != self.revisions[1]:
            lines.append(
                f"schema {self.revisions[0]} → {self.revisions[1]} under load; the earlier programs stayed ready, "
                f"and {self.acted_before_the_program} acts were theirs on the later schema"
            )
        lines += ["", f"{'step':<28}{'seconds':>9}"]
        lines += [f"{name:<28}{seconds:>9.1f}" for name, seconds in self.steps]
        return "\n".join([*lines, *(f"  ! {sentence}" for sentence in self.broken[:20])])


def roll(
    *, acts: int, rounds: int, seed_: int = 1, older: Path | None = None, tell: Callable[[str], None] = lambda _: None
) -> Rolled:
    """Restarts everything in turn ``rounds`` times, and goes on until ``acts`` are acknowledged.

    With ``older``, a checkout of an earlier release, that one prepares the database and runs first; then the schema is
    upgraded, its programs go on, and the restarts bring those of this checkout.
    """
    report = Rolled()
    with contextlib.ExitStack() as stack:
        shipped = staff.around_the_wards()
        there = stack.enter_context(open_installation("postgresql", shipped=shipped, program=older or ROOT))
        webs = _second_ones(there)
        base = stack.enter_context(_proxy(there.folder, list(webs.values())))
        _until_ready(there, webs)
        tell("two web processes are ready behind the proxy")
        load = Load(base, there.tokens, acts=sys.maxsize, seed=seed_, passing=ASKED_AGAIN)
        began = time.monotonic()
        load.start()
        _grow(load, acts // 8)
        if older is not None:
            _upgrade(there, webs, load, report, acts // 8, tell)
        for number in range(rounds):
            for name in sorted(there.children, key=lambda name: ("web" not in name, name)):
                _restart(there, name, webs, report, tell, f"{number + 1}. {name}")
        _grow(load, acts - len(load.acknowledged))
        load.stop()
        report.seconds = time.monotonic() - began
        _close(there, load, report)
    return report


def _second_ones(there: RunningInstallation) -> dict[str, int]:
    """Starts another web process and another worker; the ports of the web processes by name."""
    first, second = int(there.environment["PORT"]), free_port()
    program = there.children["web"].program
    metrics = str(there.folder / "second-metrics")
    environment = {**there.environment, "PORT": str(second), "PROMETHEUS_MULTIPROC_DIR": metrics}
    serve = ["serve", "--workers", "2", "--threads", "4"]
    there.children["web-2"] = Child("web-2", serve, environment, there.folder / "web-2.log", program)
    there.children["worker-2"] = Child(
        "worker-2", ["worker"], there.environment, there.folder / "worker-2.log", program
    )
    for name in ("web-2", "worker-2"):
        there.children[name].start()
    return {"web": first, "web-2": second}


@contextlib.contextmanager
def _proxy(folder: Path, ports: list[int]) -> Iterator[str]:
    """nginx as in the example, without TLS and without limits for one address; its address."""
    port = free_port()
    told = EXAMPLE.read_text(encoding="utf-8").rpartition("server {")[0]
    told = re.sub(r"(?m)^ *(ssl_|limit_|listen \[).*\n", "", told)
    told = told.replace("listen 443 ssl", f"listen 127.0.0.1:{port}")
    told = told.replace("127.0.0.1:8001", f"127.0.0.1:{ports[0]}").replace("127.0.0.1:8002", f"127.0.0.1:{ports[1]}")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "".join(f"{kind}_temp_path {folder}/nginx-{kind};\n" for kind in kinds)
    whole = f"pid {folder}/nginx.pid;\nevents {{}}\nhttp {{\naccess_log off;\n{paths}{told}\n}}\n"
    (folder / "nginx.conf").write_text(whole)
    words = ["nginx", "-p", str(folder), "-c", "nginx.conf", "-e", f"{folder}/nginx.log"]
    running = subprocess.Popen(tied([*words, "-g", "daemon off; master_process off;"]))
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        running.wait(20)


def _until_ready(there: RunningInstallation, webs: dict[str, int]) -> None:
    http, latest = urllib3.PoolManager(retries=False, timeout=5), time.monotonic() + PATIENCE
    for name, port in webs.items():
        while True:
            with contextlib.suppress(urllib3.exceptions.HTTPError):
                if http.request("GET", f"http://127.0.0.1:{port}/readyz").status == 200:
                    break
            if time.monotonic() > latest or not there.children[name].alive:
                log = there.children[name].log.read_text(errors="replace")[-2000:]
                raise RuntimeError(f"{name} is not ready:\n{log}")
            time.sleep(0.1)


def _grow(load: Load, count: int) -> None:
    """Waits for so many acts more."""
    wanted = len(load.acknowledged) + count
    while load.working and len(load.acknowledged) < wanted:
        time.sleep(0.05)


def _upgrade(
    there: RunningInstallation,
    webs: dict[str, int],
    load: Load,
    report: Rolled,
    count: int,
    tell: Callable[[str], None],
) -> None:
    """The schema of this checkout under the programs of before, which go on for ``count`` acts; then its content."""
    database = there.runtime.database
    before, began = current(database) or "", time.monotonic()
    upgrade(there.environment["DATABASE_URL"].replace(f"{APPLICATION}@", f"{OWNER}@"))
    report.steps.append(("schema", time.monotonic() - began))
    report.revisions = (before, current(database) or "")
    tell(f"schema {report.revisions}")
    done = len(load.acknowledged)
    _grow(load, count)
    _until_ready(there, webs)  # the programs of before, on the later schema
    report.acted_before_the_program = len(load.acknowledged) - done
    began = time.monotonic()
    seed(there.runtime, staff.around_the_wards())
    report.steps.append(("content", time.monotonic() - began))
    for child in there.children.values():
        child.program = ROOT


def _restart(
    there: RunningInstallation,
    name: str,
    webs: dict[str, int],
    report: Rolled,
    tell: Callable[[str], None],
    told: str,
) -> None:
    child, began = there.children[name], time.monotonic()
    if name not in webs:
        child.wait_until_it_listens()
    child.ask_to_stop()
    if (code := child.exit_code()) != 0:
        report.broken.append(f"{name} ended with {code}")
    child.start()
    if name in webs:
        _until_ready(there, {name: webs[name]})
    else:
        child.wait_until_it_listens()
    report.steps.append((told, time.monotonic() - began))
    tell(f"{told} restarted")


def _close(there: RunningInstallation, load: Load, report: Rolled) -> None:
    """Lets the notices arrive, stops everything, and examines what is there."""
    from tests.faults.run import _left  # the same rest as after faults

    latest = time.monotonic() + CALM_WITHIN
    while _left(there) and time.monotonic() < latest:
        time.sleep(0.1)
    there.stop_all()
    told = sorted(one.told for one in load.acknowledged)
    report.acts, report.repeated = len(told), load.repeated
    report.silence = max((b - a for a, b in itertools.pairwise(told)), default=0.0)
    report.took = [one.told - one.begun for one in load.acknowledged]
    report.broken += load.wrong + [f"{name} ended with {code}" for name, code in there.exits.items() if code != 0]
    findings = examine(gather(there, load.acknowledged))
    report.broken += [f"{one.name}: {sentence}" for one in findings for sentence in one.broken]


@contextlib.contextmanager
def checkout_of(commit: str) -> Iterator[Path]:
    """The files of a commit, in a folder that goes with the block."""
    with tempfile.TemporaryDirectory(prefix="motcua-older-") as folder:
        files = subprocess.run(["git", "-C", ROOT, "archive", commit], check=True, capture_output=True).stdout
        subprocess.run(["tar", "-x", "-C", folder], input=files, check=True)
        yield Path(folder)


def main() -> int:
    words = argparse.ArgumentParser(prog="bin/rolling", description=__doc__)
    words.add_argument("--acts", type=int, default=1000, help="how many acts are acknowledged at least (1000)")
    words.add_argument("--rounds", type=int, default=2, help="how often everything is restarted (2)")
    words.add_argument("--from", dest="commit", help="upgrade from the release at this commit")
    words.add_argument("--seed", type=int, default=1)
    given = words.parse_args()
    if shutil.which("nginx") is None:
        sys.stderr.write("nginx is not on this machine: Debian's nginx-light\n")
        return 2
    with contextlib.ExitStack() as stack:
        older = stack.enter_context(checkout_of(given.commit)) if given.commit else None
        began = time.monotonic()

        def tell(sentence: str) -> None:
            sys.stderr.write(f"{time.monotonic() - began:6.1f} s  {sentence}\n")

        report = roll(acts=given.acts, rounds=given.rounds, seed_=given.seed, older=older, tell=tell)
    sys.stdout.write(report.table() + "\n")
    return 1 if report.broken else 0


if __name__ == "__main__":
    sys.exit(main())
