"""Fixtures for every test: fresh databases of both kinds, a private Redis, and the settings of Hypothesis."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import authlib.deprecate  # noqa: F401 - here: its first import puts a filter of its own before those of setup.cfg
import hypothesis
import pytest
import redis

from adapters.embedded_redis import EmbeddedRedis
from tests import shared_run
from tests.compiled_once import compile_once
from tests.postgres_server import APPLICATION, OWNER, create_database, drop_database, postgres_url_of
from tests.quick_passwords import hash_quickly
from tests.redis_server import redis_server

if TYPE_CHECKING:
    from tests.doubles.process import Running
    from tests.installation.world import World

pytest.register_assert_rewrite("tests.installation.invariants")  # here: several folders import it

# Machines differ in speed, so no test may fail for slowness. The default repeats the same examples on the same code;
# `--hypothesis-profile=explore` looks for new ones.
hypothesis.settings.register_profile("default", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=2000, print_blob=True)
hypothesis.settings.load_profile("default")

_COUNTED = ("tests/unit/", "tests/integration/")
"""Coverage is counted here alone, and not a second time for a test that runs on both kinds of database: counting
doubles the time of a test. Every line of ``engine`` is to be reached by a test of its own, not only by a request or a
page that comes by."""
_OFTEN = (
    "tests/integration/test_competence_shipped.py",
    "tests/integration/test_model_of_procedures.py",
    "tests/integration/test_reform_random.py",
    "tests/integration/test_simulated_journal.py",
    "tests/integration/test_territory_files.py",
    "tests/integration/test_workflow_fuzz.py",
    "tests/integration/test_workflow_mutations.py",
    "tests/unit/test_deadlines_naive.py",
    "tests/unit/test_journal_tampering.py",
)
"""They go the same ways hundreds of times."""
_READ_ONLY = tuple(
    f"tests/unit/test_{name}.py" for name in ("docs", "library_insides", "mutants", "project_rules", "typed_values")
)
"""They read sources, and call nothing of ``engine``."""

_names = count(1)
_began_here = pytest.StashKey[bool]()


def pytest_configure(config: pytest.Config) -> None:
    compile_once()
    hash_quickly()
    if not shared_run.has_begun():
        shared_run.begin()
        config.stash[_began_here] = True


def pytest_unconfigure(config: pytest.Config) -> None:
    if config.stash.get(_began_here, False):
        shared_run.end()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        counted = item.nodeid.startswith(_COUNTED) and not item.nodeid.startswith((*_OFTEN, *_READ_ONLY))
        if not counted or (item.get_closest_marker("postgresql") and hasattr(item, "callspec")):
            item.add_marker("no_cover")


def pytest_collection_finish() -> None:
    """Modules and collected tests live as long as the process. Garbage is looked for among the rest, and seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 10)


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    """A SQLite file that does not exist yet: for tests of the migrations themselves."""
    return f"sqlite:///{tmp_path / 'empty.sqlite'}"


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A fresh, migrated SQLite database in a file."""
    path = tmp_path / "motcua.sqlite"
    shutil.copyfile(shared_run.sqlite_template(), path)
    return f"sqlite:///{path}"


@pytest.fixture
def empty_postgres_url(worker_id: str) -> Iterator[str]:
    """An empty PostgreSQL database, as its owner: for tests of the migrations themselves."""
    sockets = shared_run.postgres_sockets()
    name = f"empty_{worker_id}_{next(_names)}"
    create_database(sockets, name)
    yield postgres_url_of(sockets, name, OWNER)
    drop_database(sockets, name)


@pytest.fixture
def _postgres_database(worker_id: str) -> Iterator[tuple[Path, str]]:
    sockets = shared_run.postgres_sockets()
    name = f"test_{worker_id}_{next(_names)}"
    create_database(sockets, name, shared_run.postgres_template())
    yield sockets, name
    drop_database(sockets, name)


@pytest.fixture
def postgres_url(_postgres_database: tuple[Path, str]) -> str:
    """A fresh, migrated PostgreSQL database, as the application's role, which may not alter tables."""
    return postgres_url_of(*_postgres_database, APPLICATION)


@pytest.fixture
def postgres_owner_url(_postgres_database: tuple[Path, str]) -> str:
    """The database of ``postgres_url`` as the owner of its tables."""
    return postgres_url_of(*_postgres_database, OWNER)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh, migrated database: the test runs once on each kind."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty_database_url(request: pytest.FixtureRequest) -> str:
    """A database without tables, as its owner: the test runs once on each kind."""
    return str(request.getfixturevalue("empty_sqlite_url" if request.param == "sqlite" else "empty_postgres_url"))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A published installation to act in (tests/installation/world.py): the test runs once on each kind of database."""
    from tests.installation.world import open_world  # only where it is asked for: unit tests need no database

    with open_world(request.param, tmp_path) as made:
        yield made


@pytest.fixture(scope="session")
def portal_double(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The double of the national portal, one a process of the run; ``connected_anew`` makes it forget."""
    from tests.doubles.process import running

    with running("tests.doubles.portal", tmp_path_factory.mktemp("portal")) as double:
        yield double


@pytest.fixture(scope="session")
def _redis_of_this_worker() -> Iterator[EmbeddedRedis]:
    with redis_server() as server:
        yield server


@pytest.fixture
def redis_url(_redis_of_this_worker: EmbeddedRedis) -> str:
    """``unix://…`` of a private, empty Redis server."""
    with redis.Redis.from_url(_redis_of_this_worker.url) as client:
        client.flushall()
    return _redis_of_this_worker.url
