"""Presence: who has a dossier open at this moment, and whether they are typing.

A page says every so often that it is open; without script it says so once. Each sign ends by itself. Signs are kept in
Redis, so that all processes know them; while Redis is not reachable, in the memory of each process. They are courtesy:
no right and no act depends on them, and nothing is lost with them.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, cast

import orjson
import redis
from flask import current_app

from server.context import runtime

LASTS = 45
"""Seconds for which a sign counts; pages repeat it every 15."""
_WITHOUT_REDIS = 5.0
_MOST_KEPT = 5_000


@dataclass(frozen=True, slots=True)
class Present:
    """A person who has the dossier open."""

    person: int
    name: str
    typing: bool


class Presence:
    """The signs of one application."""

    def __init__(self, redis_url: str) -> None:
        self._redis: Any = redis.Redis.from_url(redis_url, socket_timeout=0.2, socket_connect_timeout=0.2)
        self._silent_until = 0.0
        self._own: dict[tuple[int, int], tuple[float, str, bool]] = {}
        self._lock = Lock()

    def note(self, dossier: int, person: int, name: str, *, typing: bool = False) -> None:
        """The person has the dossier open now."""
        told = orjson.dumps({"name": name, "typing": typing, "until": _now() + LASTS})
        if not self._asked(lambda pipe: pipe.hset(_key(dossier), str(person), told).expire(_key(dossier), LASTS)):
            with self._lock:
                if len(self._own) >= _MOST_KEPT:
                    self._own.clear()
                self._own[dossier, person] = (_now() + LASTS, name, typing)

    def leave(self, dossier: int, person: int) -> None:
        """The person has closed it."""
        self._asked(lambda pipe: pipe.hdel(_key(dossier), str(person)))
        with self._lock:
            self._own.pop((dossier, person), None)

    def at(self, dossiers: Iterable[int], *, without: int | None = None) -> Mapping[int, tuple[Present, ...]]:
        """Who has these dossiers open, by dossier, without the person ``without``; a dossier that nobody has is left
        out."""
        wanted = list(dossiers)
        answers = self._asked(lambda pipe: [pipe.hgetall(_key(one)) for one in wanted]) if wanted else []
        found = _read(wanted, answers) if answers else self._remembered(wanted)
        kept = {one: tuple(each for each in people if each.person != without) for one, people in found.items()}
        return {one: people for one, people in kept.items() if people}

    def _remembered(self, wanted: list[int]) -> dict[int, list[Present]]:
        now, found = _now(), dict[int, list[Present]]()
        with self._lock:
            for (dossier, person), (until, name, typing) in sorted(self._own.items()):
                if until > now and dossier in wanted:
                    found.setdefault(dossier, []).append(Present(person, name, typing))
        return found

    def _asked(self, ask: Any) -> list[Any]:
        """The answers of Redis to several questions at once; empty while it is not reachable."""
        if time.monotonic() < self._silent_until:
            return []
        try:
            with self._redis.pipeline(transaction=False) as pipe:
                ask(pipe)
                answers: list[Any] = pipe.execute()
                return answers
        except (redis.RedisError, OSError):
            self._silent_until = time.monotonic() + _WITHOUT_REDIS
            return []


def presence() -> Presence:
    """The signs of the current application."""
    known = current_app.extensions
    if "motcua-presence" not in known:
        known["motcua-presence"] = Presence(runtime().settings.redis_url)
    return cast(Presence, known["motcua-presence"])


def _now() -> float:
    return runtime().now().timestamp()


def _key(dossier: int) -> str:
    return f"motcua:open:{dossier}"


def _read(wanted: list[int], answers: list[Any]) -> dict[int, list[Present]]:
    now, found = _now(), dict[int, list[Present]]()
    for dossier, signs in zip(wanted, answers, strict=True):
        for person, told in sorted(signs.items()):
            sign = orjson.loads(told)
            if sign["until"] > now:
                found.setdefault(dossier, []).append(Present(int(person), sign["name"], sign["typing"]))
    return found
