"""Tests about the documents: their lines are short, and what they name exists.

They read the Markdown of the project, and the names of its files and commands, and nothing else.
"""

from __future__ import annotations

import ast
import importlib.util
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest

from cli.main import main
from engine.transaction import UnitOfWork

ROOT = Path(__file__).resolve().parents[2]
LONGEST_LINE = 100
FOLDERS = "deploy|engine|api|web|server|adapters|workflows|cli|verifier|benchmarks|tests|docs|bin|requirements"
PAGES = sorted([*ROOT.glob("*.md"), *(page for folder in FOLDERS.split("|") for page in (ROOT / folder).rglob("*.md"))])

LINK = re.compile(r"\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^()\s]+)\)")
CODE_SPAN = re.compile(r"`([^`]+)`")
A_PATH = re.compile(rf"(?<![\w./:-])(?:{FOLDERS})/[\w.*<>/-]*[\w*>/]")
A_PYTHON_FILE = re.compile(r"\w+\.py")
A_DOTTED_NAME = re.compile(r"(?:engine|api|web|server|adapters|workflows|cli|benchmarks|tests)(?:\.\w+)+")
OF_A_UNIT_OF_WORK = re.compile(r"unit\.(\w+)")
A_COMMAND = re.compile(r"(?<![\w./@-])motcua((?: +[^\s&|;#)]+)*)")
A_MODULE_THAT_RUNS = re.compile(r"python -m ((?:benchmarks|workflows|tests|cli)[\w.]*)")


each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


def test_there_are_pages() -> None:
    names = {page.relative_to(ROOT).as_posix() for page in PAGES}
    assert {
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "docs/glossary.md",
        "docs/adr/0001-state-in-the-row.md",
    } < names


@each_page
def test_no_line_is_long(page: Path) -> None:
    """Tables and code keep their lines; a link or code span that is long by itself stands alone on its line."""
    long = [
        (number, len(line))
        for number, line, in_code in _lines(page)
        if len(line) > LONGEST_LINE and not in_code and not line.lstrip().startswith("|") and " " in _breakable(line)
    ]
    assert long == []


@each_page
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    broken = []
    for target in LINK.findall(_prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        if not file.exists() or (anchor and anchor not in _anchors(file)):
            broken.append(target)
    assert broken == []


@each_page
def test_every_path_in_code_exists(page: Path) -> None:
    missing = []
    for code in _code(page):
        for path in A_PATH.findall(code):
            if not _exists(path):
                missing.append(path)
        if A_PYTHON_FILE.fullmatch(code) and code not in _python_files():
            missing.append(code)
        if A_DOTTED_NAME.fullmatch(name := code.removesuffix("()")) and not _is_defined(name):
            missing.append(code)
        if (used := OF_A_UNIT_OF_WORK.match(code)) and not hasattr(UnitOfWork, used[1]):
            missing.append(code)
        missing += [name for name in A_MODULE_THAT_RUNS.findall(code) if importlib.util.find_spec(name) is None]
    assert missing == []


@each_page
def test_every_command_exists_and_takes_its_options(page: Path) -> None:
    wrong = []
    for code in _code(page):
        for words in A_COMMAND.findall(code):
            wrong += [f"motcua{words}: {fault}" for fault in _faults(words.split())]
    assert wrong == []


def test_operations_lists_every_event_that_is_logged() -> None:
    """Operators search and count by these names, so a new name is documented and an old one stays."""
    table = re.search(
        r"\| event \|.*\n\|[-|]+\n((?:\|.*\n)+)", (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    )
    assert table is not None
    listed = [name for row in table[1].splitlines() for name in CODE_SPAN.findall(row.split("|")[1])]
    logged = {
        call.args[0].value
        for room in ("engine", "server", "api", "web", "adapters", "workflows", "cli")
        for file in (ROOT / room).rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "log"
        and call.func.attr in ("debug", "info", "warning", "error", "exception")
        and isinstance(call.args[0], ast.Constant)
    }
    assert "request_unread" in logged
    assert sorted(listed) == sorted(logged)


@pytest.mark.parametrize("room", ["engine", "server", "api", "adapters", "workflows", "cli"])
def test_bin_test_runs_every_example_in_a_docstring(room: str) -> None:
    """The step with the doctests names folders; a file with examples outside of them would never be checked."""
    step = re.search(r"--doctest-modules((?:\\\n|.)*)", (ROOT / "bin/test").read_text(encoding="utf-8"))
    assert step is not None
    run = {file for name in re.findall(r"[\w/*.]+", step[1]) for place in ROOT.glob(name) for file in _python_in(place)}
    with_examples = {file for file in _python_in(ROOT / room) if re.search(r"^ *>>> ", file.read_text("utf-8"), re.M)}
    assert sorted(with_examples - run) == []


def _python_in(place: Path) -> Iterator[Path]:
    yield from [place] if place.is_file() else place.rglob("*.py")


def _lines(page: Path) -> Iterator[tuple[int, str, bool]]:
    """Each line with its number, and whether it is code: between fences, or indented by four after an empty line."""
    fence = ""
    indented, before = False, ""
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        mark = re.match(r"\s*(```+)", line)
        if mark and (not fence or mark[1] == fence):
            fence = "" if fence else mark[1]
            yield number, line, True
            continue
        indented = line.startswith("    ") and (indented or not before.strip())
        yield number, line, bool(fence) or indented
        before = line


def _prose(page: Path) -> str:
    """The page without code, in which a bracket is no link."""
    return "\n".join(CODE_SPAN.sub("`code`", line) for _, line, in_code in _lines(page) if not in_code)


def _code(page: Path) -> Iterator[str]:
    """Every code span, also one that goes over two lines, and every line of code."""
    prose = []
    for _, line, in_code in _lines(page):
        if in_code:
            yield line
        else:
            prose.append(line)
    for paragraph in re.split(r"\n\s*\n", "\n".join(prose)):
        yield from (" ".join(span.split()) for span in CODE_SPAN.findall(paragraph))


def _breakable(line: str) -> str:
    """The line without its list mark, in which a link and a code span are one word."""
    text = re.sub(r"^\s*(?:[-*+]|\d+\.)?\s*", "", line)
    return CODE_SPAN.sub("code", LINK.sub("link", text)).strip()


@cache
def _anchors(page: Path) -> set[str]:
    """The addresses of a page's headings, made as GitHub makes them."""
    seen: Counter[str] = Counter()
    anchors = set()
    for _, line, in_code in _lines(page):
        heading = re.match(r"#{1,6} +(.+)", line)
        if heading and not in_code:
            words = re.sub(r"[^\w\- ]", "", heading[1].strip().lower()).replace(" ", "-")
            anchors.add(f"{words}-{seen[words]}" if seen[words] else words)
            seen[words] += 1
    return anchors


def _exists(path: str) -> bool:
    """Whether a path names something; ``<word>`` and ``*`` stand for any text."""
    return any(ROOT.glob(re.sub(r"<[^<>]*>", "*", path).rstrip("/")))


@cache
def _python_files() -> set[str]:
    return {file.name for folder in FOLDERS.split("|") for file in (ROOT / folder).rglob("*.py")}


def _is_defined(name: str) -> bool:
    """Whether a dotted name is a module, or a name that a module defines at its top or in a class."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        place = ROOT.joinpath(*parts[:length])
        for file in (place.with_suffix(".py"), place / "__init__.py"):
            if file.exists():
                text = file.read_text(encoding="utf-8")
                return all(
                    re.search(rf"(?:\b(?:def|class) {part}\b|^\s*{part}\b.*=)", text, re.M) for part in parts[length:]
                )
    return False


def _faults(words: list[str]) -> list[str]:
    """What is wrong with the words behind ``motcua``: a command that is not there, or an option it does not take."""
    command: click.Command = main
    options = set(_options(main))
    faults = []
    for word in words:
        if word.startswith("--"):
            if word.partition("=")[0] not in options:
                faults.append(f"no option {word}")
        elif isinstance(command, click.Group):
            if not re.fullmatch(r"[a-z][a-z-]*", word):
                break
            found = command.get_command(click.Context(command), word)
            if found is None:
                return [*faults, f"no command {word}"]
            command = found
            options |= set(_options(command))
    return faults


def _options(command: click.Command) -> Iterator[str]:
    yield "--help"
    for parameter in command.params:
        yield from (*parameter.opts, *parameter.secondary_opts)
