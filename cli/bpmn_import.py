"""``motcua workflows import``: the draft of a procedure from a BPMN diagram."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from cli.output import Day, language, say
from engine.clock import civil_day, utc_now
from engine.errors import Conflict
from workflows.bpmn.draft import draft_of
from workflows.bpmn.markup import MOST_BYTES
from workflows.bpmn.written import Given
from workflows.problems import render_json, render_text


class OutputExists(Conflict):
    """The file that would be written is there already."""

    code = "output-exists"
    vi = "Đã có tệp {path}; lệnh này không ghi đè. Chọn --output khác."
    en = "There is a file {path}, and this command overwrites nothing. Choose another --output."


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the draft to this new file.")
@click.option("--process", default="", help="Id of the process, where the file has several; else that of most steps.")
@click.option("--procedure", "code", default="", help="Code of the procedure, such as 1.013225.")
@click.option("--name", default="", help="Name of the procedure in Vietnamese; that of the process when not given.")
@click.option("--legal", multiple=True, help="Legal reference, such as 151/2025/NĐ-CP; may be repeated.")
@click.option("--from", "first_day", type=Day(), help="First day; tomorrow when not given.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Same as --format json.")
def import_bpmn(
    file: Path,
    output: Path | None,
    process: str,
    code: str,
    name: str,
    legal: tuple[str, ...],
    first_day: dt.date | None,
    form: str,
    as_json: bool,
) -> None:
    """Make the draft of a workflow file from FILE, a BPMN 2.0 diagram.

    Tasks become states, flows become actions, lanes become roles. The findings say what is not in the draft, and what
    is to be decided because no diagram says it: on standard output, or on standard error where the draft is written
    there for want of --output. Exits with 1 if the diagram is refused.
    """
    if output is not None and output.exists():
        raise OutputExists(path=output)
    day = first_day or civil_day(utc_now()) + dt.timedelta(days=1)
    given = Given(file.name, day, code.strip(), name.strip(), legal, language())
    with file.open("rb") as diagram:
        made = draft_of(diagram.read(MOST_BYTES + 1), given, output.name if output else "draft.yaml", process)
    rendered = render_json if as_json or form == "json" else render_text
    click.echo(rendered(made.problems, language()), nl=False, err=output is None)
    if made.text is None:
        raise SystemExit(1)
    if output is None:
        click.echo(made.text, nl=False)
        return
    output.write_text(made.text, encoding="utf-8")
    if rendered is render_text:
        vi, en = "Đã ghi {path}. Tiếp theo: {next}", "Wrote {path}. Next: {next}"
        click.echo(say(vi, en).format(path=output, next=f"motcua workflows lint {output}"))
