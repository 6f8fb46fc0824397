"""Renders the templates of pages. They get frozen dataclasses; an undefined name is an error; everything is escaped."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flask import g, request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from engine.clock import civil_day
from engine.dossier.filings import settled_provinces
from engine.rules.procedure.permissions import Actor
from engine.text import Text
from server.context import language, runtime
from server.validation_words import MISSING, in_vietnamese
from web import static_files, text
from web.applicant_words import applicant_words
from web.cookies import FLASH
from web.csrf import csrf_token
from web.field_words import field_words, is_named
from web.form_values import typed, typed_all
from web.icons import icon
from web.once import flash_of, fresh_key
from web.one_language import English, Vietnamese
from web.role_words import role_words
from web.session import recently_proven

ROOT = Path(__file__).parent
_FILTERS = (
    *("moment", "short_moment", "brief_moment", "told_moment", "day", "day_words", "dialled", "iso"),
    *("number", "money", "share", "sentence", "local_days", "day_joined"),
)


@dataclass(frozen=True, slots=True)
class Who:
    """The signed-in member of staff, as pages name them."""

    name: str
    admin: bool
    roles: frozenset[str]
    offices: tuple[tuple[str, Text], ...]
    """The code and the name of each office where they work today."""
    keys_off: bool = False
    """Whether single keys do nothing for them (WCAG 2.1.4)."""
    settles: bool = False
    """Whether they look after the filings of other systems that wait for a person."""


def render(template: str, **given: Any) -> str:
    """The page of a template, whose name is its path within this package (``desk/queue.html``)."""
    return _compiling(language()).get_template(template).render(**_surroundings(), **given)


def environment() -> Environment:
    """What templates know, with both languages of every sentence: for the tests that read all of them."""
    return _environment()


def _surroundings() -> dict[str, Any]:
    """What every template knows."""
    return {
        "lang": language(),
        "who": _who(),
        "path": request.path,
        "here": request.full_path.rstrip("?"),
        "args": request.args,
        "refused": g.get("refused"),
        "flash": None if request.method == "POST" else flash_of(request.cookies.get(FLASH)),
        "audience": g.get("audience", "citizen"),
        "now": runtime().now(),
    }


def _who() -> Who | None:
    known = g.get("identity")
    actor: Actor | None = known.claimed if known is not None else None
    if actor is None or actor.kind == "citizen":
        return None
    today, offices = civil_day(runtime().now()), runtime().catalogue.offices
    named = tuple((code, offices[code].name) for code in sorted(actor.offices(today)) if code in offices)
    roles = frozenset(one.role for one in actor.memberships if one.valid(today))
    state = g.get("page_session")
    settles = settled_provinces(runtime().catalogue, actor, today) != frozenset()
    return Who(actor.name, actor.admin, roles, named, bool(state and state.keys_off), settles)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(ROOT),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.do"],
        auto_reload=False,
        cache_size=-1,
    )
    made.globals |= {
        "t": text.t,
        "tx": text.tx,
        "said": text.said,
        "typed": typed,
        "typed_all": typed_all,
        "csrf_field": _csrf_field,
        "form_keys": _form_keys,
        "draw": icon,
        "static": static_files.address,
        "errors_of": errors_of,
        "named_errors": named_errors,
        "is_labelled": _is_labelled,
        "steps_up": _steps_up,
    }
    for name in _FILTERS:
        made.filters[name] = getattr(text, name)
    made.filters |= {"role_words": role_words, "field_words": field_words, "applicant_words": applicant_words}
    made.filters |= {"attributes": _attributes, "json": htmlsafe_json_dumps}
    return made


@cache
def _compiling(lang: str) -> Environment:
    """The environment that templates are compiled in for a language."""
    return _environment().overlay(extensions=[English if lang == "en" else Vietnamese])


def errors_of(refused: Any) -> list[tuple[str, str]]:
    """The faults of a refused form: the name of each field, and what is wrong there; '' for the form as a whole."""
    places = getattr(refused, "errors", None)
    if not places:
        return [("", refused.sentence(language()))]
    return [(where, _fault(what)) for where, what in places.items()]


def named_errors(refused: Any) -> list[tuple[str, str]]:
    """``errors_of`` for a list apart from the form: a fault that could be that of any field names its field."""
    places = getattr(refused, "errors", None) or {}
    return [(where, _named(where, places.get(where), say)) for where, say in errors_of(refused)]


def _named(where: str, what: object, say: str) -> str:
    label = g.get("labels", {}).get(where) or (field_words(where) if is_named(where) else "")
    if label and (not isinstance(what, Text) or say[:1].islower()):
        return f"{label.rstrip('?')}: {say[:1].lower()}{say[1:]}"
    return text.sentence(say)


def _is_labelled(name: str, label: object) -> None:
    """Remembers the label of a field, for ``named_errors``."""
    g.setdefault("labels", {})[name] = str(label)


def _fault(what: object) -> str:
    if isinstance(what, Text):
        return what.in_(language())
    if str(what) == MISSING:
        return text.t("Chưa điền.", "Not filled in.")
    return str(what) if language() == "en" else in_vietnamese(str(what))


def _steps_up() -> bool:
    """Whether the next post that asks who it is (``web.step_up``) will do so."""
    return not recently_proven()


def _csrf_field() -> Markup:
    return Markup('<input type="hidden" name="csrf" value="{}">').format(csrf_token())


def _form_keys(version: int | None = None) -> Markup:
    """The hidden fields of a form: CSRF token, key, and the version of the dossier that it was made from."""
    kept = Markup('<input type="hidden" name="key" value="{}">').format(fresh_key())
    if version is not None:
        kept += Markup('<input type="hidden" name="version" value="{}">').format(version)
    return _csrf_field() + kept


def _attributes(given: dict[str, Any]) -> Markup:
    """Further attributes of an element: ``aria_describedby`` is written with a hyphen; None and False are left out."""
    parts = []
    for name, value in given.items():
        if value is None or value is False:
            continue
        written = name.rstrip("_").replace("_", "-")
        parts.append(Markup(" {}").format(written) if value is True else Markup(' {}="{}"').format(written, value))
    return Markup("").join(parts)
