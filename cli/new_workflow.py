"""``motcua workflows new``: asks a few questions and writes a workflow file that lints clean, with a first story."""

from __future__ import annotations

import csv
import datetime as dt
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from cli.new_questions import LEVELS, Known, answered, bodies_of, must_be_new
from cli.output import Day, json_option, language, say, show
from cli.shipped import Shipped
from engine.clock import civil_day, utc_now
from engine.errors import Conflict, Refusal
from engine.rules.offices.competence import Competence
from engine.rules.territory.units import Level
from engine.text import Text
from workflows.competence_files import COLUMNS
from workflows.lint import render_text
from workflows.loader import check_bytes
from workflows.new_file import Answers, story_text, to_fill_in, workflow_text
from workflows.problems import Suggest, WorkflowRefused


class FileInTheWay(Conflict):
    """A file that would be written is there already."""

    code = "file-in-the-way"
    vi = "Đã có tệp {path}; lệnh này không ghi đè. Chọn --folder khác."
    en = "There is a file {path}, and this command overwrites nothing. Choose another --folder."


class UnknownBody(Refusal):
    """No office of this kind exists on this level."""

    code = "unknown-body"
    vi = 'Không có loại cơ quan "{body}" ở cấp {level}.{hint_vi}'
    en = 'There is no body "{body}" on the level {level}.{hint_en}'


@click.command()
@click.argument("procedure", required=False)
@click.option("--name", help="Name in Vietnamese.")
@click.option("--english", help="Name in English; the linter reports it while it is missing.")
@click.option("--legal", multiple=True, help="Legal reference, such as 151/2025/NĐ-CP; may be repeated.")
@click.option("--sector", help="Code of the field of administration, such as HO-TICH.")
@click.option("--days", type=click.IntRange(0, 365), help="Time limit in working days; 0: the same day.")
@click.option("--fee", type=click.IntRange(0, 10_000_000_000), help="Fee in đồng; 0: none.")
@click.option("--level", type=click.Choice(LEVELS), help="Level of the office that decides.")
@click.option("--body", help="Kind of the office that decides, such as authority or land_registration.")
@click.option("--from", "first_day", type=Day(), help="First day; tomorrow when not given.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where to write; MOTCUA_CONTENT, else this folder.")
@json_option
def new(folder: Path | None, as_json: bool, **given: Any) -> None:
    """Write a new workflow file for PROCEDURE with a first story; ask for what is not given.

    It writes procedures/PROCEDURE.yaml, scenarios/PROCEDURE.yaml and a line of competences.csv into a folder that has
    the shape of MOTCUA_CONTENT. The file has no error; marked places are to be filled in.
    """
    shipped = Shipped.here()
    sectors = {one.sector.code: one.sector.name for one in shipped.releases}
    known = Known({one.procedure for one in shipped.releases}, sectors)
    given = answered(given, known)
    answers = _answers(given, sectors)
    must_be_new(answers.procedure, known)
    place = folder or Path(os.environ.get("MOTCUA_CONTENT") or ".")
    paths = _free_places(place, answers.procedure)
    settled = any(one.subject == answers.procedure for one in shipped.competences)
    competence = None if settled else _competence(answers, given["level"], given["body"])
    workflow = workflow_text(answers)
    _must_lint(workflow, f"{answers.procedure}.yaml", shipped, competence)
    story = story_text(answers, *_somewhere(shipped, answers.first_day))
    _write(paths, (workflow, story))
    if competence is not None:
        paths.append(_add_competence(place / "competences.csv", competence))
    _tell(as_json, place, paths, (workflow, story))


def _answers(given: Mapping[str, Any], sectors: Mapping[str, Text]) -> Answers:
    code = str(given["sector"]).strip()
    return Answers(
        procedure=str(given["procedure"]).strip(),
        name=given["name"].strip(),
        english=given["english"].strip(),
        sector=(code, sectors.get(code) or Text("Lĩnh vực khác", "Other field")),
        legal=tuple(given["legal"]),
        days=given["days"],
        fee=given["fee"],
        first_day=given["first_day"],
        language=language(),
    )


def _competence(answers: Answers, level: Level, body: str) -> Competence:
    bodies = bodies_of(level)
    if body not in bodies:
        hint = Suggest(body, bodies).hint()
        raise UnknownBody(body=body, level=level, hint_vi=hint.vi, hint_en=hint.en)
    start = min(answers.first_day, civil_day(utc_now()))  # no gap before the first day, which a proof would name
    legal = answers.legal[0] if answers.legal else ""
    return Competence(answers.procedure, None, level, body, start, None, legal)


def _somewhere(shipped: Shipped, on: dt.date) -> tuple[str, str]:
    """The codes of a commune and of its province on a day."""
    commune = shipped.territory.units("commune", on)[0]
    return commune.code, shipped.territory.parent_chain(commune, on)[-1].code


def _must_lint(workflow: str, name: str, shipped: Shipped, competence: Competence | None) -> None:
    """Raises WorkflowRefused where an answer breaks a rule of the format, such as a code of another form."""
    fresh = () if competence is None else (competence,)
    around = replace(shipped.context, competences=(*shipped.competences, *fresh))
    problems = check_bytes(workflow, name, [], around).problems
    if any(problem.severity == "error" for problem in problems):
        click.echo(render_text(problems, language()), err=True)
        raise WorkflowRefused(problems)


def _free_places(folder: Path, procedure: str) -> list[Path]:
    """Where the two files go. Raises FileInTheWay."""
    paths = [folder / part / f"{procedure}.yaml" for part in ("procedures", "scenarios")]
    for path in paths:
        if path.exists():
            raise FileInTheWay(path=path)
    return paths


def _write(paths: Sequence[Path], texts: Sequence[str]) -> None:
    for path, text in zip(paths, texts, strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _add_competence(table: Path, competence: Competence) -> Path:
    """Adds the line of a new procedure to the installation's table."""
    fresh = not table.exists()
    with table.open("a", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        if fresh:
            rows.writerow(COLUMNS)
        one = competence
        rows.writerow([one.subject, "*", one.level, one.body, one.valid_from, "", one.legal])
    return table


def _tell(as_json: bool, folder: Path, written: Sequence[Path], texts: Sequence[str]) -> None:
    places = [
        {"file": str(path), "line": number, "what": what}
        for path, text in zip(written, texts, strict=False)
        for number, what in to_fill_in(text)
    ]
    lines = [say(f"Đã ghi {path}", f"Wrote {path}") for path in written]
    lines += [f"{one['file']}:{one['line']}: {one['what']}" for one in places]
    lines.append(say("Tiếp theo:", "Next:"))
    known = os.environ.get("MOTCUA_CONTENT")
    if not known or Path(known).absolute() != folder.absolute():
        lines.append(f"  export MOTCUA_CONTENT={folder.absolute()}")
    lines.append(f"  motcua workflows lint {written[0]}")
    lines.append(f"  motcua workflows test {written[0]} {written[1]} --coverage")
    lines.append(f"  motcua workflows simulate {written[0]}")
    lines.append(f"  motcua workflows publish {written[0]} --dry-run")
    show(as_json, {"written": [str(path) for path in written], "fill_in": places}, lines)
