"""``motcua archive transfer | receipt | status | list``: packages on their way to the archive, and what it answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import click

from cli.compose import compose_from_environment
from cli.output import Day, json_option, language, say, show
from cli.staff import operator
from engine.acts.archive.receipt import archive_receipt
from engine.archive.bag import bag_hash
from engine.errors import Refusal
from engine.queries import archive as queries
from engine.rules.receipt_list import COLUMNS, MOST_BYTES, read_receipt_list, receipt_day
from engine.transaction import Runtime, UnitOfWork, in_transaction
from server.tables import Cell, Table, csv_of

T = TypeVar("T")


@click.command()
@click.option("--folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
@click.option("--list", "out", type=click.Path(dir_okay=False, path_type=Path), required=True)
def transfer(folder: Path, out: Path) -> None:
    """Write the list of the packages in FOLDER that the archive has not confirmed, for the archive to fill in.

    Each package is compared with the recorded hash first. Exits with 1 when one is missing or differs.
    """
    runtime, faults, lines = compose_from_environment(pooled=False), list[str](), list[Sequence[Cell]]()
    for bag in _every(runtime, "packed"):
        if bag_hash(folder / bag.code) != bag.sha256:
            faults.append(bag.code)
            continue
        finished = bag.finished.isoformat() if bag.finished else ""
        lines.append((bag.code, bag.sha256, bag.bytes, bag.procedure.vi, finished, "", "", ""))
    out.write_bytes(csv_of(Table("", COLUMNS, lines)))
    number = len(lines)
    for code in faults:
        click.echo(say(f"{code}: thiếu gói hoặc gói đã thay đổi", f"{code}: the package is missing or was changed"))
    click.echo(say(f"{number} gói trong danh sách {out}.", f"{number} packages are on the list {out}."))
    if faults:
        raise SystemExit(1)


@click.command()
@click.argument("code", required=False)
@click.option("--number", help="The number of the receipt.")
@click.option("--day", type=Day(), help="The day of the receipt.")
@click.option("--sha256", help="The hash of the package that the receipt names.")
@click.option("--archive", "place", help="The archive that gave it.")
@click.option("--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The list, filled in.")
def receipt(
    code: str | None,
    number: str | None,
    day: dt.date | None,
    sha256: str | None,
    place: str | None,
    file: Path | None,
) -> None:
    """Record the archive's receipt for dossier CODE, or for all of a list. A receipt for another hash is refused."""
    runtime = compose_from_environment(pooled=False)
    if file is None:
        if not (code and number and day and sha256 and place):
            raise click.UsageError("CODE, --number, --day, --sha256 and --archive, or --file")
        _record(runtime, code, number, day, place, sha256)
        click.echo(say(f"Đã ghi biên nhận của {code}.", f"The receipt of {code} was recorded."))
        return
    done, refused = 0, 0
    with file.open("rb") as given:
        listed = read_receipt_list(given.read(MOST_BYTES + 1))
    for one in listed:
        try:
            _record(runtime, one.code, one.number, receipt_day(one.day), one.archive, one.sha256)
            done += 1
        except Refusal as refusal:
            refused += 1
            click.echo(f"{one.line}: {one.code}: {refusal.sentence(language())}")
    click.echo(
        say(f"Đã ghi {done} biên nhận, từ chối {refused}.", f"{done} receipts were recorded, {refused} refused.")
    )
    if refused:
        raise SystemExit(1)


@click.command()
@json_option
def status(as_json: bool) -> None:
    """Show how many dossiers are due, packed, transferred and destroyed."""
    told = read(compose_from_environment(pooled=False), queries.archive_status)
    document = {name: getattr(told, name) for name in told.__slots__}
    lines = [
        say(f"Đã kết thúc, chưa đóng gói: {told.due}", f"Ended and not packed: {told.due}"),
        say(f"Đã đóng gói, chưa có biên nhận: {told.packed}", f"Packed without a receipt: {told.packed}"),
        say(f"Đã giao nộp: {told.transferred}", f"Transferred: {told.transferred}"),
        say(f"Đã tiêu hủy: {told.destroyed}", f"Destroyed: {told.destroyed}"),
    ]
    show(as_json, document, lines)


@click.command("list")
@click.option("--at", "way", type=click.Choice(queries.WAYS), help="Only those that stand here.")
@json_option
def list_bags(way: queries.Way | None, as_json: bool) -> None:
    """List the packages, newest dossiers first."""
    found = list(_every(compose_from_environment(pooled=False), way))
    document = [
        {"code": one.code, "way": one.way, "sha256": one.sha256, "receipt": one.receipt, "day": one.receipt_day}
        for one in found
    ]
    show(as_json, document, [f"{one.code}  {one.way}  {one.sha256}  {one.receipt or ''}".rstrip() for one in found])


def read(runtime: Runtime, query: Callable[[UnitOfWork], T]) -> T:
    """The answer of a query to the operator."""
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        return query(UnitOfWork(runtime, connection, operator(), runtime.now(), begun=False, read_only=True))


def _every(runtime: Runtime, way: queries.Way | None) -> Iterator[queries.Bag]:
    before: int | None = None
    while True:
        page = read(runtime, lambda unit, before=before: queries.bags(unit, way, before, 500))  # type: ignore[misc]
        yield from page.bags
        if page.next is None:
            return
        before = page.next


def _record(runtime: Runtime, code: str, number: str, day: dt.date, place: str, sha256: str) -> None:
    in_transaction(
        runtime,
        operator(),
        lambda unit: archive_receipt(unit, code, number=number, day=day, archive=place, sha256=sha256),
    )


COMMANDS = (transfer, receipt, status, list_bags)
