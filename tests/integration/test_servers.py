"""The servers that the tests and the embedded default start themselves."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import psycopg
import pytest
import redis

from adapters.embedded_redis import EmbeddedRedis, RedisUnavailable, embedded_redis
from tests.postgres_server import OWNER, PostgresServer, create_database
from tests.redis_server import redis_server


def test_redis_keeps_what_was_written_over_a_kill_and_a_restart(tmp_path: Path) -> None:
    with embedded_redis(tmp_path / "redis") as url, redis.Redis.from_url(url) as client:
        client.set("bell", "rung")
    server = EmbeddedRedis(tmp_path / "redis")
    with server, redis.Redis.from_url(server.url) as client:
        assert client.get("bell") == b"rung"
        client.config_set("appendfsync", "always")
        client.set("bell", "rung twice")
        server.kill()
        server.start()
        assert client.get("bell") == b"rung twice"


def test_redis_ends_with_its_block_and_listens_on_no_port(tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path) as server, redis.Redis.from_url(server.url) as client:
        pid = server.pid
        assert client.config_get("port")["port"] == "0"
        assert client.config_get("maxmemory-policy")["maxmemory-policy"] == "noeviction"
        assert (tmp_path / "redis.sock").stat().st_mode & 0o077 == 0
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_redis_works_below_a_folder_whose_name_is_too_long_for_a_socket(tmp_path: Path) -> None:
    folder = tmp_path / ("long-" * 20) / ("longer-" * 15)
    with EmbeddedRedis(folder) as server, redis.Redis.from_url(server.url) as client:
        assert client.ping()
        socket_folder = Path(server.url.removeprefix("unix://")).parent
        server.kill()
        server.start()
        assert client.ping()  # at the address of before
    assert not socket_folder.exists()


def test_a_second_redis_over_the_same_folder_is_refused(tmp_path: Path) -> None:
    with embedded_redis(tmp_path), pytest.raises(RedisUnavailable, match="another process"):
        EmbeddedRedis(tmp_path).start()


def test_a_redis_that_cannot_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "bin" / "redis-server"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\necho no memory left; exit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{broken.parent}:{os.environ['PATH']}")
    with pytest.raises(RedisUnavailable, match="no memory left"):
        EmbeddedRedis(tmp_path / "data").start()
    assert not list((tmp_path / "data").glob("*.sock"))


def test_each_test_gets_an_empty_redis(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("left", "behind")


def test_the_redis_of_a_test_may_be_killed() -> None:
    with redis_server() as server:
        server.kill()
        server.start()
        with redis.Redis.from_url(server.url) as client:
            assert client.ping()


@pytest.mark.postgresql
def test_an_empty_postgres_lets_the_owner_make_what_the_application_may_only_use(empty_postgres_url: str) -> None:
    plain = empty_postgres_url.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(plain) as owner:
        owner.execute("CREATE TABLE entries (id int)")
        owner.execute("CREATE EXTENSION unaccent")
    with psycopg.connect(plain.replace(OWNER, "motcua_app"), autocommit=True) as application:
        application.execute("INSERT INTO entries VALUES (1)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            application.execute("DROP TABLE entries")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            application.execute("CREATE TABLE others (id int)")


@pytest.mark.postgresql
def test_a_durable_postgres_loses_nothing_in_a_crash() -> None:
    with PostgresServer(durable=True) as server:
        create_database(server.socket_folder, "durable")
        with server.connect("durable") as connection:
            assert connection.execute("SHOW fsync").fetchone() == ("on",)
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        server.crash()
        server.start()
        with server.connect("durable") as connection:
            assert connection.execute("SELECT number FROM kept").fetchone() == (7,)
        pid, folder = server.pid, server.folder
    assert not folder.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, signal.SIG_DFL)
