"""The queue in Redis: one name, JSON, and jobs that can be nothing but an entry of ``engine.jobs.registry.JOBS``.

rq finds a job's function by importing whatever name Redis holds, and calls callbacks and web addresses that it holds
too: whoever writes Redis would run code here. ``ClosedJob`` looks the name up in the closed list instead, takes no
arguments but integers (``ClosedJson``), and reads nothing else of a job than ``READ``.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import threading
import time
from collections.abc import Callable
from typing import Any

import redis
from rq import Queue
from rq.exceptions import DeserializationError, NoSuchJobError, StopRequested
from rq.job import Job, Retry
from rq.serializers import JSONSerializer
from rq.utils import as_text

from engine.jobs.registry import JOBS

QUEUE = "motcua"
MARK = "motcua:rung:{}"
MARK_SECONDS = 5
"""A bell that was rung is not rung again until the job begins, or this long if it got lost."""
LONGEST_QUEUE = 50
"""With no worker at work, bells do not heap up: every one of them does all there is to do."""
JOB_SECONDS = 90
FAILURES_KEPT = 3600  # seconds
SILENT_FOR = 2.0  # seconds without trying, after Redis did not answer


_MOMENTS = ("created_at", "enqueued_at", "started_at", "ended_at", "last_heartbeat")
_LIMITS = ("number_of_retries", "retries_left", "timeout", "ttl", "result_ttl", "failure_ttl")
READ = frozenset({"data", "status", "worker_name", "exc_info", *_MOMENTS, *_LIMITS})
"""The fields of a job in Redis that are read. No name of a callback, no web address and no other job is among them."""


class RefusedJob(DeserializationError):
    """What stands in the queue is no job of ours."""


class ClosedJson(JSONSerializer):
    """How a job's call stands in Redis: JSON, and read only where it calls one of the closed list with integers."""

    @staticmethod
    def loads(s: bytes, *arguments: Any, **named: Any) -> Any:
        """Function, instance, arguments and named arguments. Raises RefusedJob."""
        call = JSONSerializer.loads(s, *arguments, **named)  # type: ignore[no-untyped-call]  # rq gives it no types
        match call:
            case [str(name), None, [*numbers], dict(more)] if name in JOBS and not more:
                if all(type(number) is int for number in numbers):
                    return call
        raise RefusedJob("not a job of the closed list")


class ClosedJob(Job):
    """A job whose function is one of the closed list, and that brings nothing else with it."""

    def __init__(self, id: str | None = None, connection: redis.Redis | None = None, serializer: Any = None) -> None:
        super().__init__(id, connection, ClosedJson)  # whatever rq was given: its own choice would be pickle

    @property
    def func(self) -> Callable[..., None]:
        return JOBS[str(self.func_name)]

    def restore(self, raw_data: Any) -> None:
        """What Redis holds, and of that only what a bell needs. A job that cannot be read counts as absent."""
        try:
            super().restore({name: value for name, value in raw_data.items() if as_text(name) in READ})
        except Exception as error:
            raise NoSuchJobError("what stands there is no job") from error
        self.retries_left = min(self.retries_left or 0, 2) if self._calls_one_of_ours() else 0
        self.timeout, self.result_ttl, self.failure_ttl = JOB_SECONDS, 0, FAILURES_KEPT
        self.origin = QUEUE
        self.description = ""

    def perform(self) -> Any:
        """From now on the bell may ring again: what is written after this moment might not be seen by this run."""
        with contextlib.suppress(redis.RedisError):
            self.connection.delete(MARK.format(self.func_name))
        return super().perform()

    def _calls_one_of_ours(self) -> bool:
        try:
            return self.func_name in JOBS
        except DeserializationError:  # and again whenever its call is read
            return False


class ClosedQueue(Queue):
    """The queue of closed jobs."""

    job_class = ClosedJob

    def acquire_maintenance_lock(self) -> bool:
        """For seconds, not rq's 15 minutes: a worker that is killed must not keep others from recovering jobs."""
        return bool(self.connection.set(self.registry_cleaning_key, 1, nx=True, ex=5))

    @classmethod
    def dequeue_any(cls, *arguments: Any, **named: Any) -> Any:
        """The next job. Raises StopRequested when Redis does not answer: rq would try again for ever, while the worker
        has something better to do than to wait."""
        try:
            return super().dequeue_any(*arguments, **named)
        except (redis.ConnectionError, redis.TimeoutError) as error:
            raise StopRequested from error


def queue_on(connection: redis.Redis) -> ClosedQueue:
    """The one queue. A worker listens to no other: with two, rq loses the job of a worker that is killed."""
    return ClosedQueue(QUEUE, connection=connection, job_class=ClosedJob, serializer=ClosedJson)


class Bell:
    """Rings for a job. Never raises and never waits long: what it rings for is in the database anyway.

    While Redis does not answer it is left alone for some seconds, so that an act does not wait for it.
    """

    def __init__(self, url: str, *, timeout: float = 0.5) -> None:
        self._connection = redis.Redis.from_url(url, socket_timeout=timeout, socket_connect_timeout=timeout)
        self._queue: ClosedQueue | None = None
        self._silent_until = 0.0

    def __call__(self) -> None:
        """Notices are waiting."""
        self.ring("drain_outbox")

    def ring(self, name: str) -> bool:
        """Puts the job into the queue unless it waits there already; whether Redis answered."""
        if time.monotonic() < self._silent_until:
            return False
        try:
            if self._queue is None:
                self._queue = queue_on(self._connection)
            pipeline = self._connection.pipeline(transaction=False)
            pipeline.set(MARK.format(name), 1, nx=True, ex=MARK_SECONDS)
            pipeline.llen(self._queue.key)
            first, waiting = pipeline.execute()
            if first and waiting < LONGEST_QUEUE:
                kept: dict[str, Any] = {"timeout": JOB_SECONDS, "result_ttl": 0, "failure_ttl": FAILURES_KEPT}
                self._queue.enqueue_call(name, retry=Retry(2), description=name, **kept)
        except (redis.RedisError, OSError):
            self._silent_until = time.monotonic() + SILENT_FOR
            return False
        return True


class DistantBell:
    """A bell for a process that acts often: rung by a thread of its own, so that no act waits for Redis, and once for
    all that asked within ``PAUSE``. What was asked for just before a process is killed, the clock finds.
    """

    PAUSE = 0.1  # seconds; the first that asks is heard at once

    def __init__(self, bell: Callable[[], None]) -> None:
        self._bell = bell
        self._asked = threading.Event()
        self._process = 0  # the one whose thread it is: a fork has to start its own
        self._starting = threading.Lock()
        atexit.register(self._ring_if_asked)

    def __call__(self) -> None:
        if self._process != os.getpid():
            with self._starting:
                if self._process != os.getpid():
                    self._asked = threading.Event()  # another process's may be held by a thread that is not here
                    threading.Thread(target=self._run, name="bell", daemon=True).start()
                    self._process = os.getpid()
        self._asked.set()

    def _run(self) -> None:
        while self._asked.wait():
            self._ring_if_asked()
            time.sleep(self.PAUSE)

    def _ring_if_asked(self) -> None:
        if self._asked.is_set():
            self._asked.clear()
            self._bell()
