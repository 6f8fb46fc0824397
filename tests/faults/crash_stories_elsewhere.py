"""Acts that no address calls, or that concern no dossier: clocks, publishing, staff, migration, and what takes several
transactions. Each is ready to be killed in."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import func, select

from cli.shipped import Shipped
from engine.acts import own_offices, publish, recount, reopen
from engine.acts.checkpoint import checkpoint_now, rotate_key
from engine.acts.expire_clock import expire_clock, give_up_clock
from engine.acts.file_dossier import file_dossier
from engine.acts.migrate_dossier import migrate_dossier
from engine.acts.notices.deliver import deliver_notices
from engine.acts.perform_action import perform_action
from engine.acts.publish_procedures import publish_procedures
from engine.acts.read_personal_data import read_personal_data
from engine.acts.staff import people as staff
from engine.acts.staff.sign_in import close_session, open_session
from engine.acts.verification import ask_verification
from engine.errors import NotFound
from engine.journal.check_reads import ReadTally, check_reads
from engine.ports import Message
from engine.rules.deadlines.office_hours import Closure
from engine.rules.deadlines.own_hours import OwnHours
from engine.rules.offices.offices import Office
from engine.rules.procedure.definition import Effective
from engine.store.clocks import clocks, recounts
from engine.store.dossiers import dossiers
from engine.store.outbox import outbox
from engine.store.people import memberships, people, substitutes, tokens
from engine.store.releases import releases
from tests.faults.crash_stage import Deed, Errand, Stage, Story
from tests.installation.short_releases import copies
from tests.installation.world import BRANCH, SAI_GON
from tests.integration.test_acts_migrate import renamed
from tests.integration.test_checkpoints import verify
from workflows.calendar_files import load_calendar

LATER = dt.timedelta(minutes=5)
"""After which a notice that a dead process had taken is free again."""
_COUNTS_UP = "the number of the version counts up, the content stays"


def ran_out(kind: str, act: Callable[..., Any] = expire_clock, *more: str) -> Callable[[Stage], Deed]:
    """A clock that is due."""

    def prepare(stage: Stage) -> Deed:
        code = stage.world.land_at("checking")
        if kind in ("remind", "after"):
            stage.world.try_act("specialist", perform_action, code, "ask", reason="Thiếu trích đo.")
        if kind == "verify":
            stage.world.try_act("specialist", ask_verification, code, "UB-26080", "Có tranh chấp không?")
        (subject, due_at) = next((key[1], at) for key, at in stage.world.armed(code).items() if key[0] == kind)
        number = stage.world.row(code)["id"]
        run = stage.direct(act, number, kind, subject, due_at, *more, now=due_at)
        statement = select(func.count()).where(
            clocks.c.dossier_id == number, clocks.c.kind == kind, clocks.c.fired_at.is_not(None)
        )

        def count() -> int:
            with stage.world.reading() as connection:
                return int(connection.execute(statement).scalar_one())

        return Deed(run, count)

    return prepare


def migrated(stage: Stage) -> Deed:
    stage.world.try_act("system", publish.publish_release, renamed())
    code = stage.world.land_at("checking")
    workflow = stage.doomed.runtime.catalogue.workflow(renamed().digest())
    run = stage.direct(migrate_dossier, stage.world.row(code)["id"], workflow)
    return Deed(run, stage.entries(code, "migrate"))


def released(stage: Stage) -> Deed:
    release = copies(version=2, effective=Effective(dt.date(2026, 6, 1)))
    run = stage.direct(publish.publish_release, release)
    return Deed(run, stage.rows(releases, digest=release.digest()))


def released_together(stage: Stage) -> Deed:
    release = copies(version=3, effective=Effective(dt.date(2026, 9, 1)))
    run = stage.direct(publish_procedures, [release], "Người Phát Hành")
    return Deed(run, stage.rows(releases, digest=release.digest()))


def published(name: str, act: Callable[..., Any], *given: Callable[[Stage], Any]) -> Callable[[Stage], Deed]:
    def prepare(stage: Stage) -> Deed:
        return Deed(stage.direct(act, *(one(stage) for one in given)), stage.version(name))

    return prepare


def fresh_hotline(stage: Stage) -> list[Office]:
    return [replace(stage.world.runtime.catalogue.office(SAI_GON), hotline=f"1900 {next(_NUMBERS)}")]


def employed(stage: Stage) -> Deed:
    run = stage.direct(staff.add_person, "nguoi.moi", "Người Mới")
    return Deed(run, stage.rows(people, username="nguoi.moi"))


def somebody(act: Callable[..., Any], *more: Any) -> Callable[[Stage], Callable[[], Any]]:
    """An act on a member of staff whom no other story needs."""
    return lambda stage: stage.direct(act, stage.world.person("monitor"), *more)


def signed_out(stage: Stage) -> Deed:
    person = stage.world.person("monitor")
    token, _ = stage.world.try_act("system", open_session, person)
    hashed = hashlib.sha256(token.encode()).hexdigest()
    return Deed(stage.direct(close_session, hashed), stage.rows(tokens, hash=hashed, revoked_at=stage.world.now))


def given_password(stage: Stage) -> Deed:
    fewer = stage.rows(people, username="monitor", password=None)
    return Deed(somebody(staff.set_password, "một mật khẩu dài")(stage), lambda: -fewer())


def with_rows(run: Callable[[Stage], Callable[[], Any]], table: Any, **where: Any) -> Callable[[Stage], Deed]:
    return lambda stage: Deed(run(stage), stage.rows(table, **where))


_DAY = dt.date(2026, 6, 1)
_SHUT = Closure(_DAY, _DAY, "Mất điện", "No power", "TB 1")
_HOURS = OwnHours(_DAY, None, (((480, 720),),) * 6 + ((),), "Làm sáng", "Mornings", "QĐ 1")
_NUMBERS = count(1000)
_WHY = {"what": "closure", "vi": "mất điện", "en": "no power"}


def taken_back(publish_it: Callable[..., Any], what: Any, act: Callable[..., Any]) -> Callable[[Stage], Deed]:
    """What was published is taken back; done again it is not there any more."""

    def gently(unit: Any) -> None:
        with suppress(NotFound):
            act(unit, SAI_GON, _DAY)

    def prepare(stage: Stage) -> Deed:
        stage.world.try_act("system", publish_it, SAI_GON, what)
        stage.doomed.runtime.catalogue.refresh()
        return Deed(stage.direct(gently), stage.version("calendars"))

    return prepare


def counted_anew(stage: Stage) -> Deed:
    code = stage.world.land_at("checking")
    day = stage.world.now.date() + dt.timedelta(days=1)
    stage.world.try_act("system", publish.publish_closure, BRANCH, replace(_SHUT, first=day, last=day))
    stage.doomed.runtime.catalogue.refresh()
    mine = stage.world.row(code)["id"]
    with stage.world.reading() as connection:
        others = connection.execute(select(dossiers.c.id).where(dossiers.c.id != mine)).scalars().all()
    for other in others:  # of earlier stories; each later check looks at every dossier
        stage.world.try_act("system", recount.recount, other, _WHY)
    run = stage.direct(recount.recount, mine, _WHY)
    return Deed(run, stage.entries(code, "recount"))


def noted(stage: Stage) -> Deed:
    stage.world.try_act("system", recount.ask_recount, _WHY, office=SAI_GON)
    with stage.world.reading() as connection:
        number = connection.execute(select(func.max(recounts.c.id))).scalar_one()
    return Deed(stage.direct(recount.note_progress, number, 7, 1, True), stage.rows(recounts, id=number, after=7))


def waited_too_long(stage: Stage) -> Deed:
    code = stage.world.try_act("counter", file_dossier, stage.world.filing(channel="portal")).case.code
    due_at = stage.world.armed(code)["intake", ""]
    run = stage.direct(expire_clock, stage.world.row(code)["id"], "intake", "", due_at, now=due_at)
    return Deed(run, stage.entries(code, "intake_overdue"))


OTHER_STORIES: Mapping[str, Story] = {
    **{
        f"clock: {kind}": Story({"expire_clock.expire_clock"}, ran_out(kind))
        for kind in ("warn", "due_in", "overdue", "remind", "after", "verify")
    },
    "clock given up": Story({"expire_clock.give_up_clock"}, ran_out("overdue", give_up_clock, "fault:Mẫu")),
    "migrate": Story({"migrate_dossier.migrate_dossier"}, migrated),
    "publish a release": Story({"publish.publish_release"}, released),
    "publish releases, all or none": Story({"publish_procedures.publish_procedures"}, released_together),
    "publish the territory": Story(
        {"publish.publish_territory"},
        published("units", publish.publish_territory, lambda stage: stage.world.runtime.catalogue.territory),
        again=_COUNTS_UP,
    ),
    "publish offices": Story(
        {"publish.publish_offices", "publish.raise_version"},
        published("offices", publish.publish_offices, lambda stage: [stage.world.runtime.catalogue.office(SAI_GON)]),
        again=_COUNTS_UP,
    ),
    "an installation's own offices": Story(
        {"own_offices.change_offices", "own_offices.keep_own", "own_offices.lock_offices"},
        published("offices", own_offices.change_offices, fresh_hotline, lambda _: "QĐ 1"),
    ),
    "publish competences": Story(
        {"publish.publish_competences"},
        published("competences", publish.publish_competences, lambda stage: stage.world.runtime.catalogue.competences),
        again=_COUNTS_UP,
    ),
    "publish a calendar": Story(
        {"publish.publish_calendar"},
        published("calendars", publish.publish_calendar, lambda _: replace(load_calendar("vn"), code="thu")),
    ),
    "publish a closure": Story(
        {"publish.publish_closure", "recount.ask_recount"},
        published("calendars", publish.publish_closure, lambda _: SAI_GON, lambda _: _SHUT),
        again=_COUNTS_UP,
    ),
    "publish own hours": Story(
        {"publish.publish_hours"},
        published("calendars", publish.publish_hours, lambda _: SAI_GON, lambda _: _HOURS),
        again=_COUNTS_UP,
    ),
    "reopen an office": Story({"reopen.reopen"}, taken_back(publish.publish_closure, _SHUT, reopen.reopen)),
    "end own hours": Story({"reopen.end_hours"}, taken_back(publish.publish_hours, _HOURS, reopen.end_hours)),
    "recount": Story({"recount.recount", "recount.recount_case"}, counted_anew),
    "note a recount": Story({"recount.note_progress"}, noted),
    "clock: intake": Story({"expire_clock.expire_clock"}, waited_too_long),
    "publish a template": Story(
        {"publish.publish_template"},
        published("templates", publish.publish_template, lambda _: "thu", lambda _: {"subject": {"vi": "Thử"}}),
        again=_COUNTS_UP,
    ),
    "add a person": Story({"staff.people.add_person"}, employed),
    "add a membership": Story(
        {"staff.people.add_membership"},
        with_rows(somebody(staff.add_membership, SAI_GON, "counter", _DAY), memberships, office=SAI_GON),
    ),
    "end a membership": Story(
        {"staff.people.end_membership"},
        with_rows(somebody(staff.end_membership, "UB-75", "monitor", _DAY), memberships, valid_to=_DAY),
    ),
    "add a substitute": Story(
        {"staff.people.add_substitute"},
        lambda stage: Deed(
            stage.direct(
                staff.add_substitute,
                stage.world.person("monitor"),
                stage.world.person("copier"),
                _DAY,
                _DAY + dt.timedelta(days=7),
                "QĐ 1",
            ),
            stage.rows(substitutes),
        ),
    ),
    "issue a token": Story(
        {"staff.people.issue_token"},
        with_rows(somebody(staff.issue_token, dt.timedelta(days=1)), tokens),
        again="another token, which nobody has seen",
    ),
    "set a password": Story(
        {"staff.people.set_password"},
        given_password,
        again="the same password with another salt",
    ),
    "sign in": Story(
        {"staff.sign_in.open_session"}, with_rows(somebody(open_session), tokens), again="another session"
    ),
    "sign out": Story({"staff.sign_in.close_session"}, signed_out),
}


class _File:
    """A notifier that writes down what it is given, as a receiver would keep it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, message: Message) -> str:
        with self._path.open("ab") as file:
            file.write(orjson.dumps(message.key) + b"\n")
        return "kept"


def delivering(stage: Stage) -> Errand:
    """Notices for people with addresses, for a role, and for a webhook."""
    path, runtime = stage.folder / "received", stage.doomed.runtime
    for key, document in Shipped().templates.items():
        stage.world.try_act("system", publish.publish_template, key, document)
    runtime.catalogue.refresh()
    for who in ("counter", "specialist"):
        stage.world.try_act("system", _address, stage.world.person(who))
    stage.world.land_at("checking")

    def run(now: dt.timedelta = dt.timedelta(0)) -> None:
        later = replace(runtime, now=lambda: stage.doomed.now + now)
        while deliver_notices(later, _File(path)).taken:
            pass

    def whole() -> None:
        with stage.world.reading() as connection:
            rows = connection.execute(select(outbox)).all()
        left = [(row.key, row.error) for row in rows if row.status == "waiting"]
        assert not left, left
        got = {orjson.loads(line) for line in path.read_bytes().splitlines()}
        inside = {row.key for row in rows if row.channel == "inbox" or row.recipient.startswith("office:")}
        sent = {row.key for row in rows if row.status == "sent"} - inside
        assert got - inside and sent == got - inside, f"sent {sorted(sent)}, arrived {sorted(got)}"

    return Errand(run, lambda: run(LATER), whole)


def checkpointing(stage: Stage) -> Errand:
    stage.world.try_act("specialist", read_personal_data, stage.world.land_at("checking"), "Đối chiếu.")

    def whole() -> None:
        report, tally = verify(stage.world), ReadTally()
        assert report.findings == [] and report.entries > 3
        assert list(check_reads(stage.world.database, tally)) == [] and tally.sealed == 1

    def run() -> None:
        checkpoint_now(stage.doomed.runtime)

    return Errand(run, run, whole)


def rotating(stage: Stage) -> Errand:
    """A new key takes over; one that died before it was announced is never used."""
    stage.world.land_at("checking")
    checkpoint_now(stage.world.runtime)

    def whole() -> None:
        stage.world.land_at("new")
        checkpoint_now(stage.world.runtime)
        assert verify(stage.world).findings == []

    def run() -> None:
        rotate_key(stage.doomed.runtime)

    return Errand(run, run, whole)


OTHER_ERRANDS: Mapping[str, tuple[set[str], Callable[[Stage], Errand]]] = {
    "deliver": ({"notices.deliver.deliver_notices", "notices.address.addressed"}, delivering),
    "checkpoint": ({"checkpoint.checkpoint_now", "checkpoint.checkpoint", "seal_reads.seal_reads"}, checkpointing),
    "rotate the key": ({"checkpoint.rotate_key", "checkpoint.hand_over"}, rotating),
}
"""Name → the acts that are seen at work, and how to come to them."""


def _address(unit: Any, person: int) -> None:
    unit.begin().execute(people.update().where(people.c.id == person).values(email=f"{person}@example.vn"))
