"""``motcua reports``: the same figures as the queries give, as text, JSON, CSV and workbook, in both languages."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.main import main
from engine.queries.indicator_words import INDICATORS
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from tests.installation.lived import asked, live
from tests.installation.runtime import KEY
from tests.installation.short_releases import LAND
from tests.installation.world import World, open_world
from tests.integration.test_indicators import MONTH, indicators

MARCH = ("--from", "2026-03-01", "--until", "2026-03-31")


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with open_world("sqlite", tmp_path_factory.mktemp("lived")) as made:
        yield live(made, dossiers=12)


@pytest.fixture
def told_clock(lived: World, tmp_path: Path) -> Path:
    path = tmp_path / "now"
    path.write_text(lived.now.isoformat())
    return path


def run(world: World, clock: Path, *arguments: str) -> Result:
    environment = {
        "DATABASE_URL": world.database.url.render_as_string(hide_password=False),
        "MOTCUA_DATA": str(clock.parent / "data"),
        "MOTCUA_SECRET_KEY": KEY,
        "MOTCUA_TOLD_CLOCK": str(clock),
    }
    return CliRunner().invoke(main, arguments, env=environment)


def test_indicators_are_the_same_in_every_form(lived: World, told_clock: Path) -> None:
    figures = {one.indicator.key: one for one in asked(lived, SYSTEM_ACTOR, indicators, MONTH).figures}
    ask = ("reports", "indicators", *MARCH)
    (told, missing) = json.loads(run(lived, told_clock, "--lang", "en", *ask, "--format", "json").stdout)
    assert (told["title"], missing["title"]) == ("Indicators", "Not counted")
    rows: dict[str, dict[str, Any]] = {one["Indicator"]: one for one in told["rows"]}
    for one in INDICATORS:
        row, figure = rows[one.name.en], figures[one.key]
        assert row["All"] == figure.of and row["Points"] == figure.points
        assert (row["Mean days"] if one.kind == "days" else row["Share"]) == figure.value
    shown = run(lived, told_clock, "--lang", "vi", *ask).stdout
    assert "Hồ sơ đúng hạn" in shown and f"{figures['on_time'].value:.1%}" in shown and "Không tính" in shown
    path = told_clock.parent / "out"
    assert run(lived, told_clock, *ask, "--format", "csv", "--output", str(path)).exit_code == 0
    assert len(list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))) == len(INDICATORS) + 1
    assert run(lived, told_clock, *ask, "--format", "xlsx", "--output", str(path)).exit_code == 0
    with zipfile.ZipFile(path) as book:
        assert {"xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"} <= set(book.namelist())
    by = json.loads(run(lived, told_clock, "--lang", "en", *ask, "--by", "procedure", "--format", "json").stdout)[0]
    assert {one["Of"] for one in by["rows"]} <= {LAND, "2.000815"} and len(by["rows"]) > 10


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("variants", "--procedure", LAND, *MARCH), ("Biến thể", "Mới đăng ký → Được tiếp nhận", "Chờ bổ sung")),
        (("steps", "--procedure", LAND, *MARCH, "--by", "office"), ("Đang thẩm định", "VPDK-CN-LONGKHANH")),
        (("states", "--procedure", LAND), ("Đang ở bước", "%")),
    ],
)
def test_reports_on_what_happened_are_told(
    lived: World, told_clock: Path, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    shown = run(lived, told_clock, "--lang", "vi", "reports", *arguments)
    assert shown.exit_code == 0, shown.output
    assert [word for word in words if word not in shown.stdout] == []


def test_a_period_or_a_procedure_that_is_none_is_refused(lived: World, told_clock: Path) -> None:
    refused = run(lived, told_clock, "reports", "indicators", "--from", "2026-03-02", "--until", "2026-03-01")
    assert refused.exit_code == 1 and "Traceback" not in refused.output
    assert run(lived, told_clock, "reports", "states", "--procedure", "9.999999").exit_code == 1
    assert run(lived, told_clock, "reports", "steps", "--procedure", LAND, *MARCH, "--by", "person").exit_code == 2
