"""Faults on demand: what goes wrong on the other side, switched on and off while it runs.

``PUT /_double/faults`` with ``{"faults": {"slow": 0.1, "error": 0.05}, "seed": 7, "seconds": 0.2}`` sets the share of
requests that each fault strikes (0–1); ``{}`` ends them all. A request is struck by at most one fault, chosen by a
generator with the seed, so a run can be repeated.
"""

from __future__ import annotations

import contextlib
import io
import random
import socket
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, Response, request

KINDS = ("down", "slow", "error", "refuse", "lost_answer", "twice", "forget", "clock")
"""``down``: closed without an answer. ``slow``: answers late. ``error``: 500 before anything is done. ``refuse``: 422
before anything is done. ``lost_answer``: done, but the answer is 502. ``twice``: done two times for one request.
``forget``: answered 200, but not kept. ``clock``: done with a clock some hours off. The last two are for the double
itself to heed: :meth:`Faults.struck`."""


class Faults:
    """The faults of one double."""

    def __init__(self) -> None:
        self.shares: dict[str, float] = {}
        self.seconds = 0.2
        self._random = random.Random(0)
        self._lock = threading.Lock()
        self._of = threading.local()

    def set(self, shares: dict[str, float], seed: int = 0, seconds: float = 0.2) -> None:
        """Replaces the faults. Raises ValueError for a kind that does not exist."""
        if unknown := set(shares) - set(KINDS):
            raise ValueError(f"no such fault: {', '.join(sorted(unknown))}; there are {', '.join(KINDS)}")
        with self._lock:
            self.shares, self.seconds, self._random = dict(shares), seconds, random.Random(seed)

    def draw(self) -> str:
        """Chooses the fault of this request, or ``''``, and remembers it for the thread."""
        with self._lock:
            point = self._random.random()
            chosen = ""
            for kind, share in self.shares.items():
                if point < share:
                    chosen = kind
                    break
                point -= share
        self._of.kind = chosen
        return chosen

    def struck(self, kind: str) -> bool:
        """Whether the request of this thread is struck by the fault."""
        return getattr(self._of, "kind", "") == kind


class _Struck:
    """A WSGI program whose requests meet the faults. Addresses under ``/_double`` are never struck."""

    def __init__(self, program: Callable[..., Iterable[bytes]], faults: Faults) -> None:
        self._program, self._faults = program, faults

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith("/_double"):
            return self._program(environ, start_response)
        kind = self._faults.draw()
        if kind == "down":
            line: socket.socket | None = environ.get("double.connection")
            if line is not None:
                with contextlib.suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)
            raise ConnectionAbortedError("struck by the fault 'down'")
        if kind == "slow":
            time.sleep(self._faults.seconds)
        if kind in ("error", "refuse"):
            status = 500 if kind == "error" else 422
            return Response(f'{{"error": "{kind}"}}', status, mimetype="application/json")(environ, start_response)
        if kind == "lost_answer":
            for _ in self._program(environ, lambda *_: None):
                pass
            return Response("", 502)(environ, start_response)
        if kind == "twice":
            _read_whole(environ)
            for _ in self._program(environ, lambda *_: None):
                pass
            environ["wsgi.input"].seek(0)
        return self._program(environ, start_response)


def _read_whole(environ: dict[str, Any]) -> None:
    environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))


def give_faults(app: Flask) -> Faults:
    """Lets ``app`` be struck by faults, and adds the address that sets them."""
    faults = Faults()

    def set_faults() -> Response:
        body = request.get_json()
        try:
            faults.set(body.get("faults", {}), body.get("seed", 0), body.get("seconds", 0.2))
        except ValueError as wrong:
            return Response(str(wrong), 400)
        return Response("", 204)

    app.add_url_rule("/_double/faults", "set_faults", set_faults, methods=["PUT"])
    app.add_url_rule("/_double/alive", "alive", lambda: Response("", 204))
    app.wsgi_app = _Struck(app.wsgi_app, faults)  # type: ignore[method-assign]  # Flask's own way to wrap a program
    return faults
