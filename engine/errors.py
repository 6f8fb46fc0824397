"""Refusals: the base class of every error that a person or an external program may cause; come here to declare one.

A refusal carries a stable ``code``, a sentence in Vietnamese and one in English, and the facts put into them. The
sentences say what was wrong, where, and what to do. A subclass gives the templates; raising it gives the facts:
``raise UnknownDossier(dossier="H22-…")``. A package declares its own refusals beside the code that raises them.

``status`` is the HTTP status that fits (RFC 9110). The engine never speaks HTTP, but only the refusal itself knows its
class: absent, conflicting, forbidden or malformed.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from engine.clock import LOCAL
from engine.text import Text


class Refusal(Exception):
    """The request cannot be carried out; nothing was changed."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "Yêu cầu bị từ chối."
    en: ClassVar[str] = "The request was refused."

    def __init__(self, **facts: object) -> None:
        self.facts: dict[str, Any] = facts
        super().__init__(self.sentence("en"))

    def sentence(self, language: str = "vi") -> str:
        """The sentence for a person in ``en``, or in ``vi`` for every other language, with the facts put in."""
        template = self.en if language == "en" else self.vi
        words = {key: _in_words(value, language) for key, value in self.facts.items()}
        return template.format_map(_Lenient(words))


class NotFound(Refusal):
    """The requested thing does not exist, or this actor may not know that it exists."""

    code = "not-found"
    status = 404
    vi = "Không tìm thấy {what}."
    en = "{what} was not found."


class Forbidden(Refusal):
    """The actor is known, but may not do this."""

    code = "forbidden"
    status = 403
    vi = "Không được phép: {why_vi}"
    en = "Not allowed: {why_en}"


class Conflict(Refusal):
    """The request does not fit the present state; a later or changed one might."""

    code = "conflict"
    status = 409
    vi = "Yêu cầu không phù hợp với trạng thái hiện tại."
    en = "The request does not fit the present state."


class InvalidInput(Refusal):
    """One or more values are wrong. ``errors`` maps the place of each (``applicant.name``) to its fault.

    A fault is best given as a ``Text``, so that its sentence is in the reader's language.
    """

    code = "invalid-input"
    status = 422
    vi = "Dữ liệu không hợp lệ: {summary}"
    en = "Invalid input: {summary}"

    def __init__(self, errors: dict[str, Any] | None = None, **facts: object) -> None:
        self.errors = errors or {}
        super().__init__(**facts)

    def sentence(self, language: str = "vi") -> str:
        listed = "; ".join(f"{where}: {_in_words(what, language)}" for where, what in self.errors.items())
        return (self.en if language == "en" else self.vi).format_map(_Lenient(self.facts | {"summary": listed}))


def wrong(where: str, vi: str, en: str) -> InvalidInput:
    """The refusal of one value; ``where`` names it as in the caller's input (``reason``, ``applicant.name``).

    >>> wrong("reason", "phải ghi lý do", "is missing").sentence("en")
    'Invalid input: reason: is missing'
    """
    return InvalidInput({where: Text(vi, en)})


class _Lenient(dict[str, Any]):
    """Facts of a sentence. An unknown placeholder stays in the text: a missing fact must not hide the refusal."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def _in_words(value: object, language: str = "en") -> str:
    if isinstance(value, Text):
        return value.in_(language)
    if isinstance(value, (list, tuple, set, frozenset)):
        return ", ".join(_in_words(item, language) for item in value)
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        local = value.astimezone(LOCAL)
        return f"{local:%H:%M %d/%m/%Y}" if language == "vi" else f"{local:%Y-%m-%d %H:%M}"
    if isinstance(value, dt.date) and language == "vi":
        return f"{value:%d/%m/%Y}"
    return str(value)
