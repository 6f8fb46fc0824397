"""The act ``send_feedback``: the applicant of a dossier sends feedback, which opens a feedback dossier.

It follows the procedure of feedback and proposals (``FEEDBACK``) like any other filing through the portal: the centre
that the applicant deals with receives it, within the limit of intake, and the competent authority answers.
"""

from __future__ import annotations

from typing import Final

from engine.acts.open_dossier import Filed, Filing, open_dossier
from engine.dossier.case import Case, read_case
from engine.errors import Conflict, Forbidden, wrong
from engine.rules.offices.names import unit_of
from engine.rules.offices.offices import Office
from engine.transaction import UnitOfWork

FEEDBACK: Final = "PAKN.01"
"""The procedure of feedback and proposals, an internal code (workflows/procedures/PAKN.01.yaml)."""
SUBJECTS: Final = ("delay", "conduct", "rule", "system", "other")
"""What feedback may be about: the choices of the field ``feedback.about``."""
LONGEST_FEEDBACK: Final = 5000
_PERSON: Final = ("name", "identity_number", "phone", "email", "address", "verified", "language")


class NoFeedbackHere(Conflict):
    """The centre that the applicant deals with takes no feedback online."""

    code = "no-feedback-here"
    vi = "Hiện chưa gửi phản ánh qua trang này được. Hãy gọi hoặc đến {office}."
    en = "Feedback cannot be sent on this page at present. Please call or visit {office}."


def send_feedback(unit: UnitOfWork, code: str, about: str, text: str, *, anonymous: bool = False) -> Filed:
    """Opens a feedback dossier in the name of the applicant of the dossier ``code``, about it.

    Raises NotFound, Forbidden, InvalidInput, NoFeedbackHere, and the refusals of ``open_dossier``.
    """
    case = read_case(unit, code)
    if unit.actor.kind != "citizen":
        raise Forbidden(why_vi="chỉ người nộp hồ sơ gửi phản ánh ở đây", why_en="only the applicant sends it here")
    if about not in SUBJECTS:
        raise wrong("about", "hãy chọn một nội dung", "choose a subject")
    if not 0 < len(text.strip()) <= LONGEST_FEEDBACK:
        most = LONGEST_FEEDBACK
        raise wrong(
            "text", f"hãy ghi nội dung, tối đa {most} ký tự", f"say what happened, in at most {most} characters"
        )
    office = feedback_office(case)
    fields: dict[str, object] = {
        "feedback.commune": _commune(case, office),
        "feedback.about": about,
        "feedback.text": text.strip(),
    }
    fields |= {"feedback.dossier": case.code} if about == "delay" else {}
    fields |= {"feedback.anonymous": True} if anonymous else {}
    filing = Filing(
        procedure=FEEDBACK,
        applicant={name: case.applicant.get(name) for name in _PERSON} | {"kind": case.row["applicant_kind"]},
        intake_office=office.code,
        channel="portal",
        fields=fields,
    )
    return open_dossier(unit, unit.catalogue.current(FEEDBACK, unit.today), office, filing)


def feedback_office(case: Case) -> Office:
    """The centre that receives feedback about the dossier. Raises NoFeedbackHere, NoRelease."""
    case.unit.catalogue.current(FEEDBACK, case.today)
    office = case.unit.catalogue.office(case.counter)
    if not office.receives or not office.valid(case.today):
        raise NoFeedbackHere(office=office.name)
    return office


def _commune(case: Case, office: Office) -> str:
    """The commune that the feedback is about: that of the dossier, else that of the centre."""
    territory, place = case.unit.catalogue.territory, case.row["place"]
    if place is not None and territory.find(place, "commune", case.today) is not None:
        return place
    return unit_of(office, case.today, territory).code
