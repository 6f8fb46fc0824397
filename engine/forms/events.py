"""The event that each form of a dossier is about: the entry of its journal that the form tells of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from engine.dossier.case import Case
from engine.errors import Conflict, NotFound
from engine.forms.told import ISSUED, Told

_EFFECTS: Final = {"02": "ask", "03": "refuse", "05": "stop"}
_WHY: Final = {
    "02": ("chưa yêu cầu bổ sung", "no supplement was asked for"),
    "03": ("hồ sơ không bị từ chối", "the dossier was not refused"),
    "04": ("hồ sơ chưa được gia hạn", "the dossier was not extended"),
    "05": ("hồ sơ không bị dừng giải quyết", "processing was not stopped"),
}


class FormNotDue(Conflict):
    """The event that the form is about has not happened to the dossier."""

    code = "form-not-due"
    vi = "Chưa thể in mẫu số {number}: {why_vi}."
    en = "Form {number} cannot be printed: {why_en}."


class NoSuchForm(NotFound):
    """There is no form with this number, or it is not about one dossier."""

    code = "unknown-form"
    vi = "Không có mẫu số {number}."
    en = "There is no form {number}."


def event_of(case: Case, told: Told, number: str) -> Mapping[str, Any]:
    """The entry that form ``number`` (01–06) is about. Raises NoSuchForm, FormNotDue.

    01: the reception; 02: the newest request that was not recalled; 03: the refusal; 04: the newest extension;
    05: the stop; 06: the newest entry that the sheet may tell of.
    """
    if number == "01":
        return _reception(case, told)
    if number == "04":
        found = told.last(lambda entry: entry["act"] == "extend_deadline")
    elif number == "06":
        found = told.last(lambda entry: entry["act"] != ISSUED)
    elif number in _EFFECTS:
        found = told.effect(_EFFECTS[number])
    else:
        raise NoSuchForm(number=number)
    if found is None:
        why_vi, why_en = _WHY[number]
        raise FormNotDue(number=number, why_vi=why_vi, why_en=why_en)
    return found


def _reception(case: Case, told: Told) -> Mapping[str, Any]:
    if case.row["received_at"] is None:
        raise FormNotDue(number="01", why_vi="hồ sơ chưa được tiếp nhận", why_en="the dossier is not received yet")
    received = told.effect("receive") or told.last(lambda entry: "received_at" in entry["changes"])
    return received or told.entries[0]
