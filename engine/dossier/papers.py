"""Who may bring which paper of a dossier now, and which result an action takes.

The applicant brings papers while something is asked. The office brings results: in a role that takes the action that
attaches them, in the state from which it is taken. A step that goes back makes void the results that were brought or
taken since.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from engine.dossier.case import Case
from engine.errors import Conflict, Forbidden
from engine.rules.part_rows import DocumentRow
from engine.rules.procedure.definition import APPLICANT
from engine.rules.procedure.machine import Step
from engine.rules.procedure.permissions import Verdict
from engine.rules.procedure.portal_status import PortalStatus
from engine.store.documents import documents
from engine.store.dossier_parts import journals_of
from engine.transaction import UnitOfWork

_ASKING = (PortalStatus.SUPPLEMENT, PortalStatus.OBLIGATION)
_ENTERING = ("state", "holder_office")


class NothingAsked(Conflict):
    """The office waits for nothing from the applicant, so it takes no document from them now."""

    code = "nothing-asked"
    vi = "Hiện không có yêu cầu nào đối với người nộp hồ sơ, nên chưa thể gửi thêm giấy tờ."
    en = "Nothing is asked of the applicant at present, so no document can be sent."


class ResultNotNow(Conflict):
    """A result is brought, checked and taken off only in the state in which an action attaches it."""

    code = "result-not-now"
    vi = "“{document_vi}” chỉ được đính kèm, kiểm tra hoặc bỏ ở bước “{action_vi}”; hồ sơ không ở bước đó."
    en = "“{document_en}” is attached, checked or removed only where “{action_en}” is taken; the dossier is elsewhere."


class ResultTaken(Conflict):
    """A step has taken or signed the result, so nobody adds, checks or replaces it until that step is undone."""

    code = "result-taken"
    vi = "“{document_vi}” đã được trình hoặc ký, không thể thêm, kiểm tra hay thay. Hãy trả lại bước trước đã."
    en = "“{document_en}” was passed on or signed: it is not added, checked or replaced. Send the step back first."


class ResultVoid(Conflict):
    """A result that was rejected, or whose step was undone, is never accepted again."""

    code = "result-void"
    vi = "“{document_vi}” này đã bị loại, không thể công nhận lại. Hãy đính kèm lại bản đúng."
    en = "This “{document_en}” is void and cannot be accepted again. Attach the right one again."


@dataclass(frozen=True, slots=True)
class History:
    """What the journal tells of a dossier's papers, by numbers of entries.

    ``brought`` maps a paper that was added after the filing to (entry, actor). ``taken`` maps one to the steps that
    took it, as (entry, action). ``entered`` maps a state to the last entry that led into it. ``asked`` maps a state to
    the request of the last step into it, which a recall does not replace. ``since`` is the last entry that changed the
    state or the office that must act; ``sender`` is its actor.
    """

    brought: Mapping[int, tuple[int, str]]
    taken: Mapping[int, list[tuple[int, str]]]
    entered: Mapping[str, int]
    asked: Mapping[str, Mapping[str, list[str]]]
    since: int
    sender: str = ""


def asks_applicant(case: Case) -> bool:
    """Whether the office asks papers of the applicant now: by the status, or by an action with which they answer."""
    here = case.row["state"]
    if case.release.states[here].final:
        return False
    answering = (one for one in case.release.actions.values() if one.effect == "answer" and here in one.sources)
    return PortalStatus(case.row["portal"]) in _ASKING or any(APPLICANT in one.by for one in answering)


def must_bring(case: Case, key: str) -> None:
    """Requires that the actor may bring a paper now. Raises NothingAsked, Forbidden, ResultNotNow, ResultTaken."""
    if case.unit.actor.kind == "citizen":
        _must_be_asked(case, key)
    elif key in case.workflow.results.bringing:
        actions, told = must_handle_result(case, key), history(case)
        rows = _usable(case, key)
        if any(row["signature"] is not None for row in rows) or all(_standing(rows, told, one) for one in actions):
            raise ResultTaken(**_name(case, key))


def must_handle_result(case: Case, key: str) -> list[str]:
    """The actions attaching the result that the actor may take in this state. Raises Forbidden, ResultNotNow."""
    verdicts = {action: case.may(action) for action in case.workflow.results.bringing[key]}
    own = [action for action, verdict in verdicts.items() if verdict.allowed]
    if not own:
        raise _forbidden(verdicts.values())
    now = [action for action in own if case.row["state"] in case.release.actions[action].sources]
    if not now:
        name = case.release.actions[own[0]].name
        raise ResultNotNow(**_name(case, key), action_vi=name.vi, action_en=name.en)
    return now


def must_check_result(case: Case, row: DocumentRow, accepted: bool) -> None:
    """Requires that the actor may check this result. Raises Forbidden, ResultNotNow, ResultTaken, ResultVoid."""
    must_handle_result(case, row["key"])
    if row["signature"] is not None or is_taken(case, row["id"]):
        raise ResultTaken(**_name(case, row["key"]))
    if accepted and row["accepted"] == 0:
        raise ResultVoid(**_name(case, row["key"]))


def is_taken(case: Case, document: int) -> bool:
    """Whether a step took the document."""
    return document in history(case).taken


def attached(case: Case, action: str, key: str, told: History | None = None) -> DocumentRow | None:
    """The document ``key`` that ``action`` takes; None if there is none.

    It is the one that an earlier step took and that is not void. Otherwise it is the newest one that the office brought
    in this state. ``told`` is the history of the dossier, where the caller has read it.
    """
    rows = _usable(case, key)
    if not rows or key not in case.workflow.results.bringing:
        return rows[-1] if rows else None
    told = told or history(case)
    standing = _standing(rows, told, action)
    if standing is not None:
        return standing
    fresh = [row for row in rows if _is_fresh(told, row["id"])]
    return fresh[-1] if fresh else None


def undone_by_step(case: Case, step: Step) -> list[int]:
    """The results that become void by ``step``.

    If it goes back, they are those brought or taken since its target was entered. Otherwise they are those that an
    action from its target has taken already.
    """
    back = step.effect == "back"
    if step.source == step.target or not (back or step.target in case.workflow.results.again):
        return []
    ids = standing_results(case)
    if not ids:
        return []
    told = history(case)
    if back:
        return _since(told, ids, told.entered.get(step.target, 0) + 1)
    again = {key for key, one in case.release.actions.items() if step.target in one.sources}
    return [one for one in ids if any(action in again for _, action in told.taken.get(one, ()))]


def undone_by_recall(case: Case, number: int) -> list[int]:
    """The results that become void when the step of entry ``number`` is recalled."""
    ids = standing_results(case)
    return _since(history(case), ids, number) if ids else []


def make_void(case: Case, ids: Iterable[int]) -> None:
    """Marks results as not accepted; the caller records it."""
    marked = {"accepted": 0, "checked_at": case.unit.now, "checked_by": case.unit.actor.person_id}
    for document in ids:
        case.unit.writes.update(documents, marked, {"id": document})
    case.forget()


def history(case: Case) -> History:
    """Reads the journal of the dossier for what it tells of papers.

    Entries later than the row in hand are left out: the act was overtaken, and its version says so when it is written.
    """
    return histories(case.unit, [case])[case.id]


def histories(unit: UnitOfWork, cases: Sequence[Case]) -> dict[int, History]:
    """``history`` of several dossiers by row id, in one statement."""
    entries: dict[int, list[Sequence[Any]]] = {case.id: [] for case in cases}
    for dossier, *entry in journals_of(unit.reader(), list(entries)):
        entries[dossier].append(entry)
    return {case.id: _history(entries[case.id], case.row["version"]) for case in cases}


def _history(entries: Iterable[Sequence[Any]], version: int) -> History:
    brought, taken, entered, since = dict[int, tuple[int, str]](), dict[int, list[tuple[int, str]]](), {}, 0
    asked, here, sender = dict[str, Mapping[str, list[str]]](), "", ""
    for number, actor, act, text in entries:
        if number > version:
            break
        body = orjson.loads(text)
        changes, data = body["changes"], body["data"]
        if "state" in changes:
            entered[changes["state"]] = number
            if "effect" in data:
                asked[changes["state"]] = {}
            elif "recalled" not in data:  # a migration, which gives the state another key
                asked[changes["state"]] = asked.get(here, {})
            here = changes["state"]
        if "asks" in data:
            asked[here] = data["asks"]
        if any(column in changes for column in _ENTERING):
            since, sender = number, actor
        document = data.get("document")
        if act == "add_document":
            brought[document] = (number, actor)
        elif "effect" in data and document is not None:
            taken.setdefault(document, []).append((number, act))
    return History(brought, taken, entered, asked, since, sender)


def _must_be_asked(case: Case, key: str) -> None:
    if not asks_applicant(case):
        raise NothingAsked()
    if key in case.workflow.results.bringing:
        raise Forbidden(
            why_vi="giấy tờ này do cơ quan giải quyết đính kèm", why_en="the office attaches this document itself"
        )


def _usable(case: Case, key: str) -> list[DocumentRow]:
    """The files of a paper that were not found wanting, oldest first."""
    return [row for row in case.documents() if row["key"] == key and row["storage_key"] and row["accepted"] != 0]


def _standing(rows: Iterable[DocumentRow], told: History, action: str) -> DocumentRow | None:
    """The document that another action than ``action`` took last, unless ``action`` took it since."""
    steps = sorted((number, name, row["id"]) for row in rows for number, name in told.taken.get(row["id"], ()))
    if not steps or steps[-1][1] == action:
        return None
    return next(row for row in rows if row["id"] == steps[-1][2])


def _is_fresh(told: History, document: int) -> bool:
    """Whether the office brought the document in the present state and no step has taken it."""
    number, actor = told.brought.get(document, (0, "citizen"))
    return number > told.since and not actor.startswith("citizen") and document not in told.taken


def standing_results(case: Case) -> list[int]:
    """The ids of the results that are not void."""
    bringing = case.workflow.results.bringing
    return [row["id"] for row in case.documents() if row["key"] in bringing and row["accepted"] != 0]


def _since(told: History, ids: Iterable[int], number: int) -> list[int]:
    """Those of ``ids`` that were brought or taken by the entry ``number`` or a later one."""
    last = {
        one: max(told.brought.get(one, (0, ""))[0], *(at for at, _ in told.taken.get(one, [(0, "")]))) for one in ids
    }
    return [one for one in ids if last[one] >= number]


def _name(case: Case, key: str) -> dict[str, str]:
    name = case.release.documents[key].name
    return {"document_vi": name.vi, "document_en": name.en}


def _forbidden(verdicts: Iterable[Verdict]) -> Forbidden:
    why = next((verdict.why for verdict in verdicts if verdict.why), None)
    return Forbidden(
        why_vi=why.vi if why else "không bước nào đính kèm giấy tờ này",
        why_en=why.en if why else "no action attaches this document",
    )
