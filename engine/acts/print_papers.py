"""The acts that print papers from pages, one or many at once, and keep the hash of what each paper says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from engine.acts.issue_form import print_form
from engine.acts.print_register import print_register
from engine.acts.read_personal_data import open_form
from engine.clock import civil_day
from engine.errors import Conflict, NotFound, Refusal, wrong
from engine.forms.events import NoSuchForm
from engine.forms.handed_over import SLIP, last_hand_over, slip_data
from engine.forms.issued import IssuedForm, content_hash, must_have_data
from engine.forms.told import Told
from engine.store.prints import add_run, copies_of, print_in_turn
from engine.transaction import UnitOfWork

MOST_PRINTED = 100
"""Papers of one run."""
FORMS = ("01", "02", "03", "04", "05", "06", SLIP)
"""What is printed of a dossier."""


class NothingHandedOver(Conflict):
    """The slip confirms a hand-over that did not happen yet."""

    code = "nothing-handed-over"
    vi = "Hồ sơ {dossier} chưa ghi nhận ai đã nhận kết quả."
    en = "Nobody has taken the result of dossier {dossier} yet."


def print_paper(unit: UnitOfWork, code: str, form: str, why: str | None = None, issue: int | None = None) -> int:
    """Prints one paper of a dossier; returns the number of the run.

    Raises what ``print_form`` raises, and NothingHandedOver.
    """
    return _run(unit, [_paper(unit, code, form, why, issue)], {})


def print_papers(unit: UnitOfWork, codes: Sequence[str], form: str, why: str | None = None) -> int:
    """Prints one paper of each of many dossiers in one run, which names those that cannot be printed, with the reason.

    Raises InvalidInput, and the last refusal where none could be printed.
    """
    wanted = list(dict.fromkeys(codes))
    if not wanted:
        raise wrong("chon", "chưa chọn hồ sơ nào để in", "choose what to print")
    if len(wanted) > MOST_PRINTED:
        raise wrong("chon", f"mỗi lần in tối đa {MOST_PRINTED} hồ sơ", f"at most {MOST_PRINTED} dossiers at once")
    papers, left_out, last = [], [], None
    for code in wanted:
        try:
            with unit.savepoint():
                papers.append(_paper(unit, code, form, why, None))
        except Refusal as refusal:
            last = refusal
            left_out.append({"code": code, "vi": refusal.sentence("vi"), "en": refusal.sentence("en")})
    if last is not None and not papers:
        raise last
    return _run(unit, papers, {"left_out": left_out})


def print_book(unit: UnitOfWork, office: str, start: dt.date, end: dt.date, reason: str | None = None) -> int:
    """Prints the register of an office (Form 07); returns the number of the run. Raises as ``print_register`` does."""
    data = print_register(unit, office, start, end, reason)
    about = {"office": office, "start": start.isoformat(), "end": end.isoformat(), "masked": reason is None}
    paper = {"dossier_id": None, "form": "07", "issue": None, "entry": None, "sha256": content_hash(data)}
    return _run(unit, [paper], about)


def _paper(unit: UnitOfWork, code: str, form: str, why: str | None, issue: int | None) -> dict[str, Any]:
    if form not in FORMS:
        raise NoSuchForm(number=form)
    if form == SLIP:
        return _slip(unit, code, why)
    made: IssuedForm = print_form(unit, code, form, issue, why)
    told = {"issue": made.issue.issue, "entry": made.issue.entry, "sha256": content_hash(made.data)}
    return {"dossier_id": made.dossier, "form": form, **told}


def _slip(unit: UnitOfWork, code: str, why: str | None) -> dict[str, Any]:
    case = open_form(unit, code, SLIP, why)
    told = Told(case)
    entry = last_hand_over(told)
    if entry is None:
        raise NothingHandedOver(dossier=case.code)
    must_have_data(case, SLIP)
    number = entry["number"]
    sha256 = content_hash(slip_data(case, told, entry))
    return {"dossier_id": case.id, "form": SLIP, "issue": number, "entry": number, "sha256": sha256}


def _run(unit: UnitOfWork, papers: list[dict[str, Any]], about: dict[str, Any]) -> int:
    if unit.actor.person_id is None:
        raise NotFound(what="person")
    known = [one["dossier_id"] for one in papers if one["dossier_id"] is not None]
    if known:
        print_in_turn(unit.begin(), known)
    before = copies_of(unit.begin(), known) if known else {}
    rows = [
        {**one, "copy": before.get((one["dossier_id"], one["form"], one["issue"]), 0) + 1 if known else 1}
        for one in papers
    ]
    return add_run(
        unit.begin(), unit.actor.person_id, unit.now, {**about, "day": civil_day(unit.now).isoformat()}, rows
    )
