"""``motcua people import``: tried without a trace, written in one go, repeated without a change."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import func, select

from engine.store.people import memberships, people
from engine.store.staff_journal import staff_journal
from tests.installation.runtime import KEY
from tests.installation.world import World
from tests.integration.test_cli import Run, runner

CENTRE = "TT-26740"


@pytest.fixture
def run(world: World, tmp_path: Path) -> Run:
    """Runs a command against the world's database."""
    return runner(
        {
            "MOTCUA_DATA": str(tmp_path),
            "DATABASE_URL": world.database.url.render_as_string(hide_password=False),
            "REDIS_URL": f"unix://{tmp_path / 'nobody.sock'}",
            "MOTCUA_SECRET_KEYS": KEY,
            "LANG": "en_GB.UTF-8",
        }
    )


def rows(world: World) -> tuple[int, ...]:
    with world.reading() as connection:
        counted = (select(func.count()).select_from(table) for table in (people, memberships, staff_journal))
        return tuple(connection.execute(one).scalar_one() for one in counted)


def test_a_file_is_tried_written_and_repeated(run: Run, world: World, tmp_path: Path) -> None:
    file = tmp_path / "staff.csv"
    file.write_text(
        "username;name;office;role;start\n"
        f"lan.nt;Nguyễn Thị Lan;{CENTRE};counter;01/08/2026\n"
        f"counter;counter;{CENTRE};monitor;01/08/2026\n",
        encoding="utf-8-sig",
    )
    before = rows(world)
    assert "Nothing was written: 1 new people, 1 more roles" in run("people", "import", str(file)).output
    assert rows(world) == before
    document = json.loads(run("people", "import", str(file), "--apply", "--json").output)
    assert document["written"] and [one["does"] for one in document["lines"]] == ["new", "role"]
    assert rows(world) == (before[0] + 1, before[1] + 2, before[2] + 3)
    after = rows(world)
    assert "2 lines without a change" in run("people", "import", str(file), "--apply").output
    assert rows(world) == after


def test_a_wrong_line_keeps_everything_out_unless_told(run: Run, world: World, tmp_path: Path) -> None:
    file = tmp_path / "staff.csv"
    file.write_text(
        "username,name,office,role,start\n"
        f"binh.tv,Trần Văn Bình,{CENTRE},counter,2026-08-01\n"
        f"binh.tv,Trần Văn Bình,{CENTRE},countr,2026-08-01\n"
        f"mai.lt,Lê Thị Mai,{CENTRE},counter,2026-08-01\n"
        f"counter,Somebody else,{CENTRE},counter,2026-08-01\n"
    )
    before = rows(world)
    refused = run("people", "import", str(file), "--apply", code=1).output
    assert "3:role: " in refused and "did you mean “counter”" in refused
    assert "5:name: counter exists already" in refused and rows(world) == before
    run("people", "import", str(file), "--apply", "--skip-faulty", code=1)
    assert rows(world) == (before[0] + 1, before[1] + 1, before[2] + 2), "neither Bình, who has a wrong line"
