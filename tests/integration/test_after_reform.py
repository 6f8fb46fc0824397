"""What a reform meets besides the orderly dossier, and how work goes on after the night: questions move to whoever can
answer them; a moved dossier is corrected, opens linked ones, and is planned again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from engine.acts.publish import publish_release
from engine.acts.rectify import rectify
from engine.acts.reform.batches import apply_all, revert_all
from engine.acts.reform.load import load_plan
from engine.acts.reform.run import Run, open_run
from engine.acts.verification import ask_verification
from engine.errors import InvalidInput
from engine.reform.document import read_plan
from engine.reform.planning import make_plan
from engine.rules.procedure.definition import Child, Effective, Field
from engine.store.dossiers import applicants, dossiers, verifications
from engine.store.plans import counts_by_status
from tests.installation import short_releases
from tests.installation.june import DA_KAO, JULY, permit, prepare_june, reform_of
from tests.installation.releases import text
from tests.installation.short_releases import RESIDENCE
from tests.installation.world import World

PHAM_NGU_LAO, BEN_THANH = "26749", "26743"  # the one is part of the other since July 2025
THIRD = dt.date(2025, 7, 3)


@pytest.fixture
def june(world: World) -> World:
    return prepare_june(world)


@pytest.fixture
def night(june: World, tmp_path: Path) -> Callable[[], Run]:
    """Carries the reform out."""

    def apply() -> Run:
        make_plan(june.runtime, reform_of(june), tmp_path / "plan.json")
        june.at(JULY)
        run = open_run(june.runtime, load_plan(june.runtime, read_plan(tmp_path / "plan.json")))
        apply_all(june.runtime, run)
        return run

    return apply


def test_a_question_to_a_district_goes_to_the_same_body_where_the_dossier_lies(
    june: World, night: Callable[[], Run]
) -> None:
    offices = ("UB-760-C", "VPDK-CN-QUAN1-C", "THUE-760-C")
    for office in offices:
        june.act("old_counter", ask_verification, permit(june, received=False), office, "Có tranh chấp không?")
    run = night()
    assert counted(june, run) == {"done": 3}
    with june.reading() as connection:
        asked = connection.execute(select(verifications.c.office).order_by(verifications.c.id)).scalars().all()
    assert asked == ["UB-26740", "VPDK-CN-QUAN1", "THUE-79"]
    june.check()


def counted(world: World, run: Run) -> dict[str, int]:
    with world.reading() as connection:
        return counts_by_status(connection, run.id)


def test_linked_dossiers_are_received_where_the_applicant_is_seen_now(june: World, night: Callable[[], Run]) -> None:
    opens = {"residence": Child(RESIDENCE, text("Thường trú"), "ready", fields={"home.commune": "owner.commune"})}
    begun, known = Effective(dt.date(2025, 6, 24)), short_releases.permit()
    fields = known.fields | {"owner.commune": Field("unit", text("Nơi ở", "Home"))}
    linked = msgspec.structs.replace(known, version=2, effective=begun, children=opens, fields=fields)
    june.try_act("system", publish_release, linked)
    code = permit(june, **{"owner.commune": PHAM_NGU_LAO})
    june.act("old_counter", rectify, code, "Ở phường khác", applicant={"commune": PHAM_NGU_LAO})
    night()
    june.do("district", code, "finish")
    with june.reading() as connection:
        [child] = connection.execute(select(dossiers).where(dossiers.c.parent_id.is_not(None)))
        communes = connection.execute(select(applicants.c.commune).order_by(applicants.c.dossier_id)).scalars().all()
    assert (child.intake_office, child.place) == ("TT-26740", BEN_THANH)
    assert communes == [PHAM_NGU_LAO, BEN_THANH]
    assert june.row(code)["intake_office"] == "MC-26740-C"
    june.check()


def test_an_applicant_of_an_abolished_commune_is_still_corrected(june: World, night: Callable[[], Run]) -> None:
    code = permit(june)
    june.act("old_counter", rectify, code, "Ở phường khác", applicant={"commune": PHAM_NGU_LAO})
    night()
    june.act("district", rectify, code, "Nhầm tên", applicant={"name": "Trần Thị Mẫu"})
    wrong = june.refuse(InvalidInput, "district", rectify, code, "Nhầm", applicant={"commune": PHAM_NGU_LAO})
    assert list(wrong.errors) == ["applicant.commune"]
    june.act("district", rectify, code, "Nhầm", applicant={"commune": BEN_THANH})
    june.check()


def test_a_code_means_what_it_meant_when_the_dossier_was_last_given_it(june: World, night: Callable[[], Run]) -> None:
    """By the reform that moved the dossier, also where that can no longer be taken back, or by a later correction."""
    corrected, touched = permit(june), permit(june)
    run = night()
    assert placed_on(june, run, corrected) == run.reform.date
    june.do("district", touched, "finish")
    june.at(f"{THIRD} 09:00")
    row = june.act("old_counter", rectify, corrected, "Ghi nhầm phường", fields={"land.commune": DA_KAO}).row
    assert (row["place"], row["placed_on"]) == (DA_KAO, THIRD)
    june.check()
    assert placed_on(june, run, corrected) == THIRD
    assert revert_all(june.runtime, run, "thử lại").stale == 2
    assert (placed_on(june, run, corrected), placed_on(june, run, touched)) == (THIRD, run.reform.date)


def placed_on(world: World, run: Run, code: str) -> dt.date:
    """Since when the dossier's commune bears its code, as the next plan reads it."""
    number = world.row(code)["id"]
    with world.reading() as connection:
        return run.reader.of_ids(connection, [number])[number].placed_on
