"""``motcua journal checkpoint | export | prove …`` and the verifier as an auditor runs it: one file, elsewhere."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import main
from tests.installation.runtime import KEY
from tests.installation.world import World
from verifier import motcua_verify

VERIFIER = Path(motcua_verify.__file__)
only_sqlite = pytest.mark.parametrize("world", ["sqlite"], indirect=True)


def command(world: World, *arguments: str) -> str:
    settings = world.runtime.settings
    environment = {
        "MOTCUA_DATA": str(settings.data),
        "DATABASE_URL": settings.database_url,
        "MOTCUA_SECRET_KEYS": KEY,
        "MOTCUA_CHECKPOINT_FOLDER": str(settings.data / "outside"),
    }
    done = CliRunner().invoke(main, ["--lang", "en", "journal", *arguments], env=environment, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


@only_sqlite
def test_an_auditor_verifies_export_and_proofs_on_another_machine(world: World, tmp_path: Path) -> None:
    code = world.land_at("checking")
    line = command(world, "checkpoint")
    kept = tmp_path / "kept.json"
    kept.write_text(line)  # what is printed is what is published
    outside = world.runtime.settings.data / "outside"
    assert (outside / "checkpoint-00000001.json").read_text() == line
    assert command(world, "checkpoint") == "There is nothing new.\n"
    world.file()
    command(world, "export", str(tmp_path / "export"))
    (tmp_path / "entry.json").write_text(command(world, "prove", code, "2", "--checkpoint", "1"))
    (tmp_path / "growth.json").write_text(command(world, "prove-growth", "1"))
    alone = shutil.copyfile(VERIFIER, tmp_path / "motcua_verify.py")
    for what, where, code_expected in (
        ("export", "export", 0),
        ("entry", "entry.json", 0),
        ("growth", "growth.json", 0),
        ("export", "nowhere", 2),
    ):
        told = [sys.executable, "-I", alone, what, tmp_path / where, "--published", kept, "--published", outside]
        done = subprocess.run(told, capture_output=True, text=True, cwd=tmp_path, check=False)
        assert done.returncode == code_expected, done.stdout + done.stderr
        assert ("Nothing is wrong." in done.stdout) == (code_expected == 0)


@only_sqlite
def test_the_verifier_says_what_is_wrong_to_people_and_to_programs(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world.land_at("checking")
    command(world, "export", str(tmp_path / "export"))
    outside = str(world.runtime.settings.data / "outside")
    entries = tmp_path / "export" / "entries.jsonl"
    assert motcua_verify.main(["export", str(entries.parent), "--published", outside]) == 0
    assert motcua_verify.main(["export", str(entries.parent)]) == 0
    assert "note: no checkpoint kept from earlier" in capsys.readouterr().out
    entries.write_text("".join(reversed(entries.read_text().splitlines(keepends=True))))
    assert motcua_verify.main(["export", str(entries.parent), "--published", outside]) == 1
    assert "SOMETHING IS WRONG." in capsys.readouterr().out
    assert motcua_verify.main(["export", str(entries.parent), "--published", outside, "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["valid"] is False
    assert {"where", "what"} == report["findings"][0].keys()
    assert motcua_verify.main(["export", str(entries.parent), "--published", str(tmp_path / "export")]) == 2


@pytest.mark.parametrize(
    "proof",
    [[], 7, None, {}, {"entry": 3}, {"entry": "\ud800"}, {"checkpoint": [], "entry": "", "path": [], "leaf": 0}],
)
def test_a_proof_that_is_none_is_a_finding_not_a_crash(proof: object) -> None:
    for verify in (motcua_verify.verify_entry, motcua_verify.verify_growth):
        assert len(verify(proof).findings) == 1
