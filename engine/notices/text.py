"""The text of a notice: the published template filled with the facts of the outbox row and with personal data.

Names, reasons, addresses and the citizen's link are never in the outbox and are looked up at sending. Erasing a
person's data therefore also empties the notices that are not sent yet. Templates are plain text with placeholders like
``{code}``; nothing in them is executed.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.clock import LOCAL_OFFSET
from engine.errors import NotFound
from engine.notices.present_facts import NO_PROMISE
from engine.notices.time_sentences import NO_APPOINTMENT, stop_sentence
from engine.ports import Message
from engine.rules.deadlines.calendar import OutsideCalendar
from engine.rules.deadlines.office_hours import MINUTES_A_DAY
from engine.rules.deadlines.promise import WORDS, Standing, more_in_words
from engine.rules.deadlines.words import moment_in_words
from engine.rules.procedure.definition import Release
from engine.security.citizen_link import known_receipt_code, known_token
from engine.text import Text
from engine.transaction import Runtime

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_GAP = re.compile(r" {2,}")  # where a placeholder within a line is empty
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Addressee:
    """The receiver of a notice: the address for its channel, the name for the salutation, the language (vi, en)."""

    address: str
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class Occasion:
    """The subject of a notice: the facts of its outbox row, and the dossier's keys for the link.

    ``reason`` is the reason of the act, from the journal's private part; empty if there is none or it was erased.
    ``gives_link`` is False for staff, for former contacts and for a contact that nobody could be told of: they get the
    address of the look-up, which asks for the receipt code.
    """

    key: str
    channel: str
    template: str
    facts: Mapping[str, Any]
    link_nonce: str
    link_hash: str
    reason: str = ""
    gives_link: bool = True


def notice_message(runtime: Runtime, occasion: Occasion, to: Addressee, now: dt.datetime) -> Message:
    """The message to send, in the reader's language. Raises NotFound if the template or the release is missing."""
    template = runtime.catalogue.template(occasion.template)
    words = _Words(runtime, occasion, to, now)
    short = occasion.channel == "sms"
    body = _filled(_text(template["sms" if short else "body"], to.language), words)
    subject = "" if short else _filled(_text(template["subject"], to.language), words)
    return Message(
        key=occasion.key,
        channel=occasion.channel,
        address=to.address,
        subject=" ".join(_CONTROL.sub("", subject).split()),
        body=without_accents(body) if short and to.language != "en" else body,
        language=to.language,
        data={name: occasion.facts.get(name) for name in ("code", "procedure", "state", "portal")} | words.due_data(),
    )


def event_message(key: str, event: str, at: dt.datetime, facts: Mapping[str, Any], url: str, secret: str) -> Message:
    """The message to a program: ``{"type", "timestamp", "data"}`` as in the Standard Webhooks specification.

    It holds no personal data; the program reads the dossier through the API with its own rights.
    """
    data = {"type": event, "timestamp": at.isoformat(), "data": dict(facts)}
    return Message(key=key, channel="webhook", address=url, subject="", body="", data=data, secret=secret)


def citizen_link(runtime: Runtime, nonce: str, stored_hash: str) -> str:
    """The address under which the citizen follows this dossier."""
    return f"{runtime.settings.public_url}/h/{known_token(runtime.settings.secret_keys, nonce, stored_hash)}"


def without_accents(text: str) -> str:
    """Vietnamese without accents: every telephone shows it, and an SMS holds more than twice as many such characters.

    >>> without_accents("Đặng Thị Đào")
    'Dang Thi Dao'
    """
    return unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D")).translate(_MARKS)


class _Marks(dict[int, int | None]):
    """A table for ``str.translate`` that removes combining marks and caches the category of each character."""

    def __missing__(self, point: int) -> int | None:
        self[point] = None if unicodedata.category(chr(point)) == "Mn" else point
        return self[point]


_MARKS = _Marks()


def _text(template: Mapping[str, str], language: str) -> str:
    return template.get(language) or template["vi"]


def _filled(template: str, words: _Words) -> str:
    """The template with its placeholders filled. A line whose placeholders are all empty is left out."""
    lines = (_filled_line(line, words) for line in template.split("\n"))
    return "\n".join(line for line in lines if line is not None)


def _filled_line(line: str, words: _Words) -> str | None:
    found = [words.word(name) for name in _PLACEHOLDER.findall(line)]
    if not found:
        return line
    if not any(found):
        return None
    values = iter(found)
    filled = _PLACEHOLDER.sub(lambda _: next(values), line)
    return filled if all(found) else _GAP.sub(" ", filled)


class _Words:
    """The words for the placeholders, computed only if the template uses them. An unknown placeholder becomes empty."""

    def __init__(self, runtime: Runtime, occasion: Occasion, to: Addressee, now: dt.datetime) -> None:
        self._runtime = runtime
        self._occasion = occasion
        self._facts = occasion.facts
        self._to = to
        self._now = now

    def word(self, name: str) -> str:
        find = _WORDS.get(name)
        return _CONTROL.sub("", find(self)) if find else ""

    def code(self) -> str:
        return str(self._facts["code"])

    def applicant(self) -> str:
        return self._to.name

    def reason(self) -> str:
        return self._occasion.reason

    def procedure(self) -> str:
        return self._in_language(self._release().name)

    def state(self) -> str:
        return self._in_language(self._release().states[self._facts["state"]].name)

    def action(self) -> str:
        key = self._facts.get("action", "")
        known = self._release().actions.get(key)
        return self._in_language(known.name) if known else str(key)

    def office(self) -> str:
        code = self._facts.get("office")
        if code is None:
            return ""
        name = self._runtime.catalogue.office_name(code)
        return self._in_language(name) if name else str(code)

    def due(self) -> str:
        """The promised moment; where none may be named, words for it, after an extension with the time added."""
        due = self._due()
        if due is not None:
            return self._moment(due) + self._provisionally(due)
        words = WORDS[self._standing()]
        more = self._facts.get("more")
        if more is None or self._standing() != "paused":
            return self._in_language(words)
        return self._in_language(more_in_words(more))

    def appointment(self) -> str:
        """A sentence on how the appointment stands."""
        due = self._due()
        if due is not None:
            moment = self._moment(due) + self._provisionally(due)
            return self._in_language(Text(f"Ngày hẹn trả: {moment}.", f"It is due {moment}."))
        return self._in_language(NO_APPOINTMENT[self._standing()])

    def stops(self) -> str:
        """A sentence on the day when the dossier ends by itself; empty where there is none, or it has passed."""
        at = self._facts.get("stops_at")
        if at is None or (stop := dt.datetime.fromisoformat(at)) <= self._now:
            return ""
        portal, after = self._facts["portal"], self._facts["stop_status"]
        short = self._occasion.channel == "sms"
        return self._in_language(stop_sentence(self._moment(stop), portal, after, short=short))

    def due_data(self) -> dict[str, Any]:
        """``due`` for a program: the promised moment, None where none may be named."""
        due = self._due()
        return {"due": due.isoformat() if due else None}

    def days(self) -> str:
        """The working days left, rounded up; 0 if the moment has passed, empty while no due moment is known. Beyond the
        calendar's end it counts civil days."""
        due = self._due()
        if due is None:
            return "0" if self._standing() in ("open", "overdue") else ""
        calendar = self._runtime.catalogue.calendar(self._release().sla.calendar, self._facts.get("office"))
        try:
            minutes = calendar.working_minutes_between(self._now, due)
        except OutsideCalendar:
            return str(max(0, (due - self._now) // dt.timedelta(minutes=MINUTES_A_DAY)))
        return str(max(0, -(-minutes // calendar.day_minutes)))

    def link(self) -> str:
        if not self._occasion.gives_link:
            return self._runtime.settings.public_url
        return citizen_link(self._runtime, self._occasion.link_nonce, self._occasion.link_hash)

    def paid(self) -> str:
        """The đồng that came in, where the notice is about money."""
        vnd = self._facts.get("paid")
        if vnd is None:
            return ""
        return self._in_language(Text(f"{vnd:,} đồng".replace(",", "."), f"{vnd:,} đồng"))

    def receipt(self) -> str:
        return str(self._facts.get("receipt") or "")

    def receipt_code(self) -> str:
        """The second key beside the link; ``engine.acts.publish`` takes no template that sends both together."""
        occasion = self._occasion
        return known_receipt_code(self._runtime.settings.secret_keys, occasion.link_nonce, occasion.link_hash)

    def _due(self) -> dt.datetime | None:
        """The moment to name: one that is still to come, or the limit of a verification, which is no promise."""
        told = self._facts.get("due")
        due = dt.datetime.fromisoformat(told) if told else None
        return due if due is None or due > self._now or not NO_PROMISE.isdisjoint(self._facts) else None

    def _standing(self) -> Standing:
        """How the appointment stood when the notice was written; rows of earlier versions do not say."""
        found: Standing = self._facts.get("standing") or ("open" if self._facts.get("due") else "none")
        return found

    def _provisionally(self, due: dt.datetime) -> str:
        """What is added to a moment that lies beyond the published calendar."""
        calendar = self._runtime.catalogue.calendar(self._release().sla.calendar, self._facts.get("office"))
        return self._in_language(Text(" (tạm tính)", " (provisional)")) if calendar.is_provisional(due) else ""

    def _moment(self, moment: dt.datetime) -> str:
        if self._occasion.channel == "sms":
            return f"{moment + LOCAL_OFFSET:%H:%M %d/%m/%Y}"
        return self._in_language(moment_in_words(moment))

    def _release(self) -> Release:
        digest = self._facts.get("release")
        if digest is None:
            raise NotFound(what="release")
        return self._runtime.catalogue.workflow(digest).release

    def _in_language(self, text: Text) -> str:
        return text.en if self._to.language == "en" else text.vi


_WORDS: dict[str, Callable[[_Words], str]] = {
    name: getattr(_Words, name)
    for name in (
        "code", "applicant", "reason", "procedure", "state", "action", "office", "due", "appointment", "stops", "days",
        "link", "paid", "receipt", "receipt_code",
    )
}  # fmt: skip
