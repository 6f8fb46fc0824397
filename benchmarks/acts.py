"""One act, four ways, side by side: the limit, the HTTP ceiling, ours, and the usual way.

All four work on the same database and the same dossiers, and take turns within each round, so that what else the
machine does falls on all alike. Compare the columns of one run with each other; the figures of two runs only with care.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from benchmarks.client import Client, load, request
from benchmarks.database import NAME, MeasuredServer
from benchmarks.ground import WHY, Ground
from benchmarks.one_statement import ANSWER, JOURNAL_BODY, NOTICE, for_pgbench
from benchmarks.processor_time import fine_seconds
from benchmarks.processor_time import seconds as processor_seconds
from benchmarks.served import Served, ours, plain
from tests.installation.filings import PERMIT

DOSSIERS_A_CLIENT = 25
LIMIT, CEILING, OURS, USUAL = "a limit", "b HTTP ceiling", "c ours", "d usual way"


@dataclass(slots=True)
class Measured:
    """What the rounds of one way at one number of clients gave."""

    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)  # milliseconds an act, web and database
    cpu_database: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    wrong: dict[int, int] = field(default_factory=dict)


Results = dict[tuple[str, int], Measured]


def measure(
    server: MeasuredServer,
    ground: Ground,
    folder: Path,
    *,
    seconds: float,
    rounds: int,
    clients: tuple[int, ...],
    say: Callable[[str], None],
    web_server: str = "gunicorn",
    ways: tuple[str, ...] = (LIMIT, CEILING, OURS, USUAL),
) -> Results:
    """All ways at all numbers of clients, ``rounds`` times."""
    results: Results = {}
    number_dossiers(server, ground)
    environment = {**ground.environment, "BENCH_LIBPQ": server.libpq}
    with ExitStack() as stack:
        served: dict[str, Served] = {}
        if OURS in ways:
            served[OURS] = stack.enter_context(ours(environment, folder, web_server))
        for way, application in ((CEILING, "benchmarks.ceiling:app"), (USUAL, "benchmarks.usual:app")):
            if way in ways:
                served[way] = stack.enter_context(plain(application, environment, folder))
        for way, web in served.items():
            load(web.port, clerks(server, ground, 8), 2.0)  # warm
            say(f"{way} is warm")
        for turn in range(rounds):
            for count in clients:
                for way in ways:
                    measured = results.setdefault((way, count), Measured())
                    if way == LIMIT:
                        _pgbench(server, folder, count, seconds, measured)
                    else:
                        measure_over_http(server, ground, served[way], count, seconds, measured)
                    say(f"round {turn + 1}: {way}, {count} clients: {measured.rates[-1]:.0f}/s")
    return results


def measure_over_http(
    server: MeasuredServer, ground: Ground, web: Served, count: int, seconds: float, measured: Measured
) -> None:
    asking = clerks(server, ground, count)
    before = fine_seconds(web.pid), fine_seconds(server.pid)
    tally = load(web.port, asking, seconds)
    after = fine_seconds(web.pid), fine_seconds(server.pid)
    done = max(len(tally.latencies) - sum(tally.wrong.values()), 1)
    measured.rates.append(done / tally.seconds)
    measured.cpu.append((after[0] - before[0] + after[1] - before[1]) / done * 1000)
    measured.cpu_database.append((after[1] - before[1]) / done * 1000)
    measured.p50.append(tally.percentile(0.5))
    measured.p99.append(tally.percentile(0.99))
    for status, number in tally.wrong.items():
        measured.wrong[status] = measured.wrong.get(status, 0) + number
    if tally.wrong:
        raise RuntimeError(f"answers other than 200: {tally.wrong} {tally.example!r}")


def _pgbench(server: MeasuredServer, folder: Path, count: int, seconds: float, measured: Measured) -> None:
    script = folder / "act.pgbench"
    script.write_text(for_pgbench(_numbered(server)))
    for old in folder.glob("pgbench_log.*"):
        old.unlink()
    before = processor_seconds(server.pid)
    told = subprocess.run(
        [
            *("pgbench", "--no-vacuum", "--protocol=prepared", f"--client={count}", "--jobs=1", "--log"),
            f"--time={max(1, round(seconds))}",
            f"--file={script}",
            server.libpq,
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if told.returncode != 0:
        raise RuntimeError(f"pgbench: {told.stdout}{told.stderr}")
    used = processor_seconds(server.pid) - before
    logs = [path.read_text().splitlines() for path in folder.glob("pgbench_log.*")]
    latencies = sorted(int(line.split()[2]) / 1000 for lines in logs for line in lines)
    rate = re.search(r"tps = ([\d.]+)", told.stdout)
    assert rate is not None, told.stdout
    measured.rates.append(float(rate.group(1)))
    measured.cpu.append(used / max(len(latencies), 1) * 1000)
    measured.cpu_database.append(measured.cpu[-1])
    measured.p50.append(statistics.median(latencies))
    measured.p99.append(latencies[int(len(latencies) * 0.99)])


def number_dossiers(server: MeasuredServer, ground: Ground) -> None:
    """A numbered list, for pgbench, of the dossiers that staff of ours may act on."""
    offices = ", ".join(f"'UB-{ward}'" for ward in ground.tokens)
    with server.connect(NAME) as admin:
        admin.execute("DROP TABLE IF EXISTS bench_dossiers")
        admin.execute(
            f"""CREATE TABLE bench_dossiers AS SELECT row_number() OVER () AS n, id, code, handler_office FROM dossiers
            WHERE procedure = '{PERMIT}' AND state IN ('drafting', 'signing') AND handler_office IN ({offices})
            AND holder_office = handler_office""".encode()
        )
        admin.execute("ALTER TABLE bench_dossiers ADD PRIMARY KEY (n)")
        admin.execute("GRANT SELECT ON bench_dossiers TO motcua_app")
        admin.execute("UPDATE dossiers SET holder_id = NULL FROM bench_dossiers AS b WHERE b.id = dossiers.id")
        admin.execute("ANALYZE bench_dossiers")
        admin.execute("DROP TABLE IF EXISTS bench_texts")
        admin.execute("CREATE TABLE bench_texts (body text, notice jsonb, answer text)")
        admin.execute("INSERT INTO bench_texts VALUES (%s, %s, %s)", [JOURNAL_BODY, NOTICE, ANSWER])
        admin.execute("GRANT SELECT ON bench_texts TO motcua_app")


def _numbered(server: MeasuredServer) -> int:
    with server.connect(NAME) as admin:
        row = admin.execute("SELECT count(*) FROM bench_dossiers").fetchone()
    assert row is not None
    return int(row[0])


def clerks(server: MeasuredServer, ground: Ground, count: int) -> list[Client]:
    """So many clients, each with dossiers of its own, as they stand now."""
    with server.connect(NAME) as admin:
        rows = admin.execute(
            """SELECT code, version, state, substr(b.handler_office, 4) FROM bench_dossiers b
            JOIN dossiers USING (id, code) ORDER BY n LIMIT %s""",
            [count * DOSSIERS_A_CLIENT],
        ).fetchall()
    return [_clerk(ground, rows[number::count]) for number in range(count)]


def _clerk(ground: Ground, rows: list[tuple[str, int, str, str]]) -> Client:
    """Submits and sends back its dossiers in turn, as the officer and the leader of their wards."""
    standing = [list(row) for row in rows]
    turn = [0]

    def ask() -> tuple[bytes, Callable[[int, bytes], None]]:
        one = standing[turn[0] % len(standing)]
        turn[0] += 1
        code, version, state, ward = one
        role, action = ("specialist", "submit") if state == "drafting" else ("leader", "send_back")
        body = {"action": action} if action == "submit" else {"action": action, "reason": WHY}
        path = f"/api/v1/dossiers/{code}/actions"
        made = request("POST", path, orjson.dumps(body), ground.tokens[ward][role], os.urandom(12).hex(), int(version))

        def told(status: int, answer: bytes) -> None:
            if status == 200:
                stands = orjson.loads(answer)
                one[1], one[2] = stands["version"], stands["state"]

        return made, told

    return ask


def table(results: Results) -> str:
    """In Markdown: medians of the rounds, and the share of the other ways."""
    lines = [
        "| way | clients | acts/s (median; least–most) | CPU ms an act (of it database) | p50 ms | p99 ms |",
        "|---|---|---|---|---|---|",
    ]
    for (way, count), one in results.items():
        middle, cpu, base = (statistics.median(values) for values in (one.rates, one.cpu, one.cpu_database))
        lines.append(
            f"| {way} | {count} | {middle:.0f}; {min(one.rates):.0f}–{max(one.rates):.0f} | {cpu:.2f} ({base:.2f}) "
            f"| {statistics.median(one.p50):.1f} | {statistics.median(one.p99):.1f} |"
        )
    return "\n".join(lines)


def ratios(results: Results) -> list[tuple[int, float, float]]:
    """(clients, ours to the ceiling, ours to the usual way): the median over the rounds of each round's own ratio."""
    found = []
    for way, count in results:
        if way == OURS and (CEILING, count) in results and (USUAL, count) in results:
            mine = results[way, count].rates
            to_ceiling = [a / b for a, b in zip(mine, results[CEILING, count].rates, strict=True)]
            to_usual = [a / b for a, b in zip(mine, results[USUAL, count].rates, strict=True)]
            found.append((count, statistics.median(to_ceiling), statistics.median(to_usual)))
    return found
