"""A notice as its reader gets it: the published template, the facts of the outbox row, and what is looked up only now.

Names, reasons, addresses and the citizen's link never stand in the outbox, so that erasing a person's data also empties
what was not sent yet. Templates are plain text with ``{code}``-like placeholders; nothing in them is executed.
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
from engine.ports import Message
from engine.rules.deadlines.calendar import OutsideCalendar
from engine.rules.deadlines.office_hours import MINUTES_A_DAY
from engine.rules.deadlines.words import moment_in_words
from engine.rules.procedure.definition import Release
from engine.security.citizen_link import known_token
from engine.text import Text
from engine.transaction import Runtime

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who gets a notice: the address for its channel, the name to greet, ``vi`` or ``en``."""

    address: str
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a notice is about: the facts of its outbox row, and the dossier's keys for the link. ``reason`` is why the
    act was taken, from the journal's private part; empty when there is none or it was erased."""

    key: str
    channel: str
    template: str
    facts: Mapping[str, Any]
    link_nonce: str
    link_hash: str
    reason: str = ""


def notice_message(runtime: Runtime, occasion: Occasion, to: Addressee, now: dt.datetime) -> Message:
    """The message to send, in the reader's language. Raises NotFound when the template or the release is not there."""
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
        data={name: occasion.facts.get(name) for name in ("code", "procedure", "state", "portal", "due")},
    )


def event_message(key: str, event: str, at: dt.datetime, facts: Mapping[str, Any], url: str, secret: str) -> Message:
    """The message to a program: ``{"type", "timestamp", "data"}`` after the Standard Webhooks specification, without
    personal data; the program reads the dossier through the interface with its own rights."""
    data = {"type": event, "timestamp": at.isoformat(), "data": dict(facts)}
    return Message(key=key, channel="webhook", address=url, subject="", body="", data=data, secret=secret)


def citizen_link(runtime: Runtime, nonce: str, stored_hash: str) -> str:
    """The address under which a citizen follows this dossier for life."""
    return f"{runtime.settings.public_url}/h/{known_token(runtime.settings.secret_keys, nonce, stored_hash)}"


def without_accents(text: str) -> str:
    """Vietnamese in the letters that every telephone shows and that make an SMS three times shorter to carry."""
    return unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D")).translate(_MARKS)


class _Marks(dict[int, int | None]):
    """For ``str.translate``: marks fall away, whatever else stays; each character is looked up once."""

    def __missing__(self, point: int) -> int | None:
        self[point] = None if unicodedata.category(chr(point)) == "Mn" else point
        return self[point]


_MARKS = _Marks()


def _text(template: Mapping[str, str], language: str) -> str:
    return template.get(language) or template["vi"]


def _filled(template: str, words: _Words) -> str:
    return _PLACEHOLDER.sub(lambda found: words.word(found[1]), template)


class _Words:
    """What stands for each placeholder; worked out only where the template has it. An unknown one becomes empty."""

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

    def office(self) -> str:
        code = self._facts.get("office")
        if code is None:
            return ""
        name = self._runtime.catalogue.office_name(code)
        return self._in_language(name) if name else str(code)

    def due(self) -> str:
        due = self._due()
        if due is None:
            return ""
        if self._occasion.channel == "sms":
            return f"{due + LOCAL_OFFSET:%H:%M %d/%m/%Y}"
        return self._in_language(moment_in_words(due))

    def days(self) -> str:
        """Working days left, rounded up; 0 when the moment has passed or the calendar does not reach so far."""
        due = self._due()
        if due is None:
            return ""
        calendar = self._runtime.catalogue.calendar(self._release().sla.calendar, self._facts.get("office"))
        try:
            minutes = calendar.working_minutes_between(self._now, due)
        except OutsideCalendar:
            return str(max(0, (due - self._now) // dt.timedelta(minutes=MINUTES_A_DAY)))
        return str(max(0, -(-minutes // calendar.day_minutes)))

    def link(self) -> str:
        return citizen_link(self._runtime, self._occasion.link_nonce, self._occasion.link_hash)

    def _due(self) -> dt.datetime | None:
        told = self._facts.get("due")
        return dt.datetime.fromisoformat(told) if told else None

    def _release(self) -> Release:
        digest = self._facts.get("release")
        if digest is None:
            raise NotFound(what="release")
        return self._runtime.catalogue.workflow(digest).release

    def _in_language(self, text: Text) -> str:
        return text.en if self._to.language == "en" else text.vi


_WORDS: dict[str, Callable[[_Words], str]] = {
    name: getattr(_Words, name)
    for name in ("code", "applicant", "reason", "procedure", "state", "office", "due", "days", "link")
}
