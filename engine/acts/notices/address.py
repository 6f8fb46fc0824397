"""Turns rows of the outbox into messages: each recipient becomes an address and a text, or a reason why it cannot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from engine.dossier.notices import FORMER, must_be_told
from engine.errors import Refusal, in_log
from engine.notices.cloud_event import STANDARD, cloud_event, cloud_event_message
from engine.notices.text import Addressee, Occasion, event_message, notice_message
from engine.ports import Message
from engine.rules.procedure.definition import APPLICANT
from engine.security.webhook_secrets import opened_secret
from engine.store.delivery import Taken
from engine.store.recipients import former_contacts, people_by_id, reasons_of, webhooks_by_id
from engine.store.rows import Contact
from engine.transaction import UnitOfWork


@dataclass(frozen=True, slots=True)
class Refused:
    """A notice that cannot be sent, and why.

    ``status`` is ``dropped`` when the applicant's data were erased, else ``parked`` for an operator.
    """

    status: str
    why: str


def addressed(unit: UnitOfWork, rows: Iterable[Taken]) -> Iterator[tuple[Taken, Message | Refused]]:
    """Each row with its message, or with the reason why it has none."""
    rows = list(rows)
    known = _Known(unit, rows)
    for row in rows:
        try:
            yield row, known.message(row)
        except Refusal as refusal:
            yield row, Refused("parked", refusal.sentence("en"))
        except (KeyError, ValueError, TypeError, AttributeError) as error:  # facts or a template that do not fit
            yield row, Refused("parked", f"it makes no message: {in_log(error)}")


class _Known:
    """The people, webhooks and reasons of a batch, read in three queries whatever its size."""

    def __init__(self, unit: UnitOfWork, rows: Sequence[Taken]) -> None:
        self._unit = unit
        self._people = people_by_id(unit.begin(), _ids(rows, "person:"))
        self._webhooks = webhooks_by_id(unit.begin(), _ids(rows, "webhook:"))
        people = (row for row in rows if row.channel != "webhook")  # webhooks carry no reasons
        entries = {(row.dossier_id, row.data["entry"]) for row in people if "entry" in row.data}
        self._reasons = reasons_of(unit.begin(), entries)
        former = {(row.dossier_id, row.data["entry"]) for row in rows if row.recipient == FORMER}
        self._former = former_contacts(unit.begin(), former)

    def message(self, row: Taken) -> Message | Refused:
        if row.recipient.startswith("webhook:"):
            hook = self._webhooks.get(_id(row.recipient))
            if hook is None:
                return Refused("parked", "this receiver of events was removed or switched off")
            secret = opened_secret(self._unit.settings.secret_keys, hook.url, hook.secret)
            if secret is None:
                return Refused("parked", "its signing secret cannot be unsealed: end this webhook and add it again")
            if hook.format == STANDARD:
                return event_message(row.key, row.template, row.created_at, row.data, hook.url, secret)
            public_url = self._unit.settings.public_url
            event = cloud_event(row.key, row.template, row.created_at, row.data, public_url)
            return cloud_event_message(event, hook.url, secret, hook.format)
        to = self._addressee(row)
        if isinstance(to, Refused):
            return to
        occasion = Occasion(
            key=row.key,
            channel=row.channel,
            template=row.template,
            facts=row.data,
            link_nonce=row.link_nonce,
            link_hash=row.link_hash,
            reason=self._reasons.get((row.dossier_id, row.data.get("entry", 0)), ""),
            gives_link=row.recipient == APPLICANT and row.link_withheld_since is None,
        )
        return notice_message(self._unit.runtime, occasion, to, self._unit.now)

    def _addressee(self, row: Taken) -> Addressee | Refused:
        if row.recipient == FORMER:
            return self._former_addressee(row)
        if row.recipient == APPLICANT:
            if row.erased_at is not None:
                return Refused("dropped", "the applicant's data were erased")
            if (unwanted := _unwanted(row)) is not None:
                return unwanted
            return _reached(row, row.applicant or "", row)
        if row.recipient.startswith("person:"):
            person = self._people.get(_id(row.recipient))
            if person is None:
                return Refused("parked", "this person is unknown or no longer active")
            return _reached(row, person.name, person)
        return Refused("parked", f"nobody knows the recipient {row.recipient}")

    def _former_addressee(self, row: Taken) -> Addressee | Refused:
        """The contact as it was before a change. Whoever answers there may be a stranger, so no name is told."""
        before = self._former.get((row.dossier_id, row.data["entry"]))
        if row.erased_at is not None or before is None:
            return Refused("dropped", "the applicant's data were erased")
        address = before.get({"sms": "applicant.phone", "email": "applicant.email"}.get(row.channel, ""))
        return Addressee(address, "", row.language) if address else Refused("parked", "there was no such contact")


def _unwanted(row: Taken) -> Refused | None:
    """Why the applicant has chosen not to get this notice; None where they get it."""
    if must_be_told(row.template, row.data):
        return None
    if row.notices_off_since is not None:
        return Refused("dropped", "the applicant wants no notices of the progress")
    chosen = {"email": row.email, "sms": row.phone}.get(row.notices_via or "")
    if chosen and row.channel != row.notices_via:
        return Refused("dropped", f"the applicant wants notices by {row.notices_via}")
    return None


def _reached(row: Taken, name: str, by: Taken | Contact) -> Addressee | Refused:
    address = {"email": by.email, "sms": by.phone}.get(row.channel)
    if not address:
        return Refused("parked", f"there is no address for {row.channel}")
    return Addressee(address, name, by.language)


def _ids(rows: Iterable[Taken], prefix: str) -> set[int]:
    return {_id(row.recipient) for row in rows if row.recipient.startswith(prefix)} - {0}


def _id(recipient: str) -> int:
    """The number in ``person:12``; 0, which is no id, when there is none."""
    number = recipient.partition(":")[2]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 18 else 0
