"""How pages say things: sentences in the visitor's language; moments, money and shares as offices write them.

Each sentence stands in a template once, in both languages side by side (docs/adr/0013).
"""

from __future__ import annotations

import datetime as dt
import re

from engine.clock import LOCAL
from engine.rules.deadlines.words import day_in_words, moment_in_words
from engine.text import Text
from server.context import language, runtime


def t(vi: str, en: str, **values: object) -> str:
    """The sentence in the visitor's language, with ``values`` put in. The template escapes the whole."""
    return (en if language() == "en" else vi).format(**values) if values else (en if language() == "en" else vi)


def said(sentence: str, **values: object) -> str:
    """A sentence whose language is chosen already, with ``values`` put in."""
    return sentence.format(**values)


def tx(text: Text | None) -> str:
    """A ``Text`` of the engine in the visitor's language; empty for None."""
    return text.in_(language()) if text is not None else ""


def moment(at: dt.datetime | None) -> str:
    """A UTC moment in the civil time of Viet Nam: ``17:00 thứ Ba 05/08/2025``."""
    return tx(moment_in_words(at)) if at is not None else "–"


def short_moment(at: dt.datetime | None) -> str:
    """A UTC moment as ``17:00 05/08/2025``, for columns."""
    return f"{at.astimezone(LOCAL):%H:%M %d/%m/%Y}" if at is not None else "–"


def brief_moment(at: dt.datetime | None) -> str:
    """A UTC moment as ``05/08 17:00``, for stories; with its year where that is not this one."""
    if at is None:
        return "–"
    local, year = at.astimezone(LOCAL), runtime().now().astimezone(LOCAL).year
    return f"{local:%d/%m %H:%M}" if local.year == year else f"{local:%d/%m/%Y %H:%M}"


def told_moment(at: str | None) -> str:
    """A moment in ISO 8601, as explanations keep it, for columns."""
    return short_moment(dt.datetime.fromisoformat(at)) if at else "–"


def day(on: dt.date | dt.datetime | None) -> str:
    """A day as ``05/08/2025``; of a moment the civil day in Viet Nam."""
    if on is None:
        return "–"
    local = on.astimezone(LOCAL) if isinstance(on, dt.datetime) else on
    return f"{local:%d/%m/%Y}"


def day_words(on: dt.date) -> str:
    """A day with its weekday: ``thứ Ba 05/08/2025``."""
    return tx(day_in_words(on))


def iso(at: dt.datetime | dt.date | None) -> str:
    """A moment or a day for the attribute ``datetime``."""
    if at is None:
        return ""
    return at.astimezone(LOCAL).isoformat(timespec="minutes") if isinstance(at, dt.datetime) else at.isoformat()


def dialled(telephone: str) -> str:
    """A telephone number as it is dialled: what stands in brackets, blanks and points are left out.

    >>> dialled("(028) 3822.1234 (giờ hành chính)")
    '02838221234'
    """
    return re.sub(r"\([^)]*[^\d\s)][^)]*\)|[^\d+]", "", telephone)


def number(value: int | float) -> str:
    """A number with the separators of the language.

    ``1.234.567`` in Vietnamese, ``1,234,567`` in English.
    """
    said = f"{value:,}"
    return said if language() == "en" else said.translate(_VIETNAMESE)


def money(dong: int | None) -> str:
    """An amount in đồng: ``75.000 đ``, with a space that does not break."""
    return f"{number(dong)}\N{NO-BREAK SPACE}đ" if dong is not None else "–"


def share(part: float | None) -> str:
    """A share from 0 to 1 as a percentage with one decimal: ``96,4 %``."""
    if part is None:
        return "–"
    said = f"{100 * part:.1f}"
    return f"{said if language() == 'en' else said.replace('.', ',')}\N{NO-BREAK SPACE}%"


def local_days(words: str) -> str:
    """A sentence of the rules with its days as pages write them.

    >>> local_days("competent on 2026-03-09 by 140/2025/NĐ-CP")
    'competent on 09/03/2026 by 140/2025/NĐ-CP'
    """
    return _ISO_DAY.sub(r"\3/\2/\1", words)


def day_joined(words: str) -> str:
    """Words in which a day with its weekday never parts at the end of a line.

    >>> day_joined("17:00 thứ Ba 05/08/2025").split(" ")
    ['17:00', 'thứ\\xa0Ba\\xa005/08/2025']
    """
    return _DAY_IN_WORDS.sub(lambda found: found[0].replace(" ", "\N{NO-BREAK SPACE}"), words)


def sentence(words: str) -> str:
    """Words as they begin a line: the first letter is a capital one."""
    return words[:1].upper() + words[1:]


_ISO_DAY = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_DAY_IN_WORDS = re.compile(r"[^\W\d]+ [^\W\d]+ \d\d/\d\d/\d{4}|\b[^\W\d]{3} \d+ [^\W\d]{3} \d{4}")
_VIETNAMESE = str.maketrans({",": ".", ".": ","})
