"""Random work before and after the night, on every shipped procedure: what was moved goes on like any other dossier.

``test_reform_random`` proves the moving itself. Here everybody who has a part in a dossier tries whatever the engine
offers, and nothing may be refused that is refused only because there was a reform.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from sqlalchemy import select

from engine.acts.add_note import add_note
from engine.acts.documents import add_document
from engine.acts.extend_deadline import extend_deadline
from engine.acts.file_dossier import Filing, file_dossier
from engine.acts.hold import claim
from engine.acts.perform_action import perform_action
from engine.acts.recall import recall
from engine.acts.rectify import rectify
from engine.acts.reform.batches import apply_all
from engine.acts.reform.load import load_plan
from engine.acts.reform.run import open_run
from engine.acts.transfer import transfer
from engine.acts.verification import answer_verification, ask_verification
from engine.clock import civil_day
from engine.errors import Refusal
from engine.reform.document import read_plan
from engine.reform.planning import make_plan
from engine.rules.offices.routing import place_name
from engine.rules.procedure.definition import Release, Term
from engine.rules.procedure.permissions import Actor, Membership
from engine.store.dossiers import dossiers, verifications
from engine.store.plans import reform_items
from tests.installation.june import reform_of
from tests.model import samples
from tests.model.real_installation import RealInstallation, open_real, shipped

DOSSIERS, STEPS = 50, 12
SEEDS = range(max(1, settings().max_examples // 100))
SINCE = dt.date(2024, 1, 1)
ABOLISHED = {"26080": "26083", "26740": "26749"}
"""Of the same district as the commune of a dossier, where its applicant lives; its code is nobody's from July on."""
COUNTERS = {"26080": ("MC-26080-C", "MC-26083-C", "MC-732-C"), "26740": ("MC-26740-C", "MC-26749-C", "MC-760-C")}
"""Where such a dossier may be received in June 2025: at a counter of these communes or of the district."""
USUAL = {
    *("forbidden", "dossier-ended", "guard-failed", "document-required", "cannot-recall", "cannot-extend"),
    *("result-not-now", "result-taken", "result-void", "extension-ends-in-the-past"),
    *("place-settled", "fee-settled", "reason-required", "needs-legal-ground"),
}
"""Refusals that the dossier's own state explains, whether or not there was a reform."""


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealInstallation]:
    with open_real("sqlite", tmp_path_factory.mktemp("installation")) as made:
        yield made


class Life:
    """Some dossiers of June 2025, and whoever works on them."""

    def __init__(self, installation: RealInstallation, luck: random.Random) -> None:
        self.world, self.luck = installation.world, luck
        self.people = installation.hired("UB-26740", "specialist")
        self.codes: list[str] = []
        self.refused: Counter[tuple[str, str]] = Counter()

    def file(self) -> None:
        """One dossier of any procedure that is in force, at any counter that takes it."""
        release = self.luck.choice(shipped())
        if not release.effective.start <= self.today <= (release.effective.until or dt.date.max):
            return
        kind, channel, commune, fields = self.luck.choice(samples.forms(release.procedure))
        filing = {
            "procedure": release.procedure,
            "applicant": samples.applicant(kind, ABOLISHED[commune], True),
            "channel": channel,
            "fields": fields,
            "documents": [{"key": key, "original": 1} for key, one in release.documents.items() if not one.result],
        }
        for office in self.luck.sample(COUNTERS[commune], 3):
            clerk = self._staff({office}, {*release.roles, "counter"}, None)
            try:
                filed = self.world.try_act(clerk, file_dossier, Filing(**filing, intake_office=office))
            except Refusal:
                continue
            self.codes.append(filed.case.code)
            return

    @property
    def today(self) -> dt.date:
        return civil_day(self.world.now)

    def step(self, code: str) -> None:
        """Somebody with a part in the dossier does something to it."""
        row = self.world.row(code)
        release = self.world.runtime.catalogue.workflow(row["release"]).release
        offices = {*row["offices"].values(), row["handler_office"], row["holder_office"]} - {None}
        who = self._staff(offices, {*release.roles, "leader", "specialist"}, row["holder_id"])
        kind, act = self.luck.choice(self._acts(code, row, release))
        try:
            self.world.try_act(who, act)
        except Refusal as refusal:
            self.refused[kind, refusal.code] += 1

    def _acts(self, code: str, row: dict[str, Any], release: Release) -> list[tuple[str, Callable[..., Any]]]:
        here = [key for key, one in release.actions.items() if row["state"] in one.sources and one.by != ("system",)]
        acts: list[tuple[str, Callable[..., Any]]] = [
            ("note", partial(add_note, code=code, text="ghi")),
            ("claim", partial(claim, code=code)),
            ("recall", partial(recall, code=code)),
            ("extend", partial(extend_deadline, code=code, term=Term(3, "working_day"), reason="lý do")),
            ("name", partial(rectify, code=code, reason="nhầm", applicant={"name": "Trần Thị Mẫu"})),
            ("paper", partial(add_document, code=code, key=next(iter(release.documents), "other"), original=1)),
        ]
        if others := self._others(row):
            other = self.luck.choice(others)
            acts += [
                ("ask", partial(ask_verification, code=code, office=other, question="Có đúng không?")),
                ("transfer", partial(transfer, code=code, office=other, reason="lý do")),
            ]
        if (name := place_name(release, "handler")) in release.fields and (places := self._places(row)):
            fields = {name: self.luck.choice(places)}
            acts.append(("place", partial(rectify, code=code, reason="nhầm xã", fields=fields)))
        acts += [("go", partial(perform_action, code=code, action=key, reason="vì")) for key in here for _ in range(3)]
        return acts

    def answer_all(self) -> None:
        """Whoever was asked answers, so that questions do not hold everything up."""
        with self.world.reading() as connection:
            waiting = select(verifications, dossiers.c.code).join(dossiers, dossiers.c.id == verifications.c.dossier_id)
            waiting = waiting.where(verifications.c.answered_at.is_(None), dossiers.c.code.in_(self.codes))
            questions = connection.execute(waiting).all()
        for one in questions:
            who = self._staff({one.office}, {"specialist"}, None)
            self.world.try_act(who, answer_verification, one.code, one.id, True, "Đúng")

    def _others(self, row: dict[str, Any]) -> list[str]:
        known = self.world.runtime.catalogue.offices
        mine = {row["holder_office"], *row["offices"].values()}
        return sorted(
            one.code
            for one in known.values()
            if one.province == row["province"] and one.valid(self.today) and one.code not in mine
        )

    def _places(self, row: dict[str, Any]) -> list[str]:
        territory = self.world.runtime.catalogue.territory
        own = territory.find(row["place"], "commune", self.today) if row["place"] else None
        if own is None:
            return []
        above = territory.parent_chain(own, self.today)[0].id
        return [unit.code for unit in territory.children(above, self.today)]

    def _staff(self, offices: set[str], roles: set[str], person: int | None) -> Actor:
        known = self.world.runtime.catalogue.offices
        posts = [(office, role) for office in sorted(offices) for role in sorted(roles)]
        places = tuple(Membership(office, role, SINCE, None, known[office].province) for office, role in posts)
        return Actor("staff", "Cán bộ", person or self.luck.choice(self.people), places)


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_was_moved_goes_on_like_any_other(installation: RealInstallation, tmp_path: Path, seed: int) -> None:
    life = Life(installation, random.Random(seed))
    world = installation.world
    world.at("2025-06-24 09:00")
    while len(life.codes) < DOSSIERS:
        life.file()
    world.at("2025-06-26 09:00")
    for code in life.codes:
        for _ in range(life.luck.randint(0, STEPS // 2)):
            life.step(code)
    make_plan(world.runtime, reform_of(world), tmp_path / "plan.json")
    world.at("2025-07-01 00:05")
    run = open_run(world.runtime, load_plan(world.runtime, read_plan(tmp_path / "plan.json")))
    moved = apply_all(world.runtime, run).moved
    with world.reading() as connection:
        joined = select(dossiers.c.code).join(reform_items, reform_items.c.dossier_id == dossiers.c.id)
        undecided = set(connection.execute(joined.where(reform_items.c.status == "person")).scalars())
    assert moved > DOSSIERS // 2 > len(undecided)
    life.codes = [code for code in life.codes if code not in undecided]
    life.refused.clear()
    for day in range(1, STEPS + 1):
        world.at(f"2025-07-{day:02d} 09:00")
        for code in life.codes:
            life.step(code)
        life.answer_all()
    assert {key: count for key, count in life.refused.items() if key[1] not in USUAL} == {}
    offices = world.runtime.catalogue.offices
    for code in life.codes:
        row = world.row(code)
        ended = world.runtime.catalogue.workflow(row["release"]).release.states[row["state"]].final
        parts = {*row["offices"].values(), row["handler_office"], row["holder_office"]} - {None}
        assert ended or all(offices[office].valid(life.today) for office in parts), code
    world.check()
