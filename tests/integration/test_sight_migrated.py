"""The migration to sight that ends: what an earlier version let offices see for ever."""

from __future__ import annotations

from sqlalchemy import select

from engine.acts.transfer import transfer
from engine.store.dossiers import dossier_offices, dossiers
from engine.store.migrate import downgrade, upgrade
from tests.installation.world import BRANCH, LONG_KHANH, PROVINCE, TAX, World
from tests.integration.test_rights_matrix import brought_to
from tests.postgres_server import OWNER


def until(world: World, code: str) -> dict[str, bool]:
    """Whether each office's sight lasts."""
    columns = (dossier_offices.c.office, dossier_offices.c.until)
    of_this = select(*columns).join(dossiers).where(dossiers.c.code == code)
    with world.reading() as connection:
        return {row.office: row.until is None for row in connection.execute(of_this)}


def test_parts_that_are_over_end_and_those_that_last_stay(world: World) -> None:
    moved, ended, running = world.land_at("checking"), brought_to(world, "ready"), brought_to(world, "finance")
    world.act("specialist", transfer, moved, PROVINCE, "sai thẩm quyền")
    before = {code: until(world, code) for code in (moved, ended, running)}
    url = world.database.url
    owner = url if url.drivername.startswith("sqlite") else url.set(username=OWNER)
    told = owner.render_as_string(hide_password=False)
    downgrade(told, "0009")
    world.tamper(
        "INSERT INTO dossier_offices (office, dossier_id, since) "
        "SELECT 'UB-26080', id, filed_at FROM dossiers"  # an office that was asked, as an earlier version kept it
    )
    upgrade(told)
    assert until(world, moved) == before[moved] | {"UB-26080": False}
    assert until(world, ended) == before[ended] | {"UB-26080": False}
    assert until(world, running) == before[running] | {"UB-26080": False}
    assert before[moved] == {LONG_KHANH: True, BRANCH: False, PROVINCE: True, TAX: True}
    assert before[ended] == {LONG_KHANH: True, BRANCH: True, TAX: False}
