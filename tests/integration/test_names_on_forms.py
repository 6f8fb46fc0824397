"""Which names the forms of a dossier print after a reform, and that old and new are said to be one place."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from engine.acts.rectify import rectify
from engine.acts.reform.batches import apply_all
from engine.acts.reform.load import load_plan
from engine.acts.reform.run import open_run
from engine.dossier.case import lock_case
from engine.forms.data import form_data, register_data
from engine.forms.names import office_name
from engine.reform.document import read_plan
from engine.reform.planning import make_plan
from engine.settings import settings_from
from engine.store.dossiers import applicants, dossiers
from engine.transaction import UnitOfWork
from tests.installation.june import DA_KAO, JULY, permit, prepare_june, reform_of
from tests.installation.runtime import KEY
from tests.installation.world import World

OLD_COUNTER = "Bộ phận Một cửa phường Bến Nghé"
NEW_COUNTER = "Trung tâm Phục vụ hành chính công phường Sài Gòn"
CITY = "Thành phố Hồ Chí Minh"
WARD = (
    f"Phường Bến Nghé, Quận 1, {CITY} nay là Phường Sài Gòn, {CITY} "
    "(từ ngày 01/07/2025, theo 1685/NQ-UBTVQH15)"
)  # fmt: skip


@pytest.fixture
def june(world: World) -> World:
    return prepare_june(world)


def carry_out(world: World, folder: Path) -> None:
    path = folder / "plan.json"
    make_plan(world.runtime, reform_of(world), path)
    world.at(JULY)
    apply_all(world.runtime, open_run(world.runtime, load_plan(world.runtime, read_plan(path))))


def choose(world: World, folder: Path, names: str) -> None:
    chosen = settings_from({"MOTCUA_DATA": str(folder), "MOTCUA_SECRET_KEYS": KEY, "MOTCUA_NAMES_ON_PAPER": names})
    settings = replace(world.runtime.settings, names_on_paper=chosen.names_on_paper)
    world.runtime = replace(world.runtime, settings=settings)


def printed(world: World, code: str, number: str) -> dict[str, Any]:
    return world.try_act("system", lambda unit: form_data(lock_case(unit, code), number))


def test_a_receipt_of_june_keeps_its_names_in_july_and_says_what_they_are_now(june: World, tmp_path: Path) -> None:
    code = permit(june)
    before = printed(june, code, "01")
    assert before["head"]["other_names"] == []
    carry_out(june, tmp_path)
    receipt = printed(june, code, "01")
    for form in (before, receipt):
        assert (form["head"]["unit"], form["collect"]) == (OLD_COUNTER, OLD_COUNTER)
        assert form["head"]["authority"] == "ỦY BAN NHÂN DÂN Phường Bến Nghé"
    place, handed = receipt["head"]["other_names"]
    assert place == WARD
    assert handed.startswith(f"Công việc của {OLD_COUNTER} đối với hồ sơ này nay do {NEW_COUNTER} đảm nhận: ")
    assert "01/07/2025" in handed

    choose(june, tmp_path, "01=print")
    today = printed(june, code, "01")
    assert (today["head"]["unit"], today["collect"]) == (NEW_COUNTER, NEW_COUNTER)
    assert today["head"]["authority"] == "ỦY BAN NHÂN DÂN Phường Sài Gòn"
    assert today["head"]["other_names"] == receipt["head"]["other_names"]


def test_the_control_sheet_names_each_hand_over_by_its_own_day(june: World, tmp_path: Path) -> None:
    code = permit(june)
    carry_out(june, tmp_path)
    june.do("district", code, "finish", at="2025-07-02 09:00")
    sheet = printed(june, code, "06")
    assert [row["taker"] for row in sheet["handovers"]] == [
        "Chuyên viên, Ủy ban nhân dân quận 1",
        f"Cán bộ tiếp nhận, {NEW_COUNTER}",
    ]
    assert (sheet["head"]["unit"], sheet["deciding"]) == (NEW_COUNTER, "Ủy ban nhân dân phường Sài Gòn")
    assert sheet["coordinating"] == []
    assert any(line.startswith(f"Quận 1, {CITY} nay không còn") for line in sheet["head"]["other_names"])


def test_a_divided_commune_is_said_to_be_in_all_its_parts_and_its_code_is_of_the_day_it_was_written(
    june: World, tmp_path: Path
) -> None:
    code, moved = permit(june, DA_KAO), permit(june)
    carry_out(june, tmp_path)
    divided = [line for line in printed(june, code, "01")["head"]["other_names"] if line.startswith("Phường Đa Kao")]
    assert len(divided) == 1
    assert f"chia về các đơn vị Phường Sài Gòn, {CITY}; Phường Tân Định, {CITY} (" in divided[0]
    # The same code means Tân Định when it is written in July: nothing to explain about the applicant's commune.
    june.act("old_counter", rectify, moved, "chuyển nhà", applicant={"commune": DA_KAO})
    assert "Đa Kao" not in str(printed(june, moved, "01")["head"])


def test_a_register_names_a_closed_office_as_it_was_and_an_upgraded_one_by_the_day(june: World, tmp_path: Path) -> None:
    code = permit(june)
    carry_out(june, tmp_path)

    def register(unit: UnitOfWork) -> dict[str, Any]:
        columns = (*dossiers.c, applicants.c.name, applicants.c.address, applicants.c.phone)
        wanted = select(*columns).join(applicants, applicants.c.dossier_id == dossiers.c.id)
        rows = unit.begin().execute(wanted.where(dossiers.c.code == code)).all()
        day = dt.date(2025, 6, 24)
        return register_data(unit, unit.catalogue.office("MC-26740-C"), rows, day, day)

    book = june.try_act("system", register)
    assert book["head"]["unit"] == OLD_COUNTER and book["head"]["other_names"] == [WARD]
    assert book["lines"][0]["deciding"] == "Ủy ban nhân dân phường Sài Gòn"

    def names(unit: UnitOfWork) -> list[str]:
        return [office_name(unit, "UB-75", day) for day in (dt.date(2026, 4, 29), dt.date(2026, 4, 30))]

    assert june.try_act("system", names) == ["Ủy ban nhân dân tỉnh Đồng Nai", "Ủy ban nhân dân thành phố Đồng Nai"]
