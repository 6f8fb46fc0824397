"""Tests of the project rules of CONTRIBUTING.md, which are read from the sources.

They read the project's own files, which are as fixed as the code, and nothing else. Rooms not yet built are skipped.
"""

from __future__ import annotations

import ast
import configparser
import re
import sys
import tokenize
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("engine", "workflows", "adapters", "server", "api", "web", "cli")
LONGEST_FILE = 400  # lines
LONGEST_FUNCTION = 40  # lines
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc", "service"}
PLACES_THAT_COMMIT = {"engine/transaction.py"}
PLACES_THAT_ASK_FOR_THE_TIME = {"engine/clock.py", "engine/jobs/schedule.py"}
PLACES_THAT_IMPORT_TRANSITIONS = {"engine/rules/procedure/machine.py"}
TIME_QUESTIONS = re.compile(r"\b(?:datetime\.(?:now|utcnow|today)|date\.today|time\.(?:time|time_ns))\b")
SQL_TIME_QUESTIONS = re.compile(r"CURRENT_TIMESTAMP|CURRENT_DATE|\bnow\(\)|clock_timestamp\(")


def _sources(*folders: str) -> list[Path]:
    return sorted(
        path for folder in folders for path in (ROOT / folder).rglob("*.py") if "__pycache__" not in path.parts
    )


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def _imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, at its top or inside a function."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module


@cache
def _code(path: Path) -> str:
    """The file's names and signs, without comments, and without strings, which may speak of anything."""
    with path.open("rb") as file:
        kept = [
            token.string
            for token in tokenize.tokenize(file.readline)
            if token.type in (tokenize.NAME, tokenize.OP, tokenize.NUMBER)
        ]
    return re.sub(r" ?([.(]) ?", r"\1", " ".join(kept))


def _sql_texts(path: Path) -> Iterator[str]:
    """The constant strings of a file except its docstrings: what might be SQL."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    spoken = {ast.get_docstring(node, clean=False) for node in ast.walk(_tree(path)) if isinstance(node, kinds)}
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in spoken:
            yield node.value


def _where(pattern: str | re.Pattern[str], *folders: str) -> set[str]:
    return {_name(path) for path in _sources(*folders) if re.search(pattern, _code(path))}


def test_the_reader_of_sources_finds_the_engine() -> None:
    assert len(_sources("engine")) > 5


@pytest.mark.parametrize("sample", ["a . commit()", "session.commit()", "connection\\\n.commit ()"])
def test_the_reader_of_sources_sees_a_commit_however_it_is_laid_out(sample: str, tmp_path: Path) -> None:
    path = tmp_path / "sample.py"
    path.write_text(f"{sample}\n# y.commit()\nwords = 'x.commit()'\n")
    assert _code(path).count(".commit(") == 1


def test_commit_stands_in_one_file() -> None:
    assert _where(r"\.commit\(", *ROOMS) <= PLACES_THAT_COMMIT


def test_no_autocommit_goes_around_the_unit_of_work() -> None:
    assert _where(r"\bAUTOCOMMIT\b|\bautocommit\b", "engine", "server", "api", "web") == {"engine/store/sql/schema.py"}


def test_only_two_files_of_the_engine_ask_for_the_time() -> None:
    assert _where(TIME_QUESTIONS, "engine") <= PLACES_THAT_ASK_FOR_THE_TIME


def test_pages_and_api_take_the_time_from_the_unit_of_work() -> None:
    assert _where(TIME_QUESTIONS, "server", "api", "web", "workflows") == set()


def test_the_time_zone_and_the_civil_day_are_in_one_file() -> None:
    """A migration keeps its own copy, because it must not change with the program."""
    places = {"engine/clock.py", "engine/migrations/versions/0002_lists_at_scale.py"}
    assert _where(r"\bZoneInfo\(|\btimezone\(|astimezone\(LOCAL ?\) ?\.date\(|now\(LOCAL ?\)", *ROOMS) == places


def test_a_portal_status_is_named_and_never_a_number() -> None:
    """A number beside the word ``portal``, or as a key of a table of statuses, is a rule that no search would find."""
    number = r"\bportal\]? ?(?:==|!=|in) ?[(\[{]?\d|\b\w*PORTAL\w* ?(?::[^=]+)?= ?\{ ?\d|\b\w+_OF_\w+ ?= ?\{[^}]*\( ?\d"
    assert _where(number, *ROOMS) == set()


def test_an_act_knows_who_acts_from_its_unit_of_work() -> None:
    """``actor()`` may take a connection of its own: asked within an act it waits for the one that the act holds."""
    within = [
        _name(path)
        for path in _sources("server", "api")
        for act in ast.walk(_tree(path))
        if isinstance(act, ast.FunctionDef | ast.Lambda) and any(one.arg in ("uow", "unit") for one in act.args.args)
        for call in ast.walk(act)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "actor"
    ]
    assert within == []


def test_the_database_is_not_asked_for_the_time() -> None:
    asking = {
        _name(path)
        for path in _sources("engine", "server", "api", "web")
        if "func.now(" in _code(path) or any(SQL_TIME_QUESTIONS.search(text) for text in _sql_texts(path))
    }
    assert asking == set()


def test_only_the_machine_imports_transitions() -> None:
    importing = {
        _name(path)
        for path in _sources(*ROOMS)
        if any(module.split(".")[0] == "transitions" for module in _imports(path))
    }
    assert importing <= PLACES_THAT_IMPORT_TRANSITIONS


def test_no_room_imports_wsgi() -> None:
    assert [_name(path) for path in _sources(*ROOMS) if "wsgi" in _imports(path)] == []


def test_the_import_linter_watches_every_room() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    watched = set(config["importlinter"]["root_packages"].split())
    packaged = set(config["options.packages.find"]["include"].replace("*", "").split())
    built = {room for room in ROOMS if _sources(room)}
    assert built <= watched
    assert built <= packaged


def test_every_package_that_is_imported_is_asked_for() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    extras = config["options.extras_require"]
    given = config["options"]["install_requires"] + extras["s3"] + extras["tracing"]
    lines = [line for line in given.splitlines() if line and not line.startswith("#")]
    asked = {_plain(re.split(r"[\[<>=;~! ]", line, maxsplit=1)[0]) for line in lines}
    asked.add("botocore")  # boto3's own lower half, whose errors its users catch
    sold_as = packages_distributions()
    imported = {
        (module.split(".")[0], _name(path))
        for path in _sources(*ROOMS)
        for module in _imports(path)
        if module.split(".")[0] not in {*sys.stdlib_module_names, *ROOMS, "wsgi"}
    }
    missing = [
        (module, where)
        for module, where in sorted(imported)
        if not asked & {_plain(name) for name in sold_as.get(module, [])}
        # Flask's own parts: they come with it at versions that it chooses, and their names are part of its interface.
        and module not in {"werkzeug", "jinja2", "markupsafe"}
    ]
    assert missing == []


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_no_program_imports_the_tests_or_the_tools() -> None:
    tools = {"tests", "benchmarks", "pytest", "hypothesis"}
    assert [_name(path) for path in _sources(*ROOMS) if tools & {m.split(".")[0] for m in _imports(path)}] == []


def test_files_are_short() -> None:
    # A migration states a whole schema at once and is never read again as code.
    kept = [path for path in _sources(*ROOMS, "tests") if "migrations" not in path.parts]
    lengths = {_name(path): len(path.read_text().splitlines()) for path in kept}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_functions_are_short() -> None:
    # A migration states a whole schema at once and is never read again as code.
    longer = {
        f"{_name(path)} {node.name}"
        for path in _sources(*ROOMS)
        if "migrations" not in path.parts
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    }
    assert longer == set()


def test_files_are_named_after_what_they_do() -> None:
    assert [_name(path) for path in _sources(*ROOMS, "tests") if path.stem in NAMES_THAT_SAY_NOTHING] == []


def test_every_file_says_what_it_is_for() -> None:
    silent = [
        _name(path) for path in _sources(*ROOMS) if path.read_text().strip() and not ast.get_docstring(_tree(path))
    ]
    assert silent == []


def test_nothing_is_left_to_be_done_later() -> None:
    marks = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b|\bNotImplementedError\b")
    this_file = Path(__file__).resolve()
    found = [_name(path) for path in _sources(*ROOMS, "tests") if path != this_file and marks.search(path.read_text())]
    assert found == []


def test_an_opt_out_of_a_check_names_the_check() -> None:
    bare = re.compile(r"# noqa(?!: ?[A-Z])|# type: ignore(?!\[)|# pragma: no cover\s*$", re.MULTILINE)
    found = [_name(path) for path in _sources(*ROOMS, "tests") if bare.search(path.read_text())]
    assert [name for name in found if name != _name(Path(__file__))] == []


def test_only_the_command_line_prints() -> None:
    assert _where(r"(?<![.\w])print\(", "engine", "workflows", "server", "api", "web") == set()


def test_migrations_are_numbered_without_gaps_and_form_one_line() -> None:
    files = [path for path in _sources("engine/migrations/versions") if path.stem != "__init__"]
    if not files:
        pytest.skip("the store has no migrations yet")
    numbered = [re.match(r"(\d{4})_[a-z0-9_]+$", path.stem) for path in files]
    assert all(numbered), [_name(path) for path in files]
    assert [int(match.group(1)) for match in numbered if match] == list(range(1, len(files) + 1))
    revisions = [_assigned(path, "revision") for path in files]
    assert [_assigned(path, "down_revision") for path in files] == [None, *revisions[:-1]]


def _assigned(path: Path, name: str) -> object:
    """The constant that a module gives to a name at its top."""
    for node in _tree(path).body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            assert isinstance(node, ast.Assign | ast.AnnAssign)
            return ast.literal_eval(node.value) if node.value else None
    raise AssertionError(f"{_name(path)} does not say its {name}")


def test_migrations_lie_where_the_first_rule_expects_them() -> None:
    elsewhere = [
        _name(path)
        for path in _sources("engine")
        if "alembic" in {module.split(".")[0] for module in _imports(path)}
        and not _name(path).startswith(("engine/migrations/", "engine/store/migrat"))
    ]
    assert elsewhere == []


def test_the_procfile_names_the_three_processes() -> None:
    processes = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines() if line.strip())
    assert processes == {"web": "motcua serve", "worker": "motcua worker", "clock": "motcua clock"}


@pytest.mark.parametrize("name", ["runtime", "s3", "tracing", "test", "installer", "failover"])
def test_locks_are_exact_hashed_and_name_no_download_host(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.lock").read_text()
    entries = re.split(r"(?m)^(?=\w)", text)[1:]
    assert entries
    assert [entry.splitlines()[0] for entry in entries if not re.match(r"[\w.-]+==\S+", entry)] == []
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert not re.search(r"https?:|--(?:extra-)?index-url|--find-links|--trusted-host", text)


def test_what_runs_in_production_is_tested_at_the_same_version() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"(?m)^[\w.-]+==[\w.!+]+", (ROOT / "requirements" / f"{name}.lock").read_text()))

    assert pins("runtime") - pins("test") == set()


@pytest.mark.parametrize("name", ["bin/setup", "bin/test", "bin/demo", "bin/lock", "bin/failover", ".ci/run"])
def test_programs_can_be_run_and_stop_at_the_first_error(name: str) -> None:
    path = ROOT / name
    assert path.stat().st_mode & 0o111, f"{name} is not executable"
    text = path.read_text()
    assert text.startswith("#!/usr/bin/env bash\n")
    assert "set -euo pipefail" in text


def test_no_path_of_one_machine_stands_in_a_file() -> None:
    # The words are built here so that this file does not find itself.
    homes = re.compile("(?<![\\w.:/])/(?:" + "|".join(("work", "root", "home/\\w+", "Users/\\w+")) + ")(?:/|\\b)")
    kinds = {".py", ".cfg", ".toml", ".md", ".yaml", ".sh", ".csv", ".json", ".html", ""}
    places = [ROOT / room for room in (*ROOMS, "tests", "bin", "docs", "scripts", ".ci") if (ROOT / room).is_dir()]
    files = [path for place in places for path in place.rglob("*") if path.is_file() and path.suffix in kinds]
    files += [path for path in ROOT.iterdir() if path.is_file() and path.suffix in {".py", ".cfg", ".toml", ".md"}]
    found = [
        _name(path)
        for path in files
        if path != Path(__file__).resolve()
        and "__pycache__" not in path.parts
        and homes.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert found == []
