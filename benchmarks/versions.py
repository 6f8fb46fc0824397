"""A new version of the birth procedure takes effect while clerks work on the dossiers that move, on the ground of the
reform: planned, applied and taken back, with rate, memory and what the clerks notice. The program that applies is
killed once on the way, and started again."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from benchmarks.database import NAME, MeasuredServer
from benchmarks.reform import (
    CLERKS,
    Clerk,
    Night,
    Step,
    longest_lock,
    run_command,
    started,
    work_beside,
    wrong_journals,
)
from benchmarks.reform_ground import JUNE, June, lay
from benchmarks.served import ours
from cli.shipped import Shipped
from tests.installation.filings import BIRTH

KILLED_AFTER = 8.0
"""Seconds after which the program that applies is killed; it moves dossiers for some of them."""


def measure(folder: Path, redis_url: str, dossiers: int, seconds: float, say: Callable[[str], None]) -> Night:
    """Lays the ground of a reform, then plans, applies and takes back. About 40 % of the dossiers are of births."""
    folder.mkdir(mode=0o755, exist_ok=True)
    (folder / "pg").mkdir(exist_ok=True)
    with started(MeasuredServer(folder / "pg")) as server:
        june = lay(server, folder, redis_url, dossiers, say)
        plan, file = str(folder / "version-plan.json"), str(_next_version(folder))
        steps = {"plan": run_command(server, june, say, "workflows", "plan", file, "--out", plan)}
        with ours(june.environment, folder) as web:
            clerks = [Clerk(web.port, june.acting[number::CLERKS]) for number in range(CLERKS)]
            before = work_beside(clerks, lambda: time.sleep(seconds))
            with longest_lock(server) as longest:
                during = work_beside(clerks, lambda: steps.update(apply=_apply(server, june, say, plan)))
        standing = _standing(server)
        said = ("--legal", "1/QĐ", "--reason", "Đo thử")
        steps["revert"] = run_command(server, june, say, "workflows", "revert", "1", *said)
        moved = standing.get("done", 0)
        return Night(moved, steps, before, during, longest[0], standing, wrong_journals(server))


def _apply(server: MeasuredServer, june: June, say: Callable[[str], None], plan: str) -> Step:
    """Starts, kills and starts again; the step is that of both together, its processor time that of the second."""
    began = time.monotonic()
    command = [sys.executable, "-m", "cli", "workflows", "apply", plan]
    child = subprocess.Popen(command, env={**os.environ, **june.environment}, stdout=subprocess.DEVNULL)
    try:
        child.wait(KILLED_AFTER)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    at_the_kill = _standing(server)
    say(f"killed after {KILLED_AFTER:.0f} s: {at_the_kill}")
    second = run_command(server, june, say, "workflows", "apply", plan)
    say(f"dossiers that moved more than once: {_moved_twice(server)}")
    return replace(second, seconds=time.monotonic() - began)


def _next_version(folder: Path) -> Path:
    """A version of the birth procedure from the day of the measurement on, to which running dossiers move.

    It takes the place of the version of that day, until the next one that is shipped begins.
    """
    known = sorted((one for one in Shipped.here().releases if one.procedure == BIRTH), key=lambda one: one.version)
    present = max((one for one in known if one.effective.start <= JUNE.date()), key=lambda one: one.version)
    later = min((one.effective.start for one in known if one.effective.start > JUNE.date()), default=None)
    last = f"until: {later - dt.timedelta(days=1)}, " if later else ""
    effective = f"{{from: {JUNE.date()}, {last}running: migrate, replaces: {present.version}}}"
    source = next(file for file in Shipped.here().files("procedures") if file.name == f"{BIRTH}.yaml")
    text = re.sub(r"^version: \d+", "version: 99", source.read_text(encoding="utf-8"), flags=re.MULTILINE)
    text = re.sub(r"^effective: .*$", f"effective: {effective}", text, flags=re.MULTILINE)
    target = folder / f"{BIRTH}-99.yaml"
    target.write_text(text, encoding="utf-8")
    return target


def _moved_twice(server: MeasuredServer) -> int:
    """Dossiers with more than one entry of a move since the measurement began."""
    moves = "SELECT dossier_id FROM journal WHERE act = 'migrate' GROUP BY dossier_id HAVING count(*) > 1"
    with server.connect(NAME) as connection:
        found = connection.execute(f"SELECT count(*) FROM ({moves}) AS twice").fetchone()
    return int(found[0]) if found else 0


def _standing(server: MeasuredServer) -> dict[str, int]:
    with server.connect(NAME) as connection:
        rows = connection.execute("SELECT status, count(*) FROM version_items GROUP BY status").fetchall()
    return {str(status): int(count) for status, count in rows}
