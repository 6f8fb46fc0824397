"""Acts on filings of another system, each ready to be killed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from engine.acts.filings import mirror_told, note_filings, settle_filing, take_filing
from engine.connection_ports import SourceUnreachable
from engine.store.dossiers import mirrors
from engine.store.filings import filings
from tests.doubles.portal_filings import written
from tests.faults.crash_stage import Deed, Stage, Story
from tests.installation.short_releases import LAND
from tests.installation.world import FIELDS
from workflows.filings_file import read_filing_form


def noted(stage: Stage) -> Deed:
    key = _connected(stage, "noted")
    run = stage.direct(note_filings.note_filings, [_written(stage, key)], "pull", note_filings.Cursor("", key))
    return Deed(run, stage.rows(filings, key=key))


def taken(stage: Stage) -> Deed:
    number = _waiting(stage, "taken")
    return Deed(stage.direct(take_filing.take_filing, number, []), stage.rows(filings, id=number, status="filed"))


def postponed(stage: Stage) -> Deed:
    number = _waiting(stage, "postponed")
    run = stage.direct(take_filing.postpone_filing, number, SourceUnreachable(why="x"), None)
    return Deed(run, stage.rows(filings, id=number, status="queued"))


def mirrored(stage: Stage) -> Deed:
    number = _connected(stage, "mirrored")
    told = {"HeThong": "bnv", "MaHoSo": number, "MaTTHC": LAND, "MaCoQuan": "H75.26080", "TrangThaiHoSo": "4"}
    told |= {"ChuHoSo": "Người Mẫu", "LoaiDoiTuong": "1", "KenhThucHien": "2"}
    return Deed(stage.direct(mirror_told.mirror_told, told), stage.rows(mirrors, number=number))


def settled(act: Callable[..., Any], *more: str, status: str, **changes: Any) -> Callable[[Stage], Deed]:
    def prepare(stage: Stage) -> Deed:
        number = _waiting(stage, act.__name__, **changes)
        stage.world.try_act("system", take_filing.take_filing, number, [])
        run = stage.direct(act, number, *more)
        count = stage.rows(filings, id=number, status=status)
        return Deed(run, count)

    return prepare


def _connected(stage: Stage, name: str) -> str:
    """Lets both runtimes know the form of the other side; returns a key for a filing."""
    form = read_filing_form()
    for installation in (stage.world, stage.doomed):
        installation.runtime = replace(installation.runtime, filing_form=form)
    return f"F-{name}"


def _written(stage: Stage, key: str, **changes: Any) -> dict[str, Any]:
    return written(key, **({"procedure": LAND, "filed_at": stage.world.now, "ToKhai": FIELDS} | changes))


def _waiting(stage: Stage, name: str, **changes: Any) -> int:
    key = _connected(stage, name)
    stage.world.try_act("system", note_filings.note_filings, [_written(stage, key, **changes)], "push")
    with stage.world.reading() as connection:
        return int(connection.execute(select(filings.c.id).where(filings.c.key == key)).scalar_one())


_NOWHERE = {"MaCoQuan": "H99.9"}
FILING_STORIES: Mapping[str, Story] = {
    "note filings": Story({"filings.note_filings.note_filings"}, noted),
    "take a filing": Story({"filings.take_filing.take_filing"}, taken),
    "mirror what is told": Story({"filings.mirror_told.mirror_told", "mirror.mirror"}, mirrored),
    "postpone a filing": Story({"filings.take_filing.postpone_filing"}, postponed),
    "route a filing": Story(
        {"filings.settle_filing.route_filing"},
        settled(settle_filing.route_filing, "TT-26080", "Theo địa chỉ.", status="waiting", **_NOWHERE),
    ),
    "try a filing again": Story(
        {"filings.settle_filing.retry_filing"},
        settled(settle_filing.retry_filing, "Đã sửa.", status="waiting", **_NOWHERE),
    ),
    "refuse a filing": Story(
        {"filings.settle_filing.refuse_filing"},
        settled(settle_filing.refuse_filing, "Không rõ nơi nộp.", status="refused", **_NOWHERE),
    ),
}
