"""An upgrade under way: a program of before beside a later schema, and machines that do not share their files."""

from __future__ import annotations

import ast
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from cli.main import main
from engine.store import migrate
from engine.store.migrate import MIGRATIONS, latest, upgrade
from tests import shared_run
from tests.installation.filings import PDF
from tests.installation.runtime import environment_over
from tests.installation.served import ServedInstallation, open_installation
from tests.installation.trial_content import TRIAL
from tests.postgres_server import OWNER, postgres_url_of

LATER = """
import sqlalchemy as sa
from alembic import op
from engine.migrations.oldest_program import needs

revision = "9001"
down_revision = "{before}"


def upgrade():
    op.create_table("of_later", sa.Column("id", sa.Integer(), primary_key=True))
    for table in ("dossiers", "documents", "people", "outbox", "journal"):
        op.add_column(table, sa.Column("of_later", sa.Text()))
        op.add_column(table, sa.Column("counted_later", sa.Integer(), nullable=False, server_default="0"))
    if {contracts}:
        needs(op.get_bind(), revision)


def downgrade():
    needs(op.get_bind(), None)
"""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def url(kind: str, tmp_path: Path) -> Iterator[str]:
    """A filled database."""
    with TRIAL.copy(kind, tmp_path, f"upgraded_{os.getpid()}") as made:
        yield made


@pytest.fixture
def old_web(url: str, tmp_path: Path) -> Iterator[ServedInstallation]:
    """The web process of this program, which goes on while the schema is upgraded."""
    installation = open_installation(url, tmp_path)
    yield installation
    installation.close()


def bring_later_schema(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, contracts: bool) -> None:
    """Upgrades the database with the scripts of a later program, which has one more."""
    before, later = latest(), tmp_path / "later"
    shutil.copytree(MIGRATIONS, later)
    (later / "versions" / "9001_of_later.py").write_text(LATER.format(before=before, contracts=contracts))
    owner = owner_of(url)
    with monkeypatch.context() as patched:
        patched.setattr(migrate, "MIGRATIONS", later)
        upgrade(owner)
    upgrade(owner)  # of the earlier program: it leaves what it does not know


def owner_of(url: str) -> str:
    if url.startswith("sqlite"):
        return url
    return postgres_url_of(shared_run.postgres_sockets(), f"upgraded_{os.getpid()}", OWNER)


class TestSchema:
    def test_an_older_web_goes_on_on_a_later_schema(
        self, old_web: ServedInstallation, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        code = old_web.filed()["code"]
        bring_later_schema(url, tmp_path, monkeypatch, contracts=False)
        ready = old_web.anyone().get("/readyz")
        assert (ready.status_code, ready.json["checks"]["migrations"]) == (200, "ok")
        old_web.act("counter", code, "forward")  # a running dossier, and a new one with a file
        fresh = old_web.filed()["code"]
        path = f"/api/v1/dossiers/{fresh}/documents"
        papers = {"data": {"key": "card", "file": (io.BytesIO(PDF), "a.pdf")}, "content_type": "multipart/form-data"}
        sent = old_web.person("counter").post(path, **papers)
        assert sent.status_code == 201, sent.text
        assert old_web.person("counter").get(sent.headers["Location"]).data == PDF

    def test_a_schema_that_serves_it_no_more_takes_it_out_of_service(
        self, old_web: ServedInstallation, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bring_later_schema(url, tmp_path, monkeypatch, contracts=True)
        ready = old_web.anyone().get("/readyz")
        assert ready.status_code == 503
        assert "needs a program that knows 9001" in ready.json["checks"]["migrations"]

    def test_a_schema_of_before_is_not_enough(self, old_web: ServedInstallation, url: str) -> None:
        with create_engine(owner_of(url), poolclass=NullPool).begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '0009'"))
        ready = old_web.anyone().get("/readyz")
        assert (ready.status_code, ready.json["checks"]["migrations"]) == (503, f"at 0009, wanted {latest()}")

    def test_a_script_that_contracts_says_so(self) -> None:
        """What an earlier program uses is removed or renamed only by a script that tells it to leave."""
        scripts = sorted((MIGRATIONS / "versions").glob("[0-9]*.py"))
        [first] = [number for number, path in enumerate(scripts) if path.name.endswith("_the_installation.py")]
        silent = [
            path.name for path in scripts[first:] if contracts(path.read_text()) and "needs(" not in path.read_text()
        ]
        assert silent == []

    @pytest.mark.parametrize(
        ("statement", "expected"),
        [
            ('op.drop_table("fees")', True),
            ('op.drop_column("fees", "vnd")', True),
            ('op.rename_table("fees", "dues")', True),
            ('op.alter_column("fees", "vnd", new_column_name="amount")', True),
            ('op.alter_column("fees", "vnd", nullable=False)', True),
            ('op.add_column("fees", sa.Column("more", sa.Text(), nullable=False))', True),
            ('op.add_column("fees", sa.Column("more", sa.Text(), nullable=False, server_default=""))', False),
            ('op.add_column("fees", sa.Column("more", sa.Text()))', False),
            ('op.create_table("more", sa.Column("id", sa.Text(), nullable=False))', False),
        ],
    )
    def test_what_contracts(self, statement: str, expected: bool) -> None:
        script = f"def upgrade():\n    {statement}\n\n\ndef downgrade():\n    op.drop_table('more')\n"
        assert contracts(script) is expected


def contracts(script: str) -> bool:
    """Whether ``upgrade`` of a script removes, renames or demands what a program of before uses or leaves out."""
    [up] = [one for one in ast.parse(script).body if isinstance(one, ast.FunctionDef) and one.name == "upgrade"]
    calls = [one for one in ast.walk(up) if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute)]
    return any(_contracts(one, getattr(one.func, "attr", "")) for one in calls)


def _contracts(call: ast.Call, name: str) -> bool:
    given = {one.arg: ast.unparse(one.value) for one in call.keywords}
    if name in ("drop_table", "drop_column", "rename_table"):
        return True
    if name == "alter_column":
        return "new_column_name" in given or given.get("nullable") == "False"
    columns = [one for one in call.args if isinstance(one, ast.Call)] if name == "add_column" else []
    return any({"nullable=False"} <= _keywords(one) and not _has_default(one) for one in columns)


def _keywords(call: ast.Call) -> set[str]:
    return {ast.unparse(one) for one in call.keywords}


def _has_default(call: ast.Call) -> bool:
    return any(one.arg == "server_default" for one in call.keywords)


class TestFiles:
    """Two machines with one database: each has a data folder of its own, and perhaps the wrong one."""

    def test_one_machine_notices_nothing(self, old_web: ServedInstallation, tmp_path: Path) -> None:
        (tmp_path / "files" / "ab").mkdir(parents=True)  # of before this version, without a name
        assert old_web.anyone().get("/readyz").json["checks"]["files"] == "ok"
        assert (tmp_path / "files" / "installation").stat().st_mode & 0o777 == 0o600
        assert old_web.anyone().get("/readyz").json["checks"]["files"] == "ok"

    def test_a_machine_with_a_folder_of_its_own_is_not_ready(
        self, old_web: ServedInstallation, url: str, tmp_path: Path
    ) -> None:
        assert old_web.anyone().get("/readyz").status_code == 200
        other = open_installation(url, tmp_path / "other")
        for _ in range(2):
            told = other.anyone().get("/readyz")
            assert told.status_code == 503
            assert "Mount the shared folder" in told.json["checks"]["files"]
        assert not (
            tmp_path / "other" / "files" / "installation"
        ).exists()  # it does not become the right one by asking
        shutil.copytree(tmp_path / "files", tmp_path / "other" / "files")  # as a mount of the shared folder
        assert other.anyone().get("/readyz").status_code == 200
        other.close()

    def test_a_lost_mount_is_noticed(self, old_web: ServedInstallation, tmp_path: Path) -> None:
        assert old_web.anyone().get("/readyz").status_code == 200
        (tmp_path / "files").rename(tmp_path / "gone")
        assert old_web.anyone().get("/readyz").status_code == 503

    @pytest.mark.parametrize(
        "process", [["serve", "--port", "1"], ["serve", "--port", "1", "--server", "granian"], ["worker"]]
    )
    def test_it_does_not_start_and_says_what_to_do(self, url: str, tmp_path: Path, process: list[str]) -> None:
        ran(url, tmp_path / "first", "files", "adopt")
        environment = {**os.environ, **environment_over(url, tmp_path / "second"), "LANG": "en_GB.UTF-8"}
        command = [sys.executable, "-m", "cli", *process]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 1
        assert "motcua files adopt" in done.stderr
        assert "Traceback" not in done.stderr

    def test_a_moved_folder_is_adopted(self, url: str, tmp_path: Path) -> None:
        ran(url, tmp_path / "first", "files", "adopt")
        assert ran(url, tmp_path / "second", "files", "check", code=1).exit_code == 1
        ran(url, tmp_path / "second", "files", "adopt")
        ran(url, tmp_path / "second", "files", "check")
        ran(url, tmp_path / "first", "files", "check", code=1)


def ran(url: str, data: Path, *arguments: str, code: int = 0) -> Result:
    environment = environment_over(url, data) | {"LANG": "en_GB.UTF-8"}
    result = CliRunner().invoke(main, arguments, env=environment, catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result
