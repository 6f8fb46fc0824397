"""A national hour: the country's peak on one machine, with everything that an installation runs.

The country files 4.4 million dossiers in 50 days; at eight acts each and five times the mean that is 200 acts a second.
PostgreSQL (durable), Redis, web, worker and clock are our own children; notices go to receivers in
this process. Limits on tries are on, and kept by asking from many addresses.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import redis

from benchmarks.arrivals import Load, Seen, Stream
from benchmarks.database import NAME, MeasuredServer
from benchmarks.ground import Ground
from benchmarks.installation_work import InstallationWork
from benchmarks.open_pages import clerks_sessions, following, looking, opened_links
from benchmarks.receivers import receivers
from benchmarks.served import beside, ours
from benchmarks.watch import Watch

WARM = 10.0  # seconds of the same load before anything is counted
SENT_WITHIN = 180.0  # seconds
CLERKS, APPLICANTS, LOOKS = 300, 1_500, 50.0
"""Where pages are open beside the acts: clerks, applicants, and pages of applicants a second."""
MOST_P95, MOST_AGE = 100.0, 5.0  # milliseconds, seconds


@dataclass(frozen=True, slots=True)
class Hour:
    """What was seen from outside and from inside."""

    seen: Seen
    watch: Watch
    notices: int


def measure(
    server: MeasuredServer,
    ground: Ground,
    folder: Path,
    *,
    minutes: float,
    rate: float,
    web_server: str,
    say: Callable[[str], None],
    pages: bool = False,
) -> Hour:
    """So many minutes of ``rate`` acts a second with what is read beside them.

    With ``pages`` clerks have pages open that follow their lists, and applicants look at theirs.
    """
    streams: list[Stream] = []
    if pages:
        streams = [following(clerks_sessions(ground, CLERKS)), looking(opened_links(ground, APPLICANTS), LOOKS)]
    return asyncio.run(_hour(server, ground, folder, minutes * 60, rate, web_server, say, streams))


def table(hour: Hour) -> str:
    """In Markdown: latencies by kind, errors, processes, the outbox."""
    seen = hour.seen
    lines = ["| asked | number | a second | p50 ms | p95 ms | p99 ms | longest |", "|---|---|---|---|---|---|---|"]
    for kind in [*sorted(seen.latencies), ""]:
        number = sum(len(ones) for key, ones in seen.latencies.items() if kind in ("", key))
        at = [f"{seen.percentile(kind, share):.1f}" for share in (0.5, 0.95, 0.99, 1)]
        lines.append(f"| {kind or 'all'} | {number} | {number / seen.seconds:.1f} | {' | '.join(at)} |")
    errors = [
        f"{kind} answered {status or 'nothing'}: {count} ({seen.examples[kind, status]!r})"
        for (kind, status), count in sorted(seen.wrong.items())
    ]
    watch = hour.watch
    outbox = (
        f"Outbox: oldest waiting notice at most {max(watch.ages):.1f} s, at most {max(watch.unsent)} waiting; "
        f"{hour.notices} notices received. The generator was late by {seen.late * 1000:.0f} ms at most."
    )
    errors_told = f"Errors: {sum(seen.wrong.values())}. {'; '.join(errors)}".strip()
    broken = [f"Broken off after {seen.seconds:.0f} s: ever more requests waited."] if seen.gave_up else []
    return "\n\n".join(["\n".join(lines), *broken, errors_told, outbox, watch.table(), _goals(hour)])


def _goals(hour: Hour) -> str:
    p95 = hour.seen.percentile("", 0.95)
    told = [
        ("no error", not (hour.seen.wrong or hour.seen.gave_up), f"{sum(hour.seen.wrong.values())}"),
        (f"p95 under {MOST_P95:.0f} ms", p95 < MOST_P95, f"{p95:.1f}"),
        (f"queue age under {MOST_AGE:.0f} s", max(hour.watch.ages) < MOST_AGE, f"{max(hour.watch.ages):.1f}"),
    ]
    return "; ".join(f"{what}: {'reached' if reached else 'missed'} ({found})" for what, reached, found in told)


async def _hour(
    server: MeasuredServer,
    ground: Ground,
    folder: Path,
    seconds: float,
    rate: float,
    web_server: str,
    say: Callable[[str], None],
    pages: list[Stream],
) -> Hour:
    async with AsyncExitStack() as stack:
        taking = await stack.enter_async_context(receivers())
        _put_aside(server, taking.events)
        work = InstallationWork(server, ground)
        limits = {"MOTCUA_RATE_LIMITS": "1", "MOTCUA_PROXY_HOPS": "1"}
        environment = {**ground.environment, **taking.environment, **limits}
        web = stack.enter_context(ours(environment, folder, web_server))
        processes = {"web": web.pid}
        for command in ("worker", "clock"):
            processes[command] = stack.enter_context(beside(command, environment, folder))
        processes |= {"PostgreSQL": server.pid, "Redis": _redis_pid(ground)}
        load = Load(web.port)
        stack.callback(load.close)
        say(f"{work.waiting} dossiers wait; warming")
        await load.run(work.streams(min(rate, 20)), WARM)
        await load.run([*work.streams(rate), *pages], WARM)
        if not await _sent(server):
            raise RuntimeError(f"{SENT_WITHIN:.0f} s after the warming notices still wait: see worker.log")
        watch, stop, before = Watch(processes, server.libpq), asyncio.Event(), taking.taken.total()
        looking = asyncio.create_task(watch.look(stop))
        say(f"{seconds:.0f} seconds of {rate:.0f} acts a second")
        seen = await load.run([*work.streams(rate), *pages], seconds)
        stop.set()
        await looking
        say(f"{work.waiting} dossiers wait")
        await _sent(server)  # a worker that is told to stop finishes its batch, and needs us to take it
        return Hour(seen, watch, taking.taken.total() - before)


def _put_aside(server: MeasuredServer, receiver: str) -> None:
    """What other measurements left waiting is not this one's: notices count as sent, past clocks as rung; and the
    receiver of events is ours, in this process."""
    with server.connect(NAME) as admin:
        admin.execute("UPDATE outbox SET status = 'sent', sent_at = now() WHERE status = 'waiting'")
        admin.execute("UPDATE clocks SET fired_at = now() WHERE fired_at IS NULL AND due_at <= now()")
        admin.execute("UPDATE webhooks SET url = %s", [receiver])
        admin.execute("UPDATE catalogue_versions SET number = number + 1 WHERE name = 'webhooks'")
        admin.execute("ANALYZE")


async def _sent(server: MeasuredServer) -> bool:
    """Whether the worker catches up within three minutes; returns once it has."""
    with server.connect(NAME) as admin:
        for _ in range(int(SENT_WITHIN)):
            if admin.execute("SELECT count(*) FROM outbox WHERE status = 'waiting'").fetchone() == (0,):
                return True
            await asyncio.sleep(1)
    return False


def _redis_pid(ground: Ground) -> int:
    with redis.Redis.from_url(ground.environment["REDIS_URL"]) as client:
        return int(client.info("server")["process_id"])
