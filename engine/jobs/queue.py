"""The rq queue in Redis, which accepts only jobs of ``engine.jobs.registry.JOBS``, and the bells that enqueue them.

Plain rq imports any function name that Redis holds, and calls callbacks and web addresses stored there, so a writer of
Redis could run code here. ``ClosedJob`` looks the name up in the closed list, accepts only integers as arguments
(``ClosedJson``), and reads no other fields of a job than ``READ``.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import redis
import structlog
from rq import Queue
from rq.exceptions import DeserializationError, NoSuchJobError, StopRequested
from rq.job import Job, Retry
from rq.serializers import JSONSerializer
from rq.utils import as_text

from engine.errors import in_log

QUEUE = "motcua"
MARK = "motcua:rung:{}"
MARK_SECONDS = 5
"""Debounce: a job is not enqueued again until it begins, or until these seconds have passed if it got lost."""
LONGEST_QUEUE = 50
"""The most jobs in the queue while no worker runs: more are of no use, since each does all the work there is."""
JOB_SECONDS = 90
FAILURES_KEPT = 3600  # seconds
SILENT_FOR = 2.0  # seconds without a try after Redis did not answer

log = structlog.get_logger("motcua.jobs")


_MOMENTS = ("created_at", "enqueued_at", "started_at", "ended_at", "last_heartbeat")
_LIMITS = ("number_of_retries", "retries_left", "timeout", "ttl", "result_ttl", "failure_ttl")
READ = frozenset({"data", "status", "worker_name", "exc_info", *_MOMENTS, *_LIMITS})
"""The fields of a job in Redis that are read. They name no callback, no web address and no other job."""


class RefusedJob(DeserializationError):
    """The job in the queue is not in the closed list."""


class ClosedJson(JSONSerializer):
    """Serializer of a job's call: JSON, accepted only if it calls a job of the closed list with integers."""

    @staticmethod
    def loads(s: bytes, *arguments: Any, **named: Any) -> Any:
        """Function, instance, arguments and named arguments. Raises RefusedJob."""
        call = JSONSerializer.loads(s, *arguments, **named)  # type: ignore[no-untyped-call]  # rq gives it no types
        match call:
            case [str(name), None, [*numbers], dict(more)] if name in _jobs() and not more:
                if all(type(number) is int for number in numbers):
                    return call
        raise RefusedJob("not a job of the closed list")


class JobFailed(Exception):
    """A job failed; the message holds no data."""


class ClosedJob(Job):
    """A job whose function is in the closed list, without callbacks or other data."""

    def __init__(self, id: str | None = None, connection: redis.Redis | None = None, serializer: Any = None) -> None:
        super().__init__(id, connection, ClosedJson)  # whatever the caller gives: rq's default is pickle

    @property
    def func(self) -> Callable[..., None]:
        return _jobs()[str(self.func_name)]

    def restore(self, raw_data: Any) -> None:
        """Reads only the fields in ``READ``. Raises NoSuchJobError for a job that cannot be read."""
        try:
            super().restore({name: value for name, value in raw_data.items() if as_text(name) in READ})
        except Exception as error:
            raise NoSuchJobError("what stands there is no job") from error
        self.retries_left = min(self.retries_left or 0, 2) if self._calls_one_of_ours() else 0
        self.timeout, self.result_ttl, self.failure_ttl = JOB_SECONDS, 0, FAILURES_KEPT
        self.origin = QUEUE
        self.description = ""

    def perform(self) -> Any:
        """Clears the debounce mark, then runs the job: it might miss rows that are written after this moment."""
        with contextlib.suppress(redis.RedisError):
            self.connection.delete(MARK.format(self.func_name))
        try:
            return super().perform()
        except Exception as error:  # rq writes the message of what is raised into its log and into Redis
            log.exception("job-failed", job=self.func_name)
            raise JobFailed(in_log(error)) from None

    @property
    def known_name(self) -> str:
        """The name of the closed list that it calls, or ``unknown``."""
        return str(self.func_name) if self._calls_one_of_ours() else "unknown"

    def _calls_one_of_ours(self) -> bool:
        try:
            return self.func_name in _jobs()
        except DeserializationError:  # raised again whenever its call is read
            return False


class ClosedQueue(Queue):
    """The queue of closed jobs."""

    job_class = ClosedJob

    def acquire_maintenance_lock(self) -> bool:
        """Locks for 5 seconds, not rq's 15 minutes: a killed worker must not keep others from recovering jobs."""
        return bool(self.connection.set(self.registry_cleaning_key, 1, nx=True, ex=5))

    @classmethod
    def dequeue_any(cls, *arguments: Any, **named: Any) -> Any:
        """The next job. Raises StopRequested when Redis does not answer.

        Plain rq would retry for ever, while the worker can poll the database.
        """
        try:
            return super().dequeue_any(*arguments, **named)
        except (redis.ConnectionError, redis.TimeoutError) as error:
            raise StopRequested from error


def queue_on(connection: redis.Redis) -> ClosedQueue:
    """The one queue. A worker listens to no other: with two, rq loses the job of a worker that is killed."""
    return ClosedQueue(QUEUE, connection=connection, job_class=ClosedJob, serializer=ClosedJson)


class Bell:
    """Rings for a job: enqueues it, so that a worker looks into the database at once.

    It never raises and never waits long, since the work itself is in the database. After Redis did not answer, it skips
    Redis for ``SILENT_FOR`` seconds, so that no act waits. ``timeout`` is in seconds.
    """

    def __init__(self, url: str, *, timeout: float = 0.5) -> None:
        self._connection = redis.Redis.from_url(url, socket_timeout=timeout, socket_connect_timeout=timeout)
        self._queue: ClosedQueue | None = None
        self._silent_until = 0.0

    def __call__(self) -> None:
        """Rings for waiting notices."""
        self.ring("drain_outbox")

    def ring(self, name: str) -> bool:
        """Enqueues the job unless it waits already; returns whether Redis answered."""
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
    """A debounced bell for a process with many acts, such as the web process.

    A thread of its own rings it, so that no act waits for Redis, and rings once for all calls within ``PAUSE``. If the
    process is killed just after a call, the clock finds the work.
    """

    PAUSE = 0.1  # seconds; the first call rings at once

    def __init__(self, bell: Callable[[], None]) -> None:
        self._bell = bell
        self._asked = threading.Event()
        self._process = 0  # the process that has the thread: a fork has to start its own
        self._starting = threading.Lock()
        atexit.register(self._ring_if_asked)

    def __call__(self) -> None:
        if self._process != os.getpid():
            with self._starting:
                if self._process != os.getpid():
                    self._asked = threading.Event()  # a thread of the parent may have locked the inherited one
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


def _jobs() -> Mapping[str, Callable[[], None]]:
    from engine.jobs.registry import JOBS  # late: who only rings needs none of the acts that jobs do

    return JOBS
