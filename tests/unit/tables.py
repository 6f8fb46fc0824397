"""Tables of cases as text, for cases that are mostly words."""

from __future__ import annotations


def blocks(table: str) -> list[tuple[str, ...]]:
    """The cases of a table: a line, and below it what is expected, indented; further indented lines go on."""
    cases: list[list[str]] = []
    for line in table.splitlines():
        if not line.startswith(" "):
            cases.append([line])
        elif line.startswith("        "):
            cases[-1][-1] += " " + line.strip()
        else:
            cases[-1].append(line.strip())
    return [tuple(case) for case in cases]
