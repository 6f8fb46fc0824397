"""``python -m benchmarks``: everything that docs/performance.md tells, measured on this machine, as Markdown.

It starts its own PostgreSQL with durable commits and its own Redis, and listens on the loopback only. What was loaded
stays in ``--folder``, so that the next run begins at once; remove the folder to begin anew.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import orjson

from adapters.embedded_redis import embedded_redis
from benchmarks import (
    acts,
    compare,
    desks,
    filings,
    imports,
    months,
    national_hour,
    notices,
    other_engines,
    outbox,
    page_grounds,
    pages,
    portal,
    reading,
    reconcile,
    reform,
    reform_ways,
    reports,
    signatures,
    statements,
    versions,
)
from benchmarks.database import MeasuredServer
from benchmarks.ground import Ground, lay
from benchmarks.multiply import multiply

PARTS = ("statements", "acts", "reading", "outbox", "notices", "engines")
LONG = ("hour", "reform", "versions", "pages", "desks", "reports", "portal", "reconcile")
"""Measured only where they are named; a reform, a version, pages and reconciliation on databases of their own, and
alone."""
ALONE = ("reform", "versions", "pages", "reconcile")
LOADED = 100_000
PACKAGES = ("Flask", "SQLAlchemy", "psycopg", "gunicorn", "granian", "Flask-SQLAlchemy", "marshmallow")


def main() -> None:
    """Measures what was asked for."""
    own = {"compare": compare, "filings": filings, "imports": imports, "months": months, "signatures": signatures}
    if sys.argv[1:2] and sys.argv[1] in own:
        own[sys.argv[1]].main(sys.argv[2:])
        return
    if sys.argv[1:2] == ["reform-ways"]:
        reform_ways.main(sys.argv[2:])
        return
    asked = _arguments()
    asked.folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    (asked.folder / "pg").mkdir(exist_ok=True)
    with embedded_redis(asked.folder / "redis") as redis_url:
        if asked.parts == ["reform"]:
            night = reform.measure(asked.folder / "reform", redis_url, asked.dossiers, asked.seconds, _say)
            print(f"{_machine(None, asked.dossiers)}\n\n{reform.table(night)}")
            return
        if asked.parts == ["versions"]:
            change = versions.measure(asked.folder / "reform", redis_url, asked.dossiers, asked.seconds, _say)
            print(f"{_machine(None, asked.dossiers)}\n\n{reform.table(change)}")
            return
        if asked.parts == ["pages"]:
            print(f"{_machine(None, asked.dossiers)}\n\n{_pages(asked, redis_url)}")
            return
        if asked.parts == ["reconcile"]:
            print(f"{_machine(None, asked.dossiers)}\n\n{_reconcile(asked, redis_url)}")
            return
        server = MeasuredServer(asked.folder / "pg")
        server.start()
        try:
            ground = lay(server, asked.folder, redis_url)
            _say(f"{multiply(server, ground, asked.dossiers):,} dossiers loaded")
            print(_machine(server, asked.dossiers))
            for part in asked.parts or PARTS:
                print(f"\n## {part}\n\n{_measure(part, server, ground, asked)}")
        finally:
            server.stop()


def _measure(part: str, server: MeasuredServer, ground: Ground, asked: argparse.Namespace) -> str:
    if part == "statements":
        return statements.table(statements.measure(ground))
    if part == "reading":
        return _reading(server, ground, asked)
    if part == "hour":
        return national_hour.table(
            national_hour.measure(
                server,
                ground,
                asked.folder,
                minutes=asked.minutes,
                rate=asked.rate,
                web_server=asked.server,
                say=_say,
                pages=asked.open_pages,
            )
        )
    if part == "desks":
        seconds, rounds = max(asked.seconds, 10.0), asked.rounds
        return desks.table(
            desks.measure(
                server, ground, asked.folder, seconds=seconds, rounds=rounds, web_server=asked.server, say=_say
            )
        )
    if part == "engines":
        walks, rounds = max(5, round(asked.seconds * 10)), asked.rounds
        return other_engines.table(other_engines.measure(server, ground, walks=walks, rounds=rounds, say=_say))
    if part in ("outbox", "reports", "portal", "notices"):
        return _beside(part, server, ground, asked)
    results = acts.measure(
        server,
        ground,
        asked.folder,
        seconds=asked.seconds,
        rounds=asked.rounds,
        clients=tuple(asked.clients),
        say=_say,
        web_server=asked.server,
    )
    compared = [
        f"{count} clients: {ceiling:.2f} of the HTTP ceiling, {usual:.1f} times the usual way"
        for count, ceiling, usual in acts.ratios(results)
    ]
    return "\n\n".join([acts.table(results), *compared])


def _beside(part: str, server: MeasuredServer, ground: Ground, asked: argparse.Namespace) -> str:
    """What is measured beside the acts: what is sent, and what is counted."""
    if part == "outbox":
        return outbox.told(outbox.measure(server, ground, asked.rounds))
    if part == "reports":
        return reports.table(reports.measure(server, ground, _say))
    if part == "portal":
        return portal.table(portal.measure(ground, asked.folder, _say))
    return notices.table(notices.measure(server, ground, asked.folder, _say))


def _pages(asked: argparse.Namespace, redis_url: str) -> str:
    """On the demonstration's office, and with --dossiers on a country of at least so many."""
    stand = page_grounds.demo_on_sqlite(asked.folder, _say)
    told = [pages.table(stand.name, pages.measure(stand, _say))]
    with _started(asked.folder / "demo-postgres") as server:
        stand = page_grounds.demo_on_postgres(server, asked.folder / "demo-postgres", _say)
        told.append(pages.table(stand.name, pages.measure(stand, _say)))
    if asked.dossiers is not None:
        with _started(asked.folder) as server:
            ground = lay(server, asked.folder, redis_url)
            multiply(server, ground, asked.dossiers)
            stand = page_grounds.country(ground, asked.dossiers)
            told.append(pages.table(stand.name, pages.measure(stand, _say)))
    return "\n\n".join(told)


def _reconcile(asked: argparse.Namespace, redis_url: str) -> str:
    """In a folder of its own, whose dossiers have no journal."""
    folder = asked.folder / "reconcile"
    with _started(folder) as server:
        ground = lay(server, folder, redis_url)
        multiply(server, ground, reconcile.TOLD_FIRST)
        return reconcile.table(reconcile.measure(server, ground, folder, asked.dossiers, _say))


@contextmanager
def _started(folder: Path) -> Iterator[MeasuredServer]:
    (folder / "pg").mkdir(parents=True, exist_ok=True)
    server = MeasuredServer(folder / "pg")
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _reading(server: MeasuredServer, ground: Ground, asked: argparse.Namespace) -> str:
    """Beside what earlier runs in the same folder measured at other numbers of dossiers."""
    kept = asked.folder / "reading.json"
    told = orjson.loads(kept.read_bytes()) if kept.exists() else {}
    told[str(asked.dossiers)] = [astuple(one) for one in reading.measure(server, ground, _say)]
    kept.write_bytes(orjson.dumps(told))
    return reading.table({int(size): [reading.Reading(*one) for one in ones] for size, ones in told.items()})


def _machine(server: MeasuredServer | None, dossiers: int | None) -> str:
    model = next((line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if "model name" in line), "unknown")
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES if _is_installed(name))
    database = f"PostgreSQL {server.version()}, " if server else ""
    loaded = f"{dossiers:,} dossiers; " if dossiers is not None else ""
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return (
        f"{os.cpu_count()} processors ({model}), Python {platform.python_version()}, {database}"
        f"{packages}; {loaded}load before: {load}"
    )


def _is_installed(name: str) -> bool:
    """Not every part needs all that benchmarks/requirements.txt names."""
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=(__doc__ or "").split("\n\n")[0],
        epilog="python -m benchmarks compare --help: two checkouts side by side",
    )
    parser.add_argument("parts", nargs="*", help=f"what to measure: {', '.join(PARTS)} (all), {', '.join(LONG)}")
    parser.add_argument("--dossiers", type=int, help=f"how many to load at least ({LOADED}; pages: none)")
    parser.add_argument("--seconds", type=float, default=6.0, help="of each measurement of acts (6)")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds (3)")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 16], help="how many at once (1 8 16)")
    parser.add_argument("--server", choices=("gunicorn", "granian"), default="gunicorn", help="what serves ours")
    parser.add_argument("--minutes", type=float, default=15.0, help="of the national hour (15)")
    parser.add_argument("--rate", type=float, default=200.0, help="acts a second in the national hour (200)")
    parser.add_argument("--open-pages", action="store_true", help="beside the national hour: 300 desks, applicants")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "motcua-benchmarks")
    asked = parser.parse_args()
    if wrong := set(asked.parts) - {*PARTS, *LONG}:
        parser.error(f"no such part: {', '.join(sorted(wrong))}")
    if alone := [part for part in ALONE if part in asked.parts and asked.parts != [part]]:
        parser.error(f"{alone[0]} is measured alone")
    if asked.dossiers is None and asked.parts != ["pages"]:
        asked.dossiers = LOADED
    return asked


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
