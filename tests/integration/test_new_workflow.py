"""``motcua workflows new``: the file lints clean apart from what is marked, and its story goes as it is told."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli import new_questions
from cli.main import main
from cli.shipped import Shipped
from tests.installation.content import shipped
from workflows.loader import load_files
from workflows.new_file import to_fill_in
from workflows.scenario_files import read_scenarios
from workflows.scenario_runner import run_all

SHIPPED = shipped()
GIVEN = (
    "1.009999", "--name", 'Cấp thẻ "thử nghiệm": A, B', "--legal", "1/2026/NĐ-CP", "--sector", "HO-TICH",
    "--days", "5", "--from", "2026-12-01",
)  # fmt: skip
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command of authors with the content of ``tmp_path``, where there is any."""

    def here() -> Shipped:
        if not (tmp_path / "procedures").is_dir():
            return SHIPPED
        own = Shipped(tmp_path)
        own.__dict__["territory"] = SHIPPED.territory  # read once for all tests
        own.__dict__["offices"] = SHIPPED.offices
        return own

    monkeypatch.setattr(Shipped, "here", here)
    monkeypatch.setenv("MOTCUA_CONTENT", str(tmp_path))

    def command(*arguments: str, code: int = 0, lang: str = "en", given: str | None = None) -> Result:
        words = ["--lang", lang, "workflows", *arguments]
        result = CliRunner().invoke(main, words, input=given, catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result

    return command


def test_the_new_file_lints_clean_apart_from_what_is_marked(run: Run, tmp_path: Path) -> None:
    told = json.loads(run("new", *GIVEN, "--json").output)
    workflow, story, table = (
        tmp_path / one for one in ("procedures/1.009999.yaml", "scenarios/1.009999.yaml", "competences.csv")
    )
    assert told["written"] == [str(workflow), str(story), str(table)]
    found = json.loads(run("lint", str(workflow), "--json").output)
    assert {one["rule"] for one in found} == {"missing-en", "missing-short", "unverified"}
    lines = workflow.read_text(encoding="utf-8").splitlines()
    assert [lines[one["line"] - 1].split(":")[0] for one in told["fill_in"][:4]] == ["# FILL IN"] * 4
    walked = json.loads(run("test", str(workflow), str(story), "--json").output)
    assert (walked["stories"], walked["differences"]) == (1, [])
    assert "→ returned" in run("simulate", str(workflow), "--received", "2026-12-07T08:00").output


@pytest.mark.parametrize(("days", "fee"), [(0, 0), (1, 20_000), (2, 0), (30, 20_000)])
def test_every_answer_gives_a_file_whose_story_walks(run: Run, tmp_path: Path, days: int, fee: int) -> None:
    more = ("--days", str(days), "--fee", str(fee), "--english", "Trial card", "--level", "province")
    run("new", *GIVEN, *more, "--sector", "KHAC", lang="vi")
    files = [tmp_path / folder / "1.009999.yaml" for folder in ("procedures", "scenarios")]
    (release,) = load_files(files[:1])  # raises for an error
    assert (release.name.vi, len(release.fees)) == ('Cấp thẻ "thử nghiệm": A, B', 1 if fee else 0)
    (outcome,) = run_all(read_scenarios(files[1]), [release], SHIPPED.calendars)
    assert outcome.differences == () and outcome.walk.steps[-1].state == "returned"
    assert all(to_fill_in(path.read_text(encoding="utf-8")) for path in files)
    assert "FILL IN" not in files[0].read_text(encoding="utf-8")


def test_competences_of_two_procedures_stand_in_one_table(run: Run, tmp_path: Path) -> None:
    run("new", *GIVEN)
    run("new", "1.009998", *GIVEN[1:], "--level", "province", "--body", "justice")
    with (tmp_path / "competences.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["subject"], row["level"], row["body"]) for row in csv.DictReader(file)]
    assert rows == [("1.009999", "commune", "authority"), ("1.009998", "province", "justice")]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("1.009999", "--name", "A"), "--legal, --days"),
        ((), "PROCEDURE, --name, --legal, --days"),
        (("1.013225", *GIVEN[1:]), "has a workflow file"),
        (("card", *GIVEN[1:]), "1.012783"),
        ((*GIVEN, "--from", "2020-01-01"), "2024-01-01"),
        ((*GIVEN, "--body", "authorty"), 'Did you mean "authority"?'),
        ((*GIVEN, "--sector", "HO TICH"), "bad-"),
    ],
)
def test_what_cannot_be_written_is_refused_and_nothing_is_written(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    assert says in run("new", *arguments, code=1).output
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(run: Run, tmp_path: Path) -> None:
    run("new", *GIVEN)
    (tmp_path / "procedures" / "1.009999.yaml").unlink()
    before = (tmp_path / "competences.csv").read_bytes()
    assert "overwrites nothing" in run("new", *GIVEN, code=1).output
    (tmp_path / "scenarios" / "1.009999.yaml").unlink()
    run("new", *GIVEN)
    assert (tmp_path / "competences.csv").read_bytes() == before  # its line is there already


def test_a_person_is_asked_what_was_not_given(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(new_questions, "at_a_terminal", lambda: True)
    answers = "Thẻ mới\nNew card\n1/2026/NĐ-CP, 2/2026/TT-BTP\nHO-TICH\n3\n\n\n\n"
    asked = run("new", "1.009999", "--from", "2026-12-01", given=answers).output
    assert "Name in Vietnamese" in asked and "Time limit in working days" in asked
    (release,) = load_files([tmp_path / "procedures" / "1.009999.yaml"])
    assert (release.name.en, release.legal) == ("New card", ("1/2026/NĐ-CP", "2/2026/TT-BTP"))
    assert release.sla.total[0].term.amount == 3


def test_what_cannot_be_used_is_asked_again(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong code is said at once and not after nine more questions; each question names what may be answered."""
    monkeypatch.setattr(new_questions, "at_a_terminal", lambda: True)
    code, legal, body, day = ("card", "1.013225", "1.009999"), (" , ", "1/2026/NĐ-CP"), ("justise", "justice"), "x"
    answers = (*code, "Thẻ mới", "New card", *legal, "", "3", "0", "province", *body, day, "2026-12-01")
    asked = run("new", given="".join(f"{one}\n" for one in answers)).output
    assert "a digit, a dot and six digits" in asked and "has a workflow file" in asked
    assert "  DAT-DAI: Land" in asked and "  KHAC: another field" in asked
    assert "Level that decides (commune, province) [commune]" in asked and "home_affairs, justice" in asked
    assert "'x' is not a day" in asked and "First day [" in asked
    (release,) = load_files([tmp_path / "procedures" / "1.009999.yaml"])
    assert release.effective.start.isoformat() == "2026-12-01"
    assert "justice" in (tmp_path / "competences.csv").read_text(encoding="utf-8")


def test_the_linter_says_which_content_it_does_not_read(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("new", *GIVEN)
    monkeypatch.setattr(Shipped, "here", lambda: SHIPPED)
    told = run("lint", str(tmp_path / "procedures" / "1.009999.yaml"), code=1).output
    assert f"export MOTCUA_CONTENT={tmp_path}" in told and "no-competence" in told
