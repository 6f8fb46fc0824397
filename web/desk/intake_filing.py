"""Files what was typed at intake: once, with its first step, and with the paper that goes with it."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

from flask import Response

from engine.acts.drafts.draft import keep_draft
from engine.acts.drafts.file_draft import file_draft
from engine.acts.issue_form import print_form
from engine.dossier.asks import Asks
from engine.dossier.case import Case
from engine.dossier.intake_draft import Draft
from engine.dossier.new_dossier import Filing
from engine.errors import InvalidInput
from engine.rules.offices.offices import Office
from engine.rules.procedure.definition import Release
from engine.rules.procedure.fields import InvalidFields
from engine.text import Text
from engine.transaction import UnitOfWork
from web.desk.intake_values import REPRESENTATIVE, Typed
from web.desk.intake_view import Ready, labels_of, ready
from web.once import once

_FORMS = {"receive": "01", "ask": "02", "refuse": "03"}
_ONLY_FILED = "file"
"""What the clerk takes when the dossier is entered but not received yet, such as one that came by post."""


def filed_address(code: str) -> str:
    """The page that follows a filing."""
    return f"/quay/tiep-nhan/{quote(code)}/bien-nhan"


def fitting(unit: UnitOfWork, typed: Typed, office: Office, draft: Draft | None, taken: str) -> Ready:
    """The filing of the texts. Raises InvalidInput where no procedure is chosen or a text cannot be read."""
    made = ready(unit, typed, office, draft.files if draft is not None else ())
    if made is None:
        raise InvalidInput({"procedure": Text("Chọn một thủ tục", "Choose a procedure")})
    known = {one.key for one in made.preview.actions}
    if taken not in {"receive", _ONLY_FILED, *known}:
        none = Text("thủ tục không có thao tác này khi tiếp nhận", "the procedure has no such first step")
        raise InvalidInput({"act": none})
    if faults := _faults(made):
        raise InvalidInput(_named(made.workflow.release, faults))
    return made


def _faults(made: Ready) -> dict[str, Text]:
    """Everything that is wrong or missing in the texts, in the order of the page."""
    empty = Text("chưa điền.", "not filled in.")
    found = {f"fields.{key}": empty for key in made.preview.empty}
    if not made.typed.get("applicant.name"):
        found["applicant.name"] = empty
    if made.typed.get("representative"):
        found |= {
            f"representative.{one}": empty
            for one in ("name", "authority")
            if not made.typed.get(f"representative.{one}")
        }
    found |= {**made.preview.faults, **made.read.faults}
    groups = ("procedure", "card", "applicant.", "representative.", "fields.", "papers.")
    return dict(
        sorted(found.items(), key=lambda one: next((n for n, g in enumerate(groups) if one[0].startswith(g)), 9))
    )


def file_typed(token: str, typed: Typed, made: Ready, taken: str) -> Response:
    """Files once for the key of the form and once for the draft, and leads to what is printed."""
    effects = {one.key: one.effect for one in made.preview.actions}
    effect = effects.get(taken, taken)
    filing = _filing(made, taken, effect)

    def doing(unit: UnitOfWork) -> Case:
        keep_draft(unit, token, typed.values)
        try:
            filed = file_draft(unit, token, filing)
        except InvalidInput as refused:
            raise _in_words(made.workflow.release, refused, bool(filing.parties)) from refused
        if effect in _FORMS:
            print_form(unit, filed.case.code, _FORMS[effect])
        return filed.case

    return once("file_dossier", doing, to=lambda case: filed_address(case.code), done=lambda case: _said(case, effect))


def _filing(made: Ready, taken: str, effect: str) -> Filing:
    if effect == "receive":
        return replace(made.read.filing, receive=True)
    if effect == _ONLY_FILED:
        return made.read.filing
    asks = Asks(documents=tuple(one.key for one in made.preview.missing)) if effect == "ask" else Asks()
    return replace(made.read.filing, action=taken, asks=asks)


def _said(case: Case, effect: str) -> Text:
    said = _DONE.get(effect, _ENTERED)
    return Text(said.vi.format(code=case.code), said.en.format(code=case.code))


def _in_words(release: Release, refused: InvalidInput, represented: bool) -> InvalidInput:
    """The same faults at the places of the page's fields, each with the name of the field."""
    errors = dict(refused.errors)
    if isinstance(refused, InvalidFields):
        errors = {f"fields.{key}": what for key, what in errors.items()}
    elif represented:
        errors = {f"representative.{key}" if key in REPRESENTATIVE else key: what for key, what in errors.items()}
    return InvalidInput(_named(release, errors))


def _named(release: Release, errors: dict[str, Text]) -> dict[str, Text]:
    labels = labels_of(release)
    return {
        place: Text(f"{labels[place].vi}: {what.vi}", f"{labels[place].en}: {what.en}")
        if place in labels and isinstance(what, Text)
        else what
        for place, what in errors.items()
    }


_ENTERED = Text("Đã ghi nhận hồ sơ {code}.", "Dossier {code} was entered.")
_DONE = {
    "receive": Text("Đã tiếp nhận hồ sơ {code}.", "Dossier {code} was received."),
    "refuse": Text("Đã từ chối tiếp nhận, hồ sơ {code}.", "Dossier {code} was refused."),
    "ask": Text("Đã yêu cầu hoàn thiện hồ sơ {code}.", "The applicant was asked to complete dossier {code}."),
}
