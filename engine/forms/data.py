"""The data of the official forms 01–07, as plain text ready for paper (``adapters.forms`` prints them).

Everything comes from the dossier's row and its journal. A form about an event that did not happen (the refusal of a
dossier that was received) raises FormNotDue.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

from engine.dossier.case import Case
from engine.errors import Conflict, NotFound
from engine.forms.due import ON_RECORD, day_on_paper, due_on_paper, due_on_record, moment_on_paper, new_due_on_paper
from engine.forms.names import Names, local_day, office_name, place_today
from engine.rules.deadlines.due import StepResult, step_result
from engine.rules.deadlines.pauses import term_from_data
from engine.rules.deadlines.promise import automatic_stop
from engine.rules.deadlines.trace import term_in_words
from engine.rules.offices.names import name_on, unit_of
from engine.rules.offices.offices import Office
from engine.rules.part_rows import DocumentRow
from engine.security.citizen_link import known_token
from engine.store import dossier_parts
from engine.store.people import role_members
from engine.store.rows import RegisterRow
from engine.transaction import UnitOfWork

NUMBERS = ("01", "02", "03", "04", "05", "06", "07")
_RESULTS: dict[StepResult, str] = {"early": "Trước hạn", "on_time": "Đúng hạn", "late": "Quá hạn"}
_CHANNELS = {"counter": "trực tiếp", "portal": "trực tuyến", "post": "bưu chính công ích"}


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


def form_data(case: Case, number: str) -> dict[str, Any]:
    """The data of form ``number`` (01–06) for one dossier. Raises NoSuchForm, FormNotDue."""
    fill = _FORMS.get(number)
    if fill is None:
        raise NoSuchForm(number=number)
    return fill(case, _Journal(case))


def register_data(
    unit: UnitOfWork, office: Office, rows: Sequence[RegisterRow], first: dt.date, last: dt.date, start_at: int = 1
) -> dict[str, Any]:
    """The data of form 07: the register of an office for the civil days ``first`` to ``last``.

    ``rows`` are those of ``engine.store.reports.register``; their numbering begins with ``start_at``.
    """
    known, today = unit.catalogue, local_day(unit.now)
    on = today if unit.settings.names_on_paper["07"] == "print" else min(last, today)
    named = [(row.handler_office, _register_day(unit, row)) for row in rows]
    lines = [
        {
            "line": line,
            "code": row.code,
            "request": known.workflow(row.release).release.name.vi,
            "applicant": row.name or "",
            "address": row.address or "",
            "phone": row.phone or "",
            "deciding": office_name(unit, *decided),
            "received": moment_on_paper(row.received_at),
            "due": due_on_record({name: getattr(row, name) for name in ON_RECORD}, unit.now),
            "returned": moment_on_paper(row.returned_at),
            "way": _CHANNELS[row.channel] if row.returned_at else "",
        }
        for line, (row, decided) in enumerate(zip(rows, named, strict=True), start_at)
    ]
    places = [place_today(unit, code, day) for code, day in dict.fromkeys([(office.code, on), *named])]
    period = f"Từ ngày {first:%d/%m/%Y} đến ngày {last:%d/%m/%Y}"
    return {"head": _head(unit, office, on, places), "period": period, "lines": lines}


class _Journal:
    """The entries of a dossier, read once (at most 1,000); searches begin with the newest."""

    def __init__(self, case: Case) -> None:
        rows = dossier_parts.journal_of(case.unit.begin(), case.id, limit=1000)
        self.entries = [{**orjson.loads(row.body), "at": row.at, "private": row.private or {}} for row in rows]

    def last(self, holds: Callable[[Mapping[str, Any]], bool]) -> dict[str, Any] | None:
        return next((entry for entry in reversed(self.entries) if holds(entry)), None)

    def effect(self, *effects: str) -> dict[str, Any] | None:
        """The newest step with one of these effects that was not recalled."""
        recalled = {entry["data"]["recalled"] for entry in self.entries if entry["act"] == "recall"}
        return self.last(lambda entry: entry["data"].get("effect") in effects and entry["number"] not in recalled)


def _receipt(case: Case, journal: _Journal) -> dict[str, Any]:
    row = case.row
    if row["received_at"] is None:
        raise FormNotDue(number="01", why_vi="hồ sơ chưa được tiếp nhận", why_en="the dossier is not received yet")
    received = journal.effect("receive")
    names = Names(case, journal.entries, "01", received["at"] if received else None)
    settings = case.unit.settings
    token = known_token(settings.secret_keys, row["link_nonce"], row["link_hash"])
    owed = sum(fee["vnd"] for fee in case.fees())
    due = sum(fee["vnd"] for fee in case.fees() if fee["settled_at"] is None)
    return {
        **_common(case, names),
        "status_url": f"{settings.public_url}/h/{token}",
        "papers": [_paper(case, paper) for paper in case.documents()],
        "term": term_in_words(term_from_data(row["term"])).vi if row["term"] else "",
        "received": moment_on_paper(row["received_at"]),
        "due": due_on_paper(row, case.unit.now),
        "collect": names.receiver(),
        "fees": f"{owed:,} đồng".replace(",", ".") + (" (đã nộp)" if not due else "") if owed else "",
        "submitter": case.applicant["name"] or "",
        "receiver": _person(case, received),
    }


def _supplement(case: Case, journal: _Journal) -> dict[str, Any]:
    asked = journal.effect("ask")
    if asked is None:
        raise FormNotDue(number="02", why_vi="chưa yêu cầu bổ sung", why_en="no supplement was asked for")
    reason = asked["private"].get("reason") or ""
    papers = case.release.documents
    missing = [papers[key].name.vi for key in case.facts()["documents"]["missing"] if key in papers]
    names = Names(case, journal.entries, "02", asked["at"])
    stop = automatic_stop(asked["data"]["to"], asked["at"], case.release, case.calendar)
    return {
        **_common(case, names),
        "items": missing or [line for line in reason.splitlines() if line.strip()] or ["—"],
        "reason": reason if missing else "",
        "before": moment_on_paper(stop.at) if stop else "",
        **_contact(names),
        "signer": _person(case, asked),
    }


def _refusal(case: Case, journal: _Journal) -> dict[str, Any]:
    refused = journal.effect("refuse")
    if refused is None:
        raise FormNotDue(number="03", why_vi="hồ sơ không bị từ chối", why_en="the dossier was not refused")
    reason = refused["private"].get("reason") or ""
    names = Names(case, journal.entries, "03", refused["at"])
    return {**_common(case, names), "reason": reason, **_contact(names), "signer": _person(case, refused)}


def _apology(case: Case, journal: _Journal) -> dict[str, Any]:
    extended = journal.last(lambda entry: entry["act"] == "extend_deadline")
    if extended is None:
        raise FormNotDue(number="04", why_vi="hồ sơ chưa được gia hạn", why_en="the dossier was not extended")
    before = journal.last(
        lambda entry: entry["number"] < extended["number"] and bool(entry["changes"].get("promised_at"))
    )
    missed = dt.datetime.fromisoformat(before["changes"]["promised_at"]) if before else None
    names = Names(case, journal.entries, "04", extended["at"])
    return {
        **_common(case, names),
        "received": moment_on_paper(case.row["received_at"]),
        "due": moment_on_paper(missed),
        "reason": extended["private"].get("reason") or "",
        "new_due": new_due_on_paper(case.row, case.unit.now),
        "signer": _head_of_office(case, names, extended),
    }


def _stop(case: Case, journal: _Journal) -> dict[str, Any]:
    stopped = journal.effect("stop")
    if stopped is None:
        raise FormNotDue(number="05", why_vi="hồ sơ không bị dừng giải quyết", why_en="processing was not stopped")
    names = Names(case, journal.entries, "05", stopped["at"])
    return {
        **_common(case, names),
        "received": moment_on_paper(case.row["received_at"]),
        "ground": stopped["private"].get("note") or "; ".join(case.release.legal),
        "reason": stopped["private"].get("reason") or "",
        "signer": _head_of_office(case, names, stopped),
    }


def _control_sheet(case: Case, journal: _Journal) -> dict[str, Any]:
    row = case.row
    names = Names(case, journal.entries, "06", row["finished_at"])
    desks = names.desks(names.moment)
    others = {*desks.values()} - {desks["handler"], desks["intake"]}
    return {
        **_common(case, names, *desks),
        "received": moment_on_paper(row["received_at"]),
        "due": due_on_record(row, case.unit.now),
        "deciding": names.name(desks["handler"]),
        "coordinating": [names.name(office) for office in sorted(others)],
        "handovers": _handovers(case, journal, names),
    }


def _handovers(case: Case, journal: _Journal, names: Names) -> list[dict[str, Any]]:
    """A row for each step that changed the state, with the offices of its own day.

    The result (early, on time, late) is that of the state that the step left.
    """
    rows: list[dict[str, Any]] = []
    entered: dt.datetime | None = None
    opened = [entry for entry in journal.entries if entry["act"] in ("open", "claim")]
    for entry in journal.entries:
        data = entry["data"]
        if "effect" not in data or data["from"] == data["to"]:
            continue
        state = case.release.states.get(data["from"])
        result = ""
        if state is not None and state.limit is not None and entered is not None:
            result = _RESULTS[step_result(case.calendar, entered, entry["at"], state.limit)]
        taken = next((one["at"] for one in opened if one["number"] > entry["number"]), None)
        target = case.release.states.get(data["to"])
        rows.append(
            {
                "giver": _person(case, entry),
                "taker": _taker(case, data["to"], names, entry["at"]),
                "given": moment_on_paper(entry["at"]),
                "taken": moment_on_paper(taken),
                "result": result,
                "note": target.name.vi if target else data["to"],
            }
        )
        entered = entry["at"]
    return rows


_FORMS: dict[str, Callable[[Case, _Journal], dict[str, Any]]] = {
    "01": _receipt,
    "02": _supplement,
    "03": _refusal,
    "04": _apology,
    "05": _stop,
    "06": _control_sheet,
}


def _common(case: Case, names: Names, *desks: str) -> dict[str, Any]:
    """The data that every form of a dossier has; ``desks`` are those that it names besides the receiving one."""
    known = case.applicant
    office = case.unit.catalogue.office(names.desks(names.moment)["intake"])
    return {
        "head": _head(case.unit, office, local_day(names.moment), names.others(("intake", *desks))),
        "code": case.code,
        "applicant": {
            "name": known["name"] or "",
            "address": known["address"] or "",
            "phone": known["phone"] or "",
            "email": known["email"] or "",
        },
        "request": case.release.name.vi,
    }


def _head(unit: UnitOfWork, office: Office, named_on: dt.date, others: Sequence[str]) -> dict[str, Any]:
    territory = unit.catalogue.territory
    place = unit_of(office, named_on, territory)
    return {
        "authority": f"ỦY BAN NHÂN DÂN {place.name_vi}",
        "unit": name_on(office, named_on, territory).vi,
        "place": place.name_vi,
        "date": day_on_paper(local_day(unit.now)),
        "other_names": [line for line in dict.fromkeys(others) if line],
    }


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


def _person(case: Case, entry: Mapping[str, Any] | None) -> str:
    kind, _, number = str(entry["actor"] if entry else "").partition(":")
    if kind == "citizen":
        return case.applicant["name"] or ""
    if kind not in ("staff", "admin") or not number.isdigit():
        return "Hệ thống" if kind == "system" else ""
    return dossier_parts.names_of_people(case.unit.begin(), {int(number)}).get(int(number), "")


def _head_of_office(case: Case, names: Names, entry: Mapping[str, Any]) -> str:
    """The name of the entry's actor if they led the handling office then; else empty, for the head to sign by hand."""
    kind, _, number = str(entry["actor"]).partition(":")
    if kind not in ("staff", "admin") or not number.isdigit():
        return ""
    office = names.desks(entry["at"])["handler"]
    heads = role_members(case.unit.reader(), office, "leader", local_day(entry["at"]))
    return _person(case, entry) if int(number) in heads else ""


def _taker(case: Case, state: str, names: Names, at: dt.datetime) -> str:
    known = case.release.states.get(state)
    role = case.release.roles.get(known.role or "") if known else None
    if role is None:
        return case.applicant["name"] or ""
    return f"{role.name.vi}, {names.name(names.desks(at).get(role.unit), at)}"
