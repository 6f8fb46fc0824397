"""What the demonstration prints, in Vietnamese with the English beside it where it helps."""

from __future__ import annotations

import datetime as dt
from typing import Any

import click

LOCAL = dt.timezone(dt.timedelta(hours=7))


def heading(text: str) -> None:
    click.echo()
    click.secho(text, bold=True)
    click.echo("─" * min(len(text), 110))


def local(moment: str | None) -> str:
    """``13:30 15/07/2025`` in Viet Nam."""
    return dt.datetime.fromisoformat(moment).astimezone(LOCAL).strftime("%H:%M %d/%m/%Y") if moment else "—"


def step(now: str, who: str, what: str, dossier: dict[str, Any]) -> None:
    """One line a step: when, who did what, where the dossier stands now, who holds it, when it is due."""
    holder = dossier["holder"]
    held = f"{holder['office']} / {holder['role']}" if holder["office"] else "—"
    due = local(dossier["due_at"]) if dossier["due_at"] else f"({dossier['clock']})"
    state = f"{dossier['state_name']['vi']} [{dossier['portal']}]"
    click.echo(f"  {local(now)}  {who:<20} {what:<28} → {state:<42} giữ: {held:<32} hẹn: {due}")


def explanation(clock: dict[str, Any], shown: int = 14) -> None:
    """Why the due moment is what it is, line by line."""
    click.echo("    Vì sao hẹn như vậy:")
    for line in clock["trace"][:shown]:
        click.echo(f"      · {line['vi']}")


def routing(dossier: dict[str, Any]) -> None:
    """Which office was found for each routing key, and why."""
    for office in dossier["offices"]:
        reason = (office["reason"] or {}).get("vi", "")
        click.echo(f"    {office['key']}: {office['office']} — {reason}")
