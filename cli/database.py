"""``motcua db``: upgrades or downgrades the schema of the database, and shows its revision."""

from __future__ import annotations

import os
from pathlib import Path

import click

from cli.compose import compose_from_environment
from cli.main import DatabaseUnusable
from cli.output import NUMBER, json_option, say, show
from engine.acts.rebuild_search import rebuild_search
from engine.settings import Settings, missing_database, settings_from
from engine.store import migrate
from engine.store.dividing import divide_all, owners_engine
from engine.store.sql.schema import open_database


@click.group()
def db() -> None:
    """The schema of the database."""


@db.command()
@click.option("--to", "revision", default="head", help="A revision; the newest when not given.")
def upgrade(revision: str) -> None:
    """Create or upgrade the schema."""
    settings = settings_from(os.environ)
    migrate.upgrade(_owner_url(settings), revision)
    _tell(settings)


@db.command()
@click.argument("revision")
@click.option("--yes", is_flag=True, help="Do not ask.")
def downgrade(revision: str, yes: bool) -> None:
    """Undo scripts down to REVISION (base: all of them). Data in removed tables and columns are lost."""
    settings = settings_from(os.environ)
    if (file := missing_database(os.environ)) is not None:
        raise DatabaseUnusable(why=f"{file} does not exist")
    if not yes:
        click.confirm(say("Dữ liệu trong phần bị gỡ sẽ mất. Tiếp tục?", "What is removed is lost. Go on?"), abort=True)
    migrate.downgrade(_owner_url(settings), revision)
    _tell(settings)


@db.command()
@json_option
def status(as_json: bool) -> None:
    """Show the schema's revision. Exits with 2 when scripts are pending."""
    settings = settings_from(os.environ)
    current, latest = _current(settings), migrate.latest()
    pending = current is None or current < latest
    show(as_json, {"current": current, "latest": latest, "pending": pending}, [_sentence(current, latest)])
    if pending:
        raise SystemExit(2)


@db.command("rebuild-search")
@click.option("--after", type=click.IntRange(0, NUMBER.max), default=0, help="Go on after this dossier number.")
def rebuild(after: int) -> None:
    """Let every dossier be found by the words of today's search, page after page, while everybody works."""
    runtime, done = compose_from_environment(pooled=False), 0
    for page in rebuild_search(runtime, after):
        done += page.dossiers
        click.echo(say(f"{done} hồ sơ, đến số {page.last}", f"{done} dossiers, up to number {page.last}"), err=True)
    click.echo(say(f"Đã lập lại từ tìm kiếm của {done} hồ sơ.", f"The search words of {done} dossiers are rebuilt."))


@db.command("divide")
def divide() -> None:
    """Divide journal, outbox and read log by month, while everybody works. Run again, it goes on where it was ended."""
    settings = settings_from(os.environ)
    for table, now in divide_all(owners_engine(_owner_url(settings))):
        done, before = ("đã chia theo tháng", "divided by month"), ("đã chia từ trước", "divided before")
        click.echo(f"{table}: {say(*(done if now else before))}")


def is_there(settings: Settings) -> bool:
    """Whether the SQLite file exists; a database server is assumed to."""
    file = settings.database_url.removeprefix("sqlite:///")
    return file == settings.database_url or Path(file).exists()


def _owner_url(settings: Settings) -> str:
    """The URL for scripts: on PostgreSQL the owner of the tables runs them; the application's own role may not."""
    return settings.owner_database_url or settings.database_url


def _current(settings: Settings) -> str | None:
    if not is_there(settings):
        return None  # a query would create the file
    return migrate.current(open_database(settings.database_url, pooled=False))


def _tell(settings: Settings) -> None:
    click.echo(_sentence(_current(settings), migrate.latest()))


def _sentence(current: str | None, latest: str) -> str:
    here = current or say("chưa có lược đồ", "no schema yet")
    if current == latest:
        return say(f"Lược đồ ở phiên bản mới nhất ({here}).", f"The schema is at the newest revision ({here}).")
    if current is not None and current > latest:
        vi = f"Lược đồ ({here}) mới hơn chương trình này, vốn biết đến {latest}."
        return say(vi, f"The schema ({here}) is newer than this program, which knows up to {latest}.")
    return say(f"Lược đồ: {here}; mới nhất: {latest}.", f"The schema is at: {here}; newest: {latest}.")
