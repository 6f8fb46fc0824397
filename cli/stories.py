"""``motcua workflows test``: walks the golden stories, and names what none of them goes through."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from cli.output import language, say, show
from cli.shipped import Shipped, yaml_files
from workflows.loader import load_files
from workflows.sarif import Finding, sarif
from workflows.scenario_files import is_story, read_scenarios
from workflows.scenario_runner import Difference, Gap, coverage, run_all
from workflows.story_parts import parts_of


@click.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--coverage", "with_coverage", is_flag=True, help="Name what no story goes through; that fails too.")
@click.option("--format", "form", type=click.Choice(["text", "json", "sarif"]), default="text", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Same as --format json.")
def test(files: tuple[Path, ...], with_coverage: bool, form: str, as_json: bool) -> None:
    """Walk the golden stories in FILES (the shipped ones when none is given). Exits with 1 on a difference.

    FILES may hold procedures beside stories: a story then walks through the given version of its procedure.
    With --coverage, each action, branch, term, office and rule of a table is to be taken, each guard to refuse once,
    and each condition of a paper, fee, field or linked dossier to be true once and false once.
    """
    shipped, given = Shipped.here(), yaml_files(files)
    stories = [file for file in given if is_story(file)] or shipped.files("scenarios")
    own = load_files([file for file in given if not is_story(file)], shipped.context)
    named = {(one.procedure, one.version) for one in own}
    releases = [*(one for one in shipped.releases if (one.procedure, one.version) not in named), *own]
    outcomes = run_all([story for file in stories for story in read_scenarios(file)], releases, shipped.calendars)
    gaps = coverage(own or releases, outcomes) if with_coverage else []
    differences = [difference for outcome in outcomes for difference in outcome.differences]
    if form == "sarif" and not as_json:
        click.echo(_sarif(differences, gaps))
    else:
        parts = sum(len(parts_of(release)) for release in own or releases) if with_coverage else None
        _tell(as_json or form == "json", len(outcomes), differences, gaps, parts)
    if differences or gaps:
        raise SystemExit(1)


def _tell(
    as_json: bool, stories: int, differences: Sequence[Difference], gaps: Sequence[Gap], parts: int | None
) -> None:
    wrong = [difference.sentence(language()) for difference in differences]
    lacking = [f"{gap.procedure}: {gap.part}" for gap in gaps]
    document = {"stories": stories, "differences": wrong, "gaps": lacking, "parts": parts}
    summary = say(f"{stories} câu chuyện, {len(wrong)} sai lệch.", f"{stories} stories, {len(wrong)} differences.")
    if parts is not None:
        covered = parts - len(gaps)
        summary += say(f" {covered}/{parts} phần có câu chuyện.", f" {covered} of {parts} parts have a story.")
    show(as_json, document, [*wrong, *(gap.sentence(language()) for gap in gaps), summary])


def _sarif(differences: Sequence[Difference], gaps: Sequence[Gap]) -> str:
    spoken = language()
    findings = [Finding("story-differs", "error", one.sentence(spoken), one.file, one.line) for one in differences]
    findings += [Finding("story-lacks", "warning", gap.sentence(spoken), f"{gap.procedure}.yaml") for gap in gaps]
    return sarif("motcua workflows test", findings)
