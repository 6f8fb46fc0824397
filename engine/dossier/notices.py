"""The outbox rows that an act or a clock causes: the release defines the events, recipients and channels.

A row names its recipient and template and holds facts without personal data. The address, the name and the link are
looked up at sending, so that erasing a person's data also empties the notices that are not sent yet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from engine.dossier.case import Case
from engine.errors import NotFound
from engine.rules.deadlines.promise import appointment, automatic_stop
from engine.rules.procedure.definition import APPLICANT, Notice
from engine.rules.procedure.portal_status import PortalStatus
from engine.store.event_feed import FEED

STATE_CHANGED = "dossier.state_changed"
NOTICE = "dossier.notice"
EVENTS = (STATE_CHANGED, NOTICE)
"""The types of events that webhooks get; docs/webhooks.md documents each of them."""
EVENT_FACTS = ("code", "procedure", "release", "state", "portal", "due", "office", "entry", "version", "template")
"""What an event tells."""


def notices_of(case: Case, number: int, events: Iterable[tuple[str, str | None]]) -> list[dict[str, Any]]:
    """The outbox rows for the notices that the release defines on these events, and for the webhooks of state changes.

    ``events`` are (event, subject) pairs. ``number`` is the journal entry of the notices; their keys consist of it and
    the dossier's id.
    """
    rows: list[dict[str, Any]] = []
    for event, subject in events:
        if event == "taken_back" and subject is not None:
            rows += _rows(case, _taken_back(case, subject), occasion=f"{number}:{event}:{subject}", number=number)
            continue
        for notice in case.workflow.notices(event, subject):
            rows += _rows(case, notice, occasion=f"{number}:{event}:{subject}", number=number)
        if event == "action" and subject in _OF_ACTS:
            rows += _rows(case, _OF_ACTS[subject], occasion=f"{number}:{subject}", number=number)
        if event in ("entered", "recalled"):
            rows += _webhook_rows(case, number)
    return rows


def clock_notices(case: Case, event: str, subject: str | None, due_at: dt.datetime) -> list[dict[str, Any]]:
    """The outbox rows for a clock that fires. The same clock always gives the same keys, so firing twice sends once."""
    occasion = f"{event}:{subject or ''}:{due_at.isoformat()}"
    number = case.row["version"]
    found = [notice for notice in case.release.notify if notice.event == event]
    if event == "remind":
        found = [notice for notice in found if notice.subject == subject]
    if event == "due_in" and subject is not None:
        found = [case.release.notify[int(subject)]]
    if event in ("warn", "step") and case.row["holder_office"]:
        found = [Notice(event="due_in", to=("holder",), via=("inbox",), template=_BUILT_IN[event])]
    return [row for notice in found for row in _rows(case, notice, occasion, number)]


def message_row(
    case: Case, *, channel: str, recipient: str, template: str, occasion: str, data: dict[str, Any]
) -> dict[str, Any]:
    """One outbox row, to be sent at once. Its key consists of dossier, occasion, template, recipient and channel."""
    now = case.unit.now
    kept = channel == "inbox" or recipient == FEED  # the inbox page and the feed read this table
    return {
        "key": f"{case.id}:{occasion}:{template}:{recipient}:{channel}",
        "dossier_id": case.id,
        "channel": channel,
        "recipient": recipient,
        "template": template,
        "data": data,
        "created_at": now,
        "status": "sent" if kept else "waiting",
        "attempts": 0,
        "next_attempt_at": now,
        "sent_at": now if kept else None,
    }


FORMER = "former"
"""The recipient of a notice to the applicant's contact as it was before the entry of the notice changed it."""


def contact_notices(case: Case, number: int, before: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The outbox rows that tell the former telephone and e-mail that the entry ``number`` changed the contact.

    ``before`` holds ``phone`` and ``email`` as they were.
    """
    channels = [channel for channel, name in (("sms", "phone"), ("email", "email")) if before.get(name)]
    told = facts_of(case, number)
    return [
        message_row(
            case, channel=one, recipient=FORMER, template="doi-lien-he", occasion=f"{number}:contact", data=told
        )
        for one in channels
    ]


def link_notices(case: Case, number: int) -> list[dict[str, Any]]:
    """The outbox rows that send the applicant the new link that the entry ``number`` made."""
    return list(_rows(case, _NEW_LINK, occasion=f"{number}:link", number=number))


def applicant_rows(case: Case, template: str, number: int) -> list[dict[str, Any]]:
    """The outbox rows that tell the applicant of the entry ``number``, which every procedure may have."""
    notice = Notice(event="action", to=(APPLICANT,), via=("sms", "email"), template=template)
    return list(_rows(case, notice, occasion=f"{number}:{template}", number=number))


def payment_rows(case: Case, number: int, vnd: int, receipt: str) -> list[dict[str, Any]]:
    """The outbox rows that tell the applicant of money that came in with the entry ``number``, and its receipt."""
    told = {"paid": vnd, "receipt": receipt}
    return [row | {"data": row["data"] | told} for row in applicant_rows(case, "da-nhan-tien", number)]


_NEW_LINK = Notice(event="action", to=(APPLICANT,), via=("sms", "email"), template="cap-lai-duong-dan")
_BUILT_IN = {"warn": "sap-den-han", "step": "buoc-qua-han"}
"""The holder's notices in every procedure: the due moment is near; the step's own limit has passed."""

TRANSFER: Final = Notice(event="action", to=(APPLICANT,), via=("sms", "email"), template="chuyen-co-quan")
"""The applicant's notice that another office handles the dossier."""

_OF_ACTS = {
    "extend_deadline": Notice(event="action", to=(APPLICANT,), via=("sms", "email"), template="gia-han"),
    "transfer": TRANSFER,
    "reopen": Notice(event="action", to=(APPLICANT,), via=("sms", "email"), template="mo-lai-ho-so"),
    "refile": Notice(event="action", to=(APPLICANT,), via=("sms", "email"), template="huy-tiep-nhan"),
}
"""The applicant's notices in every procedure: the apology with the new appointment; a transfer to another office; a
dossier that was reopened, or filed anew under the right procedure."""


NEW_APPOINTMENT: Final = Notice(event="action", to=(APPLICANT,), via=("sms", "email"), template="doi-ngay-hen")
"""The applicant's notice that the appointment, or the day of the automatic stop, is another one now."""


def must_be_told(template: str, facts: Mapping[str, Any]) -> bool:
    """Whether the applicant gets this notice although they want none of the progress.

    It asks something of them, ends the dossier without a result, or gives them a new link.
    """
    portal = facts.get("portal")
    return template == _NEW_LINK.template or portal is None or PortalStatus(portal).asks


def rows_of(case: Case, notice: Notice, occasion: str, number: int) -> list[dict[str, Any]]:
    """The outbox rows of one notice; ``number`` is the journal entry whose reason it quotes."""
    return list(_rows(case, notice, occasion, number))


def of_the_running_clock(case: Case, number: int, told: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The applicant's notice of the new appointment when the clock runs again after a pause.

    None where a notice of the same act (``told``) names the appointment already.
    """
    row = case.row
    resumed = not case.is_new and case.before["clock"] == "paused" and row["clock"] == "running"
    if not resumed or row["started_at"] is None or appointment("running", row["due_at"], case.unit.now).moment is None:
        return []
    if any(one["recipient"] == APPLICANT and _names_appointment(case, one["template"]) for one in told):
        return []
    return rows_of(case, NEW_APPOINTMENT, f"{number}:resumed", number)


def _names_appointment(case: Case, template: str) -> bool:
    """Whether the text of a notice names the appointment; one that is not published yet is read as if it did."""
    try:
        body = case.unit.catalogue.template(template).get("body", {})
    except NotFound:
        return True
    return any(name in text for text in body.values() for name in ("{due}", "{appointment}"))


def told_applicant(case: Case, action: str, state: str) -> bool:
    """Whether the release tells the applicant of this action, or of entering the state that it led to."""
    told = [*case.workflow.notices("action", action), *case.workflow.notices("entered", state)]
    return any(APPLICANT in notice.to for notice in told)


def _taken_back(case: Case, left: str) -> Notice:
    """The applicant's notice that what the state ``left`` told them holds no more."""
    asked = case.release.states[left].status in (PortalStatus.SUPPLEMENT, PortalStatus.OBLIGATION)
    template = "rut-yeu-cau" if asked else "rut-thong-bao"
    return Notice(event="action", to=(APPLICANT,), via=("sms", "email"), template=template)


def _rows(case: Case, notice: Notice, occasion: str, number: int) -> Iterator[dict[str, Any]]:
    if "webhook" in notice.via:
        yield from _webhook_rows(case, number, NOTICE, occasion, {"template": notice.template})
    data = facts_of(case, number) | _told_of_time(case, notice)
    for role in notice.to:
        for recipient, channels in _recipients(case, role, notice.via):
            for channel in channels:
                yield message_row(
                    case,
                    channel=channel,
                    recipient=recipient,
                    template=notice.template,
                    occasion=occasion,
                    data=data,
                )


def _recipients(case: Case, role: str, via: tuple[str, ...]) -> Iterator[tuple[str, list[str]]]:
    """The recipients of a notice's role, each with the channels by which they can be reached."""
    if role == APPLICANT:
        reached = {"sms": case.applicant.get("phone"), "email": case.applicant.get("email")}
        yield APPLICANT, [channel for channel in via if reached.get(channel)]
        return
    staff_channels = [channel for channel in via if channel in ("inbox", "email")] or ["inbox"]
    row = case.row
    if role == "holder":
        if row["holder_id"]:
            yield f"person:{row['holder_id']}", staff_channels
        elif row["holder_office"]:
            yield f"office:{row['holder_office']}/{row['holder_role']}", staff_channels
        return
    office = row["offices"].get(case.release.roles[role].unit) if role in case.release.roles else None
    if office:
        yield f"office:{office}/{role}", staff_channels


def _webhook_rows(
    case: Case,
    number: int,
    event: str = STATE_CHANGED,
    occasion: str = "",
    more: Mapping[str, Any] = MappingProxyType({}),
) -> Iterator[dict[str, Any]]:
    offices = {*case.row["offices"].values(), case.row["intake_office"], case.row["handler_office"]}
    hooks = [hook for hook in case.unit.catalogue.webhooks if hook.office is None or hook.office in offices]
    recipients = [f"webhook:{hook.id}" for hook in hooks] + [FEED] * case.unit.settings.event_feed
    for recipient in recipients:
        yield message_row(
            case,
            channel="webhook",
            recipient=recipient,
            template=event,
            occasion=occasion or str(number),
            data=facts_of(case, number) | {"version": number} | dict(more),
        )


def facts_of(case: Case, number: int) -> dict[str, Any]:
    """The facts of a notice or event. ``due`` is a moment only while it may be promised."""
    due = appointment(case.row["clock"], case.row["due_at"], case.unit.now).moment
    return {
        "code": case.code,
        "procedure": case.row["procedure"],
        "release": case.row["release"],
        "state": case.row["state"],
        "portal": case.row["portal"],
        "due": due.isoformat() if due else None,
        "office": case.row["handler_office"],
        "entry": number,
    }


def _told_of_time(case: Case, notice: Notice) -> dict[str, Any]:
    """What a notice says about time beside ``due``: how the appointment stands, an extension, the automatic stop."""
    row = case.row
    told: dict[str, Any] = {"standing": appointment(row["clock"], row["due_at"], case.unit.now).standing}
    if notice.form is not None:
        told["form"] = notice.form
    if notice is _OF_ACTS["extend_deadline"]:
        told["more"] = row["extensions"][-1]["by"]
    if stop := automatic_stop(row["state"], row["entered_at"], case.release, case.calendar):
        told |= {"stops_at": stop.at.isoformat(), "stop_status": int(stop.status)}
    return told
