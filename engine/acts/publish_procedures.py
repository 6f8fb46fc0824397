"""Publishes releases of procedures all or nothing: what each does to running dossiers is known before anything is
written.

A release with ``running: migrate`` moves the running dossiers of its procedure from its first day on
(``engine.jobs.migration``). One that would leave a dossier behind, or whose routing finds no competent office, is
refused with everything published beside it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, func, select

from engine.acts.publish import publish_competences, publish_release
from engine.errors import Conflict
from engine.rules.offices.competence import Competence
from engine.rules.offices.competence_proof import Defect, subjects_of, verify
from engine.rules.procedure.definition import Release
from engine.store.dossiers import dossiers
from engine.store.releases import releases
from engine.text import Text
from engine.transaction import UnitOfWork

MOST_NAMED = 20
"""The most dossiers that a refusal names."""
PROOF = dt.timedelta(days=730)
"""The time from a release's first day, or today, for which its competence is proved."""


class DossiersLeftBehind(Conflict):
    """Running dossiers are in states that the new release neither has nor maps."""

    code = "dossiers-left-behind"
    vi = "Phiên bản {version} của {procedure} bỏ lại {count} hồ sơ ở trạng thái chưa có ánh xạ: {listed}."
    en = "Version {version} of {procedure} leaves {count} dossiers in states that it does not map: {listed}."


class CompetenceNotSettled(Conflict):
    """The routing of a release asks the table of competences, and the table has a gap or an overlap."""

    code = "competence-not-settled"
    vi = (
        "Thẩm quyền chưa đủ, mọi hồ sơ sẽ bị từ chối: {why_vi}. "
        "Ghi vào competences.csv của nơi cài đặt (MOTCUA_CONTENT) rồi chạy motcua seed."
    )
    en = (
        "Competence is not settled, so that filings would be refused: {why_en}. "
        "Say in competences.csv of the installation (MOTCUA_CONTENT) who is competent, then run motcua seed."
    )


@dataclass(frozen=True, slots=True)
class Left:
    """A dossier that a release would leave behind, and its state."""

    dossier: str
    state: str


@dataclass(frozen=True, slots=True)
class Planned:
    """What publishing a release does. ``running`` dossiers are under other releases; ``moves`` of them would move to
    this one on its first day."""

    release: Release
    new: bool
    running: int
    moves: int
    left: tuple[Left, ...]
    defects: tuple[Defect, ...]


def plan_release(unit: UnitOfWork, release: Release, brought: Sequence[Competence] = ()) -> Planned:
    """What publishing the release now would do, with the competences that are ``brought``. Changes nothing."""
    connection, digest = unit.reader(), release.digest()
    known = connection.execute(select(releases.c.digest).where(releases.c.digest == digest)).first() is not None
    by_state = _running(connection, release, digest)
    running, migrates = sum(by_state.values()), release.effective.running == "migrate"
    lost = [state for state in by_state if release.effective.migrate.get(state, state) not in release.states]
    left = _left(connection, release, digest, lost) if migrates and lost else ()
    moves = running - sum(by_state[state] for state in lost) if migrates else 0
    return Planned(release, not known, running, moves, left, () if known else _defects(unit, release, brought))


def publish_procedures(
    unit: UnitOfWork, given: Sequence[Release], publisher: str | None = None, brought: Sequence[Competence] = ()
) -> list[Planned]:
    """Publishes all of these releases in the name of ``publisher``; returns what each does.

    ``brought`` are competences of these procedures, which are published with them where nothing is published of their
    subject yet. Raises DossiersLeftBehind, CompetenceNotSettled, ReleaseChanged, ReleaseOverlap; then nothing is
    published.
    """
    brought = unknown_competences(unit, given, brought)
    plans = [plan_release(unit, release, brought) for release in given]
    for plan in plans:
        if plan.left and plan.new:
            raise left_behind(plan)
        if plan.defects:
            raise no_competence(plan.defects)
    if brought:
        publish_competences(unit, brought, beside=True)
    for plan in plans:
        publish_release(unit, plan.release, publisher)
    return plans


def unknown_competences(
    unit: UnitOfWork, given: Sequence[Release], brought: Sequence[Competence]
) -> tuple[Competence, ...]:
    """Those that are brought for these procedures while nothing is published of their subject."""
    wanted = {one.procedure for one in given} - {one.subject for one in unit.catalogue.competences}
    return tuple(one for one in brought if one.subject in wanted)


def left_behind(plan: Planned) -> DossiersLeftBehind:
    """The refusal that names the dossiers which a plan leaves behind."""
    named = [f"{one.dossier} ({one.state})" for one in plan.left[:MOST_NAMED]]
    listed = ", ".join(named) + (" …" if len(plan.left) > len(named) else "")
    release = plan.release
    return DossiersLeftBehind(procedure=release.procedure, version=release.version, count=len(plan.left), listed=listed)


def no_competence(defects: Sequence[Defect]) -> CompetenceNotSettled:
    """The refusal that names the gaps and overlaps."""
    words: list[Text] = [one.in_words() for one in defects[:MOST_NAMED]]
    return CompetenceNotSettled(why_vi="; ".join(one.vi for one in words), why_en="; ".join(one.en for one in words))


def _defects(unit: UnitOfWork, release: Release, brought: Sequence[Competence]) -> tuple[Defect, ...]:
    """The gaps and overlaps of competence in the time for which the release is proved, by the published data."""
    known, start = unit.catalogue.map, max(release.effective.start, unit.today)
    until = release.effective.until
    end = start + PROOF if until is None else min(start + PROOF, until + dt.timedelta(days=1))
    if end <= start:
        return ()
    return verify((*known.competences, *brought), subjects_of([release]), known.territory, known.offices, start, end)


def _running(connection: Connection, release: Release, digest: str) -> dict[str, int]:
    """The number of unfinished dossiers of the procedure under other releases, by state."""
    counted = select(dossiers.c.state, func.count()).where(_under_others(release, digest))
    return {row[0]: row[1] for row in connection.execute(counted.group_by(dossiers.c.state))}


def _left(connection: Connection, release: Release, digest: str, lost: Sequence[str]) -> tuple[Left, ...]:
    of_these = and_(_under_others(release, digest), dossiers.c.state.in_(sorted(lost)))
    found = connection.execute(select(dossiers.c.code, dossiers.c.state).where(of_these).order_by(dossiers.c.id))
    return tuple(Left(row.code, row.state) for row in found)


def _under_others(release: Release, digest: str) -> ColumnElement[bool]:
    return and_(
        dossiers.c.procedure == release.procedure, dossiers.c.release != digest, dossiers.c.finished_at.is_(None)
    )
