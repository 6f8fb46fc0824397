"""A workflow file while it is written: its parts with their lines, its name, and its mistyped words mended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from workflows.loader import Checked
from workflows.problems import Both, Fix
from workflows.schema import FILE
from workflows.yaml_reader import Group, Items, Scalar


@dataclass(frozen=True, slots=True)
class Part:
    """One key of the file at ``line``. ``count`` is how many entries it has; None where it is a single value."""

    key: str
    about: Both
    line: int
    count: int | None


def parts_of_file(checked: Checked) -> list[Part]:
    """The keys of the whole file in its order; none where it cannot be read."""
    if checked.source is None:
        return []
    found = []
    for key, (node, value) in checked.source.root.entries.items():
        about = FILE.keys[key].doc if key in FILE.keys else Both("", "")
        count = (
            len(value.entries) if isinstance(value, Group) else len(value.items) if isinstance(value, Items) else None
        )
        found.append(Part(key, about, node.mark.line, count))
    return found


def named_by(checked: Checked) -> tuple[str, str]:
    """The procedure's code and its Vietnamese name, as the file gives them; empty where it does not."""
    if checked.source is None:
        return "", ""
    entries = checked.source.root.entries
    code, name = entries.get("procedure"), entries.get("name")
    title = name[1].entries.get("vi") if name is not None and isinstance(name[1], Group) else None
    return (
        code[1].value if code is not None and isinstance(code[1], Scalar) else "",
        title[1].value if title is not None and isinstance(title[1], Scalar) else "",
    )


def mended(text: str, fixes: Iterable[Fix]) -> str:
    """The text with these words replaced; one that no longer stands where it was found is left alone.

    >>> mended("clok: paused", [Fix(1, 1, "clok", "clock")])
    'clock: paused'
    """
    lines = text.splitlines(keepends=True)
    for fix in sorted(set(fixes), reverse=True):
        if fix.line > len(lines):
            continue
        line, start = lines[fix.line - 1], fix.column - 1
        if line[start : start + len(fix.word)] == fix.word:
            lines[fix.line - 1] = line[:start] + fix.to + line[start + len(fix.word) :]
    return "".join(lines)
