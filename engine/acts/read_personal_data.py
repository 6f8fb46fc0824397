"""The gate to unmasked personal data: who may see what, for which reason, with a row in the read log (Law 91/2025).

Every unmasked view, file, form and register passes here before anything is shown:

* Those who work on the dossier, in a role of its release at the office that it has under that role, open its files and
  print its forms; the purpose is recorded for them.
* Others of an office with a part in the dossier give a reason of their own, with the request or by a look at the
  personal data on the same day.
* Monitors and former offices see masked data only.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from engine.clock import midnight
from engine.dossier.case import Case, read_case
from engine.dossier.receivers import must_receive
from engine.dossier.rights import must_be_staff, must_have_part
from engine.errors import Forbidden, Refusal, wrong
from engine.forms.data import WITH_LINK
from engine.rules.procedure.permissions import MONITOR, roles_in
from engine.store.dossier_parts import open_question_to
from engine.store.read_log import add_reads, typed_reason
from engine.transaction import UnitOfWork

APPLICANT = "applicant"
"""What a look at the applicant's data is called in the read log."""


class ReasonForReading(Refusal):
    """Personal data are shown to those who do not work on the dossier only for a reason that they typed."""

    code = "reading-needs-reason"
    status = 403
    vi = "Phải ghi lý do xem dữ liệu cá nhân: gửi kèm reason, hoặc xem dữ liệu cá nhân của hồ sơ kèm lý do trước."
    en = "Say why the personal data must be seen: send reason, or look at the dossier's personal data first, with one."


def read_personal_data(unit: UnitOfWork, code: str, reason: str, what: str = APPLICANT) -> Case:
    """Records the read, then returns the dossier whose personal data may be shown, for a typed reason.

    Only for offices that have a part in the dossier; monitoring a province is not enough. Raises NotFound, Forbidden,
    InvalidInput.
    """
    case = read_case(unit, code)
    _must_unmask(case)
    if not reason.strip():
        raise wrong("reason", "phải ghi lý do cần xem dữ liệu cá nhân", "say why the personal data must be seen")
    note_reads(unit, [case.id], what, reason)
    return case


def open_file(unit: UnitOfWork, code: str, document: int, reason: str | None = None) -> Case:
    """Records that the actor downloads a file of the dossier. Raises NotFound, Forbidden, ReasonForReading."""
    return _open(unit, code, f"document-{document}", reason)


def print_form(unit: UnitOfWork, code: str, number: str, reason: str | None = None) -> Case:
    """Records that the actor prints a form of the dossier. Raises NotFound, Forbidden, ReasonForReading.

    A form with the citizen's link is for those who receive alone.
    """
    if number in WITH_LINK:
        must_receive(read_case(unit, code))
    return _open(unit, code, f"form-{number}", reason)


def note_reads(unit: UnitOfWork, dossier_ids: Sequence[int], what: str, reason: str) -> None:
    """Records that the actor reads ``what`` of the personal data of these dossiers, and why."""
    add_reads(unit.begin(), unit.now, unit.actor.label, dossier_ids, what, reason)


def _open(unit: UnitOfWork, code: str, what: str, reason: str | None) -> Case:
    case = read_case(unit, code)
    must_be_staff(case)
    typed = (reason or "").strip()
    purpose = _purpose(case)
    if purpose is None:
        _must_unmask(case)
        typed = typed or _typed_today(case) or ""
        if not typed:
            raise ReasonForReading()
    note_reads(unit, [case.id], what, typed or purpose or "")
    return case


def _purpose(case: Case) -> str | None:
    """The purpose of those who work on the dossier or answer a question about it; None for everybody else."""
    actor, offices = case.unit.actor, case.row["offices"]
    if actor.kind == "system":
        return "hệ thống / the system"
    for role, known in sorted(case.release.roles.items()):
        office = offices.get(known.unit)
        if office is not None and role in roles_in(actor, office, case.today):
            return f"giải quyết hồ sơ / works on the dossier: {role}, {office}"
    for office in sorted(actor.offices(case.today) - set(offices.values())):
        if roles_in(actor, office, case.today) - {MONITOR} and open_question_to(case.unit.reader(), case.id, office):
            return f"trả lời xác minh / answers a question: {office}"
    return None


def _must_unmask(case: Case) -> None:
    """Requires a role other than monitor at an office that has a part in the dossier. Raises Forbidden."""
    must_be_staff(case)
    must_have_part(case)
    actor, row = case.unit.actor, case.row
    parts = {*row["offices"].values(), row["intake_office"], row["handler_office"], row["holder_office"]}
    held = {role for office in parts if office for role in roles_in(actor, office, case.today)}
    if actor.kind != "system" and not held - {MONITOR}:
        raise Forbidden(why_vi="người giám sát chỉ xem dữ liệu đã che", why_en="those who monitor see masked data only")


def _typed_today(case: Case) -> str | None:
    """The reason that the actor typed on the same civil day for a look at this dossier's personal data."""
    since: dt.datetime = midnight(case.today)
    return typed_reason(case.unit.begin(), case.unit.actor.label, case.id, APPLICANT, since)
