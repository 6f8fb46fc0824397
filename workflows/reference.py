"""Generates the parts of ``docs/workflow-file.md`` that follow from the code: the example, every key and every rule.

``python -m workflows.reference`` writes them into the page; a test fails when the page differs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from workflows.rule_book import SECTIONS
from workflows.schema import FILE
from workflows.shape_groups import ByKey, ByKind, Key, ListOf, MapOf, Record, Single
from workflows.shapes import AllOr, Code, Day, Flag, Form, OneOf, Quarters, Shape, Whole, Words
from workflows.table_shapes import Anything

PAGE = Path(__file__).parents[1] / "docs" / "workflow-file.md"
EXAMPLE = Path(__file__).parents[1] / "tests" / "workflow_samples" / "correct.yaml"


def keys_table() -> str:
    """A Markdown table with a row for every key of the format: its path, its values, its meaning."""
    rows = ["| key | holds | meaning | nghĩa |", "|---|---|---|---|"]
    rows += [f"| {' | '.join(row)} |" for row in dict.fromkeys(_rows(FILE, ""))]
    return "\n".join(rows) + "\n"


def rules_table() -> str:
    """Markdown tables with a row for every rule, by section."""
    parts = []
    for title, rules in SECTIONS.items():
        parts.append(f"### {title}\n\n| rule | kind | sentence | câu báo |\n|---|---|---|---|")
        for rule_id, rule in rules.items():
            en, vi = (_cell(text.replace("{{", "{").replace("}}", "}")) for text in (rule.en, rule.vi))
            parts[-1] += f"\n| `{rule_id}` | {rule.severity} | {en} | {vi} |"
    return "\n\n".join(parts) + "\n"


def page_with_tables(page: str) -> str:
    """The page with the text between its marks (``<!-- keys -->`` … ``<!-- /keys -->``) generated again."""
    example = f"```yaml\n{EXAMPLE.read_text(encoding='utf-8')}```"
    for name, table in (("example", example), ("keys", keys_table()), ("rules", rules_table())):
        between = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        page = between.sub(lambda found, table=table: f"{found[1]}\n{table}\n{found[2]}", page)  # type: ignore[misc]
    return page


def _rows(shape: Shape, path: str) -> Iterator[tuple[str, str, str, str]]:
    if isinstance(shape, Record):
        for name, key in shape.keys.items():
            if name in ("vi", "en"):
                continue
            yield _row(f"{path}{name}", key)
            yield from _rows(key.shape, f"{path}{name}.")
        if shape.extra is not None:
            yield from _rows(shape.extra, f"{path}‹name›.")
    elif isinstance(shape, MapOf):
        yield from _rows(shape.each, f"{path}‹name›.")
    elif isinstance(shape, (ListOf, Single)):
        yield from _rows(shape.each, path)
    elif isinstance(shape, ByKind):
        for one in (shape.scalar, shape.items, shape.group):
            if one is not None:
                yield from _rows(one, path)
    elif isinstance(shape, ByKey):
        yield from _rows(shape.absent, path)
        yield from _rows(shape.present, path)


def _row(path: str, key: Key) -> tuple[str, str, str, str]:
    star = "**" if key.required else ""
    return f"{star}`{path}`{star}", _cell(holds(key.shape)), key.doc.en, key.doc.vi


def holds(shape: Shape) -> str:
    """The values that a shape allows, in words.

    >>> holds(Whole(1, 10))
    'whole number 1–10'
    """
    if isinstance(shape, Words):
        return f"text up to {shape.most} characters"
    if isinstance(shape, Code):
        return f"procedure code in quotes, {shape.example}"
    if isinstance(shape, Form):
        return f"such as `{shape.example}`"
    if isinstance(shape, OneOf):
        return ", ".join(f"`{word}`" for word in shape.words)
    if isinstance(shape, AllOr):
        return f"`all`, or whole number {shape.least}–{shape.most}"
    if isinstance(shape, Quarters):
        return f"number 0–{shape.most}, in quarters"
    if isinstance(shape, Anything):
        return "one value"
    if isinstance(shape, Whole):
        return f"whole number {shape.least}–{shape.most}"
    if isinstance(shape, Flag):
        return "`true` or `false`"
    if isinstance(shape, Day):
        return "date, `2027-01-01`"
    if isinstance(shape, Single):
        return holds(shape.each)
    if isinstance(shape, ListOf):
        return f"list of: {holds(shape.each)}"
    if isinstance(shape, ByKind):
        return "; or ".join(holds(one) for one in (shape.scalar, shape.items, shape.group) if one is not None)
    if isinstance(shape, ByKey):
        return f"{holds(shape.absent)} or {holds(shape.present)}"
    if isinstance(shape, MapOf):
        return f"name: {holds(shape.each)}"
    if isinstance(shape, Record):
        return "{" + ", ".join(shape.keys) + "}"
    raise TypeError(shape)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page_with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
