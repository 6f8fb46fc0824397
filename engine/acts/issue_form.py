"""The acts that issue and print the forms 01–06 of a dossier.

The first print of a form after its event issues it: what it says is kept in the journal's private part, to which the
entry holds a commitment. Later prints show exactly that. A corrected one is a new issue, which names the one that it
replaces.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import orjson

from engine.acts.read_personal_data import open_form
from engine.dossier.case import Case
from engine.dossier.record import record
from engine.errors import NotFound, wrong
from engine.forms.books import lines_in_books
from engine.forms.data import new_form
from engine.forms.due import day_on_paper
from engine.forms.events import event_of
from engine.forms.issued import (
    EDITION,
    SECRETS,
    Issue,
    IssuedForm,
    as_issued,
    issue_of,
    kept,
    must_have_data,
    printable,
)
from engine.forms.names import local_day
from engine.forms.told import Told
from engine.rules.journal.entries import canonical
from engine.store.form_numbers import take_form_number
from engine.store.form_seals import form_seals
from engine.transaction import UnitOfWork

_BY_THE_AUTHORITY = ("04", "05")


def print_form(
    unit: UnitOfWork, code: str, number: str, issue: int | None = None, why: str | None = None
) -> IssuedForm:
    """Form ``number`` as it was issued; issues it if it was not yet. ``issue`` asks for an earlier one.

    The control sheet (06) is issued anew whenever it says something new, and Form 01 when the applicant's link was
    renewed. Each print is recorded as a reading of personal data; ``why`` is the reason of those who do not work on the
    dossier.

    Raises NotFound, Forbidden, ReasonForReading, NoSuchForm, FormNotDue, DossierErased, FormErased, FormDamaged.
    """
    case = open_form(unit, code, number, why)
    told = Told(case)
    issues = told.issues(number)
    if issue is not None:
        entry = next((one for one in issues if one["data"]["issue"] == issue), None)
        if entry is None:
            raise NotFound(what=f"form {number}, issue {issue}")
        return as_issued(case, entry)
    event = event_of(case, told, number)
    last = issues[-1] if issues else None
    if number == "06":
        return _sheet(case, told, event, last)
    if last is None or last["data"]["about"] != event["number"]:
        return _issue(case, told, number, event)
    if _keys_renewed(case, last):
        return _issue(case, told, number, event, replaces=last)
    return as_issued(case, last)


def reissue_form(unit: UnitOfWork, code: str, number: str, reason: str, version: int | None = None) -> IssuedForm:
    """Issues a form again with today's data, as a correction of its last issue about the same event.

    Raises NotFound, Stale, Forbidden, InvalidInput, NoSuchForm, FormNotDue, DossierErased.
    """
    case = open_form(unit, code, number, reason, version)
    if not reason.strip():
        raise wrong("reason", "phải ghi lý do cấp lại", "say why the form is issued again")
    told = Told(case)
    event, issues = event_of(case, told, number), told.issues(number)
    same = [one for one in issues if number == "06" or one["data"]["about"] == event["number"]]
    return _issue(case, told, number, event, replaces=same[-1] if same else None, reason=reason)


def _sheet(case: Case, told: Told, event: Mapping[str, Any], last: Mapping[str, Any] | None) -> IssuedForm:
    """The control sheet as it was issued, or a new issue if it would say something else now."""
    if last is not None:
        said, now = kept(case, last)["form"], orjson.loads(canonical(new_form(case, told, "06", event)))
        if _without_day(said) == _without_day(now):
            return as_issued(case, last)
    return _issue(case, told, "06", event, replaces=last)


def _without_day(said: Mapping[str, Any]) -> dict[str, Any]:
    of_the_issue = {"date", "number", "issued_at", "edition", "made", "replaces"}
    return {**said, "head": {key: value for key, value in said["head"].items() if key not in of_the_issue}}


def _keys_renewed(case: Case, last: Mapping[str, Any]) -> bool:
    """Whether the keys on an issued Form 01 were revoked since."""
    return bool(last["data"]["form"] == "01" and kept(case, last)["keys"]["nonce"] != case.row["link_nonce"])


def _issue(
    case: Case,
    told: Told,
    number: str,
    event: Mapping[str, Any],
    *,
    replaces: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> IssuedForm:
    must_have_data(case, number)
    said = new_form(case, told, number, event, corrected=replaces is not None)
    issues, row = told.issues(number), case.row
    issue = issues[-1]["data"]["issue"] + 1 if issues else 1
    data = {"form": number, "issue": issue, "about": event["number"], "edition": EDITION}
    day = local_day(case.unit.now if replaces or number == "06" else event["at"])
    data |= _numbered(case, number, day.year) | {"replaces": replaces["data"]["issue"] if replaces else None}
    said["head"] |= _told_of_issue(case, number, event, data, issue_of(replaces) if replaces else None)
    private: dict[str, Any] = {"form": {key: value for key, value in said.items() if key not in SECRETS}}
    if number == "01":
        private["form"] |= _book(case)
        private["keys"] = {"nonce": row["link_nonce"], "hash": row["link_hash"]}
    if reason:
        private["reason"] = reason
    entry = record(case, "issue_form", data=data, private=private)
    if case.unit.settings.signing.forms:
        case.unit.writes.insert(form_seals, [{"dossier_id": case.id, "entry": entry, "form": number}])
    made = {key: data[key] for key in ("form", "issue", "about", "replaces", "mark")}
    return printable(case, Issue(**made, at=case.unit.now, entry=entry), private)


def _numbered(case: Case, number: str, year: int) -> dict[str, Any]:
    """The next number of the office that issues the form in the year of its day, and as it stands on paper."""
    row = case.row
    office = row["handler_office"] if number in _BY_THE_AUTHORITY else case.counter
    office = row["intake_office"] if number == "01" else office
    count = take_form_number(case.unit.begin(), office, year, number)
    return {"office": office, "year": year, "number": count, "mark": f"{count}/{case.unit.settings.form_signs[number]}"}


def _told_of_issue(
    case: Case, number: str, event: Mapping[str, Any], data: Mapping[str, Any], before: Issue | None
) -> dict[str, Any]:
    """What the head says of the issue: its number, its moment, that it was made later, and which one it replaces."""
    today = local_day(case.unit.now)
    told: dict[str, Any] = {"number": data["mark"], "edition": EDITION, "issued_at": _moment(case.unit.now)}
    if number == "06":
        return told
    if before is not None:
        words = f"Cấp lần {data['issue']}, thay bản cấp lần {before.issue} số {before.mark}"
        return told | {"date": day_on_paper(today), "replaces": f"{words}, {day_on_paper(local_day(before.at))}"}
    if local_day(event["at"]) < today:
        told["made"] = f"Bản này được lập {day_on_paper(today)} từ sổ hồ sơ"
    return told


def _book(case: Case) -> dict[str, str]:
    """The book and the line of the dossier in the register of the office that received it."""
    row = case.row
    received = row["received_at"]
    if received is None:
        return {}
    place = lines_in_books(case.unit, row["intake_office"], [(case.id, received)]).get(case.id)
    return {"register_volume": str(place[0]), "register_line": str(place[1])} if place else {}


def _moment(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds")
