"""``motcua filings``: the queue, a choice with its reason, a refusal, and how the exchange goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner, Result

from cli.main import main
from engine.jobs import filings as jobs
from tests.installation.runtime import environment_over
from tests.installation.world import LONG_KHANH, World
from tests.integration.filing_ground import Connected, connected, land

Run = Callable[..., Result]


@pytest.fixture
def there(world: World, tmp_path: Path) -> Iterator[Connected]:
    with connected(world, tmp_path) as found:
        yield found


@pytest.fixture
def run(there: Connected, tmp_path: Path) -> Run:
    def run(*arguments: str, language: str = "en", **more: str) -> Result:
        url = there.world.database.url.render_as_string(hide_password=False)
        told = tmp_path / "now"
        told.write_text(there.world.now.isoformat())
        connection = {"MOTCUA_FILINGS_URL": there.address, "MOTCUA_TOLD_CLOCK": str(told)}
        environment = environment_over(url, tmp_path, **connection) | more
        return CliRunner().invoke(main, ["--lang", language, "filings", *arguments], env=environment)

    return run


def told(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return orjson.loads(result.output)


def test_it_pulls_lists_routes_and_refuses(there: Connected, run: Run) -> None:
    world = there.world
    there.filed_there(*(land(key, world, MaCoQuan="H99.1") for key in ("A1", "A2")), land("A3", world))
    pulled = run("pull")
    assert pulled.exit_code == 0 and "3 new. Outcomes: filed: 1, queued: 2. Answers sent: 1." in pulled.output
    found = told(run("queue", "--json"))
    assert [(one["key"], one["cause"], one["wants"]) for one in found] == [
        ("A1", "filing-unit-unknown", "intake"),
        ("A2", "filing-unit-unknown", "intake"),
    ]
    assert "Mẫu" not in run("queue", language="vi").output and "H99.1" in run("queue", language="vi").output
    assert run("route", "A1", "TT-00000", "--reason", "x").exit_code == 1
    assert run("route", "A1", LONG_KHANH, "--reason", "Theo địa chỉ").exit_code == 0
    assert run("refuse", "A2", "--reason", "Nộp nhầm").exit_code == 0
    assert (
        "settled" in run("refuse", "A2", "--reason", "x").output or run("refuse", "A2", "--reason", "x").exit_code == 1
    )
    assert run("retry", "A9", "--reason", "x").exit_code == 1
    world.at("2026-03-02 08:05")  # the clock of a command goes on by itself
    jobs.take_filings(world.runtime)
    counts = told(run("status", "--json"))
    assert (counts["filed"], counts["refused"], counts["queued"]) == (2, 1, 0)


def test_answers_that_were_given_up_are_sent_again(there: Connected, run: Run) -> None:
    there.filed_there(land("A1", there.world))
    there.work()
    there.filed_there(land("A2", there.world))
    jobs.pull_filings(there.world.runtime)
    jobs.take_filings(there.world.runtime)
    there.faults(refuse=1.0)
    jobs.answer_filings(there.world.runtime)
    there.faults()
    assert told(run("status", "--json"))["parked"][0]["key"] == "A2"
    assert "1 answers" in run("retry-answers").output
    there.world.at("2026-03-02 08:05")
    there.work()
    assert [key for key, _ in there.answers()] == ["A1", "A2"]


def test_a_mapping_file_is_checked_with_lines_in_both_languages(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text("source: a\nverifyed: true\n")
    for language, word in (("vi", "không có khóa"), ("en", "unknown key")):
        result = run("check", str(file), language=language)
        assert result.exit_code == 1 and "x.yaml:2:1: " in result.output and word in result.output
    assert "unverified" in run("check").output
    refused = run("status", MOTCUA_FILINGS_FILE=str(file))
    assert refused.exit_code == 1 and "x.yaml:1:1" in refused.output


def test_without_a_connection_it_says_what_to_set(run: Run) -> None:
    refused = run("pull", MOTCUA_FILINGS_URL="")
    assert refused.exit_code == 1 and "MOTCUA_FILINGS_URL" in refused.output
