"""Applying a reform is killed again and again, in its own process: nothing is lost, doubled, or told twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import func, select

from engine.acts.file_dossier import Filing, file_dossier
from engine.acts.reform.load import load_plan
from engine.reform.document import read_plan
from engine.reform.planning import make_plan
from engine.store.dossiers import dossiers
from engine.store.outbox import outbox
from engine.store.plans import counts_by_status
from tests.installation.june import JULY, PERMIT, SAI_GON, prepare_june, reform_of
from tests.installation.runtime import KEY
from tests.installation.world import APPLICANT, World

DOSSIERS = 80
MOST_STARTS = 12


def test_a_killed_run_is_taken_up_where_it_was(world: World, tmp_path: Path) -> None:
    prepare_june(world)
    filing = Filing(
        procedure=PERMIT,
        applicant=APPLICANT | {"commune": SAI_GON},
        intake_office="MC-26740-C",
        fields={"land.commune": SAI_GON},
        receive=True,
    )
    for _ in range(DOSSIERS):
        world.try_act("old_counter", file_dossier, filing)
    path = tmp_path / "plan.json"
    make_plan(world.runtime, reform_of(world), path)
    world.at(JULY)
    reform_id = load_plan(world.runtime, read_plan(path))
    kills, exits = 0, []
    for _ in range(MOST_STARTS):
        before = _done(world, reform_id)
        process = _start(world, path, tmp_path)
        # The first runs are killed once they have moved something; the last one may finish.
        while process.poll() is None and kills < 2:
            if _done(world, reform_id) > before:
                os.kill(process.pid, signal.SIGKILL)
                kills += 1
                break
            time.sleep(0.002)
        exits.append(process.wait())
        if exits[-1] == 0:
            break
    assert kills >= 1
    assert exits[-1] == 0 and set(exits[:-1]) <= {-signal.SIGKILL, 0}
    with world.reading() as connection:
        assert counts_by_status(connection, reform_id) == {"done": DOSSIERS}
        assert connection.execute(select(dossiers.c.handler_office).distinct()).scalars().all() == ["UB-26740"]
        assert connection.execute(select(dossiers.c.version).distinct()).scalars().all() == [3]
        told = select(func.count()).select_from(outbox).where(outbox.c.template == "chuyen-co-quan")
        assert connection.execute(told).scalar_one() == 2 * DOSSIERS
    world.check()


def _done(world: World, reform_id: int) -> int:
    with world.reading() as connection:
        return counts_by_status(connection, reform_id).get("done", 0)


def _start(world: World, path: Path, folder: Path) -> subprocess.Popen[bytes]:
    clock = folder / "clock"
    clock.write_text(world.now.isoformat())
    environment = os.environ | {
        "MOTCUA_DATA": str(folder),
        "DATABASE_URL": world.database.url.render_as_string(hide_password=False),
        "REDIS_URL": f"unix://{folder / 'nobody.sock'}",
        "MOTCUA_SECRET_KEYS": KEY,
        "MOTCUA_TOLD_CLOCK": str(clock),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "cli", "reform", "apply", str(path)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
