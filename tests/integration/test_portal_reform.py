"""The reform of 1 July 2025 in the middle of telling: every message has the codes of its own day."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from adapters.portal_wire import message_of
from engine.acts.reform.batches import apply_all
from engine.acts.reform.load import load_plan
from engine.acts.reform.run import open_run
from engine.portal.facts import tellings_from
from engine.rules.portal.mapping import Dated
from tests.installation.june import permit, prepare_june
from tests.installation.plans_of_reforms import planned
from tests.installation.portal import connected
from tests.installation.world import World, moment

LAST_SECOND, MIDNIGHT, MORNING = "2025-06-30 23:59:59", "2025-07-01 00:00", "2025-07-01 08:00"


def test_the_codes_are_right_on_both_sides_of_midnight(world: World, tmp_path: Path) -> None:
    prepare_june(world)
    with connected(world, tmp_path / "portal") as linked:
        mapping = linked.portal._mapping
        new = dt.date(2025, 7, 1)
        lines = [("UB-760-C", dt.date(2020, 1, 1), "DISTRICT"), ("UB-26740", new, "COMMUNE")]
        object.__setattr__(mapping, "agencies", Dated(lines))
        object.__setattr__(
            mapping, "units", Dated([("26740", new, "26740-NEW"), ("26740", dt.date(2020, 1, 1), "OLD")])
        )
        world.at(LAST_SECOND)
        code = permit(world)
        plan = planned(world, tmp_path)
        world.now = moment(MIDNIGHT)
        reform = load_plan(world.runtime, plan)
        apply_all(world.runtime, open_run(world.runtime, reform))
        world.at(MORNING)
        rows = linked.rows(code)
        assert [row.kind for row in rows] == ["dossier", "progress", "dossier", "progress", "dossier"]
        with world.reading() as connection:
            told = tellings_from(connection, world.runtime.catalogue, rows)
        wires = [message_of(mapping, one) for one in told if one.kind == "dossier"]
        assert [wire["DonViXuLy"] for wire in wires] == ["DISTRICT", "DISTRICT", "COMMUNE"]
        assert wires[2]["MaDonViHanhChinh"] == "26740-NEW"
        linked.tell()
        assert linked.records()[code]["DonViXuLy"] == "COMMUNE" and linked.counts().get("out_of_order", 0) == 0
        assert linked.compare().differing == 0
