"""The clocks of the model: what a clock that rings does to a dossier, and which clocks hold no more."""

from __future__ import annotations

import datetime as dt

from tests.model import terms
from tests.model.dossier import Dossier
from tests.model.model_installation import ModelInstallation
from tests.model.parts import Who
from tests.model.procedure import Refused


def ring(model: ModelInstallation, now: dt.datetime, dossier: Dossier, key: tuple[str, str, dt.datetime]) -> str:
    """One clock runs out; the outcome that the engine must name."""
    if dossier.clocks.get(key, "rung") is not None:
        return "gone"
    if key[2] > now:
        return "not-yet"
    dossier.clocks[key] = "done"
    outcome = _not_standing(dossier, key, now) or _rung(model, dossier, key, now)
    dossier.clocks[key] = outcome
    return outcome


def _not_standing(dossier: Dossier, key: tuple[str, str, dt.datetime], now: dt.datetime) -> str | None:
    kind, subject, _ = key
    if kind == "verify":
        asked = [one for one in dossier.questions if str(one.number) == subject and not one.answered]
        return None if asked else "void"
    if kind == "remind":
        return None if dossier.row["state"] == subject and dossier.state["remind"] else "void"
    for wanted in dossier.wanted_clocks():
        if wanted[:2] == (kind, subject):
            if wanted[2] <= now:
                return None
            dossier.clocks.setdefault(wanted, None)
            return "moved"
    return "void"


def _rung(model: ModelInstallation, dossier: Dossier, key: tuple[str, str, dt.datetime], now: dt.datetime) -> str:
    kind, subject, due_at = key
    system = Who("system")
    if kind == "after":
        return _by_itself(model, dossier, subject, now, system)
    occasion = f"{kind}:{subject}:{due_at.isoformat()}"
    if kind == "verify":
        asked = next(one for one in dossier.questions if str(one.number) == subject)
        for recipient in (f"office:{asked.office}/specialist", dossier.holder):
            dossier.tell_inbox(recipient, "xac-minh-qua-han", f"verify:{subject}")
        return "done"
    if kind == "overdue":
        dossier.write("overdue", system, now, dict(dossier.row))
    if kind == "intake":
        dossier.write("intake_overdue", system, now, dict(dossier.row))
        dossier.tell_inbox(dossier.holder, "qua-gio-tiep-nhan", occasion)
    if kind in ("warn", "step") and dossier.row["holder_office"]:
        template = {"warn": "sap-den-han", "step": "buoc-qua-han"}[kind]
        dossier.tell({"to": ["holder"], "via": ["inbox"], "template": template}, occasion)
    for index, notice in enumerate(dossier.procedure.data["notify"]):
        wanted = notice["event"] == kind and kind in ("overdue", "remind", "due_in")
        if (
            wanted
            and (kind != "remind" or notice["subject"] == subject)
            and (kind != "due_in" or str(index) == subject)
        ):
            dossier.tell(notice, occasion)
    if kind == "remind":
        then = dossier.row["entered_at"]
        while then <= now:
            then = terms.ends(then, dossier.state["remind"])
        dossier.clocks.setdefault(("remind", subject, then), None)
    return "done"


def _by_itself(model: ModelInstallation, dossier: Dossier, action: str, now: dt.datetime, system: Who) -> str:
    """A timer takes an action. Nothing that the shipped procedures let a timer do can be half done when it is refused:
    what is refused is refused before anything changes."""
    try:
        model.take(dossier, system, action, now)
    except Refused as refused:
        return refused.code
    return "done"
