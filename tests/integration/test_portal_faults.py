"""Some hundred dossiers told by two workers while the portal fails in every way, and one worker is killed."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from sqlalchemy import select

from engine.acts.file_dossier import file_dossier
from engine.acts.perform_action import perform_action
from engine.acts.portal.again import retry_portal
from engine.acts.portal.tell import Line, tell_portal
from engine.store.portal import portal_tellings
from tests.doubles.process import free_port, running
from tests.installation.portal import Connected, portal_environment
from tests.installation.world import World

FAULTS = {"error": 0.08, "lost_answer": 0.08, "refuse": 0.03, "twice": 0.08, "slow": 0.05, "down": 0.05, "clock": 0.05}
DOSSIERS = 60
_WORKER = """
import sys
from cli.compose import compose, compose_portal
from engine.settings import settings_from
from engine.acts.portal.tell import Line, tell_portal
import os
settings = settings_from(os.environ)
runtime, portal = compose(settings), compose_portal(settings)
sys.stdout.write("up\\n"); sys.stdout.flush()
while True:
    tell_portal(runtime, portal, 40, line=Line())
"""


def test_nothing_is_lost_doubled_or_out_of_order(world: World, tmp_path: Path) -> None:
    with running("tests.doubles.portal", tmp_path / "portal", free_port()) as double:
        linked = Connected(world, double)
        codes = [world.try_act("counter", file_dossier, world.filing()).case.code for _ in range(DOSSIERS)]
        linked.faults(seed=7, seconds=0.02, **FAULTS)
        acting = threading.Thread(target=_act, args=(world, codes))
        acting.start()
        while acting.is_alive():
            tell_portal(world.runtime, linked.portal, 40, line=Line())
        _until_told(linked)
        counts = linked.counts()
        with world.reading() as connection:
            rows = connection.execute(select(portal_tellings)).all()
        assert {row.status for row in rows} == {"sent"} and len(rows) == counts["keys"]
        assert (counts["records"], counts["steps"]) == (DOSSIERS, sum(row.kind == "progress" for row in rows))
        assert counts.get("out_of_order", 0) == counts.get("unknown", 0) == 0 and counts["duplicates"] > 0
        linked.faults()
        assert linked.compare().differing == 0


def test_a_worker_that_is_killed_loses_nothing(world: World, tmp_path: Path) -> None:
    with running("tests.doubles.portal", tmp_path / "portal") as double:
        linked = Connected(world, double)
        for _ in range(DOSSIERS):
            world.try_act("counter", file_dossier, world.filing())
        linked.faults(slow=1.0, seconds=0.05)
        settings = world.runtime.settings
        environment = os.environ | portal_environment(double.address) | {
            "DATABASE_URL": settings.database_url,
            "MOTCUA_DATA": str(tmp_path / "data-of-the-worker"),
            "MOTCUA_SECRET_KEYS": settings.secret_keys[0],
            "REDIS_URL": settings.redis_url,
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }  # fmt: skip
        worker = subprocess.Popen([sys.executable, "-c", _WORKER], env=environment, stdout=subprocess.PIPE)
        assert worker.stdout is not None and worker.stdout.readline() == b"up\n"
        while linked.counts()["keys"] < 20:
            time.sleep(0.02)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        worker.stdout.close()
        linked.faults()
        world.now = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)  # the leases of the dead one have run out
        linked.tell()
        counts = linked.counts()
        assert (counts["records"], counts["keys"], counts["steps"]) == (DOSSIERS, 2 * DOSSIERS, DOSSIERS)
        assert counts.get("out_of_order", 0) == 0


def _act(world: World, codes: list[str]) -> None:
    for who, action in (("counter", "receive"), ("counter", "forward")):
        for code in codes:
            world.try_act(who, perform_action, code, action)


def _until_told(linked: Connected) -> None:
    """An hour passes between rounds, and an operator sends what the portal refused again."""
    for _ in range(200):
        linked.world.now += dt.timedelta(hours=1)
        linked.world.try_act("system", retry_portal, "thử lại")
        if not tell_portal(linked.world.runtime, linked.portal, line=Line()).taken:
            return
    raise AssertionError("it is never told")
