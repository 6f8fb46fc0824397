"""A notice that kills its senders, a database that is away, a disk that is full: short versions of ``bin/faults``."""

from __future__ import annotations

import datetime as dt
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import event, select

from cli.shipped import Shipped
from cli.worker import ALIVE_FOR, LOOK_EVERY
from engine.acts.notices.deliver import DEADLY, LEASE, deliver_notices
from engine.acts.publish import publish_template
from engine.ports import Message
from engine.store.migrate import upgrade
from engine.store.outbox import outbox
from tests.installation.runtime import runtime_over
from tests.installation.served import ServedInstallation, open_installation, served_copy
from tests.installation.trial_content import filing, fill
from tests.installation.world import World
from tests.postgres_server import OWNER, PostgresServer, create_database

DOSSIERS = 20


@pytest.fixture(autouse=True)
def _no_tracebacks_drawn() -> Iterator[None]:
    """Drawing one for people, with all its variables, takes seconds; every 503 has one."""
    with structlog.testing.capture_logs():
        yield


class Deadly:
    """A notifier that keeps the keys it is given in a file, and ends its process at one of them."""

    def __init__(self, path: Path, poison: str) -> None:
        self._path, self._poison = path, poison

    def send(self, message: Message) -> str:
        if message.key == self._poison:
            os.kill(os.getpid(), signal.SIGKILL)
        with self._path.open("ab") as file:
            file.write(message.key.encode() + b"\n")
        return ""


def test_a_notice_that_kills_its_senders_is_parked_and_holds_up_no_other(world: World, tmp_path: Path) -> None:
    for key, document in Shipped().templates.items():
        world.try_act("system", publish_template, key, document)
    for _ in range(DOSSIERS):
        world.land_at("accepted")
    keys = [row.key for row in _notices(world)]
    assert len(keys) == DOSSIERS
    kept, killed = tmp_path / "kept", 0
    while any(row.status == "waiting" for row in _notices(world)):
        killed += _died(world, Deadly(kept, keys[0]))
        world.now += LEASE + dt.timedelta(seconds=1)
        assert killed <= DEADLY, "it goes on for ever"
    parked = [row for row in _notices(world) if row.status == "parked"]
    assert [row.key for row in parked] == keys[:1] and "ended while sending it" in parked[0].error
    assert killed == DEADLY
    assert set(kept.read_text().split()) >= set(keys[1:])


def test_by_its_settings_an_orphaned_job_is_found_within_fifteen_seconds() -> None:
    """How long it takes in truth ``bin/faults`` measures; a test must not depend on the speed of a machine."""
    assert ALIVE_FOR + LOOK_EVERY <= 15
    assert LEASE.total_seconds() < ALIVE_FOR, "the job would find its notices still leased"


def _notices(world: World) -> list[Any]:
    with world.reading() as connection:
        return list(connection.execute(select(outbox).where(outbox.c.channel == "sms").order_by(outbox.c.id)).all())


def _died(world: World, notifier: Deadly) -> bool:
    """Whether a process that delivers what is due came to a sudden end."""
    world.database.dispose()
    child = os.fork()
    if child == 0:
        try:
            deliver_notices(world.runtime, notifier)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


@pytest.fixture
def installation_on_its_own_server(tmp_path: Path) -> Iterator[tuple[ServedInstallation, PostgresServer]]:
    with PostgresServer(durable=True) as server:
        create_database(server.socket_folder, "installation")
        upgrade(server.url("installation", OWNER))
        fill(runtime_over(server.url("installation"), tmp_path))
        installation = open_installation(server.url("installation"), tmp_path)
        yield installation, server
        installation.close()


@pytest.mark.postgresql
def test_while_the_database_is_away_nothing_is_done_and_everybody_is_told(
    installation_on_its_own_server: tuple[ServedInstallation, PostgresServer],
) -> None:
    installation, server = installation_on_its_own_server
    counter = installation.person("counter")
    code = installation.filed()["code"]
    version = installation.version_of(code)

    def forward() -> Any:
        path = f"/api/v1/dossiers/{code}/actions"
        return counter.post(path, {"action": "forward"}, version=version, key="the-same")

    for end in (server.crash, server.kill):
        end()
        refused = forward()
        assert (refused.status_code, refused.json["code"]) == (503, "unavailable")
        assert refused.headers["Retry-After"]
        assert installation.anyone().get("/readyz").status_code == 503
        assert installation.anyone().get("/healthz").status_code == 200
        _start_again(server)
        assert _version(installation, code) == version
    done = forward()
    assert (done.status_code, done.json["version"]) == (200, version + 1)
    assert forward().headers["Idempotency-Replayed"] == "true"
    assert installation.version_of(code) == version + 1


def _version(installation: ServedInstallation, code: str) -> int:
    """The dossier's version, as soon as it is told: a connection of before the restart costs one more 503."""
    while (answer := installation.person("counter").get(f"/api/v1/dossiers/{code}")).status_code == 503:
        pass
    assert answer.status_code == 200, answer.text
    return int(answer.json["version"])


def _start_again(server: PostgresServer) -> None:
    """A postmaster that was killed leaves others behind for a moment."""
    while not server.alive:
        try:
            server.start()
        except RuntimeError as error:
            assert "shared memory" in str(error) or "lock file" in str(error)


def test_when_the_disk_is_full_nothing_is_half_done_and_it_goes_on_when_there_is_room(tmp_path: Path) -> None:
    installation = served_copy(tmp_path)
    counter, bound = installation.person("counter"), [True]

    def leave_no_room(connection: Any, _record: Any, _proxy: Any) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0] if bound[0] else 2**30
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(installation.runtime.database, "checkout", leave_no_room)
    answers = [counter.post("/api/v1/dossiers", filing(), key=f"filing-{number}") for number in range(40)]
    statuses = [answer.status_code for answer in answers]
    assert set(statuses) == {201, 503}, "the first may still have found room in a page"
    bound[0] = False
    again = [counter.post("/api/v1/dossiers", filing(), key=f"filing-{number}") for number in range(40)]
    assert [answer.status_code for answer in again] == [201] * 40
    assert [answer.headers.get("Idempotency-Replayed") == "true" for answer in again] == [
        status == 201 for status in statuses
    ]
    codes = sorted(answer.json["code"] for answer in again)
    assert [int(code.rsplit("-", 1)[1]) for code in codes] == list(range(1, 41)), "no code is lost or given twice"
    installation.close()
