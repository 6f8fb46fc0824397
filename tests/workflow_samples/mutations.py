"""Single mistakes put into a correct workflow file, each with its line and the rules that may name it there."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from workflows.problems import Mark, Report
from workflows.yaml_reader import Group, Items, Node, Scalar, decode, read

Path = tuple[str | int, ...]

_PARTS = ("roles", "fields", "documents", "fees", "states", "actions", "children")
_NAMES = {
    ("actions", "from"): "unknown-state",
    ("actions", "to"): "unknown-state",
    ("actions", "by"): "unknown-role",
    ("actions", "attach"): "attach-undeclared",
    ("states", "role"): "unknown-role",
    ("roles", "unit"): "intake-role",
    ("notify", "to"): "unknown-role",
    ("notify", "template"): "template-missing",
    ("children", "opens"): "unknown-state",
    ("sla", "starts"): "unknown-action",
}
"""Values that name another part of the file, by part and key, with the rule that misses it."""
_WORDS = {
    ("fields", "type"),
    ("notify", "via"),
    ("states", "clock"),
    ("actions", "reason"),
    ("sla", "unit"),
    ("fees", "collect"),
}
_NUMBERS = {
    ("documents", "original"),
    ("fees", "vnd"),
    ("states", "remind"),
    ("states", "final"),
    ("sla", "extensions"),
}
_CONDITIONS = {"guard", "when"}


@dataclass(frozen=True)
class Mutation:
    """A mistake at one place: the text of the whole file with it, its line, and the rules that name it."""

    kind: str
    text: str
    line: int
    rules: frozenset[str]


def mutations(text: str, number: int, seed: int) -> list[Mutation]:
    """``number`` mistakes at places drawn by chance, each kind as often as the others while there are places."""
    kinds: dict[str, list[Mutation]] = {}
    for one in _all(text):
        kinds.setdefault(one.kind, []).append(one)
    drawn: list[Mutation] = []
    chance = random.Random(seed)
    for ones in kinds.values():
        chance.shuffle(ones)
    while len(drawn) < number and any(kinds.values()):
        drawn += [ones.pop() for ones in kinds.values() if ones]
    return drawn[:number]


def _all(text: str) -> Iterator[Mutation]:
    decoded, report = decode(text, "a.yaml")
    root = read(decoded, report)
    assert root is not None and isinstance(report, Report)
    for path, key, value in _entries(root, ()):
        yield from _of_key(text, path, key)
        for one in [value] if isinstance(value, Scalar) else value.items if isinstance(value, Items) else []:
            if isinstance(one, Scalar) and one.plain and one.value:
                yield from _of_value(text, path, one)


def _entries(node: Node, path: Path) -> Iterator[tuple[Path, Scalar, Node]]:
    """Every key with its value; the path leaves the numbers of lists out."""
    if isinstance(node, Group):
        for name, (key, value) in node.entries.items():
            yield (*path, name), key, value
            yield from _entries(value, (*path, name))
    elif isinstance(node, Items):
        for one in node.items:
            yield from _entries(one, path)


def _of_key(text: str, path: Path, key: Scalar) -> Iterator[Mutation]:
    fixed = len(path) == 1 or (len(path) == 2 and path[0] in ("sla", "effective", "notify", "sector", "name"))
    if fixed or (len(path) == 3 and path[0] in _PARTS):
        yield _changed("mistyped key", text, key.mark, key.value, lambda word: word + "x", "unknown-key")
    if len(path) == 3 and path[0] in _PARTS:
        yield _changed("invisible sign", text, key.mark, key.value, lambda word: word + "\u202e", "control-character")
        yield _changed(
            "key given twice", text, key.mark, key.value, lambda word: f"{word}: 1, {word}", "duplicate-key", "syntax"
        )


def _of_value(text: str, path: Path, value: Scalar) -> Iterator[Mutation]:
    kind = (str(path[0]), str(path[-1]))
    if kind in _NAMES and len(path) <= 3 and value.value not in ("applicant", "system", "holder"):
        yield _changed("mistyped name", text, value.mark, value.value, lambda word: word + "x", _NAMES[kind])
    if kind in _WORDS and len(path) <= 3:
        yield _changed("unknown word", text, value.mark, value.value, lambda word: word + "x", "bad-value")
    if kind in _NUMBERS and len(path) == 3:
        yield _changed("word for a number", text, value.mark, value.value, lambda word: "many", "wrong-type")
    if kind == ("states", "portal"):
        yield _changed("code out of range", text, value.mark, value.value, lambda word: "1" + word, "portal-range")
    if path == ("effective", "from"):
        yield _changed("day that is none", text, value.mark, value.value, lambda word: word[:5] + "02-30", "bad-date")
    if path[-1] in _CONDITIONS and path[0] != "tables":
        yield _changed(
            "mistyped fact", text, value.mark, value.value, _mistyped, "unknown-name", "bad-condition", "condition-type"
        )
    if len(path) == 3 and path[0] in _PARTS:
        yield _changed("anchor", text, value.mark, value.value, lambda word: "&a " + word, "alias")


def _mistyped(condition: str) -> str:
    """The condition with its first fact mistyped."""
    end = next((at for at, sign in enumerate(condition) if not (sign.isalnum() or sign in "._!(")), len(condition))
    return condition[:end] + "x" + condition[end:]


def _changed(kind: str, text: str, mark: Mark, word: str, change: Callable[[str], str], *rules: str) -> Mutation:
    lines = text.split("\n")
    line, start = lines[mark.line - 1], mark.column - 1
    assert line[start : start + len(word)] == word, (line, word)
    lines[mark.line - 1] = line[:start] + change(word) + line[start + len(word) :]
    return Mutation(kind, "\n".join(lines), mark.line, frozenset(rules))
