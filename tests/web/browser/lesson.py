"""A tutorial in Markdown as steps that can be carried out: what is typed, printed, changed and pressed.

```sh           commands; `exit=1` behind the word says with which code they end
```text         what the commands before it print; a line or part `…` stands for anything
```console      a command that asks: each line is a question with its answer, or what is printed
```diff         a change of the file that the sentence before it names last in code
1. …            a numbered list: what is done on pages, in the clauses of ``CLAUSE``
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

CLAUSE = re.compile(
    r"(?P<open>[Oo]pen) `(?P<address>[^`]+)`"
    r"|(?P<open_noted>[Oo]pen the noted) (?P<which>address)"
    r"|(?:[Tt]ype |, |and |^)`(?P<value>[^`]+)` into \*\*(?P<box>[^*]+)\*\*"
    r"|[Tt]ype the noted (?P<noted>\w+) into \*\*(?P<noted_box>[^*]+)\*\*"
    r"|[Nn]ote the (?P<name>\w+) at \*\*(?P<term>[^*]+)\*\*"
    r"|[Pp]ress the dossier of \*\*(?P<dossier>[^*]+)\*\*"
    r"|(?:[Pp]ress|then) \*\*(?P<button>[^*]+)\*\*(?: \([^)]*\))?(?P<place> in the menu)?"
    r"|[Tt]ick \*\*(?P<tick>[^*]+)\*\*"
    r"|[Ss]elect `(?P<option>[^`]+)` \([^)]*\) at \*\*(?P<choice>[^*]+)\*\*"
    r"|[Cc]hoose the file `(?P<file>[^`]+)` at \*\*(?P<upload>[^*]+)\*\*"
    r"|(?:says|Under) \*\*(?P<said>[^*]+)\*\*"
)
_FENCE = re.compile(r"^```(\w+)(?: exit=(\d+))?$")


@dataclass(frozen=True)
class Commands:
    """Lines for a shell, and what they print in the end."""

    text: str
    line: int
    code: int = 0
    prints: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Dialogue:
    """A command that asks."""

    command: str
    lines: list[str]
    line: int


@dataclass(frozen=True)
class Edit:
    """Consecutive lines of a file, before and after."""

    file: str
    before: str
    after: str
    line: int


@dataclass(frozen=True)
class Click:
    """One clause of what is done on a page."""

    words: dict[str, str]
    line: int


Step = Commands | Dialogue | Edit | Click


def steps_of(text: str) -> list[Step]:
    """The steps in order. Raises AssertionError where something in a list or block is no step."""
    return list(_Reader(text.splitlines()).steps())


class _Reader:
    def __init__(self, lines: list[str]) -> None:
        self.lines, self.at = lines, 0
        self.named = ""
        self.last: Commands | None = None

    def steps(self) -> Iterator[Step]:
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if opened := _FENCE.match(line):
                yield from self._block(opened[1], int(opened[2] or 0))
            elif re.match(r"\d+\. ", line):
                yield from self._item()
            else:
                spans = re.findall(r"`([^`]+)`", line)
                self.named = next((one for one in reversed(spans) if re.search(r"\.\w+$", one)), self.named)
                self.at += 1

    def _block(self, kind: str, code: int) -> Iterator[Step]:
        first = self.at + 1
        last = self.lines.index("```", first)
        body, self.at = self.lines[first:last], last + 1
        if kind == "sh":
            self.last = Commands("\n".join(body), first, code)
            yield self.last
        elif kind == "text":
            assert self.last is not None, f"line {first}: no command before it"
            self.last.prints.extend(body)
        elif kind == "console":
            yield Dialogue(body[0].removeprefix("$ "), body[1:], first)
        elif kind == "diff":
            assert all(line[:1] in ("+", "-", " ") for line in body), f"line {first}: no change"
            before = "\n".join(line[1:] for line in body if line[0] != "+")
            yield Edit(self.named, before, "\n".join(line[1:] for line in body if line[0] != "-"), first)
        else:
            raise AssertionError(f"line {first}: {kind} is no step")

    def _item(self) -> Iterator[Step]:
        first, words = self.at + 1, []
        while self.at < len(self.lines) and (not words or self.lines[self.at].startswith("   ")):
            words.append(self.lines[self.at].strip())
            self.at += 1
        item = re.sub(r"^\d+\. ", "", " ".join(words))
        clauses = list(CLAUSE.finditer(item))
        named = [label for one in clauses for label in re.findall(r"\*\*([^*]+)\*\*", one[0])]
        assert re.findall(r"\*\*([^*]+)\*\*", item) == named, f"line {first}: a label that nothing is done with: {item}"
        for one in clauses:
            yield Click({name: value for name, value in one.groupdict().items() if value}, first)
