"""Mails the reports whose week or month is over: figures and a link, over what the person may read at that moment.

A row for each subscription and period is written first, so that each period is mailed once. A mail that was handed in
by a process that died before it wrote so is sent again under the same key; mailboxes that de-duplicate show it once.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from engine.acts.notices.deliver import PARK_AFTER, backoff
from engine.clock import civil_day
from engine.errors import Forbidden, Refusal
from engine.ports import DeliveryFailed, Message, Notifier
from engine.queries.figure_readers import figure_reader
from engine.queries.indicator_words import GROUPS
from engine.queries.indicators import Figure, Report, Wanted, indicators
from engine.rules.period import Days, Rhythm, last_whole
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.actors import actor_of_person
from engine.store.report_mails import Subscription, begin_mail, lease_mail, subscriptions, write_mail
from engine.text import Text
from engine.transaction import Runtime, UnitOfWork, in_transaction

LEASE = dt.timedelta(minutes=5)
"""The time after which another process may send the mail of a dead one."""


@dataclass(slots=True)
class Mailed:
    """The mails that were sent, and those that were not and are tried again or given up."""

    sent: int = 0
    failed: int = 0


def mail_due_reports(runtime: Runtime, notifier: Notifier) -> Mailed:
    """Sends every mail that is due. Safe to run in many processes."""
    done, today = Mailed(), civil_day(runtime.now())
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        wanted = subscriptions(connection)
    for one in wanted:
        period = last_whole(_rhythm(one), today)
        if period[1] < civil_day(one.begun_at) or not (tries := _taken(runtime, one, period[0])):
            continue
        if _sent(runtime, notifier, one, period, tries):
            done.sent += 1
        else:
            done.failed += 1
    return done


def _taken(runtime: Runtime, one: Subscription, first_day: dt.date) -> int | None:
    """How often this mail was tried, this time included; None if it was sent, or is in another's hands."""

    def take(unit: UnitOfWork) -> int | None:
        connection = unit.begin()
        begin_mail(connection, one.id, first_day, unit.now)
        return lease_mail(connection, one.id, first_day, unit.now, unit.now + LEASE)

    return in_transaction(runtime, SYSTEM_ACTOR, take)


def _sent(runtime: Runtime, notifier: Notifier, one: Subscription, period: Days, tries: int) -> bool:
    try:
        notifier.send(_message(runtime, one, period))
    except DeliveryFailed as failure:
        over = failure.permanent or tries >= PARK_AFTER
        _write(runtime, one, period, _failed(runtime, failure, tries, over=over))
        return False
    except Refusal as refusal:  # they read no figures any more, or not of this office
        _write(runtime, one, period, _failed(runtime, refusal, tries, over=True))
        return False
    _write(runtime, one, period, {"status": "sent", "sent_at": runtime.now(), "error": None})
    return True


def _failed(runtime: Runtime, refusal: Refusal, tries: int, *, over: bool) -> dict[str, object]:
    status = "parked" if over else "waiting"
    return {"status": status, "next_attempt_at": runtime.now() + backoff(tries), "error": refusal.sentence("en")}


def _write(runtime: Runtime, one: Subscription, period: Days, values: dict[str, object]) -> None:
    in_transaction(runtime, SYSTEM_ACTOR, lambda unit: write_mail(unit.begin(), one.id, period[0], **values))


def _message(runtime: Runtime, one: Subscription, period: Days) -> Message:
    """The mail. Raises Forbidden where the person does not read these figures now, DeliveryFailed."""
    if not one.email:
        raise DeliveryFailed(permanent=True, channel="email", why="the account has no e-mail address")
    wanted = Wanted(start=period[0], end=period[1], office=one.office, province=one.province)
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        actor = actor_of_person(connection, one.person_id)
        if actor is None:
            raise Forbidden(why_vi="tài khoản đã khóa", why_en="the account is closed")
        unit = UnitOfWork(runtime, connection, actor, runtime.now(), begun=False, read_only=True)
        reader = figure_reader(unit)
        if one.office not in {None, *reader.offices} or one.province not in {None, *reader.provinces}:
            raise Forbidden(why_vi="không còn xem số liệu này", why_en="these figures are not read any more")
        found = indicators(unit, wanted)
        where = reader.offices.get(one.office or "") or reader.provinces.get(one.province or "")
    return Message(
        key=f"report:{one.id}:{period[0]}",
        channel="email",
        address=one.email,
        subject=_subject(one, period, where).in_(one.language),
        body=_body(runtime, one, found, where).in_(one.language),
        language=one.language,
    )


def _subject(one: Subscription, period: Days, where: Text | None) -> Text:
    first, last = (f"{day:%d/%m/%Y}" for day in period)
    of = where or Text("", "")
    vi, en = (f" – {name}" if name else "" for name in (of.vi, of.en))
    return Text(f"Báo cáo {first} – {last}{vi}", f"Report {first} – {last}{en}")


def _body(runtime: Runtime, one: Subscription, found: Report, where: Text | None) -> Text:
    lines: dict[str, list[str]] = {"vi": [], "en": []}
    group = ""
    for figure in found.figures:
        if figure.indicator.group != group:
            group = figure.indicator.group
            for language, told in lines.items():
                told += ["", GROUPS[figure.indicator.group].in_(language)]
        for language, told in lines.items():
            told.append(f"- {figure.indicator.name.in_(language)}: {_value(figure, language)}")
    scope = f"&co_quan={one.office}" if one.office else f"&tinh={one.province}" if one.province else ""
    wanted = found.wanted
    link = f"{runtime.settings.public_url}/bao-cao?tu={wanted.start}&den={wanted.end}{scope}"
    of = where or Text("mọi hồ sơ được xem", "all dossiers that you read figures of")
    vi = [f"Các chỉ tiêu của Quyết định 766/QĐ-TTg, {of.vi}.", *lines["vi"]]
    en = [f"The indicators of Decision 766/QĐ-TTg, {of.en}.", *lines["en"]]
    end = f"{runtime.settings.public_url}/bao-cao/dang-ky"
    vi += ["", f"Xem đầy đủ, với cách tính và danh sách: {link}", f"Thôi nhận thư này: {end}"]
    en += ["", f"In full, with formulas and lists: {link}", f"End this mail: {end}"]
    return Text("\n".join(vi), "\n".join(en))


def _value(figure: Figure, language: str) -> str:
    if figure.value is None:
        return Text("không có hồ sơ", "none").in_(language)
    if figure.indicator.kind == "days":
        said = Text(f"{figure.value} ngày", f"{figure.value} days").in_(language)
    else:
        said = f"{100 * figure.value:.1f} % ({figure.part}/{figure.of})"
    return said if language == "en" else said.replace(".", ",")


def _rhythm(one: Subscription) -> Rhythm:
    return "week" if one.rhythm == "week" else "month"
