"""``motcua workflows import``: the draft goes to a new file or to standard output, the findings beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import main
from tests.workflow_samples.diagrams import END, START, bpmn, flow, task
from workflows.loader import check_bytes

CHAIN = (START, task("a", "Tiếp nhận"), task("b", "Ký"), END, flow("s", "a"), flow("a", "b"), flow("b", "e"))


@pytest.fixture
def diagram(tmp_path: Path) -> Path:
    path = tmp_path / "cap-phep.bpmn"
    path.write_text(bpmn(*CHAIN, task("x", "Lẻ")), encoding="utf-8")
    return path


def ran(*arguments: object, code: int = 0, lang: str = "en") -> Result:
    words = ["--lang", lang, "workflows", "import", *map(str, arguments)]
    result = CliRunner().invoke(main, words, catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result


def test_the_draft_is_written_and_the_findings_are_told(diagram: Path, tmp_path: Path) -> None:
    output = tmp_path / "1.234567.yaml"
    told = ran(
        diagram, "--output", output, "--procedure", "1.234567", "--legal", "1/2026/NĐ-CP", "--from", "2027-03-01"
    )
    assert "cap-phep.bpmn:" in told.output and "[bpmn-unreached]" in told.output and "Decide here" in told.output
    assert f"Next: motcua workflows lint {output}" in told.output
    draft = check_bytes(output.read_bytes(), output.name, []).draft
    assert draft is not None
    assert (draft.procedure, draft.legal, draft.effective.start.isoformat()) == (
        "1.234567", ("1/2026/NĐ-CP",), "2027-03-01",
    )  # fmt: skip
    assert (draft.name.vi, next(iter(draft.states))) == ("Cấp giấy phép", "tiep_nhan")
    again = CliRunner().invoke(main, ["workflows", "import", str(diagram), "--output", str(output)])
    assert again.exit_code != 0 and "--output" in again.output


def test_without_an_output_the_draft_and_the_findings_go_to_their_streams(diagram: Path) -> None:
    told = ran(diagram, "--json", lang="vi")
    assert check_bytes(told.stdout, "x.yaml", []).draft is not None
    found = json.loads(told.stderr)
    assert {"bpmn-unreached", "bpmn-decide-term"} <= {one["rule"] for one in found}
    assert all(one["vi"] and one["en"] and one["message"] == one["vi"] for one in found)


def test_a_refused_diagram_writes_nothing_and_fails(tmp_path: Path) -> None:
    path, output = tmp_path / "x.bpmn", tmp_path / "x.yaml"
    path.write_text("<!DOCTYPE d [<!ENTITY a 'b'>]><definitions/>", encoding="utf-8")
    found = json.loads(ran(path, "--output", output, "--json", code=1).output)
    assert [one["rule"] for one in found] == ["bpmn-entities"] and not output.exists()
    assert "DOCTYPE" in ran(path, code=1, lang="vi").stderr
