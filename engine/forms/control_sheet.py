"""The data of Form 06: the sheet that goes with a dossier and names every hand-over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from engine.dossier.case import Case
from engine.forms.due import due_on_record, moment_on_paper
from engine.forms.head import of_dossier, person_of
from engine.forms.names import Names, local_day
from engine.forms.told import Told
from engine.rules.deadlines.due import StepResult, step_result
from engine.store import dossier_parts

HAND_OVERS: Final = ("transfer", "ask_verification", "answer_verification", "recall")
"""The acts beside steps that pass a dossier, or a question on it, from one desk to another or back."""
_RESULTS: dict[StepResult, str] = {"early": "Trước hạn", "on_time": "Đúng hạn", "late": "Quá hạn"}


def control_sheet(case: Case, told: Told) -> dict[str, Any]:
    """What Form 06 says now."""
    row = case.row
    names = Names(case, told.entries, "06", row["finished_at"])
    desks = names.desks(names.moment)
    asked = [one.office for one in dossier_parts.verifications_of(case.unit.reader(), case.id)]
    others = {*desks.values(), *asked} - {desks["handler"], desks["intake"]}
    return {
        **of_dossier(case, names, local_day(case.unit.now), *desks),
        "received": moment_on_paper(row["received_at"]),
        "due": due_on_record(row, case.unit.now),
        "deciding": names.name(desks["handler"]),
        "coordinating": [names.name(office) for office in sorted(others)],
        "handovers": _handovers(case, told, names),
    }


def _handovers(case: Case, told: Told, names: Names) -> list[dict[str, Any]]:
    """A row for each hand-over, with the offices of its own day.

    The result (early, on time, late) of a step is that of the state that it left; that of a question to another office
    compares the answer with its own time limit.
    """
    rows: list[dict[str, Any]] = []
    entered: dt.datetime | None = None
    recalled = told.recalled()
    for entry in told.entries:
        if entry["act"] in HAND_OVERS:
            made = _beside(case, told, names, entry)
            rows += [made] if made else []
            entered = entry["at"] if entry["act"] == "recall" else entered
        elif _moves(entry):
            rows.append(_step(case, told, names, entry, entered, entry["number"] in recalled))
            entered = entry["at"]
    return rows


def _moves(entry: Mapping[str, Any]) -> bool:
    data = entry["data"]
    return "effect" in data and data["from"] != data["to"]


def _step(
    case: Case, told: Told, names: Names, entry: Mapping[str, Any], entered: dt.datetime | None, recalled: bool
) -> dict[str, Any]:
    data = entry["data"]
    state, target = case.release.states.get(data["from"]), case.release.states.get(data["to"])
    result = ""
    limit = state.counted if state is not None else None
    if limit is not None and entered is not None:
        result = _RESULTS[step_result(case.calendar, entered, entry["at"], limit)]
    note = target.name.vi if target else data["to"]
    return {
        "giver": person_of(case, entry),
        "taker": _taker(case, data["to"], names, entry["at"]),
        "given": moment_on_paper(entry["at"]),
        "taken": moment_on_paper(_taken(told, entry["number"])),
        "result": result,
        "note": f"{note} (đã thu hồi)" if recalled else note,
    }


def _beside(case: Case, told: Told, names: Names, entry: Mapping[str, Any]) -> dict[str, Any] | None:
    """The row of a transfer or of a question to another office; the answer stands in the question's row."""
    data, at = entry["data"], entry["at"]
    row = {"giver": person_of(case, entry), "given": moment_on_paper(at), "result": ""}
    if entry["act"] == "transfer":
        taker, taken = names.name(data["to"], at), _taken(told, entry["number"])
        return row | {"taker": taker, "taken": moment_on_paper(taken), "note": "Chuyển cơ quan"}
    if entry["act"] != "ask_verification":
        return None
    due = dt.datetime.fromisoformat(data["due_at"])
    answer = next((one for one in told.entries if _answers(one, data["verification"])), None)
    late = (answer["at"] if answer else case.unit.now) > due
    result = "Quá hạn" if late else "Đúng hạn" if answer else ""
    note = "Lấy ý kiến phối hợp" + (f"; trả lời {moment_on_paper(answer['at'])}" if answer else "; chưa trả lời")
    return row | {"taker": names.name(data["office"], at), "taken": "", "result": result, "note": note}


def _answers(entry: Mapping[str, Any], question: int) -> bool:
    return bool(entry["act"] == "answer_verification" and entry["data"]["verification"] == question)


def _taken(told: Told, number: int) -> dt.datetime | None:
    """The moment at which the next holder took the dossier after entry ``number``, before it was passed on again."""
    for entry in told.entries:
        if entry["number"] <= number:
            continue
        if entry["act"] in ("open", "claim"):
            at: dt.datetime = entry["at"]
            return at
        if _moves(entry) or entry["act"] in ("transfer", "recall"):
            return None
    return None


def _taker(case: Case, state: str, names: Names, at: dt.datetime) -> str:
    known = case.release.states.get(state)
    role = case.release.roles.get(known.role or "") if known else None
    if role is None:
        return case.applicant["name"] or ""
    return f"{role.name.vi}, {names.name(names.desks(at).get(role.unit), at)}"
