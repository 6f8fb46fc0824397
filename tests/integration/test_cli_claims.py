"""``motcua claims free``: what an absent person holds goes back to the queues of its offices."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.acts.hold import claim
from tests.installation.runtime import KEY
from tests.installation.world import World
from tests.integration.test_cli import Run, runner


@pytest.fixture
def run(world: World, tmp_path: Path) -> Run:
    return runner(
        {
            "MOTCUA_DATA": str(tmp_path),
            "DATABASE_URL": world.database.url.render_as_string(hide_password=False),
            "REDIS_URL": f"unix://{tmp_path / 'nobody.sock'}",
            "MOTCUA_SECRET_KEYS": KEY,
            "LANG": "en_GB.UTF-8",
        }
    )


def held(world: World, who: str) -> str:
    code = world.land_at("checking")
    world.act(who, claim, code)
    return code


def test_everything_that_a_person_holds_is_freed_and_nothing_else(run: Run, world: World) -> None:
    mine, theirs = [held(world, "specialist") for _ in range(2)], held(world, "specialist2")
    assert "2 dossiers were freed" in run("claims", "free", "specialist", "--reason", "Nghỉ thai sản").output
    assert [world.row(code)["holder_id"] for code in mine] == [None, None]
    assert world.row(theirs)["holder_id"] == world.person("specialist2")
    entry = world.entries(mine[0])[-1]
    assert (entry["act"], entry["actor"]) == ("free_claim", "system")
    assert len(world.messages(mine[0], "go-nhan-viec")) == 1
    assert "0 dossiers" in run("claims", "free", "specialist", "--reason", "lại").output


def test_or_one_of_them(run: Run, world: World) -> None:
    one, other = held(world, "specialist"), held(world, "specialist")
    run("claims", "free", "specialist", "--reason", "gấp", "--dossier", one)
    assert (world.row(one)["holder_id"], world.row(other)["holder_id"]) == (None, world.person("specialist"))


@pytest.mark.parametrize("world", ["sqlite"], indirect=True)
def test_what_is_refused(run: Run, world: World) -> None:
    code = held(world, "specialist")
    assert "was not found" in run("claims", "free", "nobody", "--reason", "x", code=1).output
    assert "was not found" in run("claims", "free", "specialist2", "--reason", "x", "--dossier", code, code=1).output
    assert "reason" in run("claims", "free", "specialist", "--reason", " ", code=1).output
    assert world.row(code)["holder_id"] == world.person("specialist")
