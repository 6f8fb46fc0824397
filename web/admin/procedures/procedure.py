"""One procedure: its versions side by side, its diagram, two versions compared, findings, and stories."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from engine.clock import civil_day
from engine.queries.procedure_versions import ProcedureVersions, VersionLine, versions_of
from engine.queries.version_plans import PlanStanding, plans
from engine.queries.versions import counted_difference
from engine.rules.procedure.definition import Release
from engine.rules.versions.changes import Change, by_group
from engine.rules.versions.names import GROUPS
from engine.text import Text
from engine.transaction import UnitOfWork
from server.context import runtime
from server.identity import Access, reading
from web.admin.procedures.checking import checked_file
from web.admin.procedures.listing import PROCEDURES
from web.admin.procedures.words import STANDINGS, STATES
from web.diagrams import comparison, diagram
from web.form_values import whole
from web.pages import Pages
from web.render import render
from workflows.problems import Problem
from workflows.release_text import text_of
from workflows.scenario_files import read_stories
from workflows.scenario_runner import Gap, Outcome, coverage, run_all
from workflows.shipped_text import shipped_stories, shipped_text

procedures = Pages("procedure", audience="admin")
_MOST_GAPS = 30


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A change with the number of running dossiers that it touches."""

    change: Change
    touched: int

    @property
    def sentence(self) -> Text:
        return self.change.sentence()


@dataclass(frozen=True, slots=True)
class Proven:
    """What linter and stories say of a version. ``rewritten``: its file is not part of the software, so that the
    linter read one that was written from what was published, without the author's comments and lines."""

    problems: tuple[Problem, ...]
    rewritten: bool
    stories: tuple[Outcome, ...]
    gaps: tuple[Gap, ...]


@procedures.page(f"{PROCEDURES}/<procedure>", access=Access.ADMIN)
def show(procedure: str) -> str:
    """A procedure with its versions"""
    with reading() as unit:
        found = versions_of(unit, procedure)
        own = _plans(unit, procedure)
    chosen = _chosen(found, "phien-ban", found.shown)
    return render(
        "admin/procedures/procedure.html",
        found=found,
        chosen=chosen,
        plans=own,
        picture=diagram(chosen.release),
        standings=STANDINGS,
        states=STATES,
        today=civil_day(runtime().now()),
    )


@procedures.page(f"{PROCEDURES}/<procedure>/so-sanh", access=Access.ADMIN)
def compare(procedure: str) -> str:
    """Two versions of a procedure compared"""
    with reading() as unit:
        found = versions_of(unit, procedure)
        new = _chosen(found, "den", found.versions[-1])
        old = _chosen(found, "tu", _before(found, new))
        difference = counted_difference(unit, old.release, new.release)
    touched = dict(zip(map(id, difference.changes), difference.touched, strict=True))
    groups = [
        (GROUPS[key], [ChangeLine(one, touched[id(one)]) for one in changes])
        for key, changes in by_group(list(difference.changes)).items()
    ]
    return render(
        "admin/procedures/compare.html",
        found=found,
        old=old,
        new=new,
        groups=groups,
        number=len(difference.changes),
        running=sum((difference.running or {}).values()),
        picture=comparison(old.release, new.release),
    )


@procedures.page(f"{PROCEDURES}/<procedure>/kiem-tra", access=Access.ADMIN)
def proofs(procedure: str) -> str:
    """The findings of a procedure's file, and its stories"""
    with reading() as unit:
        found = versions_of(unit, procedure)
    chosen = _chosen(found, "phien-ban", found.shown)
    proven = _proven(chosen.release)
    return render(
        "admin/procedures/proofs.html",
        found=found,
        chosen=chosen,
        proven=proven,
        gaps=proven.gaps[:_MOST_GAPS],
        wrong=[one for one in proven.stories if one.differences],
        standings=STANDINGS,
    )


def _plans(unit: UnitOfWork, procedure: str) -> tuple[PlanStanding, ...]:
    return tuple(one for one in reversed(plans(unit)) if one.procedure == procedure)


def _chosen(found: ProcedureVersions, name: str, default: VersionLine) -> VersionLine:
    """The version that the address names. Raises NotFound."""
    number = whole(request.args.get(name, ""))
    return found.numbered(number) if number else default


def _before(found: ProcedureVersions, new: VersionLine) -> VersionLine:
    """The version before this one; itself where it is the first."""
    earlier = [one for one in found.versions if one.version < new.version]
    return earlier[-1] if earlier else new


def _proven(release: Release) -> Proven:
    text = shipped_text(release)
    problems = tuple(checked_file(text_of(release) if text is None else text).problems)
    written = shipped_stories(release.procedure) if text is not None else ""
    if not written:
        return Proven(problems, text is None, (), ())
    stories = read_stories(written.encode(), f"{release.procedure}.yaml")
    told = [one for one in stories if one.version in (None, release.version)]
    outcomes = tuple(run_all(told, [release], runtime().catalogue.calendars))
    return Proven(problems, text is None, outcomes, tuple(coverage([release], outcomes)))
