"""``motcua worker``: sends notices and fires due clocks. Any number may run, on any number of machines.

Jobs run in the worker's own process, not in a fork: they are in the closed list and short, the compiled procedures stay
cached, and a killed worker leaves no orphan process. Nothing is lost with it, since its leases end after some seconds.
While Redis does not answer, the worker polls the database.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

import click
import redis
import structlog
from rq import SimpleWorker
from rq.exceptions import StopRequested
from rq.job import Job
from rq.queue import Queue
from sqlalchemy.exc import SQLAlchemyError

from adapters.logging import set_up_logging
from cli.compose import compose, compose_notifier, compose_portal, compose_tracing
from engine.acts.notices.webhooks import seal_webhooks
from engine.errors import Refusal, in_log
from engine.jobs.queue import ClosedJob, ClosedJson, ClosedQueue, JobFailed, queue_on
from engine.jobs.registry import JOBS, set_up_jobs
from engine.jobs.ticks import OwnTicks, ticks_of
from engine.ports import Trace, span_of
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.settings import Settings, settings_from
from engine.transaction import Runtime, in_transaction
from server.own_files import check_files_at_start

HEARTBEAT = 1.5  # seconds between two heartbeats during a job
ALIVE_FOR = 8  # seconds after the last heartbeat when a job counts as orphaned: longer than the lease of its notices
LOOK_EVERY = 2  # seconds between two searches for orphaned jobs
WORKER_TTL = 15 + LOOK_EVERY  # rq waits for a job for this less 15 seconds
POLL_EVERY = 2.0  # seconds, while Redis does not answer
SILENT_AFTER = 2  # seconds after which a Redis that keeps a connection open and says nothing counts as away

log = structlog.get_logger("motcua.worker")


class Worker(SimpleWorker):
    """rq's worker, set to find orphaned jobs within seconds and to ignore commands that come through Redis."""

    max_connection_wait_time = 1.0
    log_result_lifespan = False

    def __init__(
        self, connection: redis.Redis, stop: threading.Event | None = None, trace: Trace | None = None
    ) -> None:
        super().__init__(
            [queue_on(connection)],
            connection=connection,
            job_class=ClosedJob,
            queue_class=ClosedQueue,
            serializer=ClosedJson,
            worker_ttl=WORKER_TTL,
            maintenance_interval=LOOK_EVERY // 2,
            log_job_description=False,
        )
        self._told_to_stop, self._trace = stop or threading.Event(), trace

    @property
    def connection_timeout(self) -> int:
        """Seconds that rq waits for an answer; by default it would be 10 more than it asks Redis to wait for a job."""
        return self.dequeue_timeout + SILENT_AFTER

    def get_heartbeat_ttl(self, job: Job, working_time: float = 0.0) -> int:
        return ALIVE_FOR

    def execute_job(self, job: Job, queue: Queue) -> None:
        execution = self.prepare_execution(job)
        with (
            self._signs_of_life(job, execution),
            suppress(JobFailed),
            span_of(self._trace, "job", job.known_name if isinstance(job, ClosedJob) else "unknown"),
        ):
            if not self.perform_job(job, queue, execution):
                raise JobFailed  # for the span alone: it is logged, and rq has noted it
        self.set_state("idle")

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """Raises StopRequested when Redis does not answer (see ``ClosedQueue.dequeue_any``)."""
        try:
            super().heartbeat(timeout, pipeline)
        except (redis.ConnectionError, redis.TimeoutError) as error:
            raise StopRequested from error

    def subscribe(self) -> None:
        """Does nothing: a writer of Redis must not be able to stop workers."""

    def unsubscribe(self) -> None:
        """Does nothing, since ``subscribe`` does nothing."""

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        self._told_to_stop.set()
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]  # rq gives it no types

    def check_for_suspension(self, burst: bool) -> None:
        """Called before each job. Raises StopRequested when the signal came before rq set its own handlers."""
        if self._told_to_stop.is_set():
            raise StopRequested
        super().check_for_suspension(burst)

    @contextmanager
    def _signs_of_life(self, job: Job, execution: Any) -> Iterator[None]:
        done = threading.Event()

        def beat() -> None:
            while not done.wait(HEARTBEAT):
                try:
                    self.maintain_heartbeats(job, execution)
                except redis.RedisError:
                    return  # the job then counts as orphaned and is done twice, which is safe

        thread = threading.Thread(target=beat, daemon=True, name="signs-of-life")
        thread.start()
        try:
            yield
        finally:
            done.set()


@click.command()
def worker() -> None:
    """Send notices, let clocks run out, and work on batches."""
    settings = settings_from(os.environ)
    set_up_logging(settings, "worker")
    settings.keys.made()  # an unreadable file stops the start
    runtime = compose(settings, trace=compose_tracing(settings, "worker"))
    check_files_at_start(runtime)
    set_up_jobs(runtime, compose_notifier(settings), compose_portal(settings))
    _seal_secrets(runtime)
    log.info("started", pid=os.getpid())
    Shift(settings, runtime.trace).work()
    runtime.database.dispose()
    log.info("stopped", pid=os.getpid())


def _seal_secrets(runtime: Runtime) -> None:
    """Seals the secrets of webhooks of earlier versions. A database that does not answer does not prevent the start."""
    try:
        sealed = in_transaction(runtime, SYSTEM_ACTOR, seal_webhooks)
    except (SQLAlchemyError, Refusal) as error:
        log.warning("secrets-not-sealed", why=type(error).__name__)
    else:
        if sealed:
            log.info("secrets-sealed", count=sealed)


class Shift:
    """Runs the worker from start to stop, also while Redis does not answer."""

    def __init__(self, settings: Settings, trace: Trace | None = None) -> None:
        self._url, self._trace = settings.redis_url, trace
        self._ticks = OwnTicks(ticks_of(settings))
        self._stop = threading.Event()

    def work(self) -> None:
        """Runs until SIGTERM or SIGINT; a job in progress is finished first."""
        self._hear_signals()
        while not self._stop.is_set():
            self._listen()
            if not self._stop.is_set():
                self._do_what_is_due()
                self._stop.wait(POLL_EVERY)

    def _listen(self) -> None:
        """Runs jobs from the queue until a signal comes or Redis fails."""
        connection = redis.Redis.from_url(self._url, socket_connect_timeout=SILENT_AFTER)
        try:
            self._ask_whether_it_is_there()
            Worker(connection, self._stop, self._trace).work()
        except StopRequested:
            pass  # a signal came (then the flag is set), or Redis does not answer
        except (redis.RedisError, OSError) as error:
            log.warning("redis-away", why=in_log(error))
        finally:
            self._hear_signals()
            connection.close()

    def _ask_whether_it_is_there(self) -> None:
        """Raises redis.RedisError or OSError: rq itself would wait longer, at each of several questions."""
        with redis.Redis.from_url(
            self._url, socket_connect_timeout=SILENT_AFTER, socket_timeout=SILENT_AFTER
        ) as connection:
            connection.ping()

    def _do_what_is_due(self) -> None:
        """Runs the jobs that the clock would ring for now, without the queue."""
        for name in self._ticks.due(time.monotonic()):
            try:
                with span_of(self._trace, "job", name):
                    JOBS[name]()
            except Exception:  # the next round retries; no fault of a job may end the worker
                log.exception("job-failed", job=name)

    def _hear_signals(self) -> None:
        def stop(_signum: int, _frame: FrameType | None) -> None:
            self._stop.set()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
