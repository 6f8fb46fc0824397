"""Makes of each door the page of its form, and the address that does the act: once, with the conflict page when stale.

An act leads to the dossier, or to the next one of the list that it was opened in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from engine.dossier.case import read_case
from engine.dossier.stale import Stale
from engine.errors import InvalidInput
from engine.queries.dossier import standing_of, time_left
from engine.queries.next_hands import next_hands
from engine.text import Text
from server.identity import Access, reading
from server.uploads import read_upload
from web.desk.dossier.conflict import conflict
from web.desk.dossier.doors import Doing, Door
from web.desk.dossier.group import dossier
from web.desk.dossier.listed import onward
from web.desk.dossier.steps import title_of
from web.form_values import KEYS
from web.once import form_version, once
from web.render import render

_BESIDE = KEYS | {"trong", "then"}


def open_door(door: Door) -> None:
    """Registers the page of a door's form, and the address that its form is posted to."""

    def show(code: str, **path: Any) -> str:
        return _form(door, code, path)

    def act(code: str, form: dict[str, Any], **path: Any) -> Response:
        return _carry_out(door, code, form, path)

    name = door.name.replace("-", "_")
    show.__name__, show.__doc__ = f"form_{name}", f"The form: {door.title.en}"
    act.__name__, act.__doc__ = f"do_{name}", door.title.en
    dossier.page(f"/ho-so/<code>/lam/{door.name}{door.tail}", access=Access.STAFF)(show)
    declared = dossier.post(
        f"/ho-so/<code>/{door.noun}", access=Access.STAFF, form=door.schema, again=show, step_up=door.step_up
    )
    declared(act)


def _form(door: Door, code: str, path: Mapping[str, Any]) -> str:
    around = {**request.args.to_dict(), **_posted(), **path}
    with reading() as unit:
        case = read_case(unit, code, along=("documents", "fees", "ledger"), asked=door.asked)
        why = door.why_not(case, around)
        return render(
            "desk/dossier/form.html",
            door=door,
            title=title_of(door, case, around),
            standing=standing_of(case),
            procedure_name=case.release.name,
            applicant=None if case.limited else case.applicant["name"],
            time_left=None if case.limited else time_left(case),
            inputs=() if why else door.inputs(case, around),
            why=why,
            leads_to=next_hands(case, around["action"]) if door.noun == "actions" and "action" in around else None,
            action=f"/ho-so/{code}/{_noun(door, path)}",
            trong=request.values.get("trong", ""),
        )


def _posted() -> dict[str, str]:
    """What a form that was refused says of the page that it stood on."""
    return {name: request.form[name] for name in ("action", "procedure") if name in request.form}


def _noun(door: Door, path: Mapping[str, Any]) -> str:
    noun = door.noun
    for name, value in path.items():
        for kind in (f"<int:{name}>", f"<{name}>"):
            noun = noun.replace(kind, str(value))
    return noun


def _carry_out(door: Door, code: str, form: dict[str, Any], path: Mapping[str, Any]) -> Response:
    version = None if door.loose else form_version()
    if version is None and not door.loose:
        raise InvalidInput({"version": Text("thiếu phiên bản của hồ sơ", "the version of the dossier is missing")})
    trong, then = form.pop("trong", ""), form.pop("then", "")
    given = read_upload(beside=_BESIDE) if door.takes_files else form
    to = onward(code, trong, then)
    doing = Doing(code=code, version=version, form=given, path=path)
    try:
        return once(
            f"page_{door.name}",
            lambda unit: door.doing(unit, doing),
            to=door.onward or to,
            done=door.done,
        )
    except Stale as stale:
        return conflict(door, code, version or 1, stale, {**_posted(), **path})
