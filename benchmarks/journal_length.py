"""``python -m benchmarks.journal_length --folder F``: does an act cost more on a dossier with a long journal?

Building permits are submitted and sent back until their journals have 5, 50 and 200 entries; then acts on dossiers of
each length take turns, through the engine and its database without HTTP. Processor time is that of this process and of
PostgreSQL's process that answers it.
"""

from __future__ import annotations

import argparse
import statistics
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.database import NAME, MeasuredServer
from benchmarks.ground import WARD, WHY, Ground, lay
from engine.acts.perform_action import perform_action
from engine.rules.procedure.permissions import Actor
from engine.store.actors import actor_of_person
from engine.transaction import Runtime, in_transaction
from tests.installation.filings import PERMIT

LENGTHS = (5, 50, 200)
DOSSIERS, TURNS = 10, 8
"""So many dossiers of each length, and so often two acts on each: their journals grow by 16 entries while measured."""


@dataclass(slots=True)
class Spent:
    """What acts on dossiers of one length took: milliseconds by the clock, and of processor time."""

    clock: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)


def measure(server: MeasuredServer, ground: Ground) -> dict[int, Spent]:
    """By length of the journal. The dossiers are found anew each time, among those that were acted on least."""
    runtime = replace(ground, environment={**ground.environment, "MOTCUA_POOL_SIZE": "1"}).runtime()
    with server.connect(NAME) as admin:
        found = admin.execute(
            """SELECT code FROM dossiers WHERE procedure = %s AND handler_office = %s AND state = 'drafting'
            AND holder_office = handler_office ORDER BY version, id LIMIT %s""",
            [PERMIT, f"UB-{WARD}", len(LENGTHS) * DOSSIERS],
        ).fetchall()
    codes = [str(code) for (code,) in found]
    desk = _Desk(runtime)
    by_length = {length: codes[number :: len(LENGTHS)] for number, length in enumerate(LENGTHS)}
    for length, some in by_length.items():
        for code in some:
            while desk.there_and_back(code) < length:
                pass
    told = {length: Spent() for length in LENGTHS}
    for _ in range(TURNS):
        for length, some in by_length.items():
            for code in some:
                before = time.perf_counter(), desk.processor_seconds()
                desk.there_and_back(code)
                told[length].clock.append((time.perf_counter() - before[0]) * 500)
                told[length].processor.append((desk.processor_seconds() - before[1]) * 500)
    runtime.database.dispose()
    return told


class _Desk:
    """The officer who submits and the leader who sends back."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        with runtime.database.connect() as connection:
            self._backend = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            who = "SELECT id FROM people WHERE username = '{}'"
            self._people = {
                role: connection.exec_driver_sql(who.format(f"{role}.{WARD}")).scalar_one()
                for role in ("specialist", "leader")
            }

    def there_and_back(self, code: str) -> int:
        """Two acts; the number of the last entry."""
        self._act("specialist", code, "submit")
        return self._act("leader", code, "send_back", reason=WHY)

    def processor_seconds(self) -> float:
        database = int(Path(f"/proc/{self._backend}/schedstat").read_text().split()[0]) / 1e9
        return time.process_time() + database

    def _act(self, role: str, code: str, action: str, **more: str) -> int:
        case = in_transaction(self._runtime, self._actor(role), lambda unit: perform_action(unit, code, action, **more))
        return int(case.row["version"])

    def _actor(self, role: str) -> Actor:
        with self._runtime.database.connect() as connection:
            found = actor_of_person(connection, self._people[role])
        assert found is not None
        return found


def table(told: dict[int, Spent]) -> str:
    """In Markdown."""
    lines = [
        "| entries in the journal | processor ms an act | ms an act by the clock, median | acts |",
        "|---|---|---|---|",
    ]
    for length, spent in told.items():
        cpu, clock = statistics.median(spent.processor), statistics.median(spent.clock)
        lines.append(f"| {length} | {cpu:.2f} | {clock:.2f} | {2 * len(spent.clock)} |")
    return "\n".join(lines)


def main() -> None:
    """Measures in the folder of an earlier run; its dossiers of the ward grow longer journals by it."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.journal_length", description=(__doc__ or "").split("\n\n")[0]
    )
    parser.add_argument("--folder", type=Path, required=True, help="a folder that python -m benchmarks has loaded")
    folder = parser.parse_args().folder
    server = MeasuredServer(folder / "pg")
    server.start()
    try:
        print(table(measure(server, lay(server, folder, "redis://127.0.0.1:1/0"))))
    finally:
        server.stop()


if __name__ == "__main__":
    main()
