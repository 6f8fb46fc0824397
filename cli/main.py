"""The ``motcua`` command. Exit codes: 0 fine, 1 refused or failed, 2 changes pending or wrong usage."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Mapping
from typing import Any, cast

import click

from engine.errors import Refusal, in_log
from engine.text import Text

GROUPS: Mapping[str, tuple[str, str]] = {
    "serve": ("cli.serve:serve", "Serve the pages and the interface over HTTP."),
    "worker": ("cli.worker:worker", "Send notices, let clocks run out, and work on batches."),
    "clock": ("cli.clock:clock", "Ring for what goes by the clock."),
    "db": ("cli.database:db", "The schema of the database."),
    "seed": ("cli.seed:seed_command", "Publish what the product ships."),
    "people": ("cli.people:people", "People of the offices."),
    "offices": ("cli.offices:offices", "Offices: closures and hours of one office."),
    "filings": ("cli.filings:filings", "Filings that another system took: pull, queue, route, refuse."),
    "claims": ("cli.claims:claims", "Free what an absent person has claimed."),
    "notices": ("cli.notices:notices", "Notices to applicants, staff and programs."),
    "link": ("cli.link:link", "The citizen's link to a dossier."),
    "payments": ("cli.payments:payments", "Payments from elsewhere: receipts, bank files, the gateway."),
    "backup": ("cli.backup:backup", "Take backups, and show that they can be restored."),
    "files": ("cli.files:files", "The folder of uploaded files."),
    "archive": ("cli.archive:archive", "Finished dossiers: packages, receipts, destruction."),
    "retention": ("cli.retention:retention", "Months of journal, outbox and read log: which may leave."),
    "import": ("cli.import_dossiers:import_group", "Bring in what a predecessor system holds."),
    "journal": ("cli.journal:journal", "The journal of all dossiers."),
    "reports": ("cli.reports:reports", "Indicators, variants and step times, for people and spreadsheets."),
    "events": ("cli.events:events", "The journal as a log of events, for process mining."),
    "workflows": ("cli.workflows:workflows", "Workflow files: the procedures, written as YAML."),
    "territory": ("cli.territory:territory", "Administrative units, past and present."),
    "competence": ("cli.competence:competence", "Which office is competent for what, where and when."),
    "reform": ("cli.reform:reform", "Reorganisations: what they do to open dossiers."),
    "portal": ("cli.portal:portal", "What the national portal is told, and what differs."),
    "demo": ("cli.demo.command:demo", "Show the main job on this machine."),
}
"""Each command with its ``module:function`` and its short help; a module is imported only for its own command."""


class DatabaseUnusable(Refusal):
    """The database is not there, or has no schema that this program knows."""

    code = "database-unusable"
    status = 503
    vi = "Không dùng được cơ sở dữ liệu: {why}. Kiểm tra DATABASE_URL, MOTCUA_DATA và chạy `motcua db upgrade`."
    en = "The database cannot be used: {why}. Check DATABASE_URL and MOTCUA_DATA, and run `motcua db upgrade`."


class PlaceUnusable(Refusal):
    """The disk refuses a file or a folder that the command was given or needs."""

    code = "place-unusable"
    status = 507
    vi = "Không đọc hay ghi được {place}: {why}. Hãy kiểm tra tên, quyền và chỗ trống của ổ đĩa rồi chạy lại."
    en = "{place} cannot be read or written: {why}. Check the name, its rights and the room on the disk; try again."


_NO_NAME = Text("Một tệp", "A file")


class Lazy(click.Group):
    """A group whose commands are imported when they are needed, and whose refusals are sentences, not tracebacks."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(GROUPS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in GROUPS:
            return None
        module, _, name = GROUPS[cmd_name][0].partition(":")
        _import_structlog_alone()
        return cast(click.Command, getattr(importlib.import_module(module), name))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, short) for name, (_, short) in GROUPS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            raise click.ClickException(refusal.sentence(language_of(ctx))) from refusal
        except BrokenPipeError:
            raise  # who reads the output has gone: click ends quietly
        except OSError as error:
            told = PlaceUnusable(place=error.filename or _NO_NAME, why=error.strerror or str(error))
            raise click.ClickException(told.sentence(language_of(ctx))) from error
        except Exception as error:
            why = _database_trouble(error)
            if why is None:
                raise
            raise click.ClickException(DatabaseUnusable(why=why).sentence(language_of(ctx))) from error


def _import_structlog_alone() -> None:
    """Imports structlog without rich, which it takes wherever that is installed, to print exceptions that our own
    logging prints: an eighth of the start of a command. If structlog comes to need rich, no command starts."""
    if "rich" not in sys.modules:
        sys.modules["rich"] = cast(Any, None)  # an import of it fails from here on
        importlib.import_module("structlog")
        del sys.modules["rich"]


def language_of(ctx: click.Context) -> str:
    """``vi`` or ``en``: the value of ``--lang``, else the environment's language."""
    chosen = ctx.find_root().params.get("lang")
    return str(chosen) if chosen else usual_language(os.environ)


def usual_language(environment: Mapping[str, str]) -> str:
    """``vi`` where the environment's locale is Vietnamese, else ``en``.

    >>> usual_language({"LANG": "vi_VN.UTF-8"}), usual_language({})
    ('vi', 'en')
    """
    told = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := environment.get(name))), "")
    return "vi" if told.lower().startswith("vi") else "en"


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--lang", type=click.Choice(["vi", "en"]), help="Language of messages; by LANG when not given.")
@click.version_option(package_name="motcua", message="%(version)s")
def main(lang: str | None) -> None:
    """Một Cửa: dossiers of administrative procedures, from intake to return.

    Settings come from the environment (docs/operations.md).
    """


def _database_trouble(error: Exception) -> str | None:
    """The message of a database error, in one line of at most 300 characters; None for any other error."""
    from sqlalchemy.exc import SQLAlchemyError  # late: the help needs no database

    if not isinstance(error, SQLAlchemyError):
        return None
    return " ".join(in_log(error).split())[:300]
