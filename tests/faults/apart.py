"""Acts die in a process of their own, which holds what they need and nothing else.

A fork costs what the forking process has grown to, and a worker that collected every test is six times as large:
the forks took half of the processor time of the stories.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import traceback
import warnings
from pathlib import Path
from types import TracebackType
from typing import Any

_ROOT = Path(__file__).resolve().parents[2]


class Apart:
    """That process, as seen by the tests. ``name``: of its databases."""

    def __init__(self, name: str) -> None:
        self._name = name
        words = [sys.executable, "-m", "tests.faults.apart", name]
        self._process = subprocess.Popen(words, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self) -> Apart:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()

    def tell(self, what: str, kind: str, name: str = "") -> None:
        """Tells a story, see ``tellers.TELLERS``. One that fails is told here again, where pytest explains it."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps([what, kind, name]).encode() + b"\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, f"the process of its own ended: {self._process.wait(60)}"
        fault: str = json.loads(answer)
        if fault:
            from tests.faults.tellers import TELLERS, open_stages

            with open_stages(f"{self._name}_again") as stages:
                TELLERS[what](stages, kind, name)
            raise AssertionError(f"it failed in the process of its own, and not when told again:\n{fault}")


def _live(name: str) -> None:
    """The process: a line for each story, and for each a line with the trace of what failed, or nothing."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the engine logs is not an answer
    from tests.compiled_once import compile_once
    from tests.faults.tellers import TELLERS, open_stages
    from tests.quick_passwords import hash_quickly

    compile_once()
    hash_quickly()
    gc.collect()
    gc.freeze()
    warnings.simplefilter("error")  # as setup.cfg has it for the tests
    unraised = list[Any]()
    sys.unraisablehook = unraised.append
    with open_stages(name) as stages:
        while line := sys.stdin.readline():
            what, kind, story = json.loads(line)
            unraised.clear()
            try:
                TELLERS[what](stages, kind, story)
                fault = "".join(f"{one.err_msg} {one.object!r}: {one.exc_value!r}\n" for one in unraised)
            except BaseException:  # what pytest raises is no Exception
                fault = traceback.format_exc()
            print(json.dumps(fault), file=answers, flush=True)


if __name__ == "__main__":
    _live(*sys.argv[1:])
