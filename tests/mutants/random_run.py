"""``bin/mutants --random N --seed S``: many small mutations drawn by chance, and how many of them the tests notice.

``engine/rules`` is to be noticed by the unit tests alone, everything else by unit and integration tests on SQLite. A
mutation is tried with the tests that run its line, then with the other tests of the same files, up to ``MOST_SECONDS``
of processor time (``chosen_tests``). Which tests run which line is measured once (``measuring``).
"""

from __future__ import annotations

import argparse
import json
import queue
import random
import re
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.mutants.measuring import environment, reach_of
from tests.mutants.mutations import Mutation, Place, compiles, places_in
from tests.mutants.reach import TEMPLATES, Reach
from tests.mutants.workshop import ROOT, copied_project

FOLDERS = ("engine/rules", "engine/acts")
WANTED_SCORE = 90
MOST_SECONDS = 30.0
MOST_TESTS = 400
UNIT_ALONE = "engine/rules"


@dataclass(frozen=True, slots=True)
class Tried:
    """``verdict`` is "killed", "timeout", "survived" or "unreached" (no test runs the line). ``by`` is
    the test that failed."""

    mutation: Mutation
    verdict: str
    by: str = ""
    tests: int = 0


def draw(places: Sequence[Place], sources: dict[str, str], count: int, seed: int) -> list[Mutation]:
    """``count`` mutations, each at a place of its own, the same ones for the same seed and sources."""
    chance, drawn = random.Random(seed), list[Mutation]()
    for place in chance.sample(list(places), len(places)):
        if len(drawn) == count:
            break
        mutation = Mutation(place, chance.choice(place.alternatives))
        if compiles(mutation.apply(sources[place.file])):
            drawn.append(mutation)
    return drawn


def run_random(given: argparse.Namespace, tell: Callable[[str], None]) -> int:
    """Carries out the command; 1 where fewer than ``WANTED_SCORE`` of 100 are noticed."""
    began = time.monotonic()
    with ExitStack() as stack:
        copies = [stack.enter_context(copied_project()) for _ in range(given.workers)]
        sources, places = _all_places(copies[0], given.folders or list(FOLDERS))
        mutations = _at(given.at, places, sources) if given.at else draw(places, sources, given.random, given.seed)
        tell(f"{len(mutations)} mutations of {len(places)} places, seed {given.seed}.")
        reach = _measured(copies[0], mutations, given.workers, tell)
        tried = _until(given.minutes, copies, mutations, sources, reach, tell if given.verbose else lambda _: None)
        tried = _without_false_alarm(copies[0], tried, tell)
    return _report(tried, len(mutations), (time.monotonic() - began) / 60, tell)


def _at(lines: Sequence[str], places: Sequence[Place], sources: dict[str, str]) -> list[Mutation]:
    """Every mutation of some lines."""
    wanted = [one for one in places if f"{one.file}:{one.line}" in lines]
    mutations = [Mutation(one, after) for one in wanted for after in one.alternatives]
    return [one for one in mutations if compiles(one.apply(sources[one.place.file]))]


def _all_places(copy: Path, folders: Sequence[str]) -> tuple[dict[str, str], list[Place]]:
    files = sorted({file for folder in folders for file in _files_in(copy / folder)})
    sources = {str(file.relative_to(copy)): file.read_text(encoding="utf-8") for file in files}
    return sources, [place for file, source in sources.items() for place in places_in(file, source)]


def _files_in(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        sys.exit(f"there is no {path.name}")
    return list(path.rglob("*.py"))


def _unit_alone(mutation: Mutation) -> bool:
    return mutation.place.file.startswith(UNIT_ALONE + "/")


# Measuring


def _measured(
    copy: Path, mutations: Sequence[Mutation], workers: int, tell: Callable[[str], None]
) -> dict[bool, Reach]:
    """By "unit tests alone": what the tests reach."""
    unit = reach_of("unit", copy, workers, tell)
    if all(map(_unit_alone, mutations)):
        return {True: unit}
    return {True: unit, False: Reach.of_all([unit, reach_of("integration", copy, workers, tell)])}


# Trying


def _until(
    minutes: float,
    copies: Sequence[Path],
    mutations: Sequence[Mutation],
    sources: dict[str, str],
    reach: dict[bool, Reach],
    tell: Callable[[str], None],
) -> list[Tried]:
    """What came of the mutations that were begun within so many minutes."""
    waiting: queue.SimpleQueue[Mutation] = queue.SimpleQueue()
    for mutation in mutations:
        waiting.put(mutation)
    latest, tried = time.monotonic() + minutes * 60, list[Tried]()
    for one in _try_all(copies, waiting, sources, reach):
        tell(f"{one.verdict} {one.mutation} {one.by}")
        tried.append(one)
        if time.monotonic() > latest:
            with suppress(queue.Empty):
                while True:
                    waiting.get_nowait()
    return tried


def _try_all(
    copies: Sequence[Path], waiting: queue.SimpleQueue[Mutation], sources: dict[str, str], reach: dict[bool, Reach]
) -> Iterator[Tried]:
    """One worker a copy; each takes the next mutation until there is none."""
    done: queue.SimpleQueue[Tried | BaseException | None] = queue.SimpleQueue()

    def work(bench: Workbench) -> None:
        try:
            while True:
                mutation = waiting.get_nowait()
                done.put(_try(bench, mutation, sources[mutation.place.file], reach))
        except queue.Empty:
            done.put(None)
        except BaseException as error:  # raised again where the answers are waited for
            done.put(error)

    with ExitStack() as stack:
        for copy in copies:
            bench = stack.enter_context(Workbench(copy))
            threading.Thread(target=work, args=(bench,), daemon=True).start()
        working = len(copies)
        while working:
            one = done.get()
            if isinstance(one, BaseException):
                raise one
            if one is None:
                working -= 1
            else:
                yield one


def chosen_tests(reach: Reach, place: Place) -> tuple[list[str], float]:
    """The tests to try a place with, in order, and the processor time that they take together.

    First the tests that run the place in test files that import its module, then the others that run it, then whatever
    else is in those files. What runs on import only is noticed by tests of the module, whether or not they run a
    function of it.
    """
    direct = reach.of(place.file, place.lines) - {TEMPLATES}
    naming = _naming(place.file)
    own = {test for test in direct if _file_of(test) in naming}
    files = {_file_of(test) for test in direct} | (set() if place.lines else naming)
    beside = {test for test in reach.seconds if _file_of(test) in files} - direct
    chosen, total = list[str](), 0.0
    for test in (*_in_turn(own, reach), *_in_turn(direct - own, reach), *_in_turn(beside, reach)):
        if chosen and (total + reach.seconds[test] > MOST_SECONDS or len(chosen) == MOST_TESTS):
            break
        chosen.append(test)
        total += reach.seconds[test]
    return chosen, total


def _in_turn(tests: Collection[str], reach: Reach) -> list[str]:
    """The quickest test of each file, the quickest file first; then the second of each; and so on."""
    turns: Counter[str] = Counter()
    ordered = []
    for test in sorted(tests, key=lambda test: (reach.seconds[test], test)):
        ordered.append((turns[_file_of(test)], reach.seconds[test], test))
        turns[_file_of(test)] += 1
    return [test for _, _, test in sorted(ordered)]


def _file_of(test: str) -> str:
    return test.partition("::")[0]


@cache
def _naming(file: str) -> set[str]:
    """The test files that import the module of this file."""
    package, _, name = file.removesuffix(".py").replace("/", ".").rpartition(".")
    tests = [one for kind in ("unit", "integration") for one in sorted((ROOT / "tests" / kind).glob("test_*.py"))]
    word = re.compile(rf"{re.escape(package)}(\.| import .*\b){name}\b")
    return {str(one.relative_to(ROOT)) for one in tests if word.search(one.read_text(encoding="utf-8"))}


def _quickest(reach: Reach) -> Callable[[str], tuple[float, str]]:
    return lambda test: (reach.seconds[test], test)


def _try(bench: Workbench, mutation: Mutation, source: str, reach: dict[bool, Reach]) -> Tried:
    known = reach[_unit_alone(mutation)]
    tests, seconds = chosen_tests(known, mutation.place)
    if not tests:
        return Tried(mutation, "unreached")
    makes_templates = TEMPLATES in known.of(mutation.place.file, mutation.place.lines)
    templates = not makes_templates and any(test.startswith("tests/integration/") for test in tests)
    answer = bench.run(mutation.place.file, mutation.apply(source), tests, seconds, templates=templates)
    verdict = {0: "survived", None: "timeout"}.get(answer["code"], "killed")
    if answer["code"] not in (0, 1, 2, 3, 4, 5, None):
        raise RuntimeError(f"{mutation} could not be tried:\n{answer['said']}")
    return Tried(mutation, verdict, answer["by"], len(tests))


class Workbench:
    """A copy of the project with its warm process (``tests/mutants/warm.py``)."""

    def __init__(self, copy: Path) -> None:
        self.copy = copy

    def __enter__(self) -> Workbench:
        command = [sys.executable, "-m", "tests.mutants.warm"]
        self._process = subprocess.Popen(
            command,
            cwd=self.copy,
            env=environment(self.copy),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.terminate()  # it ends what it forked
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()

    def run(
        self, file: str, text: str, tests: Sequence[str], seconds: float, *, templates: bool = True
    ) -> dict[str, Any]:
        """Runs tests, in this order and until one fails, with another text in one file."""
        assert self._process.stdin is not None and self._process.stdout is not None
        most = 15 + 3 * seconds
        request = {"file": file, "text": text, "tests": list(tests), "seconds": most, "templates": templates}
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the warm process ended")
        answer: dict[str, Any] = json.loads(line)
        return answer


def _without_false_alarm(copy: Path, tried: Sequence[Tried], tell: Callable[[str], None]) -> list[Tried]:
    """Tests that fail without any mutation too, when they run in this order, notice nothing."""
    killers = sorted({one.by for one in tried if one.verdict == "killed" and "::" in one.by})
    false: set[str] = set()
    with Workbench(copy) as bench:
        right = (copy / "engine/__init__.py").read_text(encoding="utf-8")
        while left := [test for test in killers if test not in false]:
            answer = bench.run("engine/__init__.py", right, left, 10 * MOST_SECONDS)
            if answer["code"] == 0:
                break
            if answer["by"] not in left:
                raise RuntimeError(f"the tests do not run without a mutation:\n{answer['said']}")
            false.add(answer["by"])
            tell(f"{answer['by']} fails without a mutation too: what it alone noticed counts as survived.")
    return [Tried(one.mutation, "survived", tests=one.tests) if one.by in false else one for one in tried]


# Reporting


def _report(tried: Sequence[Tried], wanted: int, minutes: float, tell: Callable[[str], None]) -> int:
    by_file: dict[str, Counter[str]] = defaultdict(Counter)
    for one in tried:
        by_file[one.mutation.place.file][one.verdict] += 1
    tell("\n| file | killed | timeout | survived | no test runs it |\n|---|---:|---:|---:|---:|")
    for file, counts in sorted(by_file.items()):
        figures = (str(counts[verdict]) for verdict in ("killed", "timeout", "survived", "unreached"))
        tell(f"| {file} | {' | '.join(figures)} |")
    survivors = [one for one in tried if one.verdict in ("survived", "unreached")]
    tell("")
    for one in sorted(survivors, key=lambda one: (one.mutation.place.file, one.mutation.place.start)):
        tell(f"{one.verdict}: {one.mutation} ({one.tests} tests)")
    if len(tried) < wanted:
        tell(f"Time was up after {len(tried)} of {wanted}.")
    noticed = len(tried) - len(survivors)
    score = 100 * noticed / len(tried) if tried else 0.0
    tell(f"\n{noticed} of {len(tried)} noticed: {score:.1f} % in {minutes:.1f} minutes")
    return 0 if score >= WANTED_SCORE else 1
