"""What the page of a dossier shows its applicant beside the status: whom to ask, why this day, what they may do now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from engine.clock import civil_day
from engine.dossier.case import Case, read_case
from engine.dossier.given_out import NoResultYet, given_out
from engine.dossier.papers import asks_applicant
from engine.errors import Refusal
from engine.queries.centres import CALENDAR, Hours, usual_hours
from engine.queries.payments import PaymentView, payment_of
from engine.queries.status import Status, status_of
from engine.rules.deadlines.calendar import OutsideCalendar
from engine.rules.deadlines.due import Due
from engine.rules.deadlines.sent_today import due_if_sent_today
from engine.rules.deadlines.timing import changed, due_columns
from engine.rules.deadlines.trace import TraceLine
from engine.rules.deadlines.words import duration_in_words
from engine.rules.masking import masked_email, masked_number
from engine.rules.offices.names import unit_of
from engine.rules.offices.offices import Office
from engine.rules.procedure.definition import APPLICANT
from engine.rules.procedure.portal_status import PortalStatus
from engine.rules.territory.renamed import Renamed, renamed
from engine.store.paces import pace_of
from engine.store.ratings import Choices, choices_of
from engine.text import Text
from engine.transaction import UnitOfWork

PARTS = ("documents", "fees", "ledger", "steps")
"""What the page reads together with the row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """An office to ask: the one that holds the dossier, or the centre that the applicant deals with."""

    code: str
    name: Text
    address: str | None
    hotline: str | None
    receives: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """An action left to the applicant. ``ends`` says that it ends the dossier and needs the receipt code."""

    action: str
    name: Text
    effect: str
    reason: bool
    ends: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A paper of the dossier. ``sent`` says that it has a file, ``fresh`` that it came since the last request."""

    id: int
    key: str
    name: Text
    copies: int
    sent: bool
    fresh: bool
    file_name: str | None
    size: int | None
    accepted: bool | None
    added_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A result to download."""

    id: int
    name: Text
    media_type: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PaceView:
    """Nine of ten of so many dossiers of this procedure were ready within ``days`` working days at this centre, in the
    twelve months up to ``until``."""

    dossiers: int
    days: int
    until: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """Whether notices of the progress are sent, by which channel alone (sms, email), and where to, masked.

    ``phone`` and ``email`` are None where no contact is known.
    """

    wanted: bool
    via: str | None
    phone: str | None
    email: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CitizenPage:
    """The whole page. ``due_before`` is the due moment without the extensions, None where there are none.
    ``if_sent_today`` is the due moment if what is asked comes today. ``asks`` says that papers may be sent now,
    ``final`` that nothing can be changed any more, ``mark`` is the rating that was given. ``intake_due_at`` is when the
    centre answers a filing at the latest, ``paused_since`` when the present pause began, and ``left_in_pause`` the
    working time that is left when it ends. ``hours`` are those of the centre while the result waits there."""

    status: Status
    now: dt.datetime
    holder: Desk
    centre: Desk
    legal: Sequence[str]
    trace: Sequence[TraceLine]
    due_before: dt.datetime | None
    intake_due_at: dt.datetime | None
    paused_since: dt.datetime | None
    left_in_pause: Text | None
    if_sent_today: dt.datetime | None
    finished_at: dt.datetime | None
    returned_at: dt.datetime | None
    renamed: Sequence[Renamed]
    moved: bool
    hours: Sequence[Hours]
    pace: PaceView | None
    moves: Sequence[Move]
    asks: bool
    final: bool
    papers: Sequence[Handed]
    results: Sequence[Result]
    notices: Notices
    mark: int | None
    rated_at: dt.datetime | None
    payment: PaymentView


def citizen_page(unit: UnitOfWork, code: str) -> CitizenPage:
    """The page of one's dossier. Raises NotFound."""
    case = read_case(unit, code, along=PARTS)
    row, chosen = case.row, choices_of(unit.reader(), case.id)
    due, status = case.due(), status_of(case)
    return CitizenPage(
        status=status,
        now=unit.now,
        holder=_desk(case, status.office),
        centre=_desk(case, case.counter),
        legal=case.release.legal,
        trace=due.trace if due else (),
        due_before=_due_before(case),
        intake_due_at=row["intake_due_at"] if row["intake_done_at"] is None else None,
        paused_since=due.paused_since if due else None,
        left_in_pause=_left(due, case.calendar.day_minutes) if due and due.paused_since else None,
        if_sent_today=due_if_sent_today(row, case.release, case.calendar, unit.now),
        finished_at=row["finished_at"],
        returned_at=row["returned_at"],
        renamed=_renamed(case),
        moved=case.counter != row["intake_office"],
        hours=_hours(case),
        pace=_pace(case),
        moves=moves_left(case),
        asks=asks_applicant(case),
        final=case.release.states[row["state"]].final,
        papers=handed_in(case),
        results=_results(case),
        notices=_notices(case, chosen),
        mark=chosen.mark,
        payment=payment_of(case),
        rated_at=chosen.rated_at,
    )


def _due_before(case: Case) -> dt.datetime | None:
    """The due moment as it would be without the extensions of the time limit."""
    if not case.row["extensions"]:
        return None
    try:
        return due_columns(changed(case.row, {"extensions": []}), case.release, case.calendar)["due_at"]
    except OutsideCalendar:
        return None


def _left(due: Due, day_minutes: int) -> Text | None:
    return duration_in_words(max(due.remaining, 0), day_minutes) if due.remaining is not None else None


def _desk(case: Case, code: str) -> Desk:
    office = case.unit.catalogue.offices.get(code)
    if office is None:
        return Desk(code=code, name=Text(code, code), address=None, hotline=None, receives=False)
    return Desk(
        code=code, name=office.name, address=office.address, hotline=office.hotline, receives=_takes(office, case.today)
    )


def _takes(office: Office, today: dt.date) -> bool:
    return office.receives and office.valid(today)


def _renamed(case: Case) -> tuple[Renamed, ...]:
    """The places of the dossier whose names have changed since the filing: the centre's, the applicant's."""
    territory, today, filed = case.unit.catalogue.territory, case.today, civil_day(case.row["filed_at"])
    office = case.unit.catalogue.offices.get(case.row["intake_office"])
    commune = case.applicant.get("commune")
    found: dict[str, Renamed] = {}
    try:
        units = [unit_of(office, filed, territory)] if office else []
        units += [unit for unit in (territory.find(commune, "commune", filed) if commune else None,) if unit]
        for unit in units:
            if change := renamed(unit, filed, today, territory):
                found[change.was] = change
    except Refusal:  # a day before the territory, or a unit that is not known: the page goes without it
        return ()
    return tuple(found.values())


def _hours(case: Case) -> tuple[Hours, ...]:
    if PortalStatus(case.row["portal"]) is not PortalStatus.READY:
        return ()
    return usual_hours(case.unit.catalogue.calendar(CALENDAR, case.counter), case.today)


def _pace(case: Case) -> PaceView | None:
    """How quickly such dossiers were ready at the centre; None once this one is ready."""
    if case.row["finished_at"] is not None:
        return None
    found = pace_of(case.unit.reader(), case.row["procedure"], case.row["intake_office"])
    return PaceView(dossiers=found.dossiers, days=found.days, until=found.until) if found else None


def moves_left(case: Case) -> tuple[Move, ...]:
    """The actions that the applicant may take now."""
    found = []
    for option in case.left_to(APPLICANT):
        wanted = case.release.actions[option.action]
        ends = wanted.effect in ("withdraw", "stop") or any(case.release.states[one.then].final for one in wanted.to)
        found.append(
            Move(
                action=option.action,
                name=option.name,
                effect=wanted.effect,
                reason=wanted.reason == "required",
                ends=ends,
            )
        )
    return tuple(found)


def handed_in(case: Case) -> tuple[Handed, ...]:
    """The papers that the applicant handed in, oldest first."""
    own, names = case.workflow.results.bringing, case.release.documents
    return tuple(
        Handed(
            id=row["id"],
            key=row["key"],
            name=names[row["key"]].name if row["key"] in names else Text("Giấy tờ khác", "Other document"),
            copies=row["original"] + row["certified"] + row["copy"],
            sent=row["storage_key"] is not None,
            fresh=row["added_at"] >= case.row["entered_at"],
            file_name=row["file_name"],
            size=row["size"],
            accepted=None if row["accepted"] is None else bool(row["accepted"]),
            added_at=row["added_at"],
        )
        for row in case.documents()
        if row["key"] not in own
    )


def _results(case: Case) -> tuple[Result, ...]:
    """The results that may be taken now; none where a fee is still due."""
    if PortalStatus(case.row["portal"]) not in (PortalStatus.READY, PortalStatus.RETURNED):
        return ()
    try:
        given = given_out(case)
    except NoResultYet:
        return ()
    rows, names = {row["id"]: row for row in case.documents()}, case.release.documents
    return tuple(
        Result(
            id=number,
            name=names[rows[number]["key"]].name,
            media_type=rows[number]["media_type"] or "",
            size=rows[number]["size"] or 0,
        )
        for number in given
    )


def _notices(case: Case, chosen: Choices) -> Notices:
    phone, email = masked_number(case.applicant.get("phone")), masked_email(case.applicant.get("email"))
    return Notices(wanted=chosen.notices_off_since is None, via=chosen.notices_via, phone=phone, email=email)
