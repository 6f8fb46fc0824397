"""The editor of a draft: a text area that works by itself, the findings beside their lines, and what the file means."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from flask import Response, g, request
from marshmallow import fields, validate

from engine.acts.procedure_drafts import LONGEST, DraftChanged, delete_draft, save_draft
from engine.queries.procedure_drafts import Draft, draft
from engine.rules.deadlines.day_by_day import MOST_DAYS
from engine.text import Text
from server.context import language, runtime
from server.identity import Access, reading
from server.values import KEY, Line, Word, Words
from web.admin.editor.addresses import DRAFTS, draft_at, plan_at, simulator_of_draft, what_if_of_draft
from web.admin.editor.checking import content_of, published_releases
from web.admin.editor.draft_view import chosen_fixes, fix_key, picture_of, stories_of, view_of
from web.admin.editor.quick_try import tried
from web.admin.editor.typed_moment import written
from web.form_values import EXACT, typed, whole
from web.once import form_version, once
from web.pages import Pages
from web.render import render
from workflows.draft_text import mended
from workflows.schema import json_schema

editor = Pages("draft_editor", audience="admin")


def source_text() -> fields.String:
    """The field of a file that is typed."""
    return fields.String(validate=validate.Length(max=LONGEST), metadata=EXACT, load_default="")


class EditorForm(Words):
    """The file, its stories, what to try, and which word to mend."""

    text = source_text()
    stories = source_text()
    luc = Line(40, load_default="")
    lich = Word(KEY, load_default="")
    nhanh = Line(4, load_default="")
    sua = Line(300, load_default="")


def plain_text(text: str) -> str:
    """A typed file with the line ends of Unix, and no empty line at its beginning, which browsers drop."""
    return text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\n")


@editor.page(f"{DRAFTS}/<int:number>", access=Access.ADMIN)
def show(number: int) -> str:
    """A draft of a procedure"""
    with reading() as unit:
        known = draft(unit, number)
    overtaken = isinstance(g.get("refused"), DraftChanged)
    text, stories = plain_text(typed("text", known.text)), plain_text(typed("stories", known.stories))
    return _page(known, text, stories, known.version if overtaken else _version_read(known), overtaken=overtaken)


@editor.post(f"{DRAFTS}/<int:number>", access=Access.ADMIN, form=EditorForm, again=show)
def save(number: int, form: dict[str, Any]) -> Response:
    """Save a draft"""
    version = form_version()
    content = content_of(plain_text(form["text"]), plain_text(form["stories"]))
    return once(
        "save_procedure_draft",
        lambda unit: save_draft(unit, number, version, content),
        to=draft_at(number),
        done=Text("Đã lưu bản nháp.", "The draft is saved."),
    )


@editor.post(f"{DRAFTS}/<int:number>/kiem-tra", access=Access.ADMIN, form=EditorForm, again=show)
def check(number: int, form: dict[str, Any]) -> str:
    """Check a text without saving it"""
    with reading() as unit:
        known = draft(unit, number)
    text, stories = plain_text(form["text"]), plain_text(form["stories"])
    return _page(known, text, stories, _version_read(known), asked=form["sua"])


@editor.post(f"{DRAFTS}/<int:number>/xoa", access=Access.ADMIN, again=show)
def remove(number: int) -> Response:
    """Delete a draft"""
    version = form_version()
    return once(
        "delete_procedure_draft",
        lambda unit: delete_draft(unit, number, version),
        to=DRAFTS,
        done=Text("Đã xóa bản nháp.", "The draft is deleted."),
    )


@editor.page(f"{DRAFTS}/khoa", access=Access.ADMIN)
def keys() -> Response:
    """The keys of a workflow file, for completion"""
    told = json.dumps(_spoken(json_schema()), ensure_ascii=False)
    return Response(told, mimetype="application/json")


def _version_read(known: Draft) -> int:
    """The version that whoever types has read: saving over a later one is refused."""
    return form_version() or known.version


def _page(known: Draft, text: str, stories: str, version: int, *, asked: str = "", overtaken: bool = False) -> str:
    view, mends = view_of(text), 0
    if asked and (fixes := chosen_fixes(view, asked)):
        text, mends = mended(text, fixes), len(fixes)
        view = view_of(text)
    polled = "X-Poll" in request.headers  # while typing: what takes long is left out
    received = typed("luc") or written(_next_morning())
    arm = typed("nhanh")
    return render(
        "admin/editor/page.html",
        draft=known,
        version=version,
        overtaken=overtaken,
        view=view,
        stories=stories,
        changed=(text, stories) != (known.text, known.stories),
        mended=mends,
        received=received,
        tried=tried(view.checked.draft, received, typed("lich"), whole(arm) if arm else None),
        outcome=None if polled else stories_of(view.release, stories),
        picture=None if polled else picture_of(view.release),
        at=draft_at(known.id),
        plan=plan_at(known.id),
        simulator=simulator_of_draft(known.id),
        what_if=what_if_of_draft(known.procedure, known.id) if _in_force(known.procedure) else "",
        drafts=DRAFTS,
        fix_key=fix_key,
        templates=json.dumps(sorted(runtime().catalogue.templates)),
        most_days=MOST_DAYS,
    )


def _in_force(procedure: str) -> bool:
    return any(one.procedure == procedure for one in published_releases())


def _next_morning() -> dt.datetime:
    """Eight o'clock of the next day that is no weekend."""
    now = runtime().now() + dt.timedelta(days=1)
    while now.weekday() >= 5:
        now += dt.timedelta(days=1)
    return now.replace(hour=1, minute=0, second=0, microsecond=0)


def _spoken(part: Any) -> Any:
    """A schema with its descriptions in one language: they stand in it as "vi / en"."""
    if isinstance(part, list):
        return [_spoken(one) for one in part]
    if not isinstance(part, dict):
        return part
    told = {key: _spoken(value) for key, value in part.items()}
    if isinstance(part.get("description"), str):
        vi, _, en = part["description"].partition(" / ")
        told["description"] = (en or vi) if language() == "en" else vi
    return told
