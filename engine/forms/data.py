"""The data of the official forms 01–07, as plain text ready for paper (``adapters.forms`` prints them).

Everything comes from the dossier's row and its journal. Each form of a dossier is about one entry of the journal, its
*event*; ``engine.acts.issue_form`` keeps what it said. A form about an event that did not happen (the refusal of a
dossier that was received) raises FormNotDue.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from engine.dossier.case import Case
from engine.forms.books import lines_in_books
from engine.forms.control_sheet import control_sheet
from engine.forms.due import ON_RECORD, due_on_paper, due_on_record, moment_on_paper, new_due_on_paper
from engine.forms.events import FormNotDue, NoSuchForm, event_of
from engine.forms.head import head_of, of_authority, of_dossier, person_of
from engine.forms.names import Names, local_day, office_name, place_today
from engine.forms.submitted import submitted_papers
from engine.forms.told import Told
from engine.rules.deadlines.pauses import term_from_data
from engine.rules.deadlines.promise import automatic_stop
from engine.rules.deadlines.trace import term_in_words
from engine.rules.masking import masked_number, masked_text
from engine.rules.offices.offices import Office
from engine.rules.part_rows import DocumentRow
from engine.rules.procedure.balance import Balance
from engine.security.citizen_link import known_receipt_code, known_token
from engine.settings import Settings
from engine.store.people import role_members
from engine.store.rows import RegisterRow
from engine.transaction import UnitOfWork

__all__ = ["NUMBERS", "FormNotDue", "NoSuchForm", "applicants_keys", "form_data", "new_form", "register_data"]

NUMBERS = ("01", "02", "03", "04", "05", "06", "07")
WITH_LINK = frozenset({"01"})
"""The forms that print the citizen's link."""
_CHANNELS = {"counter": "trực tiếp", "portal": "trực tuyến", "post": "bưu chính công ích", "vneid": "VNeID"}
_AFTER_A_STOP = (
    "Ông/Bà có thể nhận lại giấy tờ đã nộp, nộp hồ sơ mới khi có đủ thành phần và điều kiện, hoặc khiếu nại theo quy "
    "định của pháp luật về khiếu nại."
)


def form_data(case: Case, number: str) -> dict[str, Any]:
    """What form ``number`` (01–06) of a dossier says if it is issued now. Raises NoSuchForm, FormNotDue."""
    told = Told(case)
    return new_form(case, told, number, event_of(case, told, number))


def new_form(
    case: Case, told: Told, number: str, event: Mapping[str, Any], *, corrected: bool = False
) -> dict[str, Any]:
    """The data of form ``number`` about ``event``, without what the issue adds (number, book).

    ``corrected``: papers that were corrected after the event stand as they are now.
    """
    if number == "01":
        return _receipt(case, told, event, corrected)
    return _FORMS[number](case, told, event)


def register_data(
    unit: UnitOfWork,
    office: Office,
    rows: Sequence[RegisterRow],
    first: dt.date,
    last: dt.date,
    *,
    masked: bool = True,
) -> dict[str, Any]:
    """The data of form 07: the register of an office for the civil days ``first`` to ``last``.

    ``rows`` are those of ``engine.store.reports.register``. Each year has a book of its own, in which a dossier has the
    line that its Form 01 names. Address and telephone are masked unless ``masked`` is False; pass that only after an
    entry in the read log.
    """
    known, today = unit.catalogue, local_day(unit.now)
    on = today if unit.settings.names_on_paper["07"] == "print" else min(last, today)
    named = [(row.handler_office, _register_day(unit, row)) for row in rows]
    books = lines_in_books(unit, office.code, [(row.id, row.received_at) for row in rows])
    lines = [
        {
            "line": books[row.id][1],
            "code": row.code,
            "request": known.workflow(row.release).release.name.vi,
            "applicant": row.name or "",
            "address": (masked_text(row.address) if masked else row.address) or "",
            "phone": (masked_number(row.phone) if masked else row.phone) or "",
            "deciding": office_name(unit, *decided),
            "received": moment_on_paper(row.received_at),
            "due": due_on_record({name: getattr(row, name) for name in ON_RECORD}, unit.now),
            "returned": moment_on_paper(row.returned_at),
            "way": _CHANNELS[row.channel] if row.returned_at else "",
        }
        for row, decided in zip(rows, named, strict=True)
    ]
    places = [place_today(unit, code, day) for code, day in dict.fromkeys([(office.code, on), *named])]
    period = f"Từ ngày {first:%d/%m/%Y} đến ngày {last:%d/%m/%Y}"
    head = head_of(unit, office, on, today, places)
    return {"head": head, "volume": _volume(first, last), "period": period, "lines": lines}


def _receipt(case: Case, told: Told, received: Mapping[str, Any], corrected: bool) -> dict[str, Any]:
    row = case.row
    names = Names(case, told.entries, "01", received["at"])
    return {
        **of_dossier(case, names, local_day(row["received_at"] or received["at"])),
        **applicants_keys(case.unit.settings, row["link_nonce"], row["link_hash"]),
        "papers": [_paper(case, paper) for paper in submitted_papers(case, told, received["number"], corrected)],
        "term": term_in_words(term_from_data(row["term"])).vi if row["term"] else "",
        "received": moment_on_paper(row["received_at"]),
        "due": due_on_paper(row, case.unit.now, case.calendar),
        "collect": names.receiver(),
        "fees": _fees(case.money()),
        "submitter": case.applicant["name"] or "",
        "receiver": person_of(case, received),
    }


def _fees(money: Balance) -> str:
    """What is owed, and whether it is paid: “225.000 đồng (đã nộp 75.000 đồng, còn 150.000 đồng)”."""
    if not money.owed:
        return ""
    if not money.due:
        return f"{_dong(money.owed)} (đã nộp)"
    paid = f" (đã nộp {_dong(money.owed - money.due)}, còn {_dong(money.due)})"
    return _dong(money.owed) + (paid if money.due < money.owed else "")


def _dong(vnd: int) -> str:
    return f"{vnd:,} đồng".replace(",", ".")


def applicants_keys(settings: Settings, nonce: str, stored_hash: str) -> dict[str, str]:
    """The two keys to a dossier as Form 01 prints them. They follow from the nonce and a secret; neither is stored."""
    token = known_token(settings.secret_keys, nonce, stored_hash)
    code = known_receipt_code(settings.secret_keys, nonce, stored_hash)
    return {"status_url": f"{settings.public_url}/h/{token}", "receipt_code": code}


def _supplement(case: Case, told: Told, asked: Mapping[str, Any]) -> dict[str, Any]:
    reason = asked["private"].get("reason") or ""
    items = _asked_for(case, asked["data"])
    names = Names(case, told.entries, "02", asked["at"])
    waits = (case.row["state"], case.row["entered_at"]) == (asked["data"]["to"], asked["at"])
    stop = automatic_stop(asked["data"]["to"], asked["at"], case.release, case.calendar) if waits else None
    return {
        **of_dossier(case, names, local_day(asked["at"])),
        "items": items or [line for line in reason.splitlines() if line.strip()] or ["—"],
        "reason": reason if items else "",
        "before": moment_on_paper(stop.at) if stop and stop.at > case.unit.now else "",
        **_contact(names),
        "signer": person_of(case, asked),
    }


def _asked_for(case: Case, data: Mapping[str, Any]) -> list[str]:
    """What a request asks for: the papers and fields that it names, else the papers that were missing then.

    An entry of an earlier version holds neither: then it is what is missing now.
    """
    papers, fields, named = case.release.documents, case.release.fields, data.get("asks")
    if named:
        keys, corrected = named["documents"], named["fields"]
    else:
        keys, corrected = data.get("missing", case.facts()["documents"]["missing"]), []
    items = [papers[key].name.vi for key in keys if key in papers]
    return items + [f"Sửa trong tờ khai: {fields[key].name.vi}" for key in corrected if key in fields]


def _refusal(case: Case, told: Told, refused: Mapping[str, Any]) -> dict[str, Any]:
    names = Names(case, told.entries, "03", refused["at"])
    return {
        **of_dossier(case, names, local_day(refused["at"])),
        "reason": _reason(case, refused),
        **_contact(names),
        "signer": _signer(case, refused),
    }


def _apology(case: Case, told: Told, extended: Mapping[str, Any]) -> dict[str, Any]:
    before = told.last(lambda entry: entry["number"] < extended["number"] and bool(entry["changes"].get("promised_at")))
    missed = dt.datetime.fromisoformat(before["changes"]["promised_at"]) if before else None
    names = Names(case, told.entries, "04", extended["at"])
    return {
        **of_authority(case, names, local_day(extended["at"])),
        "received": moment_on_paper(case.row["received_at"]),
        "due": moment_on_paper(missed),
        "reason": extended["private"].get("reason") or "",
        "new_due": new_due_on_paper(case.row, case.unit.now, case.calendar),
        "signer": _head_of_office(case, names, extended),
    }


def _stop(case: Case, told: Told, stopped: Mapping[str, Any]) -> dict[str, Any]:
    names = Names(case, told.entries, "05", stopped["at"])
    said = of_authority(case, names, local_day(stopped["at"]))
    del said["received_by"]
    return {
        **said,
        "received": moment_on_paper(case.row["received_at"]),
        "ground": stopped["private"].get("note") or "; ".join(case.release.legal),
        "reason": _reason(case, stopped),
        "next_steps": _AFTER_A_STOP,
        "signer": _head_of_office(case, names, stopped),
    }


_FORMS: dict[str, Callable[[Case, Told, Mapping[str, Any]], dict[str, Any]]] = {
    "02": _supplement,
    "03": _refusal,
    "04": _apology,
    "05": _stop,
    "06": lambda case, told, _: control_sheet(case, told),
}


def _reason(case: Case, entry: Mapping[str, Any]) -> str:
    """The reason given for a step; of a timer's step, which gives none, the name of the action."""
    given = entry["private"].get("reason")
    if given or not str(entry["actor"]).startswith("system"):
        return given or ""
    action = case.release.actions.get(entry["data"].get("action", ""))
    return action.name.vi if action else ""


def _signer(case: Case, entry: Mapping[str, Any]) -> str:
    """The name below a form of a person's act; a timer signs nothing."""
    return "" if str(entry["actor"]).startswith("system") else person_of(case, entry)


def _volume(first: dt.date, last: dt.date) -> str:
    """The books that a period lies in: one for each year."""
    return str(first.year) if first.year == last.year else f"{first.year}–{last.year}"


def _register_day(unit: UnitOfWork, row: RegisterRow) -> dt.date:
    """The day that decides the names on a line of the register."""
    moments = {"filing": row.filed_at, "decision": row.finished_at, "print": None}
    return local_day(moments[unit.settings.names_on_paper["07"]] or unit.now)


def _contact(names: Names) -> dict[str, str]:
    """The contact office under the name that the form prints, with the telephone number of today's office."""
    return {"contact": names.receiver(), "contact_phone": names.hotline()}


def _paper(case: Case, row: DocumentRow) -> dict[str, Any]:
    known = case.release.documents.get(row["key"])
    return {
        "name": known.name.vi if known else row["file_name"] or "Giấy tờ khác",
        "originals": row["original"],
        "certified": row["certified"],
        "copies": row["copy"],
    }


def _head_of_office(case: Case, names: Names, entry: Mapping[str, Any]) -> str:
    """The name of the entry's actor if they led the handling office then; else empty, for the head to sign by hand."""
    kind, _, number = str(entry["actor"]).partition(":")
    if kind not in ("staff", "admin") or not number.isdigit():
        return ""
    office = names.desks(entry["at"])["handler"]
    heads = role_members(case.unit.reader(), office, "leader", local_day(entry["at"]))
    return person_of(case, entry) if int(number) in heads else ""
