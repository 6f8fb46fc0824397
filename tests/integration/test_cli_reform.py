"""``motcua reform`` from the file to the way back: what it prints, its exit codes, and what it leaves alone."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import main
from engine.acts.publish import publish_competences
from tests.installation.june import DA_KAO, JULY, permit, prepare_june
from tests.installation.runtime import KEY
from tests.installation.world import World, moment

Run = Callable[..., Result]
REFORM = "2025-07-01.yaml"


@pytest.fixture
def june(world: World) -> World:
    return prepare_june(world)


@pytest.fixture
def run(june: World, tmp_path: Path) -> Run:
    """Runs a command on the world's database, at the world's time."""
    clock = tmp_path / "clock"

    def run(*arguments: str, code: int = 0, language: str = "en") -> Result:
        clock.write_text(june.now.isoformat())
        environment = {
            "MOTCUA_DATA": str(tmp_path),
            "DATABASE_URL": june.database.url.render_as_string(hide_password=False),
            "REDIS_URL": f"unix://{tmp_path / 'nobody.sock'}",
            "MOTCUA_SECRET_KEYS": KEY,
            "MOTCUA_TOLD_CLOCK": str(clock),
        }
        told = ("--lang", language, "reform", *arguments)
        result = CliRunner().invoke(main, told, env=environment, catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result

    return run


class _Page(HTMLParser):
    """What a page would fetch, and how many bands its pictures have."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.bands = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.fetched += [value or "" for name, value in attrs if name in ("src", "href", "xlink:href")]
        self.fetched += [tag] if tag in ("script", "link", "iframe", "image", "use") else []
        self.bands += tag == "path"


def test_the_whole_way(june: World, run: Run, tmp_path: Path) -> None:
    whole, divided = permit(june), permit(june, DA_KAO)
    plan, page = str(tmp_path / "plan.json"), tmp_path / "plan.html"
    before = june.everything()
    told = run("plan", REFORM, "--out", plan, "--page", str(page), code=2)
    assert june.everything() == before
    assert "1 move" in told.output and "1 need a person" in told.output and "none restarts" in told.output
    assert "suggested, not chosen" in told.output
    seen = _Page()
    seen.feed(page.read_text())
    assert seen.fetched == [] and seen.bands >= 2
    assert "Quận 1" in page.read_text() and "Phường Sài Gòn" in page.read_text()
    early = run("apply", plan, code=1)
    assert "takes effect on 2025-07-01" in early.output

    june.at(JULY)
    applied = run("apply", plan, code=2, language="vi")
    assert "Đã chuyển 1 hồ sơ." in applied.output and "chờ người quyết định" in applied.output
    june.check()
    assert june.row(whole)["handler_office"] == "UB-26740"
    assert json.loads(run("apply", plan, "--json", code=2).output)["moved"] == 0

    waiting = run("triage", "1", code=2)
    assert "--to 26737" in waiting.output and "--to 26740" in waiting.output
    said = ("--by", "monitor", "--legal", "QĐ 5/QĐ-UBND", "--reason", "Khu phố 1")
    run("decide", "1", "--to", "26737", "--commune", DA_KAO, "--hamlet", "Không có", *said, code=2)
    assert june.row(divided)["handler_office"] == "UB-760-C"
    run("decide", "1", "--to", "26737", "--commune", DA_KAO, "--by", "nobody", *said[2:], code=1)
    assert "1 of 1 dossiers" in run("decide", "1", "--to", "26737", "--commune", DA_KAO, *said).output
    run("triage", "1")
    june.check()

    (status,) = json.loads(run("status", "--json").output)
    assert (status["state"], status["standing"]) == ("applied", {"done": 2})
    assert "taken back" in run("revert", "1", "--reason", "Hoãn").output
    june.check()
    assert [june.row(code)["handler_office"] for code in (whole, divided)] == ["UB-760-C", "UB-760-C"]
    assert run("revert", "7", "--reason", "x", code=1).output.startswith("Error: ")


def test_nothing_to_do_is_exit_code_0_and_a_wrong_file_is_told_with_its_place(run: Run, tmp_path: Path) -> None:
    quiet = tmp_path / "later.yaml"
    lines = ["reform: x", "date: 2026-04-30", "vi: X", "en: X", "legal:", "  - {text: 1/X, vi: X, en: X}"]
    quiet.write_text("\n".join(lines) + "\n")
    document = json.loads(run("plan", str(quiet), "--json").output)
    assert document["dossiers"] == {"stays": 0, "moves": 0, "person": 0, "without": 0}
    quiet.write_text("\n".join(lines).replace("2026-04-30", "2026-04-31"))
    assert "later.yaml:2:7: " in run("plan", str(quiet), code=1).output
    run("plan", "no-such-file.yaml", code=1)


def test_what_blocks_a_plan_is_exit_code_1(june: World, run: Run, tmp_path: Path) -> None:
    """The dossier stands at an office that closed in 2025, and the law moves its competence on that day."""
    code = permit(june)
    day, laws = dt.date(2026, 4, 30), june.runtime.catalogue.map.competences
    mine = next(one for one in laws if one.subject == "1.013225" and one.valid_to is None)
    moved = [replace(mine, valid_to=day), replace(mine, level="province", valid_from=day)]
    june.try_act("admin", publish_competences, [*(one for one in laws if one is not mine), *moved])
    later = tmp_path / "later.yaml"
    later.write_text("reform: x\ndate: 2026-04-30\nvi: X\nen: X\nlegal:\n  - {text: 1/X, vi: X, en: X}\n")
    june.at("2026-05-04 08:00")
    told = run("plan", str(later), code=1)
    assert "CANNOT BE APPLIED" in told.output and code in told.output and "apply that one first" in told.output
    assert dt.datetime.fromisoformat((tmp_path / "clock").read_text()) == moment("2026-05-04 08:00")
