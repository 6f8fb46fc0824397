"""The papers that the office brings, as the model has them: when and by which role, and which of them a step takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.model.dossier import Dossier
from tests.model.parts import Paper, Who
from tests.model.procedure import Procedure, Refused

if TYPE_CHECKING:
    from tests.model.model_installation import ModelInstallation


def attaching(procedure: Procedure, key: str) -> list[str]:
    return [name for name, action in procedure.actions.items() if action["attach"] == key]


def brought_by_office(procedure: Procedure, key: str) -> bool:
    """Whether the paper is a result, or some action that is not the applicant's alone attaches it."""
    known = procedure.data["documents"].get(key)
    if known is None:
        return False
    return known["result"] or any(procedure.actions[one]["by"] != ["applicant"] for one in attaching(procedure, key))


def may_bring(model: ModelInstallation, dossier: Dossier, who: Who, key: str) -> None:
    office = brought_by_office(dossier.procedure, key)
    if who.kind == "citizen":
        if not asks(dossier):
            raise Refused("nothing-asked")
        if office:
            raise Refused("forbidden")
    elif office:
        actions = may_handle(model, dossier, who, key)
        signed = any(one.signed for one in usable(dossier, key))
        if signed or all(passed_on(dossier, key, one) for one in actions):
            raise Refused("result-taken")


def asks(dossier: Dossier) -> bool:
    """Whether something is asked of the applicant."""
    if dossier.state["final"]:
        return False
    here = [one for one in dossier.procedure.actions.values() if dossier.row["state"] in one["sources"]]
    answers = any(one["effect"] == "answer" and "applicant" in one["by"] for one in here)
    return dossier.state["portal"] in (5, 6) or answers


def may_handle(model: ModelInstallation, dossier: Dossier, who: Who, key: str) -> list[str]:
    """The actions with which the actor may bring the result here."""
    actions = dossier.procedure.actions
    own = [one for one in attaching(dossier.procedure, key) if model.role_for(dossier, who, one) is not None]
    if not own:
        raise Refused("forbidden")
    here = [one for one in own if dossier.row["state"] in actions[one]["sources"]]
    if not here:
        raise Refused("result-not-now")
    return here


def may_check(model: ModelInstallation, dossier: Dossier, who: Who, paper: Paper, accepted: bool) -> None:
    if brought_by_office(dossier.procedure, paper.key):
        may_handle(model, dossier, who, paper.key)
        if paper.signed or paper.taken:
            raise Refused("result-taken")
        if accepted and paper.accepted == 0:
            raise Refused("result-void")


def may_remove(model: ModelInstallation, dossier: Dossier, who: Who, paper: Paper) -> None:
    if not paper.signed and brought_by_office(dossier.procedure, paper.key):
        may_handle(model, dossier, who, paper.key)
    if paper.signed or (paper.taken and brought_by_office(dossier.procedure, paper.key)):
        raise Refused("paper-in-use")


def brought_for(dossier: Dossier, action: str) -> Paper | None:
    """The paper that an action takes: the one that was passed on to it, or the newest of this state and office."""
    key = dossier.procedure.actions[action]["attach"]
    if key is None:
        return None
    found = usable(dossier, key)
    if brought_by_office(dossier.procedure, key):
        given = passed_on(dossier, key, action)
        entries = enumerate(dossier.journal, 1)
        since = max(number for number, entry in entries if entry.changed & {"state", "holder_office"})
        fresh = (one for one in found if one.brought[0] > since and one.brought[1] != "citizen" and not one.taken)
        found = [given] if given else list(fresh)
    if not found:
        raise Refused("document-required")
    return found[-1]


def lacks(dossier: Dossier, action: str) -> bool:
    """Whether the paper that an action takes was not brought yet."""
    try:
        brought_for(dossier, action)
    except Refused:
        return True
    return False


def passed_on(dossier: Dossier, key: str, action: str) -> Paper | None:
    """The paper that another action took last."""
    steps = [(number, name, paper) for paper in usable(dossier, key) for number, name in paper.taken]
    if not steps:
        return None
    _, name, paper = max(steps, key=lambda step: step[0])
    return None if name == action else paper


def undone(dossier: Dossier, action: str, target: str) -> list[Paper]:
    """The results that a step makes void."""
    procedure, source = dossier.procedure, dossier.row["state"]
    if source == target:
        return []
    if procedure.actions[action]["effect"] == "back":
        entries = enumerate(dossier.journal, 1)
        there = [number for number, entry in entries if "state" in entry.changed and entry.state == target]
        return brought_since(dossier, max(there, default=0) + 1)
    again = {name for name, one in procedure.actions.items() if target in one["sources"]}
    return [one for one in results(dossier) if any(name in again for _, name in one.taken)]


def brought_since(dossier: Dossier, number: int) -> list[Paper]:
    """The results that the entry ``number`` or a later one brought or took."""
    return [one for one in results(dossier) if max(one.brought[0], *(at for at, _ in one.taken or [(0, "")])) >= number]


def make_void(papers: list[Paper]) -> None:
    for paper in papers:
        paper.accepted = 0


def results(dossier: Dossier) -> list[Paper]:
    return [
        one for one in dossier.standing_papers() if brought_by_office(dossier.procedure, one.key) and one.accepted != 0
    ]


def usable(dossier: Dossier, key: str) -> list[Paper]:
    return [one for one in dossier.standing_papers() if one.key == key and one.file and one.accepted != 0]
