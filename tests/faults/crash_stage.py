"""Where acts are killed statement by statement: a published country, the interface over it, and a way to die.

``Stage.kill_everywhere`` does one act in forks that are killed at statement 1, 2, … until one survives. After each
death either nothing at all is in the database, or everything is; and doing it again brings it about once.
"""

from __future__ import annotations

import datetime as dt
import gc
import hashlib
import itertools
import math
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import orjson
from flask import Flask
from sqlalchemy import Table, func, select, text

import engine.catalogue
from cli.compose import read_ahead
from engine.acts.publish import publish_release
from engine.rules.procedure.definition import Action, Branch, Effective
from engine.rules.procedure.permissions import SYSTEM_ACTOR, Actor
from engine.store.tables import metadata
from engine.store.units import catalogue_versions
from engine.transaction import UnitOfWork, in_transaction
from tests import shared_run
from tests.faults.deaths import Attempt, attempt
from tests.faults.wire import Wire
from tests.installation.application import application
from tests.installation.releases import text as words
from tests.installation.short_releases import residence
from tests.installation.world import World, open_world
from tests.postgres_server import APPLICATION, create_database, drop_database, postgres_url_of

API = "/api/v1"
_NUMBERS = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Deed:
    """An act about to be done. ``run`` does it, the same each time it is called; ``count`` says how often it has
    happened (0 now)."""

    run: Callable[[], Any]
    count: Callable[[], int]


@dataclass(frozen=True, slots=True)
class Story:
    """How to come to a deed, and which acts must be seen at work in it (``module.function``, within ``engine.acts``).
    ``again``: why doing it twice does more than once and harms nobody; without it nothing more may change."""

    acts: Collection[str]
    prepare: Callable[[Stage], Deed]
    again: str = ""


@dataclass(frozen=True, slots=True)
class Errand:
    """What takes several transactions. ``resume`` takes it up again after a death; ``whole`` fails where it was not
    brought to its end, or something of it happened twice."""

    run: Callable[[], Any]
    resume: Callable[[], Any]
    whole: Callable[[], None]


@dataclass(slots=True)
class Stage:
    """One database and two ways to it: ``world`` for looking on, ``doomed`` for those who die."""

    world: World
    doomed: World
    app: Flask
    folder: Path
    wire: Wire | None
    name: str

    def warm_up(self, act: Callable[[World], Any]) -> None:
        """A fork inherits what was read and compiled: it shall die in its act, not in getting ready for it."""
        read_ahead(self.doomed.runtime)
        act(self.doomed)
        assert self.request("counter", "GET", "/dossiers")()["status"] == 200
        gc.collect()
        gc.freeze()  # a fork copies what it touches

    def at(self, local: str) -> None:
        """Sets both clocks (local civil time)."""
        self.world.at(local)
        self.doomed.at(local)

    def request(
        self, who: str | None, method: str, path: str, body: Any = None, version: int | None = None, **form: Any
    ) -> Callable[[], dict[str, Any]]:
        """A request with a key of its own, to be sent as often as wanted; ``who`` None for nobody."""
        headers = {
            "Idempotency-Key": f"key-{hashlib.sha256(repr((who, method, path, body, form)).encode()).hexdigest()}"
        }
        if who is not None:
            headers["Authorization"] = f"Bearer {self.token(who)}"
        if version is not None:
            headers["If-Match"] = f'"{version}"'

        def send() -> dict[str, Any]:
            sent: dict[str, Any] = {"data": {k: v() if callable(v) else v for k, v in form.items()}} if form else {}
            if body is not None:
                sent = {"data": orjson.dumps(body), "content_type": "application/json"}
            answer = self.app.test_client().open(API + path, method=method, headers=headers, **sent)
            replayed = answer.headers.get("Idempotency-Replayed") == "true"
            return {"status": answer.status_code, "body": answer.data, "replayed": replayed}

        return send

    def direct(
        self,
        act: Callable[..., Any],
        *arguments: Any,
        who: Actor = SYSTEM_ACTOR,
        now: dt.datetime | None = None,
        **named: Any,
    ) -> Callable[[], Any]:
        """An act that has no address, in its transaction; its answer stays in the fork."""

        def run() -> None:
            in_transaction(self.doomed.runtime, who, lambda unit: act(unit, *arguments, **named), now=now)

        return run

    def token(self, who: str) -> str:
        return self.world.token_of(who)

    def entries(self, code: str, act: str) -> Callable[[], int]:
        """How many entries of this kind the dossier's journal has more than now."""
        before = [one["act"] for one in self.world.entries(code)].count(act)
        return lambda: [one["act"] for one in self.world.entries(code)].count(act) - before

    def rows(self, table: Table, **where: Any) -> Callable[[], int]:
        """How many rows there are, with these values, more than now."""
        before = self.number(table, **where)
        return lambda: self.number(table, **where) - before

    def number(self, table: Table, **where: Any) -> int:
        """How many rows there are with these values."""
        statement = select(func.count()).select_from(table).where(*(table.c[key] == where[key] for key in where))
        with self.world.reading() as connection:
            return int(connection.execute(statement).scalar_one())

    def version(self, name: str) -> Callable[[], int]:
        """How often this part of what is published was changed since now."""
        wanted = select(catalogue_versions.c.number).where(catalogue_versions.c.name == name)

        def count() -> int:
            with self.world.reading() as connection:
                return int(connection.execute(wanted).scalar() or 0)

        before = count()
        return lambda: count() - before

    def kill_everywhere(self, story: Story) -> int:
        """For an act of one transaction. Returns how many deaths there were.

        On a slow machine an act may ask once more in one try and not in the next, which then comes to its end before
        anybody died at its commit: the story is told again from its beginning.
        """
        deaths = next(filter(None, (self._kill_everywhere(story) for _ in range(3))), 0)
        assert deaths, "it never committed anything"
        return deaths

    def _kill_everywhere(self, story: Story) -> int:
        deed = story.prepare(self)
        start, settled, deaths = self.digest(), "", 0
        assert deed.count() == 0
        for number in itertools.count(1):
            one = self._attempt(deed.run, number, anew=number == 1 or bool(settled))
            if one.died is None:
                break
            deaths += 1
            if one.commits and not settled:
                assert self.digest() == start, f"killed before one of {number} statements, and something is left"
                settled = self._die_after_commit(story, deed, number, start)
                deaths += 1
        if not settled:
            return 0
        self._done_again(story, deed, one, settled)
        return deaths

    def kill_between(self, acts: Collection[str], errand: Errand) -> int:
        """For what takes several transactions, each time from the same beginning: after each death what holds always
        still holds, and taking it up again completes it. What was left behind before is not looked at twice."""
        deaths, seen = 0, set[str]()
        with self._kept() as restore:
            start = self._trace()
            met = {start}
            for number in itertools.count(1):
                one = self._attempt(errand.run, number)
                if one.died is None:
                    break
                for after in (False, True) if one.commits else (False,):
                    if after:
                        seen |= set(self._attempt(errand.run, number, after=True).called)
                    deaths += 1
                    left = self._trace()
                    if left not in met:
                        self._take_up(errand)
                    met.add(left)
                    if left != start:
                        restore()
            errand.whole()
        assert len(met) > 1, "no death left anything behind"
        assert set(acts) <= seen, f"seen at work: {sorted(seen)}"
        return deaths

    def digest(self) -> str:
        """A fingerprint of every row of every table."""
        with self.world.reading() as connection:
            if connection.dialect.name == "postgresql":
                return str(connection.execute(text(_FINGERPRINTS)).scalar_one())
            content = hashlib.sha256()
            for table in metadata.sorted_tables:
                rows = connection.exec_driver_sql(f'SELECT * FROM "{table.name}"')
                content.update(repr([tuple(row) for row in rows]).encode())  # the ``repr`` of a row cuts long values
            return content.hexdigest()

    def _take_up(self, errand: Errand) -> None:
        self.world.check()
        resumed = self._attempt(errand.resume, 0)
        assert resumed.died is None and resumed.refused is None
        errand.whole()

    def _trace(self) -> tuple[str, tuple[str, ...]]:
        """What is in the database, and which files there are."""
        files = (path for path in self.folder.rglob("*") if path.is_file() and not path.name.startswith("world."))
        return self.digest(), tuple(sorted(f"{path}:{path.stat().st_size}" for path in files))

    def _attempt(self, run: Callable[[], Any], number: int, *, after: bool = False, anew: bool = True) -> Attempt:
        """``anew``: asks first what is published. It needs a connection, which takes as long as the fork; where nothing
        was committed since the last time, there is nothing to learn."""
        if anew:
            self.doomed.runtime.catalogue.refresh()
        self._let_go()
        with patch.object(
            engine.catalogue, "LOOK_EVERY", math.inf
        ):  # else slow times have more statements than quick ones
            return attempt(run, at=number, after=after, wire=self.wire, look=after)

    def _die_after_commit(self, story: Story, deed: Deed, number: int, start: str) -> str:
        """Everything is there when the commit was done, though nobody was told. A batch asks once more now and then
        (whether something was published since), so its commit may come a statement later than the time before."""
        one = self._attempt(deed.run, number, after=True)
        for later in (number + 1, number + 2):
            if one.died is None or one.commits:
                break
            assert self.digest() == start, f"killed at statement {later - 1}, and something is left"
            one = self._attempt(deed.run, later, after=True)
        assert one.died is not None and one.commits
        assert set(story.acts) <= set(one.called), f"seen at work: {sorted(one.called)}"
        settled = self.digest()
        assert settled != start and deed.count() == 1
        self.world.check()
        return settled

    def _done_again(self, story: Story, deed: Deed, one: Attempt, settled: str) -> None:
        """What came of the one that survived: the same request as all before it, of which one was carried out."""
        if story.again:
            assert one.refused is None and deed.count() >= 1
            self.world.check()
        else:
            assert self.digest() == settled, "doing it again did something"
            assert deed.count() == 1
        if isinstance(one.answer, dict) and "status" in one.answer:
            assert 200 <= one.answer["status"] < 300, one.answer
            assert one.answer["replayed"] or story.again, one.answer

    def _let_go(self) -> None:
        """No connection crosses the fork."""
        self.world.database.dispose()
        self.doomed.database.dispose()

    @contextmanager
    def _kept(self) -> Iterator[Callable[[], None]]:
        """Remembers everything; what it gives brings it back."""
        self._let_go()
        folder, kept = self.folder, self.folder.with_name(self.folder.name + "-kept")
        sockets = None if self.wire is None else shared_run.postgres_sockets()
        shutil.copytree(folder, kept)
        if sockets:
            create_database(sockets, f"{self.name}_kept", self.name)

        def restore() -> None:
            self._let_go()
            shutil.rmtree(folder)
            shutil.copytree(kept, folder)
            if sockets:
                drop_database(sockets, self.name)
                create_database(sockets, self.name, f"{self.name}_kept")

        try:
            yield restore
        finally:
            if sockets:
                drop_database(sockets, f"{self.name}_kept")
            shutil.rmtree(kept)


@contextmanager
def open_stage(
    kind: str,
    name: str,
    prepare: Callable[[World], Any] = lambda _: None,
    warm: Callable[[World], Any] = lambda world: world.land_at("signing"),
) -> Iterator[Stage]:
    """A stage on ``sqlite`` or ``postgresql``; ``name`` is its database's. ``warm``: what is done once on the way of
    those who will die."""
    with ExitStack() as stack:
        name = f"{name}_{next(_NUMBERS)}"
        memory = Path("/dev/shm")  # noqa: S108 - a killed process loses nothing that lies there, and it costs no disk
        where = memory if memory.is_dir() else None
        base = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="motcua-", dir=where)))
        folder = base / "stage"
        folder.mkdir()
        world, wire = stack.enter_context(open_world(kind, folder, name)), None
        url = str(world.database.url)
        if kind != "sqlite":
            wire = stack.enter_context(Wire(base, shared_run.postgres_sockets() / ".s.PGSQL.5432"))
            url = postgres_url_of(base, name, APPLICATION)
        prepare(world)
        doomed = World(url, folder)
        doomed.now = world.now
        stack.callback(doomed.database.dispose)
        stage = Stage(world, doomed, application(doomed.runtime, render_form=None), folder, wire, name)
        stage.warm_up(warm)
        yield stage


def publish_more(world: World) -> None:
    """Residence with an action that stops the dossier, so that every effect can be had."""
    base = residence()
    stop = Action(words("Dừng", "Stop"), ("working",), (Branch("returned"),), ("specialist",), "stop")

    def publish(unit: UnitOfWork) -> None:
        since = Effective(dt.date(2026, 1, 1))
        publish_release(unit, residence(version=2, effective=since, actions={**base.actions, "stop": stop}))

    world.try_act("system", publish)


_FINGERPRINT = "SELECT '{0}' || coalesce(md5(string_agg(t::text, ',' ORDER BY t::text)), '') AS f FROM {0} t"
_FINGERPRINTS = "SELECT md5(string_agg(f, ',' ORDER BY f)) FROM ({}) AS all_tables".format(
    " UNION ALL ".join(_FINGERPRINT.format(table.name) for table in metadata.sorted_tables)
)
