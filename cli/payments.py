"""``motcua payments``: the books of receipts, the bank's files, and whether accounts and mapping are in order."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

import click

from cli.compose import compose_from_environment
from cli.output import json_option, say, show
from cli.payment_setup import accounts_path, mapping_path
from engine.acts.reconcile import keep_statement, without_contradictions
from engine.queries.receipts import books, faults
from engine.queries.reconciliation import Reconciliation, reconciliation
from engine.rules.payments.accounts import Accounts
from engine.rules.payments.statement import Statement, read_statement
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.transaction import UnitOfWork, in_transaction
from workflows.connections.accounts_file import read_accounts
from workflows.connections.mapping_file import read_mapping


@click.group()
def payments() -> None:
    """Payments from elsewhere: receipts, bank files, the gateway."""


@payments.command()
@json_option
def check(as_json: bool) -> None:
    """Check the table of accounts and the mapping file, and show what they say."""
    path = accounts_path(os.environ)
    accounts = read_accounts(path) if path is not None else Accounts()
    mapping = mapping_path(os.environ)
    wire = read_mapping(mapping)
    rows = [asdict(one) for one in accounts.all]
    lines = [
        f"{one.office}: {one.bin} {one.number}, {one.valid_from} – {one.valid_to or '…'}" for one in accounts.all
    ] or [say("Chưa có tài khoản nào nhận chuyển khoản.", "No account takes transfers.")]
    state = say("đã đối chiếu", "verified") if wire.verified else say("chưa đối chiếu", "not verified")
    lines.append(f"{mapping}: {state}")
    show(as_json, {"accounts": rows, "mapping": str(mapping), "verified": wire.verified}, lines)


@payments.command()
@click.option("--verify", is_flag=True, help="Prove that no number is missing, used twice or without its money.")
@click.option("--office", help="Only the books of this office (its code).")
@click.option("--year", type=click.IntRange(2000, 9999), help="Only the books of this year.")
@json_option
def receipts(verify: bool, office: str | None, year: int | None, as_json: bool) -> None:
    """Show the books of receipts; with --verify, exit 1 where something is wrong with them."""
    runtime = compose_from_environment(pooled=False)
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        found = books(connection, office, year)
        wrong = list(faults(connection, office, year)) if verify else []
    lines = [_line(one.office, one.year, one.last, one.cancelled, one.vnd) for one in found]
    lines += [
        f"{one.receipt}: {say(one.why.vi, one.why.en)}" + (f" ({one.dossier})" if one.dossier else "") for one in wrong
    ]
    if verify and not wrong:
        count = sum(one.given for one in found)
        vi = f"Đủ số: {count} biên lai, không thiếu, không trùng, khớp sổ cái."
        lines.append(say(vi, f"Complete: {count} receipts, none missing, none twice, all in the ledger."))
    told = {"books": [asdict(one) for one in found]} | ({"faults": [asdict(one) for one in wrong]} if verify else {})
    show(as_json, told, lines)
    if wrong:
        raise SystemExit(1)


@payments.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only compare; nothing is kept.")
@click.option("--account", help="The number of the account, where no column of the file says it.")
@json_option
def reconcile(file: Path, dry_run: bool, account: str | None, as_json: bool) -> None:
    """Read a bank's file and compare it with what is known here; exit 2 where something differs."""
    runtime = compose_from_environment(pooled=False)
    content = file.read_bytes()
    wire = runtime.wire or read_mapping(mapping_path(os.environ))
    fresh, statement = 0, read_statement(content, wire.statement, account)
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        unit = UnitOfWork(runtime, connection, SYSTEM_ACTOR, runtime.now(), begun=False, read_only=True)
        statement = without_contradictions(unit, statement)
    if not dry_run:
        fresh = in_transaction(runtime, SYSTEM_ACTOR, lambda unit: keep_statement(unit, file.name, content, statement))
    days = [one.day for one in statement.lines] or [runtime.now().date()]
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        unit = UnitOfWork(runtime, connection, SYSTEM_ACTOR, runtime.now(), begun=False, read_only=True)
        found = reconciliation(unit, min(days), max(days), statement if dry_run else None)
    told = found.counts() | {"new": fresh, "doubled": len(statement.doubled), "faults": len(statement.faults)}
    show(as_json, told, [*_outcome(told), *_differences(found), *_faults(statement)])
    if statement.faults or found.groups:
        raise SystemExit(2)


def _outcome(told: Mapping[str, int]) -> list[str]:
    vi = f"{told['new']} giao dịch mới, {told['doubled']} dòng lặp, {told['matched']} giao dịch khớp."
    return [say(vi, f"{told['new']} new transactions, {told['doubled']} repeated lines, {told['matched']} matched.")]


def _differences(found: Reconciliation) -> Iterator[str]:
    for group in found.groups:
        yield f"{say(group.name.vi, group.name.en)}: {len(group.lines)}. {say(group.advice.vi, group.advice.en)}"
        for line in group.lines[:20]:
            booked, known = line.finding.booked, line.finding.known
            amounts = [f"{one.vnd:,}" for one in (booked, known) if one is not None]
            key = booked.key if booked else f"#{known.id if known else ''}"
            yield f"  {line.day} {key} {' / '.join(amounts)} {line.dossier or ''}".rstrip()


def _faults(statement: Statement) -> Iterator[str]:
    for number, why in statement.faults[:20]:
        yield say(f"Dòng {number}: {why.vi}.", f"Line {number}: {why.en}.")


def _line(office: str, year: int, last: int, cancelled: int, vnd: int) -> str:
    vi = f"{office} {year}: đến số {last}, đã hủy {cancelled}, {vnd} đồng"
    return say(vi, f"{office} {year}: up to {last}, {cancelled} cancelled, {vnd} đồng")
