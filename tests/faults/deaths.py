"""Dying at a chosen statement: a fork does an act and is killed there; the parent learns what it had come to."""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sqlite3.dbapi2
import sys
import traceback
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import engine
from engine.errors import Refusal
from tests.faults.wire import CHANGES_NOTHING, Wire

ACTS = Path(engine.__file__).parent / "acts"


@dataclass(frozen=True, slots=True)
class Attempt:
    """How a fork ended. ``died``: the statement at which it was killed, and whether that one ``commits``; None when it
    came to its end, with ``answer`` or with the code of what ``refused`` it. ``called``: which acts it had begun."""

    died: str | None
    commits: bool
    answer: Any
    refused: str | None
    called: Collection[str]


def attempt(
    act: Callable[[], Any], *, at: int = 0, after: bool = False, wire: Wire | None = None, look: bool = False
) -> Attempt:
    """Does ``act`` in a fork that dies by SIGKILL at its statement number ``at`` (from 1; 0: it does not), before it is
    sent or ``after`` it was done. Through ``wire`` on PostgreSQL; without one on SQLite. ``look``: notes the acts."""
    ears, mouth = os.pipe()
    if wire is not None:
        wire.arm(at, after=after)
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.close(ears)
        _live(act, mouth, 0 if wire is not None else at, after, look)
    os.close(mouth)
    with os.fdopen(ears, "rb") as heard:
        said = [pickle.loads(line) for line in _frames(heard.read())]  # noqa: S301 - from our own fork
    _, status = os.waitpid(child, 0)
    if wire is not None:
        told = wire.report()
        wire.arm(0, after=False)  # whoever comes next is let live
    called = {word for kind, word in said if kind == "called"}
    ends = dict(one for one in said if one[0] != "called")
    if "fault" in ends:
        raise AssertionError(f"the act failed:\n{ends['fault']}")
    if "answer" in ends:
        return Attempt(None, False, *ends["answer"], called)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, status
    if wire is None:
        told = ends["dies"]
    assert told["died"] is not None, "killed by somebody else"
    return Attempt(told["died"], told["commits"], None, None, called)


def _live(act: Callable[[], Any], mouth: int, at: int, after: bool, look: bool) -> None:
    """The fork's whole life."""
    gc.disable()
    try:
        death = _Death(mouth, at, after)
        if at:
            death.watch_connections()
        if look:
            death.look_at_acts()
        try:
            answer = (act(), None)
        except Refusal as refusal:
            answer = (None, refusal.code)
        sys.setprofile(None)
        _say(mouth, "answer", answer)
    except BaseException:
        _say(mouth, "fault", traceback.format_exc())
    finally:
        os._exit(0)


class _Death:
    """Counts the statements of all SQLite connections of this process, and ends it at one."""

    def __init__(self, mouth: int, at: int, after: bool) -> None:
        self._mouth, self._at, self._after = mouth, at, after
        self._seen, self._dying = 0, False
        self._known: set[CodeType] = set()

    def watch_connections(self) -> None:
        """From now on SQLite itself tells of each statement that it begins, whichever way it came there."""
        connect = sqlite3.dbapi2.connect

        def watched(*arguments: Any, **named: Any) -> sqlite3.Connection:
            made: sqlite3.Connection = connect(*arguments, **named)
            made.set_trace_callback(_Tally(self).hear)
            return made

        sqlite3.connect = sqlite3.dbapi2.connect = watched

    def look_at_acts(self) -> None:
        sys.setprofile(self._look)

    def strike(self, text: str, commits: bool) -> None:
        """The statement is carried out when this returns, if it does."""
        self._seen += 1
        if self._seen == self._at:
            _say(self._mouth, "dies", {"died": text, "commits": commits})
            if not self._after:
                os.kill(os.getpid(), signal.SIGKILL)
            self._dying = True
            sys.setprofile(self._look)

    def _look(self, frame: FrameType, event: str, _argument: Any) -> None:
        code = frame.f_code
        if self._dying:
            if code not in _BEFORE_IT_IS_DONE:
                os.kill(os.getpid(), signal.SIGKILL)
        elif event == "call" and code not in self._known and code.co_filename.startswith(str(ACTS)):
            self._known.add(code)
            module = ".".join(Path(code.co_filename).relative_to(ACTS).with_suffix("").parts)
            _say(self._mouth, "called", f"{module}.{code.co_qualname}")


class _Tally:
    """What one connection has said."""

    def __init__(self, death: _Death) -> None:
        self._death, self._in_block, self._reads, self._last = death, False, False, ""

    def hear(self, text: str) -> None:
        if text == self._last or text.startswith(("--", "PRAGMA")):
            return  # said again for what its triggers do, or how a connection is set up
        self._last = text
        word = text.split(None, 1)[0].upper() if text.strip() else ""
        if text == "BEGIN":
            self._reads = True  # who means to write says BEGIN IMMEDIATE
        if not (self._reads and word in CHANGES_NOTHING):
            self._death.strike(text, word in ("COMMIT", "END") or (not self._in_block and word not in CHANGES_NOTHING))
        ends = word in ("COMMIT", "ROLLBACK", "END")
        self._in_block = (self._in_block or word == "BEGIN") and not ends
        self._reads = self._reads and not ends


_BEFORE_IT_IS_DONE = {_Death.strike.__code__, _Tally.hear.__code__}


def _say(mouth: int, kind: str, what: Any) -> None:
    content = pickle.dumps((kind, what))
    os.write(mouth, len(content).to_bytes(4, "big") + content)


def _frames(content: bytes) -> list[bytes]:
    frames = []
    while content:
        size = 4 + int.from_bytes(content[:4], "big")
        frames.append(content[4:size])
        content = content[size:]
    return frames
