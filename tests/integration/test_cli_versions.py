"""``motcua workflows diff``, ``plan``, ``apply``, ``plans``, ``versions`` and ``revert``: output and exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import main
from engine.acts.publish import publish_release
from engine.rules.procedure.definition import Effective
from tests.installation.later_land import SINCE, reviewed
from tests.installation.runtime import KEY
from tests.installation.short_releases import LAND
from tests.installation.world import World

Run = Callable[..., Result]


@pytest.fixture
def run(world: World, tmp_path: Path) -> Run:
    """Runs a command on the world's database, at the world's time."""
    clock = tmp_path / "clock"

    def run(*arguments: str, code: int = 0, language: str = "vi") -> Result:
        clock.write_text(world.now.isoformat())
        environment = {
            "MOTCUA_DATA": str(tmp_path),
            "DATABASE_URL": world.database.url.render_as_string(hide_password=False),
            "REDIS_URL": f"unix://{tmp_path / 'nobody.sock'}",
            "MOTCUA_SECRET_KEYS": KEY,
            "MOTCUA_TOLD_CLOCK": str(clock),
        }
        told = ("--lang", language, "workflows", *arguments)
        result = CliRunner().invoke(main, told, env=environment, catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result

    return run


def test_a_version_from_the_difference_to_the_way_back(world: World, run: Run, tmp_path: Path) -> None:
    codes = [world.land_at(state) for state in ("accepted", "checking", "checking")]
    world.act("admin", publish_release, reviewed(effective=Effective(SINCE, running="ask")))
    second, path = f"{LAND}@2", str(tmp_path / "plan.json")
    found = run("diff", f"{LAND}@1", second, code=2).output
    assert "3 hồ sơ đang chạy" in found and "Thời hạn" in found and "[3 hồ sơ]" in found
    assert json.loads(run("diff", f"{LAND}@1", second, "--json", code=2).output)["running"] == 3
    told = run("plan", second, "--running", "migrate", "--out", path, code=2).output
    assert "3 hồ sơ đang chạy: 1 chuyển nguyên bước, 2 cần chọn" in told
    assert f"! {codes[1]} (checking): review, signing" in told
    orders = ("--state", "checking=review", "--dossier", f"{codes[2]}=-", "--running", "migrate")
    told = run("plan", second, *orders, "--out", path, code=2, language="en").output
    assert "3 open: 1 move unchanged, 1 move to another step, 1 keep their version" in told
    assert "2 hồ sơ chuyển từ ngày 09/03/2026" in run("apply", path).output
    world.at(f"{SINCE} 08:00")
    assert "Đã chuyển 2 hồ sơ." in run("apply", path).output
    assert [world.row(code)["state"] for code in codes] == ["accepted", "review", "checking"]
    assert "2 đã chuyển" in run("plans").output
    assert f"{codes[1]}  checking → review  đã chuyển" in run("plans", "1").output
    assert run("versions", LAND).output.splitlines()[1].endswith("2 hồ sơ đang chạy")
    assert "2 đã hoàn lại" in run("revert", "1", "--legal", "QĐ 9/QĐ-UBND", "--reason", "Bãi bỏ").output
    assert [world.row(code)["state"] for code in codes] == ["accepted", "checking", "checking"]
    assert run("apply", path, code=1).output.count("reverted") == 1
    world.check()


def test_wrong_words_are_sentences(world: World, run: Run, tmp_path: Path) -> None:
    assert "1.012783@9" in run("diff", f"{LAND}@1", f"{LAND}@9", code=1).output
    assert "nowhere" in run("plan", str(tmp_path / "nowhere.yaml"), code=2).output
    assert "checking" in run("plan", f"{LAND}@1", "--state", "checking", code=2).output
    assert "nowhere" in run("plan", f"{LAND}@1", "--state", "checking=nowhere", code=1).output
    assert run("plan", f"{LAND}@1", "--json").exit_code == 0
    assert run("versions", "9.999999", code=1).exit_code == 1
    assert run("plans", "7", code=1).exit_code == 1
    assert "Chưa có kế hoạch nào." in run("plans").output
