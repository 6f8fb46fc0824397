"""``motcua journal``: checks the journal for unnoticed changes; ``cli.checkpoints`` has the other commands."""

from __future__ import annotations

from itertools import chain

import click

from cli.checkpoints import COMMANDS
from cli.compose import compose_from_environment
from cli.output import json_option, language, say, show
from cli.reads import reads
from engine.journal.check import Tally, check_journal
from engine.journal.check_reads import ReadTally, check_reads
from engine.journal.check_staff import check_staff


@click.group()
def journal() -> None:
    """The journal of all dossiers."""


@journal.command()
@click.option("--dossier", "code", help="Only the dossier with this code.")
@click.option("--most", type=click.IntRange(1), default=100, show_default=True, help="Findings after which to stop.")
@json_option
def verify(code: str | None, most: int, as_json: bool) -> None:
    """Check every chain, every row against its journal, every private part, the checkpoints and the read log.

    Without --dossier the journal of staff is checked as well. Exits with 1 on a finding.
    """
    runtime, tally, looked, found = compose_from_environment(pooled=False), Tally(), ReadTally(), []
    staff = check_staff(runtime.database, tally) if code is None else ()
    for finding in chain(check_journal(runtime.database, tally, code), staff):
        found.append(finding)
        if len(found) == most:
            break
    found += check_reads(runtime.database, looked) if code is None and len(found) < most else ()
    document = {
        "valid": not found,
        "dossiers": tally.dossiers,
        "entries": tally.entries,
        "staff_entries": tally.staff_entries,
        "detached_dossiers": tally.detached,
        "reads": looked.reads,
        "sealed_reads": looked.sealed,
        "findings": [{"dossier": one.code, "entry": one.number, "vi": one.vi, "en": one.en} for one in found],
    }
    away = say(
        f"{tally.detached} hồ sơ có nhật ký ở tháng đã tách: chỉ kiểm tra điểm kiểm tra.",
        f"The journal of {tally.detached} dossiers is in detached months: only its checkpoints were checked.",
    )
    lines = [f"{one.code} #{one.number}: {one.vi if language() == 'vi' else one.en}" for one in found]
    checked = say(
        f"Đã kiểm tra {tally.dossiers} hồ sơ, {tally.entries} mục, {tally.staff_entries} mục về nhân sự.",
        f"{tally.dossiers} dossiers and {tally.entries} entries were checked, and {tally.staff_entries} of staff.",
    )
    verdict = (
        say("Có sai lệch.", "Something is wrong.") if found else say("Nhật ký nguyên vẹn.", "The journal is intact.")
    )
    show(as_json, document, [*lines, *([away] if tally.detached else []), f"{checked} {verdict}"])
    if found:
        raise SystemExit(1)


for command in (*COMMANDS, reads):
    journal.add_command(command)
