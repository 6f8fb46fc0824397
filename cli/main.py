"""The ``motcua`` command. Exit codes: 0 fine, 1 refused or failed, 2 changes pending or wrong usage."""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Mapping
from typing import Any, cast

import click
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from engine.errors import Refusal

GROUPS: Mapping[str, str] = {
    "serve": "cli.serve:serve",
    "worker": "cli.worker:worker",
    "clock": "cli.clock:clock",
    "db": "cli.database:db",
    "seed": "cli.seed:seed_command",
    "people": "cli.people:people",
    "notices": "cli.notices:notices",
    "journal": "cli.journal:journal",
    "workflows": "cli.workflows:workflows",
    "territory": "cli.territory:territory",
    "competence": "cli.competence:competence",
    "demo": "cli.demo.command:demo",
}
"""Each command and where it stands; a file is read only when its command is asked for."""


class DatabaseUnusable(Refusal):
    """The database is not there, or has no schema that this program knows."""

    code = "database-unusable"
    status = 503
    vi = "Không dùng được cơ sở dữ liệu: {why}. Kiểm tra DATABASE_URL và chạy `motcua db upgrade`."
    en = "The database cannot be used: {why}. Check DATABASE_URL and run `motcua db upgrade`."


class Lazy(click.Group):
    """A group whose commands are imported when they are needed, and whose refusals are sentences, not tracebacks."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name, place in GROUPS.items() if importlib.util.find_spec(place.partition(":")[0])]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        module, _, name = GROUPS[cmd_name].partition(":")
        return cast(click.Command, getattr(importlib.import_module(module), name))

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            raise click.ClickException(refusal.sentence(language_of(ctx))) from refusal
        except SQLAlchemyError as error:
            unusable = DatabaseUnusable(why=_in_one_line(error))
            raise click.ClickException(unusable.sentence(language_of(ctx))) from error


def language_of(ctx: click.Context) -> str:
    """``vi`` or ``en``: what ``--lang`` says, else the environment's language."""
    chosen = ctx.find_root().params.get("lang")
    return str(chosen) if chosen else usual_language(os.environ)


def usual_language(environment: Mapping[str, str]) -> str:
    """``vi`` where the environment speaks Vietnamese, else ``en``."""
    told = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := environment.get(name))), "")
    return "vi" if told.lower().startswith("vi") else "en"


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--lang", type=click.Choice(["vi", "en"]), help="Language of messages; by LANG when not given.")
@click.version_option(package_name="motcua", message="%(version)s")
def main(lang: str | None) -> None:
    """Một Cửa: dossiers of administrative procedures, from intake to return.

    Settings come from the environment (docs/operations.md).
    """


def _in_one_line(error: SQLAlchemyError) -> str:
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return " ".join(str(cause).split())[:300]
