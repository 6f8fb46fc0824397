"""Three hundred clerks with a page open that follows its list: what acts take beside them, and without them.

Each open page asks for itself again every some seconds (``data-poll``). The acts go over the API at a fixed rate.
Rounds with and without the open pages take turns.
"""

from __future__ import annotations

import asyncio
import itertools
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import acts
from benchmarks.arrivals import Asked, Load, Seen, Stream
from benchmarks.database import MeasuredServer
from benchmarks.ground import Ground
from benchmarks.open_pages import OPEN_PAGE, clerks_sessions, following
from benchmarks.served import ours

CLERKS, RATE = 300, 30.0
"""Clerks, and acts a second."""
ACTING = 24
"""Clients that act, each on dossiers of its own."""
WARM = 5.0  # seconds
LONGEST_ROUND = 120.0  # seconds
ACT = "act"


@dataclass(slots=True)
class Desks:
    """What the rounds without and with open pages saw."""

    alone: list[Seen] = field(default_factory=list)
    beside: list[Seen] = field(default_factory=list)
    clerks: int = CLERKS
    rate: float = RATE


def measure(
    server: MeasuredServer,
    ground: Ground,
    folder: Path,
    *,
    seconds: float,
    rounds: int,
    say: Callable[[str], None],
    clerks: int = CLERKS,
    web_server: str = "gunicorn",
) -> Desks:
    """``rounds`` of so many seconds each way."""
    acts.number_dossiers(server, ground)
    told = Desks(clerks=clerks)
    tokens = clerks_sessions(ground, clerks)
    with ours(ground.environment, folder, web_server) as web:
        streams = _acting(server, ground), following(tokens)
        asyncio.run(_rounds(web.port, streams, min(seconds, LONGEST_ROUND), rounds, told, say))
    return told


def table(told: Desks) -> str:
    """In Markdown, medians of the rounds."""
    lines = [
        "| | acts a second | acts: p50 / p95 ms | pages a second | pages: p50 / p95 ms | errors |",
        "|---" * 6 + "|",
    ]
    for name, seen in (("acts alone", told.alone), (f"beside {told.clerks} open pages", told.beside)):
        acting, reading = (_told(seen, kind) for kind in (ACT, OPEN_PAGE))
        wrong = sum(sum(one.wrong.values()) for one in seen)
        lines.append(f"| {name} | {acting} | {reading} | {wrong} |")
    examples = {str(example) for one in (*told.alone, *told.beside) for example in one.examples.items()}
    ratio = statistics.median(
        beside.percentile(ACT, 0.95) / alone.percentile(ACT, 0.95)
        for alone, beside in zip(told.alone, told.beside, strict=True)
    )
    return "\n".join([*lines, "", f"p95 of the acts beside the open pages: {ratio:.2f} times that without.", *examples])


def _told(seen: list[Seen], kind: str) -> str:
    many = [len(one.latencies.get(kind, ())) / one.seconds for one in seen]
    if not any(many):
        return "0 | –"
    middle = [statistics.median(one.percentile(kind, share) for one in seen) for share in (0.5, 0.95)]
    return f"{statistics.median(many):.1f} | {middle[0]:.1f} / {middle[1]:.1f}"


async def _rounds(
    port: int,
    streams: tuple[Stream, Stream],
    seconds: float,
    rounds: int,
    told: Desks,
    say: Callable[[str], None],
) -> None:
    load, (acting, reading) = Load(port), streams
    try:
        await load.run([acting, reading], WARM)
        for turn in range(rounds):
            told.alone.append(await load.run([acting], seconds))
            told.beside.append(await load.run([acting, reading], seconds))
            p95 = [one[-1].percentile(ACT, 0.95) for one in (told.alone, told.beside)]
            say(f"round {turn + 1}: p95 of the acts {p95[0]:.1f} ms alone, {p95[1]:.1f} ms beside open pages")
    finally:
        load.close()


def _acting(server: MeasuredServer, ground: Ground) -> Stream:
    clients = itertools.cycle(acts.clerks(server, ground, ACTING))

    def ask() -> Asked:
        made, told = next(clients)()
        return Asked(ACT, made, told)

    return Stream(RATE, ask)
