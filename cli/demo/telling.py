"""The output of the demonstration, in Vietnamese with the English beside it where it helps."""

from __future__ import annotations

import datetime as dt
from typing import Any

import click

from engine.clock import LOCAL


def heading(text: str) -> None:
    click.echo()
    click.secho(text, bold=True)
    click.echo("─" * min(len(text), 110))


def local(moment: str | None) -> str:
    """``13:30 15/07/2025`` in Viet Nam."""
    return dt.datetime.fromisoformat(moment).astimezone(LOCAL).strftime("%H:%M %d/%m/%Y") if moment else "—"


def step(now: str, who: str, what: str, dossier: dict[str, Any]) -> None:
    """Prints one line for a step: moment, person, action, new state, holder and due moment."""
    holder = dossier["holder"]
    held = f"{holder['office']} / {holder['role']}" if holder["office"] else "—"
    due = local(dossier["due_at"]) if dossier["due_at"] else f"({dossier['clock']})"
    state = f"{dossier['state_name']['vi']} [{dossier['portal']}]"
    click.echo(f"  {local(now)}  {who:<20} {what:<28} → {state:<42} giữ: {held:<32} hẹn: {due}")


def explanation(clock: dict[str, Any], shown: int = 14) -> None:
    """Prints the trace that explains the due moment, up to ``shown`` lines."""
    click.echo("    Vì sao hẹn như vậy:")
    for line in clock["trace"][:shown]:
        click.echo(f"      · {line['vi']}")


def routing(dossier: dict[str, Any]) -> None:
    """Prints the office of each routing key, with the reason."""
    for office in dossier["offices"]:
        reason = (office["reason"] or {}).get("vi", "")
        click.echo(f"    {office['key']}: {office['office']} — {reason}")
