"""``motcua people import``: brings in staff and their roles from a CSV file, tried first and then written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cli.compose import compose_from_environment
from cli.output import json_option, language, say, show
from cli.staff import operator
from engine.acts.staff.import_staff import NEW, ROLE, SAME, ImportPlan, import_staff, plan_import
from engine.transaction import UnitOfWork, in_transaction


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--apply", "write", is_flag=True, help="Write it; without this the file is only tried.")
@click.option("--skip-faulty", is_flag=True, help="With --apply: leave out the people with a wrong line.")
@click.option("--reason", default="", help="Why; it goes into the journal of staff.")
@json_option
@click.pass_context
def import_file(ctx: click.Context, file: Path, write: bool, skip_faulty: bool, reason: str, as_json: bool) -> None:
    """Bring in people and their roles from a CSV FILE.

    Columns: username, name, email, phone, language, office, role, start, end; also in Vietnamese, separated by commas,
    semicolons or tabs. One line for each role. Nothing is written if a line is wrong. Exits with 1 then.
    """
    content, runtime = file.read_bytes(), compose_from_environment(pooled=False)
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        unit = UnitOfWork(runtime, connection, operator(), runtime.now(), begun=False, read_only=True)
        plan = plan_import(unit, content)
    writes = write and (skip_faulty or not plan.faults) and bool(plan.outcomes)
    if writes:
        plan = in_transaction(
            runtime, operator(), lambda unit: import_staff(unit, content, reason=reason, skip_faulty=skip_faulty)
        )
    show(as_json, _document(plan, writes), _lines(plan, writes))
    if plan.faults:
        ctx.exit(1)


def _document(plan: ImportPlan, written: bool) -> dict[str, Any]:
    return {
        "written": written,
        "lines": [
            {"line": one.line.number, "username": one.line.username, "does": one.does, "office": one.office}
            for one in plan.outcomes
        ],
        "faults": [
            {"line": one.line, "column": one.column, "vi": one.words.vi, "en": one.words.en} for one in plan.faults
        ],
    }


def _lines(plan: ImportPlan, written: bool) -> list[str]:
    said = {
        NEW: say("thêm người", "adds the person"),
        ROLE: say("thêm vai trò", "adds the role"),
        SAME: say("không đổi", "changes nothing"),
    }
    lines = []
    for one in plan.outcomes:
        role = f"  {one.line.role}@{one.office}" if one.office else ""
        lines.append(f"{one.line.number}  {one.line.username}  {said[one.does]}{role}")
    for fault in plan.faults:
        where = ":".join(part for part in (str(fault.line or ""), fault.column) if part)
        lines.append(f"{where}{': ' if where else ''}{fault.words.in_(language())}")
    counts = plan.number(NEW), plan.number(ROLE), plan.number(SAME), len(plan.faults)
    lines.append(
        say(
            "{}: {} người mới, {} vai trò thêm, {} dòng không đổi, {} chỗ sai.",
            "{}: {} new people, {} more roles, {} lines without a change, {} faults.",
        ).format(say("Đã ghi", "Written") if written else say("Chưa ghi gì", "Nothing was written"), *counts)
    )
    return lines
