"""Files of the installation are its own: other users of the machine read none, also none of an earlier version."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
import redis
from sqlalchemy import text

from adapters.embedded_redis import EmbeddedRedis
from cli.compose import compose
from engine.security.private_files import keep_private, tighten
from engine.settings import settings_from
from engine.store.migrate import upgrade
from engine.store.sql.schema import open_database


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def open_to_others(folder: Path) -> list[Path]:
    return [one for one in (folder, *folder.rglob("*")) if not one.is_socket() and mode(one) & 0o077]


def test_a_database_in_a_file_is_made_for_this_user_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    upgrade(f"sqlite:///{data / 'motcua.sqlite'}")
    database = open_database(f"sqlite:///{data / 'motcua.sqlite'}")
    with database.begin() as connection:
        connection.execute(text("UPDATE staff_changes SET number = number + 1"))
        assert (data / "motcua.sqlite-wal").exists()
        assert open_to_others(data) == []
    database.dispose()


def test_what_an_earlier_version_left_open_is_tightened_at_the_start(tmp_path: Path) -> None:
    data = tmp_path / "data"
    upgrade(f"sqlite:///{data / 'motcua.sqlite'}")
    for name in ("files", "signing", "appendonlydir", "checkpoints"):
        (data / name).mkdir()
    (data / "appendonlydir" / "appendonly.aof.1.incr.aof").write_text("x")
    (data / "notices.jsonl").write_text("x")
    for one in (data, *data.rglob("*")):
        one.chmod(0o755 if one.is_dir() else 0o644)
    settings = settings_from({"MOTCUA_DATA": str(data), "MOTCUA_SECRET_KEYS": "k" * 40})
    compose(settings, pooled=False).database.connect().close()
    assert open_to_others(data) == [data / "checkpoints"]


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("x")
    tmp_path.chmod(0o755)
    keep_private(tmp_path)
    assert mode(tmp_path) == 0o755
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    tighten(shared)
    assert mode(shared) == 0o1777


@pytest.mark.parametrize("earlier", [False, True])
def test_redis_keeps_its_files_for_this_user_alone(tmp_path: Path, earlier: bool) -> None:
    folder = tmp_path / "redis"
    if earlier:
        (folder / "appendonlydir").mkdir(parents=True)
        (folder / "redis.log").write_text("")
        for one in (folder, *folder.rglob("*")):
            one.chmod(0o755 if one.is_dir() else 0o644)
    with EmbeddedRedis(folder) as server, redis.Redis.from_url(server.url) as client:
        client.set("a", "b")
    assert any("appendonly" in one.name for one in folder.rglob("*"))
    assert open_to_others(folder) == []
