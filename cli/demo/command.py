"""``motcua demo``: the whole product on embedded defaults, to look at, or walked once and checked (``--once``)."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

from adapters.embedded_redis import embedded_redis
from adapters.tied_child import tied
from cli.demo import doubles as other_systems
from cli.demo import lived_in, page_walk, reform_night, story, telling, welcome
from cli.demo.june import fill_june
from cli.demo.people import PASSWORD, STAFF, STORYTELLERS
from cli.demo.prepare import prepare
from cli.demo.processes import running
from cli.demo.samples import result_on_paper
from cli.demo.stopping import stop_at_signals
from cli.demo.trial_offices import TrialContent
from cli.demo.walk import Stage

PORT = 8000
_PLAIN = {"MOTCUA_LOG_LEVEL": "INFO", "MOTCUA_SECOND_FACTOR": "0"}
OF_JUNE = 2000
"""So many dossiers are open in June 2025, with ``--reform``."""


@dataclass(frozen=True, slots=True)
class Installation:
    """A running demonstration: its stage, and the environment of its processes."""

    stage: Stage
    environment: Mapping[str, str]


@click.command()
@click.option("--once", is_flag=True, help="Walk the main job in a fresh temporary folder, check it, and end.")
@click.option(
    "--port", type=click.IntRange(1, 65535), help=f"Port of the web process ({PORT}; with --once any free one)."
)
@click.option("--reform", is_flag=True, help="Play the night of 30 June 2025 instead: districts end, dossiers move.")
@click.option(
    "--dossiers",
    type=click.IntRange(0, 100_000),
    help=f"How many are made ({lived_in.DOSSIERS}; with --reform {OF_JUNE}).",
)
@click.option("--connected", is_flag=True, help="Beside doubles of all other systems: portal, bank, signing provider …")
def demo(once: bool, port: int | None, reform: bool, dossiers: int | None, connected: bool) -> None:
    """Show the main job on this machine: SQLite, a private Redis, real territory and procedures, sample people."""
    stop_at_signals()
    if reform:
        with tempfile.TemporaryDirectory(prefix="motcua-demo-") as folder:
            at = port or (_free_port() if once else PORT)
            _play_the_night(Path(folder), at, OF_JUNE if dossiers is None else dossiers, stay=not once)
        return
    if once:
        with tempfile.TemporaryDirectory(prefix="motcua-demo-") as folder:
            _walk_once(Path(folder), port or _free_port(), connected=connected)
        return
    data = Path(os.environ.get("MOTCUA_DATA", "var/demo")).absolute()
    _stay(data, port or PORT, lived_in.DOSSIERS if dossiers is None else dossiers, connected=connected)


def _walk_once(data: Path, port: int, *, connected: bool) -> None:
    started = time.monotonic()
    with _installation(data, port, told=True, connected=connected) as installation:
        walks = story.tell(installation.stage, result_on_paper())
        page_walk.PageWalk(installation.stage, result_on_paper()).go()
        telling.heading("Nhật ký (journal)")
        _run(installation.environment, "journal", "verify")
        telling.heading("Xong (done)")
        delivered = sum(len(installation.stage.notices(walk.code)) for walk in walks)
        seconds = time.monotonic() - started
        click.echo(f"  {len(walks)} hồ sơ, {delivered} thông báo đã gửi, nhật ký nguyên vẹn; {seconds:.0f} giây.")


def _play_the_night(data: Path, port: int, dossiers: int, *, stay: bool) -> None:
    started = time.monotonic()
    with _installation(data, port, told=True, begins=reform_night.MORNING_BEFORE) as installation:
        fill_june(installation.environment, dossiers)
        page = reform_night.play(installation.stage, data, partial(_run, installation.environment))
        telling.heading("Xong (done)")
        click.echo(f"  {time.monotonic() - started:.0f} giây. Kế hoạch trước → sau (before → after): {page.as_uri()}")
        if stay:
            click.launch(page.as_uri())
            _tell_who_is_who(installation.stage.base)
            _wait()


def _stay(data: Path, port: int, dossiers: int, *, connected: bool) -> None:
    lived_in.begin_anew_if_unfinished(data)
    with _installation(data, port, told=False, dossiers=dossiers, connected=connected) as installation:
        base = installation.stage.base
        welcome.tell_roles(base)
        welcome.tell_citizens(base, data / "links.json")
        _tell_who_is_who(base)
        welcome.tell_author(data, result_on_paper())
        _wait()


def _tell_who_is_who(base: str) -> None:
    click.echo(f"  API: {base}/docs   {base}/api/v1/openapi.json   {base}/healthz")
    click.echo(f"  Mật khẩu của mọi người (everybody's password): {PASSWORD}")
    for person in STAFF:
        places = ", ".join(f"{office} ({role})" for office, role in person.places) or "quản trị (admin)"
        click.echo(f"    {person.username:<20} {person.name:<40} {places}")


def _wait() -> None:
    click.echo("  Ctrl+C để dừng (to stop).")
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        click.echo("\n  Đang dừng (stopping) …")


@contextmanager
def _installation(
    data: Path,
    port: int,
    *,
    told: bool,
    begins: str = "2025-06-16T08:00:00+07:00",
    dossiers: int = 0,
    connected: bool = False,
) -> Iterator[Installation]:
    """Prepares the folder, starts all processes, and stops them at the end; ``told`` sets the clock to ``begins``.

    ``connected``: beside doubles of the other systems. Without ``told`` so many ``dossiers`` of the months before now
    are made in a fresh folder.
    """
    data.mkdir(parents=True, exist_ok=True)
    base, clock_file, notice_file = f"http://127.0.0.1:{port}", data / "clock", data / "notices.jsonl"
    others = other_systems.connected(data, base, lively=not told) if connected else nullcontext[Mapping[str, str]]({})
    with embedded_redis(data) as redis_url, others as connections:
        environment = {
            **connections,
            "MOTCUA_DATA": str(data),
            "DATABASE_URL": f"sqlite:///{data / 'motcua.sqlite'}",
            "REDIS_URL": redis_url,
            "MOTCUA_PUBLIC_URL": base,
            "MOTCUA_NOTICE_FILE": str(notice_file),
            **_PLAIN,
        }
        stage = Stage(base, clock_file, notice_file)
        if told:
            stage.set_time(begins)
            environment |= {"MOTCUA_TOLD_CLOCK": str(clock_file), "MOTCUA_RATE_LIMITS": "0"}
        click.echo("Chuẩn bị: cơ sở dữ liệu, địa giới, cơ quan, thủ tục … (preparing)")
        if told:
            prepare(environment, STORYTELLERS)
        else:
            lived_in.begin(data)
            if prepare(environment, content=TrialContent()):
                lived_in.live(environment, data, count=dossiers)
        with running(environment, data, port):
            yield Installation(stage, environment)


def _run(environment: Mapping[str, str], *arguments: str, codes: tuple[int, ...] = (0,)) -> None:
    """Runs a ``motcua`` command; ends the demonstration when its exit code is not in ``codes``. Raises SystemExit."""
    command = tied([sys.executable, "-m", "cli", *arguments])
    done = subprocess.run(command, env={**os.environ, **environment}, check=False)  # noqa: S603 — our own program
    if done.returncode not in codes:
        raise SystemExit(done.returncode)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
