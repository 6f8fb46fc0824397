"""Renders the printed forms as PDF with Typst, from the templates beside this file. Equal data make equal bytes.

The PDF is written by Typst's rules for PDF/A-2a and PDF/UA-1 (no independent validator has confirmed it), with Typst's
own fonts, which cover Vietnamese. A text in a script that they lack is set with the machine's fonts, as a plain PDF,
rather than refused: the applicant must get a paper. Nothing is fetched from a network.

Forms that were issued are rendered again from what they said, years later too. So the templates here are an edition:
once papers were issued with it, it does not change, and other templates become the next edition.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import segno
import typst

from adapters.forms.data import FORM_DATA, FormData
from engine.errors import Refusal
from engine.forms.data import NoSuchForm

_TEMPLATES = Path(__file__).parent
_EDITIONS = {1: _TEMPLATES}
_UNDATED = datetime(2025, 9, 15, tzinfo=UTC)  # of the circular that lists the forms: the date of what was not issued
# Means the same as leaving it out, and poppler takes the explicit false for a mistake.
_NOT_SUSPECT, _LEFT_OUT = b"/MarkInfo<</Marked true/Suspects false>>", b"/MarkInfo<</Marked true               >>"
_LONGEST_WORD = 30  # characters without a place to break that still fit a line
_LONGEST_WORD_IN_A_TABLE = 12
_LONGEST_CODE = 32  # readers copy codes from the PDF, so they are not broken; every place for one is this wide
_WIDE_PLACES = {"code": _LONGEST_CODE, "receipt_code": _LONGEST_CODE, "other_names": _LONGEST_WORD}
_LONG_TEXTS = {"reason", "ground", "next_steps"}  # written by the office; their line breaks are kept


class UnknownForm(NoSuchForm):
    """There is no form with this number."""

    vi = "Không có mẫu số {number}; có các mẫu {known}."
    en = "There is no form {number}; there are {known}."


class WrongFormData(Refusal):
    """The data do not fit the form; the caller's mistake, not a citizen's."""

    code = "wrong-form-data"
    status = 500
    vi = "Dữ liệu không khớp mẫu số {number}: {why}."
    en = "The data do not fit form {number}: {why}."


def render_form(number: str, data: Mapping[str, Any] | FormData, *, created: datetime | None = None) -> bytes:
    """A form (``01`` … ``07``) as PDF. ``data`` is the form's entry in FORM_DATA, or a mapping of the same shape.

    ``created`` is the creation date inside the file, by default the moment of the issue that the data tell. Raises
    UnknownForm, WrongFormData.
    """
    shape = FORM_DATA.get(number)
    if shape is None:
        raise UnknownForm(number=number, known=list(FORM_DATA))
    try:
        filled = data if isinstance(data, shape) else msgspec.convert(data, shape)
    except msgspec.ValidationError as error:
        raise WrongFormData(number=number, why=str(error)) from error
    longest = _LONGEST_WORD_IN_A_TABLE if number in ("06", "07") else _LONGEST_WORD
    content: dict[str, Any] = for_paper(msgspec.to_builtins(filled), longest)
    url = getattr(filled, "status_url", "")
    try:
        content["qr"] = segno.make(url, error="m", micro=False).svg_inline(border=4) if url else ""
    except segno.DataOverflowError as error:
        raise WrongFormData(number=number, why="status_url is too long for a QR code") from error
    inputs = {"data": msgspec.json.encode(content).decode()}
    template = _template(number, filled.head.edition)
    moment = created or _issued_at(number, filled.head.issued_at)
    return compiled(template, inputs, moment)


def compiled(template: Path, inputs: dict[str, str], created: datetime) -> bytes:
    """A template as PDF/A by Typst's own fonts; as a plain PDF by the machine's where these lack a letter."""
    try:
        return _compiled(template, inputs, created, any_font=False)
    except typst.TypstError:
        return _compiled(template, inputs, created, any_font=True)


def _template(number: str, edition: int) -> Path:
    folder = _EDITIONS.get(edition)
    if folder is None:
        raise WrongFormData(number=number, why=f"there is no edition {edition} of the templates")
    return folder / f"form-{number}.typ"


def _issued_at(number: str, told: str) -> datetime:
    try:
        moment = datetime.fromisoformat(told) if told else _UNDATED
    except ValueError as error:
        raise WrongFormData(number=number, why="head.issued_at is no moment") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _compiled(template: Path, inputs: dict[str, str], created: datetime, *, any_font: bool) -> bytes:
    pdf = typst.compile(
        template,
        root=template.parent,
        font_paths=_fonts(any_font),
        ignore_system_fonts=not any_font,
        sys_inputs=inputs,
        pdf_standards=["1.7"] if any_font else ["a-2a", "ua-1"],
        timestamp=int(created.timestamp()),
    )
    return pdf.replace(_NOT_SUSPECT, _LEFT_OUT, 1)


@cache
def _fonts(any_font: bool) -> typst.Fonts:
    """The fonts, cached: searching them takes longer than setting a page."""
    return typst.Fonts(include_system_fonts=any_font)


def for_paper(value: Any, longest: int, name: str = "") -> Any:
    """The same value with every text clean, and breakable after ``longest`` characters."""
    if isinstance(value, str):
        clean = _clean(value, keep_lines=name in _LONG_TEXTS)
        if name == "status_url":  # also copied, and it breaks at its slashes
            return clean
        return _breakable(clean, _WIDE_PLACES.get(name, longest))
    if isinstance(value, list | tuple):
        return [for_paper(item, longest, name) for item in value]
    if isinstance(value, dict):
        return {key: for_paper(item, longest, key) for key, item in value.items()}
    return value


def _clean(text: str, *, keep_lines: bool) -> str:
    """The text composed (NFC), without invisible characters that could reorder or hide the print.

    It is on one line unless it is the office's own long text: a name with a line break could forge a line of the form.
    """
    lines = unicodedata.normalize("NFC", text).splitlines()
    clean = [" ".join("".join(" " if c.isspace() else c for c in line if _printable(c)).split()) for line in lines]
    return ("\n" if keep_lines else " ").join(line for line in clean if line)


def _printable(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn")


def _breakable(text: str, longest: int) -> str:
    """The text with zero-width spaces in words of more than ``longest`` characters, which would not fit their line."""
    step = longest // 2

    def divided(word: re.Match[str]) -> str:
        return "\u200b".join(word.group()[start : start + step] for start in range(0, len(word.group()), step))

    return re.sub(rf"\S{{{longest + 1},}}", divided, text)
