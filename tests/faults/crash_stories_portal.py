"""Acts about the national portal, ready to be killed in. The portal is a file that remembers the keys it was told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from engine.acts.portal.again import replay_portal, resend_dossiers, retry_portal
from engine.acts.portal.compare import compare_with_portal
from engine.acts.portal.tell import tell_portal
from engine.connection_ports import Held, Telling
from engine.store.portal import portal_comparisons, portal_differences, portal_tellings
from engine.store.staff_journal import staff_journal
from engine.transaction import Runtime, in_transaction
from tests.faults.crash_stage import Deed, Errand, Stage, Story
from tests.installation.portal import connect

_WHY = "đã sửa xong"
_DAY = dt.date(2026, 3, 2)


@dataclass(frozen=True)
class _Remembering:
    """A portal that takes everything and lists nothing."""

    path: Path

    def fingerprint(self, telling: Telling) -> str:
        return str(telling.facts["status"])

    def compared(self, telling: Telling) -> Mapping[str, str]:
        return {"state": str(telling.facts["status"])}

    def tell(self, telling: Telling) -> str:
        with self.path.open("a") as file:
            file.write(f"{telling.key}\n")
        return ""

    def listed(self, after: str) -> Iterator[Held]:
        return iter(())

    def held(self, code: str) -> Sequence[Mapping[str, str]]:
        return ()


def _told(stage: Stage) -> tuple[str, Runtime]:
    """A dossier with tellings that nobody has sent yet, and the runtime of those who die."""
    plain = stage.world.runtime
    stage.world.runtime = connect(plain, "http://127.0.0.1:9")
    code = stage.world.land_at("checking")
    stage.world.runtime = plain
    return code, connect(stage.doomed.runtime, "http://127.0.0.1:9")


def _changed(stage: Stage, **values: Any) -> None:
    stage.world.try_act("system", lambda unit: unit.begin().execute(update(portal_tellings).values(values)) and None)


def _by_admin(stage: Stage, runtime: Runtime, act: Callable[..., Any], *arguments: Any) -> Callable[[], Any]:
    admin = stage.world.actor("admin")
    return lambda: in_transaction(runtime, admin, lambda unit: act(unit, *arguments)) and None


def retried(stage: Stage) -> Deed:
    _, runtime = _told(stage)
    _changed(stage, status="parked", cause="refused")
    return Deed(_by_admin(stage, runtime, retry_portal, _WHY), stage.rows(staff_journal, act="portal-retry"))


def replayed(stage: Stage) -> Deed:
    _, runtime = _told(stage)
    _changed(stage, status="sent", at=stage.world.now.replace(year=2026, month=3, day=2))
    run = _by_admin(stage, runtime, replay_portal, _DAY, _DAY, _WHY)
    return Deed(run, stage.rows(staff_journal, act="portal-replay"))


def resent(stage: Stage) -> Deed:
    code, runtime = _told(stage)
    run = _by_admin(stage, runtime, resend_dossiers, [code], _WHY)
    return Deed(run, stage.rows(staff_journal, act="portal-resend"))


def telling(stage: Stage) -> Errand:
    path, (_, runtime) = stage.folder / "told", _told(stage)

    def run(later: dt.timedelta = dt.timedelta(0)) -> None:
        while tell_portal(replace(runtime, now=lambda: stage.doomed.now + later), _Remembering(path)).taken:
            pass

    def whole() -> None:
        with stage.world.reading() as connection:
            rows = connection.execute(select(portal_tellings).order_by(portal_tellings.c.id)).all()
        assert {row.status for row in rows} <= {"sent", "dropped"}
        arrived = [line.partition(":")[2] for line in path.read_text().splitlines()]
        first = list(dict.fromkeys(arrived))
        ours = [row.key for row in rows if row.key in set(first)]
        assert first == ours, "what a dossier's portal saw first is not in the order of its journal"

    return Errand(run, lambda: run(dt.timedelta(minutes=5)), whole)


def comparing(stage: Stage) -> Errand:
    _, runtime = _told(stage)
    later = replace(runtime, now=lambda: stage.doomed.now + dt.timedelta(days=1))
    portal = _Remembering(stage.folder / "compared")

    def run() -> None:
        assert compare_with_portal(later, portal).ended

    def whole() -> None:
        with stage.world.reading() as connection:
            done = connection.execute(select(portal_comparisons).order_by(portal_comparisons.c.id.desc())).all()
            found = connection.execute(select(portal_differences.c.code, portal_differences.c.kind)).all()
        assert done[0].finished_at is not None and done[0].there == 0
        assert len(found) == len(set(found)) and done[0].differing == len({one.code for one in found})

    return Errand(run, run, whole)


STORIES_OF_THE_PORTAL: Mapping[str, Story] = {
    "retry the portal": Story({"portal.again.retry_portal"}, retried),
    "replay to the portal": Story({"portal.again.replay_portal"}, replayed),
    "resend to the portal": Story({"portal.again.resend_dossiers"}, resent, again="each resend is one more telling"),
}
ERRANDS_OF_THE_PORTAL: Mapping[str, tuple[Collection[str], Callable[[Stage], Errand]]] = {
    "tell the portal": ({"portal.tell.tell_portal"}, telling),
    "compare with the portal": ({"portal.compare.compare_with_portal"}, comparing),
}
