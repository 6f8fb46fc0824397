"""Planning a version: of a file that is uploaded or pasted, a published version, or a draft of the editor."""

from __future__ import annotations

import re
from typing import Any

from flask import Response, g, request
from marshmallow import fields, validate

from engine.acts.versions.drafts import plan_version
from engine.errors import wrong
from engine.queries.procedure_versions import procedures_with_versions
from engine.queries.version_drafts import plans_made
from engine.queries.version_plans import plans
from engine.queries.versions import version_of
from engine.rules.procedure.definition import Release
from engine.rules.versions.fates import Orders
from engine.text import Text
from server.context import runtime
from server.identity import Access, actor, reading
from server.values import Prose, Word, Words
from web.admin.procedures.checking import release_in, text_of_draft
from web.admin.procedures.words import STATES, STATUSES
from web.form_values import whole
from web.once import see_other
from web.pages import Pages
from web.render import render
from workflows.problems import WorkflowRefused
from workflows.yaml_reader import MOST_BYTES

planning = Pages("version_planning", audience="admin")
PLANS = "/quan-tri/ke-hoach"
_PUBLISHED = re.compile(r"([A-Za-z0-9.\-]{1,20})@([0-9]{1,4})")
_MADE = Text("Đã lập kế hoạch. Chưa có gì thay đổi.", "The plan is made. Nothing has changed yet.")


class Wanted(Words):
    """The version to plan: ``tep`` is a file beside this form, ``van_ban`` a pasted one, ``phien_ban`` a published
    version (``1.012783@2``)."""

    van_ban = Prose(MOST_BYTES, load_default=None)
    phien_ban = Word(r"^[A-Za-z0-9.\-]{1,20}@[0-9]{1,4}$", load_default=None)
    tep = fields.Raw(load_default=None, validate=validate.Equal(None))


@planning.page(PLANS, access=Access.ADMIN)
def show() -> str:
    """The plans of versions"""
    with reading() as unit:
        made, loaded = plans_made(unit), tuple(reversed(plans(unit)))
        names = {one.procedure: one.name for one in procedures_with_versions(unit)}
    return render(
        "admin/procedures/plans.html", made=made, loaded=loaded, names=names, states=STATES, statuses=STATUSES
    )


@planning.page(f"{PLANS}/moi", access=Access.ADMIN)
def begin() -> str:
    """What to plan"""
    draft, chosen = whole(request.args.get("nhap", "")), request.args.get("phien-ban", "")
    with reading() as unit:
        text = text_of_draft(unit, draft) if draft else ""
        known = procedures_with_versions(unit)
    options = [
        (f"{one.procedure}@{line.version}", f"{one.procedure} v{line.version}", line)
        for one in known
        for line in reversed(one.versions)
    ]
    refused = g.get("refused")
    problems = refused.problems if isinstance(refused, WorkflowRefused) else ()
    return render("admin/procedures/new_plan.html", text=text, chosen=chosen, options=options, problems=problems)


@planning.post(f"{PLANS}/moi", access=Access.ADMIN, form=Wanted, again=begin, keeps=(WorkflowRefused,))
def make(form: dict[str, Any]) -> Response:
    """Plan the version; nothing is published"""
    release = _release(form)
    number = plan_version(runtime(), actor(), release, Orders())
    return see_other(f"{PLANS}/nhap/{number}", _MADE)


def _release(form: dict[str, Any]) -> Release:
    """The version that was given in one of three ways. Raises InvalidInput, NotFound, WorkflowRefused."""
    sent = request.files.get("tep")
    if sent is not None and sent.filename:
        return release_in(sent.stream.read(MOST_BYTES + 1))
    if form["van_ban"]:
        return release_in(str(form["van_ban"]))
    named = _PUBLISHED.fullmatch(form["phien_ban"] or "")
    if named is None:
        raise wrong("van_ban", "hãy chọn tệp, dán nội dung hoặc chọn phiên bản", "choose a file, paste it or a version")
    with reading() as unit:
        return version_of(unit, named[1], int(named[2]))
