"""The strict reader of YAML: text stays text, everything has a place, and what YAML can hide is refused."""

from __future__ import annotations

import pytest

from workflows.problems import Report
from workflows.yaml_reader import MOST_LEVELS, Group, Items, Scalar, decode, read


def _read(text: str) -> Group:
    report = Report("a.yaml", text)
    root = read(text, report)
    assert root is not None, report.problems()
    return root


def _rules(data: str | bytes) -> list[str]:
    text, report = decode(data, "a.yaml")
    if not report.problems():
        read(text, report)
    return [problem.rule for problem in report.problems()]


@pytest.mark.parametrize("word", ["on", "yes", "1.012790", "012", "22:30", "2027-01-01", "~", "0x1F", "1_000", "null"])
def test_what_yaml_would_convert_stays_as_written(word: str) -> None:
    value = _read(f"a: {word}\n").entries["a"][1]
    assert isinstance(value, Scalar)
    assert (value.value, value.plain) == (word, True)


def test_every_node_knows_its_place() -> None:
    root = _read("# note\na:\n  - {b: c, d: 'e'}\n")
    items = root.entries["a"][1]
    assert isinstance(items, Items)
    group = items.items[0]
    assert isinstance(group, Group)
    key, value = group.entries["d"]
    assert (items.mark, group.mark, key.mark, value.mark) == ((3, 3), (3, 5), (3, 12), (3, 15))


def test_columns_inside_a_text_are_known_only_where_they_mean_something() -> None:
    root = _read("""a: plain\nb: 'quoted'\nc: "es\\u0063aped"\nd: two\n  lines\n""")
    offsets = {key: node.offset for key, (_, node) in root.entries.items() if isinstance(node, Scalar)}
    assert offsets == {"a": 0, "b": 1, "c": None, "d": None}


def test_text_is_composed() -> None:
    root = _read("tie\u0302\u0301ng: Vie\u0323\u0302t\n")
    assert list(root.entries) == ["ti\u1ebfng"]
    value = root.entries["ti\u1ebfng"][1]
    assert isinstance(value, Scalar)
    assert value.value == "Vi\u1ec7t"


def test_keys_that_differ_only_in_composition_are_duplicates() -> None:
    assert _rules("\u00e9: 1\ne\u0301: 2\n") == ["duplicate-key"]


def test_a_byte_order_mark_of_windows_is_accepted() -> None:
    assert _rules(b"\xef\xbb\xbfa: b\n") == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("a: &x b\n", "alias"),
        ("a: *x\n", "alias"),
        ("a: &x [b]\nc: [*x, *x]\n", "alias"),
        ("<<: {a: b}\n", "merge-key"),
        ("a: !!python/object/apply:os.system [b]\n", "tag"),
        ("a: !local b\n", "tag"),
        ("%TAG ! tag:x,2000:\n---\na: b\n", "tag"),
        ("a: b\n---\nc: d\n", "one-document"),
        ("? [a]\n: b\n", "bad-key"),
        ("? {a: b}\n: c\n", "bad-key"),
        ("", "empty-file"),
        ("# only a comment\n", "empty-file"),
        ("just words\n", "wrong-type"),
        ("- a\n", "wrong-type"),
        ("a: b\x07\n", "control-character"),
        ("a: b\u202ec\n", "control-character"),
        ("a: b\u0085c: d\n", "control-character"),
        ('a: "\\u202e"\n', "control-character"),
        ('a: "\\ud800"\n', "control-character"),
        ('a: "\\UFFFFFFFF"\n', "syntax"),
        (f"%YAML 1.{'9' * 5000}\n---\na: b\n", "syntax"),
        ("a: \ud800\n", "not-utf8"),
        ("a: [b\n", "syntax"),
        ("a: 'b\n", "syntax"),
        ("a: b: c\n", "syntax"),
        ("a:\n\tb: c\n", "syntax"),
        ("a: @b\n", "syntax"),
    ],
)
def test_what_is_refused(text: str, rule: str) -> None:
    assert set(_rules(text)) == {rule}


@pytest.mark.parametrize("levels", [MOST_LEVELS + 1, 1_000, 100_000])
@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_depth_is_refused_before_it_hurts(opening: str, levels: int) -> None:
    assert _rules("a:\n  " + opening * levels) == ["too-deep"] if levels * len(opening) < 262_000 else ["too-big"]


def test_the_last_allowed_level_is_allowed() -> None:
    inner = MOST_LEVELS - 1
    assert _rules("a: " + "[" * inner + "]" * inner + "\n") == []


def test_sizes_are_bounded() -> None:
    assert _rules("#" * (256 * 1024 - 5) + "\na: b") == []
    assert _rules("#" * (256 * 1024 - 5) + "\na: bc") == ["too-big"]
    assert _rules("a: [" + "b," * 9_997 + "]") == []
    assert _rules("a: [" + "b," * 9_998 + "]") == ["too-big"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: 'b\n", "never closed"),
        ("a: [b\n", "is not closed"),
        ("a: {b\nc: d\n", "is not closed"),
        ("a: b: c\n", "colon stands inside"),
        ("a:\n\tb: c\n", "tab"),
        ("a: @b\n", "cannot begin a value"),
        ("a: b\n c: d\n  e\nf\n", "colon"),
    ],
)
def test_mistakes_of_writing_are_explained_in_both_languages(text: str, words: str) -> None:
    report = Report("a.yaml", text)
    assert read(text, report) is None
    (problem,) = report.problems()
    assert words in problem.en
    assert problem.vi != problem.en
