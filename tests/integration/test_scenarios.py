"""The golden stories of every shipped procedure, and that nothing of a procedure is left without a story."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter
from functools import cache
from pathlib import Path

import msgspec
import pytest

import workflows
from engine.rules.deadlines.calendar import Calendar
from engine.rules.offices.competence import KIND_NAMES
from engine.rules.procedure.definition import Release
from engine.rules.procedure.machine import compile_release
from tests.installation import content
from workflows.calendar_files import load_calendar
from workflows.competence_files import MalformedCompetences, read_competences
from workflows.lint import LintContext, lint_files
from workflows.loader import load_folder
from workflows.offices import MalformedBodies, generate_offices, read_bodies
from workflows.scenario_files import BadScenarioFile, Scenario, read_scenarios
from workflows.scenario_runner import Gap, Outcome, coverage, run_all
from workflows.simulate import Act, Given, Walker
from workflows.story_parts import in_words, parts_of

SHIPPED = Path(workflows.__file__).parent
NATIONAL = {
    "1.001193", "1.000894", "1.004873", "1.000656", "2.000635", "2.000815", "2.000908", "1.013225", "1.013227",
    "1.001612", "1.013978", "1.012783", "1.013949", "1.115428", "1.115438",
}  # fmt: skip


@cache
def releases() -> tuple[Release, ...]:
    return tuple(load_folder(SHIPPED / "procedures"))


@cache
def stories() -> tuple[Scenario, ...]:
    files = sorted((SHIPPED / "scenarios").glob("*.yaml"))
    return tuple(story for file in files for story in read_scenarios(file))


@cache
def calendar() -> Calendar:
    return load_calendar("vn")


def key(release: Release) -> tuple[str, int]:
    return release.procedure, release.version


def stories_told() -> Counter[tuple[str, int]]:
    """How many stories each shipped version has; a story without a version is one of the newest."""
    newest = dict(sorted(map(key, releases())))
    return Counter((story.procedure, story.version or newest[story.procedure]) for story in stories())


def ran(scenarios: tuple[Scenario, ...], of: tuple[Release, ...] | None = None) -> list[Outcome]:
    return run_all(scenarios, of or releases(), {"vn": calendar()})


@cache
def outcomes() -> tuple[Outcome, ...]:
    return tuple(ran(stories()))


@pytest.mark.parametrize("procedure", sorted({story.procedure for story in stories()}))
def test_every_story_goes_as_it_is_told(procedure: str) -> None:
    found = [one for outcome in outcomes() if outcome.scenario.procedure == procedure for one in outcome.differences]
    assert [difference.sentence("en") for difference in found] == []


def test_no_action_branch_term_paper_fee_or_child_is_without_a_story() -> None:
    assert [f"{gap.procedure}: {gap.part}" for gap in coverage(releases(), outcomes())] == []


def test_every_procedure_has_two_stories_or_more() -> None:
    told = stories_told()
    assert {release.procedure for release in releases()} >= NATIONAL | {"2.002621", "1.004222", "1.003460"}
    assert {release.procedure: told[key(release)] for release in releases() if told[key(release)] < 2} == {}


def test_a_story_crosses_tet_and_one_comes_after_the_cutoff() -> None:
    """Tết 2026 is 16 to 20 February, with Friday 13 the last working day."""
    received = [(step.at, step.due) for one in outcomes() for step in one.walk.steps if step.name == "receive"]
    assert any(due and at.date() <= dt.date(2026, 2, 13) and due.date() >= dt.date(2026, 2, 23) for at, due in received)
    assert any(at.time() >= dt.time(15) and due and due.date() > at.date() for at, due in received)


def test_a_story_notices_when_the_calendar_loses_a_holiday() -> None:
    days = tuple(day for day in calendar().days if day.day != dt.date(2026, 2, 18))
    without = dataclasses.replace(calendar(), days=days)
    tet = tuple(story for story in stories() if story.procedure == "1.013227")
    found = [one for outcome in run_all(tet, releases(), {"vn": without}) for one in outcome.differences]
    assert "due: expected 2026-02-26 10:00, got 2026-02-25 10:00" in found[0].sentence("en")


def test_coverage_names_what_has_no_story() -> None:
    all_of_it = (story for story in stories() if story.procedure == "1.013978")
    some = tuple(story for story in all_of_it if "Withdrawn" not in story.name.en)
    of = tuple(release for release in releases() if release.procedure == "1.013978")
    assert [gap.part for gap in coverage(of, ran(some, of))] == ["action withdraw"]


def test_coverage_asks_for_both_ways_of_a_guard_and_of_a_condition() -> None:
    of = tuple(release for release in releases() if release.procedure == "1.004222")
    told = tuple(story for story in stories() if story.procedure == "1.004222" and "Withdrawn" not in story.name.en)
    without = tuple(
        dataclasses.replace(
            story, stages=tuple(one for one in story.stages if one.expect.get("refused") != "guard-failed")
        )
        for story in told
    )
    assert {"guard receive refused", "guard return refused", "document cho_o without"} <= {
        gap.part for gap in coverage(of, ran(without, of))
    }


def test_every_part_is_said_in_both_languages() -> None:
    words = {in_words(part) for release in releases() for part in parts_of(release)}
    assert len(words) > 100 and all(one.vi and one.en and one.vi != one.en for one in words)
    gap = Gap("1.013227", "guard return refused", ("guard", "return", "refused"))
    assert gap.sentence("en") == '1.013227: no story: the guard of action "return" refuses'
    assert gap.sentence("vi") == '1.013227: chưa có câu chuyện: guard của thao tác "return" từ chối'


def test_two_arms_with_the_same_outcome_are_told_apart() -> None:
    release = next(one for one in releases() if one.procedure == "1.013978")
    alike = tuple(msgspec.structs.replace(arm, term=release.sla.total[0].term) for arm in release.sla.total)
    same = msgspec.structs.replace(release, sla=msgspec.structs.replace(release.sla, total=alike))
    told = tuple(story for story in stories() if story.procedure == "1.013978")
    assert not [gap.part for gap in coverage([same], ran(told, (same,))) if gap.part.startswith("term")]


def test_a_timer_whose_guard_does_not_hold_leaves_the_dossier_where_it_is() -> None:
    release = next(one for one in releases() if one.procedure == "1.013227")
    expire = msgspec.structs.replace(release.actions["expire"], guard="permit.extended > 0")
    guarded = msgspec.structs.replace(release, actions=release.actions | {"expire": expire})
    fields = {"land.commune": "26740", "permit.number": "1", "permit.expires": "2026-12-20", "permit.extended": 0}
    received = dt.datetime(2026, 3, 2, 1, 30, tzinfo=dt.UTC)
    walker = Walker(compile_release(guarded), calendar(), Given(received, fields=fields))
    for name, act in enumerate(("receive", "forward", "ask")):
        walker.do(Act(received + dt.timedelta(hours=name), do=act, reason="…"))
    walker.do(Act(received + dt.timedelta(days=90), act="wait"))
    assert walker.row["state"] == "supplement"
    assert ("guard", "expire", "refused") in walker.walk.used


def test_shipped_files_have_no_error_and_no_warning() -> None:
    names = [path.stem for path in (SHIPPED / "notices").glob("*.yaml")]
    found = lint_files(sorted((SHIPPED / "procedures").glob("*.yaml")), LintContext(templates=names))
    assert [str(one) for one in found if one.severity != "information"] == []


def test_every_notice_of_every_procedure_has_its_template() -> None:
    names = {path.stem for path in (SHIPPED / "notices").glob("*.yaml")}
    assert {notice.template for release in releases() for notice in release.notify} - names == set()


def test_lateness_is_announced_and_a_second_extension_refused() -> None:
    release = next(one for one in releases() if one.procedure == "1.013227")
    fields = {"land.commune": "26740", "permit.number": "1", "permit.expires": "2026-03-20", "permit.extended": 0}
    received = dt.datetime(2026, 3, 2, 1, 30, tzinfo=dt.UTC)
    walker = Walker(compile_release(release), calendar(), Given(received, fields=fields))
    walker.do(Act(received, do="receive"))
    walker.do(Act(received + dt.timedelta(days=10), act="wait"))
    walk = walker.walk
    assert [step.name for step in walk.steps] == ["receive", "step", "due_in", "warn", "overdue", "wait"]
    assert walk.explained is not None and walk.explained.remaining is not None and walk.explained.remaining < 0
    assert [line.to_data() for line in walk.explained.trace]


def test_a_mistake_in_a_scenario_file_is_named_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text('procedure: "1.013227"\nscenarios:\n  - {vi: a, en: b, given: {filed: today}, steps: []}\n')
    with pytest.raises(BadScenarioFile) as refusal:
        read_scenarios(path)
    assert refusal.value.facts["at"] == "a.yaml:3:35"


HEADER = "subject,applicant_kinds,level,body,valid_from,valid_to,legal\n"


@pytest.mark.parametrize(
    ("rows", "line", "says"),
    [
        ("a,*,commune,authority,2024-01-01,2025-07-01,x\na,*,commune,authority,2025-07-02,,x\n", 3, "a gap or an"),
        ("a,*,commune,authority,2024-01-01,,x\na,citizen,commune,authority,2025-07-01,,x\n", 3, "a gap or an overlap"),
        ("a,robot,commune,authority,2024-01-01,,x\n", 2, "applicant_kinds"),
        ("a,*,village,authority,2024-01-01,,x\n", 2, "level is one of"),
        ("a,*,commune,authority,01/01/2024,,x\n", 2, "not a date"),
        ("a,*,commune,authority,2024-W01-1,,x\n", 2, "not a date"),
        ("a,*,commune,authority,2024-01-01,,\n", 2, "legal"),
    ],
)
def test_a_table_of_competences_with_a_mistake_is_refused_with_its_line(
    tmp_path: Path, rows: str, line: int, says: str
) -> None:
    path = tmp_path / "competences.csv"
    path.write_text(HEADER + rows)
    with pytest.raises(MalformedCompetences) as refusal:
        read_competences(path)
    assert refusal.value.facts["line"] == line
    assert says in refusal.value.sentence("en")


def test_every_shipped_procedure_and_task_has_one_competence_for_every_kind_since_2024() -> None:
    """A gap or an overlap between rows is refused by the reader; here: the first day, the last, and every kind."""
    known = read_competences()
    for release in releases():
        for kind in release.applicants:
            rows = sorted((one for one in known if one.covers(release.procedure, kind)), key=lambda one: one.valid_from)
            assert rows and rows[0].valid_from == dt.date(2024, 1, 1) and rows[-1].valid_to is None, release.procedure
    tasks = {route.by.removeprefix("competent:") for release in releases() for route in release.routing.values()
             if route.by and route.by.startswith("competent:")}  # fmt: skip
    assert tasks == {"tax", "land-registration"}
    for task in (*tasks, "verification"):
        assert all(any(one.covers(task, kind) for one in known) for kind in KIND_NAMES), task


def test_offices_of_the_country() -> None:
    territory = content.country()
    offices = {office.code: office for office in generate_offices(territory)}
    old, new = offices["UB-26737-C"], offices["UB-26737"]
    assert (old.name.vi, old.valid_to) == ("Ủy ban nhân dân phường Đa Kao", dt.date(2025, 7, 1))
    assert (new.name.vi, new.valid_from) == ("Ủy ban nhân dân phường Tân Định", dt.date(2025, 7, 1))
    assert offices["UB-25270"].area == ("c:25270@2026-04-30",)  # a commune that became a ward keeps its office
    branches = [office for office in offices.values() if office.body == "land_registration_branch"]
    areas = Counter(unit for office in branches for unit in office.area)
    assert set(areas) >= {unit.id for unit in territory.units("commune", dt.date(2026, 5, 1))}
    assert max(areas.values()) == 1
    receiving = Counter(office.identifier for office in offices.values() if office.receives)
    assert max(receiving.values()) == 1  # dossier codes of two offices never meet


def test_a_table_of_bodies_with_a_mistake_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "bodies.csv"
    path.write_text(
        "body,prefix,level,name_vi,name_en,receives,valid_from,valid_to\na,A,village,{unit},{unit},no,2024-01-01,\n"
    )
    with pytest.raises(MalformedBodies) as refusal:
        read_bodies(path)
    assert refusal.value.facts["line"] == 2


def test_the_page_of_procedures_lists_each_with_what_is_not_verified() -> None:
    page = (SHIPPED.parent / "docs" / "procedures.md").read_text(encoding="utf-8").splitlines()
    rows = {(line.split("`")[1], line.split(" | ")[2][:10]): line for line in page if line.startswith("| `")}
    listed = {(release.procedure, release.effective.start.isoformat()): release for release in releases()}
    assert set(rows) == set(listed)
    told = stories_told()
    for where, release in listed.items():
        fees = [f"fee `{key}`" for key, fee in release.fees.items() if not fee.verified]
        wanted = ", ".join(([] if release.sla.verified else ["term"]) + fees) or "–"
        assert rows[where].endswith(f"| {wanted} | {told[key(release)]} |")
