"""The ``motcua`` command: what it answers, with which exit code, in which language, and never with a traceback."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, text, update

from cli.compose import TOLD_CLOCK, clock_from, compose
from cli.main import GROUPS, main
from cli.seed import seed
from cli.shipped import Shipped
from engine.acts.publish_procedures import publish_procedures
from engine.jobs.migration import migrate_due
from engine.rules.procedure.definition import Effective
from engine.security.passwords import password_matches
from engine.setting_values import WrongSetting
from engine.settings import settings_from
from engine.store.dossiers import dossiers
from engine.store.outbox import outbox
from engine.store.people import people, tokens
from tests.installation.content import shipped
from tests.installation.runtime import KEY
from tests.installation.short_releases import land
from tests.installation.world import LONG_KHANH, World

PROCEDURES = Path(__file__).parents[2] / "workflows" / "procedures"
SCENARIOS = PROCEDURES.parent / "scenarios"
Run = Callable[..., Result]
LONG = "a long password"
SHIPPED = shipped()
on_sqlite = pytest.mark.parametrize("world", ["sqlite"], indirect=True)  # where the database makes no difference


def runner(environment: dict[str, str]) -> Run:
    def run(*arguments: str, code: int | None = 0, given: str | None = None, **more: str) -> Result:
        result = CliRunner().invoke(main, arguments, env=environment | more, input=given, catch_exceptions=False)
        if code is not None:
            assert result.exit_code == code, result.output
        return result

    return run


@pytest.fixture(autouse=True)
def _read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped files are read once for all tests; each command reads them anew, which takes seconds."""
    monkeypatch.setattr(Shipped, "here", lambda: SHIPPED)


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


@pytest.fixture
def run_alone(tmp_path: Path) -> Run:
    """Runs a command where there is no database yet."""
    return runner({"MOTCUA_DATA": str(tmp_path / "new"), "DATABASE_URL": "", "LANG": "en_GB.UTF-8"})


def told(result: Result) -> Any:
    return json.loads(result.output)


def test_every_command_explains_itself(run_alone: Run) -> None:
    listed = run_alone("--help").output
    for name, (_, short) in GROUPS.items():
        assert f"{name} " in listed
        assert short in listed
        assert "Usage:" in run_alone(name, "--help").output
    assert run_alone("--version").output.strip()
    assert run_alone("no-such", code=2).output


def test_the_help_reads_no_database_and_no_web_framework() -> None:
    code = "import sys, cli.main; sys.exit(any(name in sys.modules for name in ('sqlalchemy', 'flask', 'rq')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("command", ["people", "worker", "serve"])
def test_a_command_starts_without_the_library_that_would_colour_exceptions(command: str) -> None:
    code = f"import sys, cli.main; cli.main.main(['{command}', '--help'], standalone_mode=False)"
    loaded = "[name in sys.modules for name in ('structlog', 'rich')]"
    run = subprocess.run([sys.executable, "-c", f"{code}; print({loaded})"], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "[True, False]"


def test_a_database_from_nothing_to_the_newest_schema_and_back(run_alone: Run) -> None:
    assert told(run_alone("db", "status", "--json", code=2))["pending"] is True
    assert "newest revision" in run_alone("db", "upgrade").output
    assert told(run_alone("db", "status", "--json"))["pending"] is False
    run_alone("db", "downgrade", "base", code=1, given="n\n")
    run_alone("db", "downgrade", "base", "--yes")
    assert told(run_alone("db", "status", "--json", code=2))["current"] is None


@pytest.mark.parametrize(("language", "words"), [("vi_VN.UTF-8", "Không dùng được"), ("C", "cannot be used")])
def test_a_database_that_is_not_there_is_a_sentence(run_alone: Run, language: str, words: str) -> None:
    result = run_alone("journal", "verify", code=1, LANG=language, DATABASE_URL="sqlite:////nowhere/at/all.sqlite")
    assert words in result.output
    assert "Traceback" not in result.output


def test_a_wrong_setting_is_a_sentence_that_names_it(run_alone: Run) -> None:
    for command in ("worker", "clock", "serve", "seed"):
        assert "REDIS_URL" in run_alone(command, code=1, REDIS_URL="http://wrong").output
    assert "không hợp lệ" in run_alone("--lang", "vi", "clock", code=1, REDIS_URL="http://wrong").output


def test_a_person_is_added_signs_in_and_gets_roles(run: Run, world: World) -> None:
    given = told(run("people", "add", "lan.nt", "--name", "Nguyễn Thị Lan", "--json", MOTCUA_PASSWORD=LONG))
    with world.database.connect() as connection:
        row = connection.execute(select(people).where(people.c.id == given["id"])).one()
    assert password_matches(row.password, LONG)
    assert run("people", "add", "lan.nt", "--name", "Lan", "--no-password", code=1).output.startswith("Error:")
    run("people", "membership", "lan.nt", "--office", LONG_KHANH, "--role", "counter", "--from", "2026-01-01")
    run(
        "people", "substitute", "lan.nt", "counter", "--from", "2026-03-02", "--until", "2026-03-09", "--legal", "12/QĐ"
    )
    found = next(
        one for one in told(run("people", "list", "--office", LONG_KHANH, "--json")) if one["id"] == given["id"]
    )
    assert found["roles"] == [{"office": LONG_KHANH, "role": "counter", "from": "2026-01-01", "until": None}]
    assert "lan.nt" in run("people", "list").output
    run("people", "password", "lan.nt", given="another long one\nanother long one\n")
    with world.database.connect() as connection:
        stored = connection.execute(select(people.c.password).where(people.c.id == given["id"])).scalar_one()
    assert password_matches(stored, "another long one")


@on_sqlite
def test_a_token_is_shown_once_and_kept_as_a_hash(run: Run, world: World) -> None:
    token = told(run("people", "token", "counter", "--days", "5", "--json"))["token"]
    with world.database.connect() as connection:
        rows = connection.execute(select(tokens)).all()
    assert len(rows) == 1
    assert token not in str(rows)
    assert (rows[0].expires_at - rows[0].created_at).days == 5
    assert run("people", "token", "nobody-here", code=1).output == "Error: nobody-here was not found.\n"


@on_sqlite
def test_no_password_can_stand_on_the_command_line(run: Run) -> None:
    assert run("people", "add", "x.y", "--name", "X", "--password", "visible to others", code=2).output


def test_an_intact_journal_and_one_that_was_changed(run: Run, world: World) -> None:
    code, other = world.land_at("checking"), world.land_at("accepted")
    whole = told(run("journal", "verify", "--json"))
    assert (whole["valid"], whole["dossiers"], whole["findings"]) == (True, 2, [])
    assert "intact" in run("journal", "verify").output
    with world.database.begin() as connection:
        connection.execute(update(dossiers).where(dossiers.c.code == code).values(due_at=world.now))
    broken = told(run("journal", "verify", "--json", code=1))
    assert [one["dossier"] for one in broken["findings"]] == [code]
    assert "due_at" in broken["findings"][0]["en"]
    assert told(run("journal", "verify", "--dossier", other, "--json"))["dossiers"] == 1
    assert "khác với" in run("--lang", "vi", "journal", "verify", code=1).output


def test_a_private_part_that_was_changed_is_found(run: Run, world: World) -> None:
    code = world.land_at("checking")
    with world.database.begin() as connection:
        changed = '{"applicant": "somebody else"}'
        cast = "CAST(:changed AS jsonb)" if world.database.dialect.name == "postgresql" else ":changed"
        connection.execute(text(f"UPDATE journal_private SET data = {cast} WHERE number = 1"), {"changed": changed})
    found = told(run("journal", "verify", "--json", code=1))["findings"]
    assert [(one["dossier"], one["entry"]) for one in found] == [(code, 1)]


@on_sqlite
def test_parked_notices_are_listed_and_started_anew(run: Run, world: World) -> None:
    world.land_at("accepted")
    parked = {"status": "parked", "error": "550 no such user"}
    with world.database.begin() as connection:
        connection.execute(update(outbox).where(outbox.c.channel == "email").values(parked))
    assert told(run("notices", "status", "--json"))["outbox_parked"] == 1
    listed = run("notices", "list").output
    assert "550 no such user" in listed
    assert "mau@example.vn" not in listed
    assert "1 notices" in run("notices", "retry").output
    assert told(run("notices", "status", "--json"))["outbox_parked"] == 0


@on_sqlite
def test_territory_from_files_and_from_published_rows(run: Run, run_alone: Run) -> None:
    asked = ("territory", "resolve", "26740", "--on", "2025-07-01", "--json")
    for answer in (told(run_alone(*asked)), told(run(*asked, "--source", "published"))):
        assert (answer["outcome"], answer["candidates"][0]["code"]) == ("one", "26740")
    divided = run_alone("territory", "resolve", "Phường Đa Kao, Quận 1, TP.HCM", "--on", "2025-07-01", code=1)
    assert "Phường Sài Gòn" in divided.output
    run_alone("territory", "resolve", "26740", "--on", "1 July", code=2)
    assert told(run_alone("territory", "verify", "--json"))["defects"] == []
    few = told(run("territory", "verify", "--source", "published", "--json", code=None))["units"]
    assert 0 < few < told(run_alone("territory", "verify", "--json"))["units"]


@pytest.mark.parametrize("command", ["lint", "test"])
def test_a_folder_without_a_file_is_no_other_folder(run_alone: Run, tmp_path: Path, command: str) -> None:
    assert "no .yaml file" in run_alone("--lang", "en", "workflows", command, str(tmp_path), code=1).output


@on_sqlite
def test_authors_check_walk_and_publish(run: Run, run_alone: Run, tmp_path: Path) -> None:
    file = PROCEDURES / "2.000815.yaml"
    problems = told(run_alone("workflows", "lint", str(file), "--json"))
    assert "error" not in {one["severity"] for one in problems}
    broken = tmp_path / "1.yaml"
    broken.write_text("procedure: 1\nstatess: {}\n")
    assert "1.yaml:2:1" in run_alone("workflows", "lint", str(broken), code=1).output
    assert told(run_alone("workflows", "test", str(SCENARIOS / "2.000815.yaml"), "--json"))["differences"] == []
    pending = told(run("workflows", "publish", str(PROCEDURES / "2.000908.yaml"), "--dry-run", "--json", code=2))
    assert pending["pending"] == ["2.000908 v2"]
    assert told(run("workflows", "publish", str(PROCEDURES / "2.000908.yaml"), "--json"))[0]["new"] is True
    assert told(run("workflows", "publish", str(PROCEDURES / "2.000908.yaml"), "--json"))[0]["new"] is False
    run("workflows", "publish", str(PROCEDURES / "2.000908.yaml"), "--dry-run")
    assert "1.yaml:2:1" in run("workflows", "publish", str(broken), code=1).output


def test_a_walk_over_tet_says_when_it_is_due_and_why(run_alone: Run) -> None:
    file = str(PROCEDURES / "1.013225.yaml")
    walk = told(run_alone("workflows", "simulate", file, "--received", "2026-02-13T15:30", "--json"))
    assert walk["steps"][0]["name"] == "receive"
    assert walk["steps"][-1]["state"] == "returned"
    assert any("Due: 17:00" in line for line in walk["trace"])
    paused = run_alone(
        "workflows", "simulate", file, "--received", "2026-02-13T15:30", "--field", "building.kind=works",
        "--do", "2026-02-13T15:30 receive", "--do", "2026-02-13T16:00 forward", "--do", "2026-02-23T09:00 ask",
    )  # fmt: skip
    assert "paused" in paused.output
    refused = run_alone(
        "--lang", "vi", "workflows", "simulate", file, "--received", "2026-02-13T15:30",
        "--do", "2026-02-13T15:30 forward", code=1,
    )  # fmt: skip
    assert "Không thể" in refused.output
    run_alone("workflows", "simulate", file, "--received", "soon", code=2)
    run_alone("workflows", "simulate", file, "--received", "2026-02-13T15:30", "--do", "2026-02-13T16:00 x", code=2)
    for edge in ("0001-01-01T00:00", "9999-12-31T23:59-07:00"):
        assert edge in run_alone("workflows", "simulate", file, "--received", edge, code=2).output
    story = told(run_alone("workflows", "simulate", str(SCENARIOS / "1.013225.yaml"), "--json"))
    assert story["differences"] == []


@on_sqlite
def test_a_release_that_moves_running_dossiers_moves_them(run: Run, world: World) -> None:
    code = world.land_at("checking")
    release = land(version=2, effective=Effective(dt.date(2026, 3, 1), running="migrate"))
    (plan,) = world.act("system", publish_procedures, [release])
    assert (plan.new, plan.moves, plan.left) == (True, 1, ())
    assert migrate_due(world.runtime)[release.digest()].moved == 1
    assert world.row(code)["release"] == release.digest()
    (again,) = world.act("system", publish_procedures, [release])
    assert (again.new, again.moves) == (False, 0)
    assert migrate_due(world.runtime) == {}
    world.check()


def test_what_the_disk_refuses_is_told_in_a_sentence(run_alone: Run, tmp_path: Path) -> None:
    file, place = str(PROCEDURES / "1.013225.yaml"), tmp_path / "nowhere" / "drawn.svg"
    for spoken, said in (("en", "cannot be read or written"), ("vi", "Không đọc hay ghi được")):
        told_so = run_alone("--lang", spoken, "workflows", "diagram", file, "--output", str(place), code=1).output
        assert f"{place}" in told_so and said in told_so


@on_sqlite
def test_a_number_or_a_day_that_no_database_knows_is_refused_in_words(run: Run, world: World) -> None:
    number = "9" * 20
    for command in (
        ("archive", "carry-out", number),
        ("journal", "prove", "H79", "1", "--checkpoint", number),
        ("journal", "prove-growth", number, "1"),
        ("workflows", "revert", number, "--legal", "x", "--reason", "x"),
        ("reform", "decide", number, "--to", "x", "--by", "x", "--legal", "x", "--reason", "x"),
        ("db", "rebuild-search", "--after", number),
    ):
        assert "is not in the range" in run(*command, code=2).output
    for day in ("0001-01-01", "9999-12-31", "2026-02-31"):
        assert "is not a day such as 2025-07-01" in run("journal", "reads", "--from", day, code=2).output
        assert "is not a day such as 2025-07-01" in run("competence", "verify", "--to", day, code=2).output


@on_sqlite
@pytest.mark.parametrize("digits", [20, 5000])
def test_a_version_that_no_database_knows_was_not_found(run: Run, world: World, digits: int) -> None:
    version = f"1.012783@{'9' * digits}"
    for command in (("what-if", version), ("plan", version), ("diff", version, version)):
        assert "was not found" in run("workflows", *command, code=1).output


def test_what_looks_like_a_number_and_is_none_is_refused_in_words(run_alone: Run) -> None:
    run_alone("db", "upgrade")
    counted, file = ("²", "9" * 5000), str(PROCEDURES / "1.001193.yaml")
    for number in counted:
        told_so = run_alone("workflows", "what-if", file, "--staff", f"UB/leader={number}", code=2).output
        assert "is not OFFICE/ROLE=N" in told_so
    for number in ("--5", *counted):
        given = ("--received", "2026-02-13T15:30", "--field", f"copies={number}")
        assert "copies" in run_alone("workflows", "simulate", file, *given, code=1).output


def test_a_told_moment_at_the_end_of_the_calendar_is_a_wrong_setting(tmp_path: Path) -> None:
    (tmp_path / "now").write_text("0001-01-01T00:00+07:00")
    with pytest.raises(WrongSetting):
        clock_from({TOLD_CLOCK: str(tmp_path / "now")})


@on_sqlite
def test_notices_that_were_not_sent_are_listed_for_programs_too(run: Run, world: World) -> None:
    world.land_at("checking")
    waiting = told(run("notices", "list", "--status", "waiting", "--json"))
    assert waiting[0]["template"] == "da-tiep-nhan"


def test_competence_is_proved_between_two_days(run_alone: Run) -> None:
    proof = told(run_alone("competence", "verify", "--from", "2026-01-01", "--to", "2026-01-31", "--json"))
    assert proof["defects"] == []
    assert proof["subjects"] > 20


def test_what_is_shipped_is_published_and_publishing_it_again_changes_nothing(run_alone: Run, tmp_path: Path) -> None:
    run_alone("db", "upgrade")
    runtime = compose(settings_from({"MOTCUA_DATA": str(tmp_path / "new")}), pooled=False, ring=lambda: None)
    first, second = seed(runtime, SHIPPED), seed(runtime, SHIPPED)
    assert first["new_releases"] == first["releases"] > 20
    assert second == first | {"new_releases": 0}
    assert told(run_alone("territory", "verify", "--source", "published", "--json"))["units"] == first["units"]
