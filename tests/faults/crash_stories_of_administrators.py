"""The acts of the pages of administrators, ready to be killed in: catalogue, drafts, reports, incidents, staff."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from itertools import count
from typing import Any

from sqlalchemy import insert, select, update

from engine.acts.enter_procedure import NewEntry, enter_procedure
from engine.acts.notices.number_events import number_events
from engine.acts.procedure_drafts import DraftContent, delete_draft, make_draft, save_draft
from engine.acts.report_subscriptions import say_equipped, subscribe, unsubscribe
from engine.acts.retry_incident import retry_all, retry_incident
from engine.acts.staff import resets, second_factor
from engine.acts.staff.import_staff import import_staff
from engine.acts.versions.drafts import plan_version
from engine.acts.versions.keep_forecast import keep_forecast
from engine.queries.incidents import every_incident
from engine.rules.versions.fates import Orders
from engine.security.one_time_codes import fresh_secret
from engine.store.dossiers import dossiers
from engine.store.outbox import outbox
from engine.store.people import people
from engine.store.procedure_drafts import procedure_drafts
from engine.store.procedure_entries import procedure_entries
from engine.store.report_mails import readiness_ticks, report_subscriptions
from engine.store.staff_journal import staff_journal
from engine.store.version_drafts import version_drafts
from engine.transaction import UnitOfWork, in_transaction
from engine.versions.kept_forecast import KEY, KeptForecast
from tests.faults.crash_stage import Deed, Errand, Stage, Story
from tests.faults.crash_stories_of_sessions import totp_code
from tests.faults.crash_stories_of_staff import newcomer
from tests.installation.later_land import reviewed
from tests.installation.short_releases import LAND

_NEW, _WHY = count(1), "theo quyết định"
_DRAFT = DraftContent(text="procedure: 1", stories="", procedure=LAND, title="Bản nháp", errors=1)
_ENTRY = NewEntry(
    procedure=LAND,
    version=None,
    since=dt.date(2026, 1, 1),
    processed="here",
    system=None,
    online="full",
    decision="QĐ 1/QĐ-UBND",
    decided_on=dt.date(2025, 12, 1),
    listed_on=None,
)


def _by_admin(stage: Stage, act: Callable[..., Any], *arguments: Any, **named: Any) -> Callable[[], Any]:
    return stage.direct(act, *arguments, who=stage.world.actor("admin"), **named)


def entered(stage: Stage) -> Deed:
    return Deed(_by_admin(stage, enter_procedure, _ENTRY), stage.rows(procedure_entries, procedure=LAND))


def draft_made(stage: Stage) -> Deed:
    return Deed(_by_admin(stage, make_draft, _DRAFT, "a story"), stage.rows(procedure_drafts))


def _draft(stage: Stage) -> int:
    return int(stage.world.try_act("admin", make_draft, _DRAFT, "a story"))


def draft_saved(stage: Stage) -> Deed:
    number = _draft(stage)
    run = _by_admin(stage, save_draft, number, 1, replace(_DRAFT, title="Bản mới"))
    return Deed(run, stage.rows(procedure_drafts, id=number, version=2))


def draft_deleted(stage: Stage) -> Deed:
    number = _draft(stage)
    fewer = stage.rows(procedure_drafts, id=number)
    return Deed(_by_admin(stage, delete_draft, number, 1), lambda: -fewer())


def planning(stage: Stage) -> Errand:
    """It tries, reads and writes in three transactions, of which the last one alone leaves something."""
    release, admin = reviewed(dt.date(2026, 12, 1)), stage.world.actor("admin")
    orders = Orders(states={"checking": "review"})

    def run() -> None:
        plan_version(stage.doomed.runtime, admin, release, orders)

    def resume() -> None:
        if stage.number(version_drafts) == 0:
            run()

    def whole() -> None:
        assert stage.number(version_drafts) == 1

    return Errand(run, resume, whole)


def _with_address(stage: Stage) -> None:
    given = update(people).where(people.c.username == "admin").values(email="admin@example.vn")
    stage.world.try_act("system", lambda unit: unit.begin().execute(given) and None)


def subscribed(stage: Stage) -> Deed:
    _with_address(stage)
    return Deed(_by_admin(stage, subscribe, "month"), stage.rows(report_subscriptions, rhythm="month"))


def unsubscribed(stage: Stage) -> Deed:
    _with_address(stage)
    number = stage.world.try_act("admin", subscribe, "week")
    return Deed(_by_admin(stage, unsubscribe, number), stage.rows(report_subscriptions, ended_at=stage.world.now))


def equipped(stage: Stage) -> Deed:
    return Deed(_by_admin(stage, say_equipped, "79", True, now=stage.world.now), stage.rows(readiness_ticks, ready=1))


def _parked(unit: UnitOfWork) -> None:
    """A notice that was given up."""
    dossier = unit.begin().execute(select(dossiers.c.id).limit(1)).scalar_one()
    row = {"dossier_id": dossier, "template": "giao-viec", "data": {}, "created_at": unit.now, "attempts": 48}
    row |= {"key": f"given-up-{next(_NEW)}", "channel": "email", "recipient": "applicant", "error": "550 full"}
    unit.begin().execute(insert(outbox), row | {"status": "parked", "next_attempt_at": unit.now})


def retried(every: bool) -> Callable[[Stage], Deed]:
    def prepare(stage: Stage) -> Deed:
        stage.world.land_at("checking")
        stage.world.try_act("system", _parked)
        found = stage.world.try_act("admin", every_incident)
        key = next(one.key for one in found if one.kind == "notices")
        run = _by_admin(stage, retry_all, _WHY) if every else _by_admin(stage, retry_incident, "notices", key, _WHY)
        return Deed(run, stage.rows(staff_journal, act="retry-incident"))

    return prepare


def imported(stage: Stage) -> Deed:
    name = f"nhap.{next(_NEW)}"
    file = f"username;name;office;role;start\n{name};Người Nhập;TT-26740;counter;01/03/2026\n".encode()
    return Deed(_by_admin(stage, import_staff, file, reason=_WHY), stage.rows(people, username=name))


def forecast_kept(stage: Stage) -> Deed:
    by = stage.world.actor("admin")
    row = {"procedure": LAND, "version": 9, "digest": f"{next(_NEW):064}", "content": b"", "summary": {}}
    made = insert(version_drafts).values(**row, made_at=stage.world.now, made_by=by.person_id)
    number = stage.world.try_act(
        "system", lambda unit: int(unit.begin().execute(made.returning(version_drafts.c.id)).scalar_one())
    )
    told = KeptForecast(before=0.9, after=0.8, low=0.7, high=0.9, learned=40, asked="thu=1", at=stage.world.now)
    kept = stage.rows(version_drafts, id=number, summary={KEY: told.to_data()})
    return Deed(lambda: keep_forecast(stage.doomed.runtime, by, number, told), kept)


def password_reset(stage: Stage) -> Deed:
    person = newcomer(stage)
    run = _by_admin(stage, resets.reset_password, person, "một mật khẩu đủ dài", _WHY)
    return Deed(run, stage.rows(staff_journal, subject=person, act="set-password"))


def factor_reset(stage: Stage) -> Deed:
    person, secret = newcomer(stage), fresh_secret()
    given = person, secret, totp_code(secret, stage.world.now), None
    stage.world.try_act("system", second_factor.set_second_factor, *given)
    run = _by_admin(stage, resets.reset_second_factor, person, _WHY)
    return Deed(run, stage.rows(staff_journal, subject=person, act="remove-second-factor"))


def events_numbered(stage: Stage) -> Deed:
    """An installation that keeps a feed, for this story alone."""

    def feeding(runtime: Any) -> Any:
        return replace(runtime, settings=replace(runtime.settings, event_feed=True))

    plain = stage.world.runtime
    stage.world.runtime = feeding(plain)
    stage.world.land_at("checking")
    stage.world.runtime = plain
    runtime, admin = feeding(stage.doomed.runtime), stage.world.actor("admin")
    first = stage.number(outbox, recipient="feed", feed_position=None)
    assert first > 0

    def numbered() -> int:
        return int(stage.number(outbox, recipient="feed", feed_position=None) == 0)

    return Deed(lambda: in_transaction(runtime, admin, number_events) and None, numbered)


STORIES_OF_ADMINISTRATORS: Mapping[str, Story] = {
    "enter a procedure": Story({"enter_procedure.enter_procedure"}, entered, again="each entry is one more"),
    "make a draft": Story({"procedure_drafts.make_draft"}, draft_made, again="each draft is one more"),
    "save a draft": Story({"procedure_drafts.save_draft"}, draft_saved),
    "delete a draft": Story({"procedure_drafts.delete_draft"}, draft_deleted),
    "subscribe a report": Story({"report_subscriptions.subscribe"}, subscribed),
    "unsubscribe a report": Story({"report_subscriptions.unsubscribe"}, unsubscribed),
    "say what is equipped": Story({"report_subscriptions.say_equipped"}, equipped),
    "retry an incident": Story({"retry_incident.retry_incident"}, retried(every=False)),
    "retry all incidents": Story({"retry_incident.retry_all"}, retried(every=True)),
    "keep a forecast": Story({"versions.keep_forecast.keep_forecast"}, forecast_kept),
    "import staff": Story({"staff.import_staff.import_staff", "staff.people.person_faults"}, imported),
    "reset a password": Story({"staff.resets.reset_password"}, password_reset, again="each hash has another salt"),
    "reset a second factor": Story({"staff.resets.reset_second_factor"}, factor_reset),
    "number events": Story({"notices.number_events.number_events"}, events_numbered),
}
ERRANDS_OF_ADMINISTRATORS: Mapping[str, tuple[Collection[str], Callable[[Stage], Errand]]] = {
    "plan a version": ({"versions.drafts.plan_version"}, planning),
}
