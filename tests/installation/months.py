"""What tests of months share: an upgraded, whole database; people who act in threads meanwhile; what must then hold."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Engine, func, select, text

from engine.acts.file_dossier import file_dossier
from engine.acts.perform_action import perform_action
from engine.journal.check import Tally, check_journal
from engine.journal.check_reads import ReadTally, check_reads
from engine.store.dividing import owners_engine
from engine.store.dossiers import dossiers
from engine.store.journal import journal
from engine.store.migrate import downgrade, upgrade
from tests.installation.world import World
from tests.postgres_server import OWNER

BEFORE = "0043"
WAY = (("counter", "receive"), ("counter", "forward"))


def owner_of(world: World) -> Engine:
    return owners_engine(owner_url(world))


def owner_url(world: World) -> str:
    return world.database.url.set(username=OWNER).render_as_string(hide_password=False)


def as_upgraded(world: World) -> None:
    """Brings the world to what an upgrade from before the months leaves of a database with rows: whole tables."""
    world.database.dispose()
    downgrade(owner_url(world), BEFORE)
    upgrade(owner_url(world))


@dataclass(slots=True)
class Done:
    """What people did: acts that were answered, and errors of any kind."""

    codes: list[str] = field(default_factory=list)
    acts: int = 0
    errors: list[BaseException] = field(default_factory=list)


@contextmanager
def people_acting(world: World, threads: int = 3) -> Iterator[Done]:
    """Clerks who file dossiers and take them on, from before until after what happens within."""
    done, stop, begun = Done(), threading.Event(), threading.Semaphore(0)

    def work() -> None:
        try:
            while not stop.is_set():
                code = world.try_act("counter", file_dossier, world.filing()).case.code
                done.codes.append(code)
                for who, action in WAY:
                    world.try_act(who, perform_action, code, action)
                done.acts += 1 + len(WAY)
                begun.release()
        except BaseException as error:  # told by the test's own thread
            done.errors.append(error)
            begun.release()

    clerks = [threading.Thread(target=work) for _ in range(threads)]
    for one in clerks:
        one.start()
    for _ in clerks:
        begun.acquire()
    try:
        yield done
        for _ in clerks:
            begun.acquire()
    finally:
        stop.set()
        for one in clerks:
            one.join()


def nothing_lost(world: World, done: Done, before: int = 0) -> None:
    """Every answered act is in the journal once, and the journal holds; ``before`` counts the entries from earlier."""
    assert done.errors == []
    with world.reading() as connection:
        assert connection.execute(select(func.count()).select_from(journal)).scalar_one() == done.acts + before
        versions = connection.execute(select(func.sum(dossiers.c.version))).scalar_one()
        twice = connection.execute(text("SELECT key FROM outbox GROUP BY key HAVING count(*) > 1")).all()
    assert (versions, twice) == (done.acts + before, [])
    sound(world)


def sound(world: World) -> None:
    assert list(check_journal(world.database, Tally())) == []
    assert list(check_reads(world.database, ReadTally())) == []


def asked(world: World, question: str) -> list[tuple[object, ...]]:
    """The rows of a question that the owner asks."""
    with owner_of(world).connect() as connection:
        return [tuple(row) for row in connection.execute(text(question))]


Change = Callable[[], object]
