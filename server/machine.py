"""What an operator asks of the machine: room on the disk, and jobs of the queue that failed lately."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from dataclasses import dataclass

import redis
from rq.exceptions import DeserializationError, NoSuchJobError
from rq.registry import FailedJobRegistry

from engine.jobs.queue import ClosedJob, queue_on
from server.context import runtime

_MOST = 100
LITTLE = 0.1
"""Below this share of free room something should be done."""


@dataclass(frozen=True, slots=True)
class Disk:
    """The room of the folder with files and, where it is embedded, the database; in bytes."""

    free: int
    total: int

    @property
    def share(self) -> float:
        """The free share, from 0 to 1."""
        return self.free / self.total if self.total else 0.0

    @property
    def little(self) -> bool:
        """Whether something should be done."""
        return self.share < LITTLE


@dataclass(frozen=True, slots=True)
class FailedJobs:
    """Jobs of one name that failed within the last hour; the next tick repeats their work."""

    name: str
    number: int
    last: dt.datetime | None


def disk() -> Disk | None:
    """The room of the data folder; None where it cannot be told."""
    try:
        usage = shutil.disk_usage(runtime().settings.data)
    except OSError:
        return None
    return Disk(usage.free, usage.total)


def failed_jobs() -> list[FailedJobs] | None:
    """By name; None while Redis does not answer."""
    url = runtime().settings.redis_url
    try:
        with redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1) as client:
            registry = FailedJobRegistry(queue=queue_on(client))
            jobs = [job for job in map(_fetch(client), registry.get_job_ids(0, _MOST - 1)) if job is not None]
    except (redis.RedisError, OSError):
        return None
    by_name: dict[str, list[dt.datetime | None]] = {}
    for name, ended in jobs:
        by_name.setdefault(name, []).append(ended)
    return [
        FailedJobs(name, len(ends), max((one for one in ends if one is not None), default=None))
        for name, ends in sorted(by_name.items())
    ]


def _fetch(client: redis.Redis) -> Callable[[str], tuple[str, dt.datetime | None] | None]:
    def fetch(number: str) -> tuple[str, dt.datetime | None] | None:
        try:
            job = ClosedJob.fetch(number, connection=client)
            return str(job.func_name), job.ended_at
        except (NoSuchJobError, DeserializationError):
            return None

    return fetch
