"""``motcua clock``: rings for the periodic jobs by rq's cron scheduler. Two at once do no harm."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from typing import Any

import click
import redis
import structlog
from rq.cron import CronJob, CronScheduler
from rq.exceptions import SchedulerNotFound, StopRequested

from adapters.logging import set_up_logging
from engine.errors import in_log
from engine.jobs.queue import QUEUE, Bell
from engine.jobs.ticks import TICKS, ticks_of
from engine.settings import settings_from

WAIT = 1.0  # seconds before Redis is retried

log = structlog.get_logger("motcua.clock")


class Tick(CronJob):
    """A job that is rung for every so many seconds; the bell enqueues no second one while one waits."""

    def __init__(self, bell: Bell, name: str, seconds: int) -> None:
        super().__init__(QUEUE, func_name=name, interval=seconds)
        self._bell = bell

    def enqueue(self, connection: redis.Redis) -> Any:
        self._bell.ring(self.func_name)


class Ticker(CronScheduler):
    """rq's scheduler with the ticks of ``engine.jobs.ticks``. The data it keeps in Redis are for display only."""

    def __init__(
        self,
        connection: redis.Redis,
        bell: Bell,
        stop: threading.Event | None = None,
        ticks: tuple[tuple[str, int], ...] = TICKS,
    ) -> None:
        super().__init__(connection)
        self.get_jobs().extend(Tick(bell, name, seconds) for name, seconds in ticks)
        self._stop = stop or threading.Event()

    def register_death(self, pipeline: Any = None) -> None:
        """Unregisters from Redis; errors are ignored, since Redis may have been emptied or may not answer."""
        with contextlib.suppress(SchedulerNotFound, redis.RedisError, OSError):
            super().register_death(pipeline)

    def enqueue_jobs(self) -> list[CronJob]:
        """Rings for the due jobs. Raises StopRequested when the signal came before rq set its own handlers."""
        if self._stop.is_set():
            raise StopRequested
        return super().enqueue_jobs()


@click.command()
def clock() -> None:
    """Ring for what goes by the clock."""
    settings = settings_from(os.environ)
    set_up_logging(settings, "clock")
    log.info("started", pid=os.getpid())
    tick_until_stopped(settings.redis_url, ticks_of(settings))
    log.info("stopped", pid=os.getpid())


def tick_until_stopped(url: str, ticks: tuple[tuple[str, int], ...] = TICKS) -> None:
    """Runs until SIGTERM or SIGINT; retries while Redis does not answer."""
    stop = threading.Event()
    _hear_signals(stop)
    connection = redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=2)
    while not stop.is_set():
        ticker = Ticker(connection, Bell(url), stop, ticks)
        try:
            ticker.start()  # type: ignore[no-untyped-call]  # rq gives it no types
            return  # rq handles the signals meanwhile, and returns at one of them
        except StopRequested:  # a signal while rq was starting or ending
            return
        except (redis.RedisError, OSError) as error:
            log.warning("redis-away", why=in_log(error))
        _hear_signals(stop)
        stop.wait(WAIT)


def _hear_signals(stop: threading.Event) -> None:
    """Handles signals before rq sets its own handlers, and while Redis does not answer."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
