"""A worker that nobody rings for: what it does by itself, and how soon it gives a silent Redis up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
import redis

from cli.worker import SILENT_AFTER, Worker
from engine.jobs.ticks import TICKS, OwnTicks


@pytest.fixture
def connection(redis_url: str) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(redis_url) as client:
        yield client


def test_a_worker_that_nobody_rings_for_keeps_to_the_seconds_of_each_job() -> None:
    """While Redis is away for minutes, an hourly checkpoint is not made every two seconds."""
    ticks, ran = OwnTicks(TICKS), Counter[str]()
    for moment in range(0, 600, 2):
        ran.update(ticks.due(float(moment)))
    assert ran["drain_outbox"] == 300
    assert ran["sweep_clocks"] == 150
    assert ran["migrate_dossiers"] == 10
    assert ran["checkpoint_journal"] == ran["mail_reports"] == 1
    assert "pull_filings" not in ran, "a connection that is not set up"


def test_a_redis_that_hangs_holds_a_worker_for_seconds_only(connection: redis.Redis) -> None:
    """By its settings: by default rq waits ten seconds longer than it asks Redis to wait for a job."""
    worker = Worker(connection)
    assert worker.connection_timeout <= worker.dequeue_timeout + SILENT_AFTER
    assert worker.connection.connection_pool.connection_kwargs["socket_timeout"] == worker.connection_timeout
