"""Commands that only read leave no file and no folder behind, whether there is a database or none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from cli.main import main
from cli.shipped import Shipped
from tests.installation.content import Content, territory_around
from tests.installation.trial_content import TRIAL

ROOT = Path(__file__).parents[2]
PROCEDURE = str(ROOT / "workflows" / "procedures" / "2.000908.yaml")
STORY = str(ROOT / "workflows" / "scenarios" / "2.000908.yaml")
REFORM = str(ROOT / "workflows" / "reforms" / "2025-07-01.yaml")
READING = (
    ("db", "status"),
    ("files", "check"),
    ("people", "list"),
    ("people", "proposals"),
    ("people", "tokens", "counter"),
    ("people", "journal", "counter"),
    ("offices", "times", "TT-26740"),
    ("notices", "status"),
    ("payments", "check"),
    ("payments", "receipts", "--verify"),
    ("notices", "list"),
    ("archive", "status"),
    ("archive", "list"),
    ("retention", "status", "--before", "2026-03-01"),
    ("filings", "status"),
    ("filings", "queue"),
    ("filings", "differences"),
    ("filings", "check"),
    ("journal", "verify"),
    ("journal", "reads"),
    ("events", "xes"),
    ("events", "ocel"),
    ("reports", "indicators", "--from", "2026-03-01", "--until", "2026-03-31"),
    ("reports", "variants", "--procedure", "1.000001", "--from", "2026-03-01", "--until", "2026-03-31"),
    ("reports", "steps", "--procedure", "1.000001", "--from", "2026-03-01", "--until", "2026-03-31"),
    ("reports", "states", "--procedure", "1.000001"),
    ("workflows", "lint", PROCEDURE),
    ("workflows", "test", STORY, PROCEDURE),
    ("workflows", "simulate", PROCEDURE),
    ("workflows", "diagram", PROCEDURE),
    ("workflows", "publish", "--dry-run", PROCEDURE),
    ("workflows", "explain", "silent-remind"),
    ("workflows", "diff", PROCEDURE, PROCEDURE),
    ("workflows", "plans"),
    ("workflows", "what-if", PROCEDURE),
    ("workflows", "versions", "2.000908"),
    ("territory", "resolve", "Phường Sài Gòn"),
    ("territory", "verify"),
    ("competence", "verify", "--from", "2026-03-02", "--to", "2026-03-02"),
    ("portal", "status"),
    ("portal", "differences"),
    ("portal", "lateness"),
    ("portal", "check-mapping"),
    ("reform", "show", REFORM),
    ("reform", "status"),
    ("reform", "triage", "1"),
)
"""Those that show something. ``reform plan`` and ``workflows plan`` keep their plan, ``journal export`` its folder."""
WRITING = {
    *("serve", "worker", "clock", "demo", "seed"),
    *("backup take", "backup drill"),
    *(
        "db upgrade",
        "db downgrade",
        "db rebuild-search",
        "db divide",
        "files adopt",
        "files copy",
        "claims free",
        "link renew",
    ),
    *("people add", "people password", "people membership", "people end-membership"),
    *("people remove-second-factor", "people bind", "people unbind"),
    *(
        "people signatories",
        "people import",
        "people substitute",
        "people token",
        "people end-substitute",
        "people revoke-token",
    ),
    *("people switch-off", "people switch-on", "people take-admin", "people propose-admin", "people decide-admin"),
    *("offices close", "offices reopen", "offices hours", "offices end-hours"),
    *("offices contact", "offices publish"),
    *("notices retry", "journal checkpoint", "journal export", "journal prove", "journal prove-growth"),
    *("workflows new", "workflows import", "workflows plan", "workflows apply", "workflows revert"),
    *("payments reconcile", "journal rotate-key", "reform plan", "reform apply", "reform revert", "reform decide"),
    *("archive export", "archive transfer", "archive receipt", "archive destroy", "archive decide"),
    *("archive carry-out", "import dossiers", "retention detach", "retention attach"),
    *("portal retry", "portal replay", "portal resend", "portal reconcile"),
    *("filings pull", "filings route", "filings retry", "filings refuse", "filings retry-answers"),
}


@pytest.fixture(autouse=True)
def _little(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few units: the shipped ones take seconds to read for each command."""
    content = Content(territory=territory_around("760"))
    monkeypatch.setattr(Shipped, "here", lambda: content)


@pytest.mark.parametrize("command", READING, ids=lambda one: " ".join(one[:2]))
def test_without_a_database_nothing_is_made(command: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    environment = {"MOTCUA_DATA": str(tmp_path / "data"), "DATABASE_URL": "", "MOTCUA_SECRET_KEYS": ""}
    ran(command, environment)
    assert found(tmp_path) == {"here"}


@pytest.mark.parametrize("command", READING, ids=lambda one: " ".join(one[:2]))
def test_beside_a_database_nothing_is_made(command: tuple[str, ...], tmp_path: Path) -> None:
    """The database is elsewhere, as on a server; the data folder of this machine is not there yet."""
    (tmp_path / "database").mkdir()
    url = TRIAL.sqlite(tmp_path / "database")
    ran(command, {"MOTCUA_DATA": str(tmp_path / "data"), "DATABASE_URL": url, "MOTCUA_SECRET_KEYS": ""})
    own = {"database", "database/trial.sqlite"}
    assert found(tmp_path) - {f"database/trial.sqlite-{end}" for end in ("wal", "shm")} == own


def test_every_command_is_known_to_read_or_to_write() -> None:
    told = set(commands(main, ()))
    reading = {name for name in told if any(one[: len(name)] == name for one in READING)}
    assert {" ".join(one) for one in told - reading} == WRITING


def commands(group: click.Group, before: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        if isinstance(found, click.Group):
            yield from commands(found, (*before, name))
        else:
            yield (*before, name)


def ran(command: tuple[str, ...], environment: dict[str, str]) -> None:
    result = CliRunner().invoke(main, command, env=environment | {"REDIS_URL": "", "LANG": "en_GB.UTF-8"})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output


def found(folder: Path) -> set[str]:
    return {str(one.relative_to(folder)) for one in folder.rglob("*")}
