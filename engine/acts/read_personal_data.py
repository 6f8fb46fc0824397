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
from engine.dossier.asked import is_attached
from engine.dossier.case import Case, read_case
from engine.dossier.receivers import must_receive
from engine.dossier.rights import must_may, verdict_on
from engine.errors import NotFound, Refusal, wrong
from engine.forms.data import WITH_LINK
from engine.rules.procedure.permissions import roles_in
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

    Only for offices whose part in the dossier is at hand; monitoring a province is not enough. Raises NotFound,
    Forbidden, InvalidInput.
    """
    case = read_case(unit, code)
    must_may(case, "read_personal_data")
    if not reason.strip():
        raise wrong("reason", "phải ghi lý do cần xem dữ liệu cá nhân", "say why the personal data must be seen")
    note_reads(unit, [case.id], what, reason)
    return case


def open_file(unit: UnitOfWork, code: str, document: int, reason: str | None = None) -> Case:
    """Records that the actor downloads a file of the dossier. Raises NotFound, Forbidden, ReasonForReading.

    An office that was asked something opens the papers attached to its question.
    """
    case = read_case(unit, code, asked=True)
    if case.limited and not is_attached(case, document):
        raise NotFound(what=f"document {document}")
    return _open(case, f"document-{document}", reason)


def open_form(unit: UnitOfWork, code: str, number: str, reason: str | None = None, version: int | None = None) -> Case:
    """Records that the actor prints a form of the dossier. Raises NotFound, Stale, Forbidden, ReasonForReading.

    A form with the citizen's link is for those who receive alone.
    """
    case = read_case(unit, code, version)
    if number in WITH_LINK:
        must_receive(case)
    must_may(case, "print_form")
    return _open(case, f"form-{number}", reason)


def note_reads(unit: UnitOfWork, dossier_ids: Sequence[int], what: str, reason: str) -> None:
    """Records that the actor reads ``what`` of the personal data of these dossiers, and why."""
    add_reads(unit.begin(), unit.now, unit.actor.label, dossier_ids, what, reason)


def _open(case: Case, what: str, reason: str | None) -> Case:
    typed = (reason or "").strip()
    purpose = _purpose(case)
    if purpose is None:
        must_may(case, "read_personal_data")
        typed = typed or _typed_today(case) or ""
        if not typed:
            raise ReasonForReading()
    note_reads(case.unit, [case.id], what, typed or purpose or "")
    return case


def _purpose(case: Case) -> str | None:
    """The purpose of those who work on the dossier or answer a question about it; None for everybody else."""
    if case.unit.actor.kind == "system":
        return "hệ thống / the system"
    if case.limited:
        return "trả lời xác minh / answers a question"
    verdict = verdict_on(case, "read_personal_data")
    role = case.release.roles.get(verdict.role or "") if verdict.allowed else None
    office = case.row["offices"].get(role.unit) if role is not None else None
    if office is None or verdict.role not in roles_in(case.unit.actor, office, case.today):
        return None
    return f"giải quyết hồ sơ / works on the dossier: {verdict.role}, {office}"


def _typed_today(case: Case) -> str | None:
    """The reason that the actor typed on the same civil day for a look at this dossier's personal data."""
    since: dt.datetime = midnight(case.today)
    return typed_reason(case.unit.begin(), case.unit.actor.label, case.id, APPLICANT, since)
