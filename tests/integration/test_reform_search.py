"""Who finds a dossier by words before a reform, after it and after the way back: nobody writes its words anew."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.acts.rectify import rectify
from engine.acts.reform.batches import revert_all
from engine.acts.reform.run import open_run
from engine.rules.procedure.permissions import Actor, Membership
from engine.store.dossier_lists import list_dossiers
from engine.store.list_filters import Filters
from engine.store.migrate import downgrade, upgrade
from engine.store.search import search_inherited
from tests.installation.june import DA_KAO, JULY, permit, prepare_june
from tests.installation.world import APPLICANT, World
from tests.integration.test_reform import applied, plan
from tests.postgres_server import OWNER

OTHERS = ("UB-26737", "UB-26743", "TT-26737", "MC-26737-C")


@pytest.fixture
def june(world: World) -> World:
    return prepare_june(world)


def test_a_dossier_is_found_by_the_same_words_at_its_new_offices_and_by_nobody_else(
    june: World, tmp_path: Path
) -> None:
    code = permit(june)
    permit(june, DA_KAO)
    words = ("mau van nguyen", code, APPLICANT["phone"])
    old, new = {"MC-26740-C", "UB-760-C", "79"}, {"TT-26740", "UB-26740"}
    assert all(finders(june, code, text) == old for text in words)
    _, path = plan(june, tmp_path)
    june.at(JULY)
    reform_id = applied(june, path)
    assert all(finders(june, code, text) == old | new for text in words), "who had it sees it still"
    # A name put right at the new office: everybody finds it by the new one, and nobody by the old one.
    june.act("old_counter", rectify, code, "ghi sai tên", applicant={"name": "Đặng Thị Mơ"})
    assert finders(june, code, "dang mo") == old | new
    assert finders(june, code, "mau van") == set()
    assert finders(june, code, APPLICANT["phone"]) == old | new
    revert_all(june.runtime, open_run(june.runtime, reform_id), "Hoãn thi hành")
    assert finders(june, code, "dang mo") == old | new


def test_without_the_table_everybody_has_words_of_their_own_again(june: World, tmp_path: Path) -> None:
    code = permit(june)
    _, path = plan(june, tmp_path)
    june.at(JULY)
    applied(june, path)
    url = june.database.url
    owner = url if url.drivername.startswith("sqlite") else url.set(username=OWNER)
    told = owner.render_as_string(hide_password=False)
    downgrade(told, "0004")
    upgrade(told)
    with june.reading() as connection:
        assert connection.execute(select(search_inherited)).all() == []
    assert finders(june, code, "mau van nguyen") == {"MC-26740-C", "UB-760-C", "TT-26740", "UB-26740", "79"}


def test_after_the_way_back_the_old_offices_find_it(june: World, tmp_path: Path) -> None:
    code = permit(june)
    _, path = plan(june, tmp_path)
    june.at(JULY)
    revert_all(june.runtime, open_run(june.runtime, applied(june, path)), "Hoãn thi hành")
    june.check()
    assert finders(june, code, "mau van nguyen") >= {"MC-26740-C", "UB-760-C", "79"}
    assert not finders(june, code, "mau van nguyen") & {*OTHERS, "74"}


def finders(world: World, code: str, text: str) -> set[str]:
    """Which of these find a dossier by words: those who had it, those who take it over, and others."""
    mine = {
        office: staff(office, "specialist") for office in ("MC-26740-C", "UB-760-C", "TT-26740", "UB-26740", *OTHERS)
    }
    mine |= {province: staff(f"UB-{province}", "monitor", province) for province in ("79", "74")}
    with world.reading() as connection:
        return {
            who
            for who, actor in mine.items()
            if code in [row["code"] for row in list_dossiers(connection, actor, Filters(text=text), world.now)]
        }


def staff(office: str, role: str, province: str = "79") -> Actor:
    return Actor("staff", "reader", 1, (Membership(office, role, dt.date(2024, 1, 1), None, province),))
