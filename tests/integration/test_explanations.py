"""The explanations of the linter's rules: each is true of a whole file, and each rule has one in both languages."""

from __future__ import annotations

import json
import re
import textwrap
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import main
from tests.integration.test_workflow_rules import _context_for
from tests.workflow_samples.surroundings import CORRECT, check
from workflows.explanations import Explanation, explanations
from workflows.rule_book import RULES

WITHOUT_EXAMPLE = {
    "no-file", "not-utf8", "too-big", "empty-file", "control-character", "too-long", "table-too-large", "file-name",
}  # fmt: skip
"""Rules whose breach no few lines of text show."""
BESIDES = {"unknown-table": {"unused-table"}, "min-max": {"table-hidden"}}
"""What a few examples break as a consequence."""
EXAMPLES = [one for one in explanations().values() if one.wrong]
PLAIN = CORRECT.read_text(encoding="utf-8")


def _with(text: str, mended: str, wrong: str) -> str:
    """The text with the lines ``mended``, however far indented, replaced by ``wrong``."""
    for indent in ("", "  ", "    ", "      "):
        old = textwrap.indent(mended, indent)
        if f"\n{old}\n" in text:
            return text.replace(f"\n{old}\n", f"\n{textwrap.indent(wrong, indent)}\n", 1)
    assert check(f"{text}\n{mended}\n", "1.012783.yaml")[1] == []  # a part that the file does not have
    return f"{text}\n{wrong}\n"


def _broken(one: Explanation) -> str:
    wrong, mended = one.wrong.split("\n…\n"), one.mended.split("\n…\n")
    assert len(wrong) == len(mended)
    text = PLAIN
    for old, new in zip(mended, wrong, strict=True):
        text = _with(text, old, new)
    return text


@pytest.mark.parametrize("one", EXAMPLES, ids=lambda one: one.rule)
def test_an_example_breaks_its_rule_and_no_other(one: Explanation) -> None:
    problems = check(_broken(one), "1.012783.yaml", _context_for(one.rule))[1]
    assert {problem.rule for problem in problems} == {one.rule} | BESIDES.get(one.rule, set())


def test_every_rule_is_explained_in_both_languages() -> None:
    assert set(explanations()) == set(RULES)
    assert {name for name, one in explanations().items() if not one.wrong} == WITHOUT_EXAMPLE
    for one in explanations().values():
        assert bool(one.wrong) == bool(one.mended)
        assert one.why.vi != one.why.en and min(len(one.why.vi), len(one.why.en)) > 20
        assert not re.search(r"\{[a-z_]+\}", one.says.vi + one.says.en)  # no name of a fact is left


def _said(*arguments: str, lang: str = "en", code: int = 0) -> str:
    result = CliRunner().invoke(main, ["--lang", lang, "workflows", "explain", *arguments], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.output


def test_a_rule_is_explained_by_command() -> None:
    english, vietnamese = _said("endless-pause"), _said("endless-pause", lang="vi")
    assert english.startswith("endless-pause (error; States)\nclock is paused in ")
    assert english.index("Why: ") < english.index("Wrong:") < english.index("Mended:") < english.index("remind: 10")
    assert "Vì sao: " in vietnamese and "Đúng:" in vietnamese
    assert "Wrong:" not in _said("no-file")


def test_a_mistyped_rule_gets_the_nearest_one() -> None:
    assert 'Did you mean "endless-pause"?' in _said("endles-pause", code=1)
    assert 'Có phải ý bạn là "endless-pause"?' in _said("endles-pause", lang="vi", code=1)


def test_the_list_and_the_json_hold_every_rule() -> None:
    listed = _said()
    assert all(f"  {rule} " in listed for rule in RULES)
    assert [one["rule"] for one in json.loads(_said("--json"))] == list(RULES)
    one = json.loads(_said("no-else", "--json"))
    assert one["severity"] == "error" and set(one["why"]) == {"vi", "en"} and "else" in one["mended"]


def test_sarif_tells_a_code_review_why(tmp_path: Path) -> None:
    path = tmp_path / "1.012783.yaml"
    path.write_text(PLAIN.replace("portal: 9", "portal: 19"), encoding="utf-8")
    arguments = ["--lang", "en", "workflows", "lint", str(path), "--format", "sarif"]
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    (told,) = json.loads(result.output)["runs"][0]["tool"]["driver"]["rules"]
    assert (told["id"], told["fullDescription"]["text"]) == ("portal-range", explanations()["portal-range"].why.en)
