"""The picture of two versions: what was added, removed and changed, by a sign and in words, never by colour alone."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

from click.testing import CliRunner
from msgspec.structs import replace

from cli.main import main
from engine.pictures.compare import compare, compared_svg
from engine.rules.procedure.definition import Branch, Release
from engine.text import Text
from tests.workflow_samples.surroundings import CORRECT, surroundings
from workflows.loader import load


@cache
def old() -> Release:
    return load(CORRECT, context=surroundings())


@cache
def new() -> Release:
    """Without the financial obligation, with a review before the signature, and with more time to examine."""
    states = {key: state for key, state in old().states.items() if key != "finance"}
    states["review"] = replace(states["checking"], name=Text("Thẩm tra", "Review"))
    states["checking"] = replace(states["checking"], role="leader")
    actions = {key: action for key, action in old().actions.items() if key != "paid"}
    actions["submit"] = replace(actions["submit"], to=(Branch("review"),))
    actions["pass"] = replace(
        actions["sign"], name=Text("Đồng ý", "Agree"), sources=("review",), to=(Branch("signing"),)
    )
    return replace(old(), version=3, states=states, actions=actions)


def test_states_and_ways_have_their_marks() -> None:
    both = compare(old(), new())
    assert both.states == {"finance": "removed", "review": "added", "checking": "changed"}
    assert both.ways["review", "signing"] == both.ways["checking", "review"] == "added"
    assert both.ways["checking", "finance"] == both.ways["finance", "signing"] == "removed"
    assert ("accepted", "checking") not in both.ways
    assert {node.key for node in both.graph.nodes} == {*old().states, "review"}


def test_the_same_version_has_no_mark() -> None:
    both = compare(old(), old())
    assert (both.states, both.ways) == ({}, {})


def test_a_way_whose_action_is_otherwise_is_changed() -> None:
    forward = replace(old().actions["forward"], reason="required")
    later = replace(old(), actions=old().actions | {"forward": forward})
    assert compare(old(), later).ways == {("accepted", "checking"): "changed"}


def test_the_picture_says_it_by_signs_and_in_words() -> None:
    for language, word in (("vi", "Bỏ: Nghĩa vụ tài chính"), ("en", "Removed: Financial obligation")):
        drawn = compared_svg(old(), new(), language, alone=True)
        assert drawn == compared_svg(old(), new(), language, alone=True)
        picture = ET.fromstring(drawn)  # noqa: S314 - our own
        (told,) = (part.text or "" for part in picture if part.tag.endswith("desc"))
        assert word in told
        words = [part.text or "" for part in picture.iter() if part.tag.endswith("text")]
        assert {word[0] for word in words if word[1:2] == " "} >= {"+", "−", "±"}
        looks = " ".join(part.get("class", "") for part in picture.iter())
        assert "node-added" in looks and "flow-removed" in looks and "node-changed" in looks


def test_the_command_says_what_differs(tmp_path: Path) -> None:
    later = tmp_path / "later.yaml"
    later.write_text(CORRECT.read_text().replace("version: 2", "version: 3").replace("hours: 4", "hours: 6"))
    said = CliRunner().invoke(main, ["--lang", "vi", "workflows", "diff", str(CORRECT), str(later)])
    assert said.exit_code == 2
    assert "Bước “Được tiếp nhận” (accepted), hạn của bước: 4 → 6 giờ làm việc" in said.output
    drawn = CliRunner().invoke(main, ["workflows", "diff", str(CORRECT), str(later), "--format", "svg"])
    assert ET.fromstring(drawn.output).tag.endswith("svg")  # noqa: S314 - our own
    alike = CliRunner().invoke(main, ["workflows", "diff", str(CORRECT), str(CORRECT), "--json"])
    assert (alike.exit_code, '"changes": 0' in alike.output) == (0, True)
    other = tmp_path / "other.yaml"
    other.write_text(later.read_text().replace("1.012783", "1.012784"))
    refused = CliRunner().invoke(main, ["--lang", "en", "workflows", "diff", str(CORRECT), str(other)])
    assert refused.exit_code == 1 and "two procedures" in refused.output
