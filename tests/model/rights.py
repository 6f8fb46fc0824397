"""Who may act on a dossier, as the model has it: the parts that somebody has, and which acts each part allows."""

from __future__ import annotations

import datetime as dt

from tests.model.dossier import Dossier
from tests.model.parts import Who
from tests.model.procedure import Refused

ALLOWED = {
    "holder": {"claim", "assign", "transfer", "ask"},
    "acting": {"free", "open", "add", "check", "remove"},
    "leader": {"free", "assign", "note", "transfer", "elsewhere"},
    "decider": {"transfer", "elsewhere"},
    "counter": {"add", "check", "remove", "pay", "waive", "note", "rectify"},
    "handler": {"add", "check", "remove", "pay", "waive", "note", "rectify", "extend"},
    "support": {"add", "note"},
    "applicant": {"add"},
}
KIND_OF_OFFICE = {5: "commune", 2: "province"}
PROVINCE_OF = {"26080": "75", "26098": "75", "26740": "79", "LONGKHANH": "75", "QUAN1": "79"}


def must_be_open(dossier: Dossier) -> None:
    if dossier.state["final"]:
        raise Refused("dossier-ended")


def must_be_staff(who: Who) -> None:
    if who.kind not in ("staff", "system"):
        raise Refused("forbidden")


def parts_of(dossier: Dossier, who: Who) -> set[str]:
    """Every part that somebody has in a dossier now."""
    row, roles, keys = dossier.row, dossier.procedure.roles, dossier.row["offices"]
    found = set()
    deciding = "handler" if "handler" in keys else "intake"
    reached = {roles[role]["unit"] for role in dossier.been if role in roles} | {"intake"}
    for office, role in who.posts:
        if (office, role) == (row["holder_office"], row["holder_role"]):
            found |= {"acting"} | ({"holder"} if row["holder_id"] in (None, who.person) else set())
        if role == "leader" and office == row["holder_office"]:
            found.add("leader")
        if office == row["handler_office"] and deciding in reached:
            found |= {"decider", "handler"} if role == "leader" else set()
        unit = roles[role]["unit"] if role in roles else None
        if unit == "intake" and office == keys["intake"]:
            found.add("counter")
        if unit == deciding and office == row["handler_office"] and deciding in reached:
            found.add("handler")
        if unit not in (None, "intake", "handler") and office == keys.get(unit) and unit in reached:
            found.add("support")
    return found


def may(dossier: Dossier, who: Who, act: str) -> bool:
    if who.kind == "system":
        return True
    parts = {"applicant"} if who.kind == "citizen" else parts_of(dossier, who)
    return any(act in ALLOWED[part] for part in parts)


def must_may(dossier: Dossier, who: Who, act: str) -> None:
    if not may(dossier, who, act):
        held = who.kind == "staff" and "acting" in parts_of(dossier, who)
        raise Refused("held-by-another" if held and act in ALLOWED["holder"] else "forbidden")


def gives_the_role(posts: dict[int, frozenset[tuple[str, str]]], dossier: Dossier, key: str, office: str) -> bool:
    """Whether the rules give an office this part, and somebody there has a role for it."""
    route, present = dossier.procedure.data["routing"][key], dossier.row["offices"][key]
    if route["branches"]:
        fits = office in {branch["then"] for branch in route["branches"]}
    else:
        fits = _kind(office) == _kind(present) and _province(office) == dossier.row["province"]
    roles = {name for name, role in dossier.procedure.roles.items() if role["unit"] == key}
    return fits and any((office, role) in held for held in posts.values() for role in roles)


def must_have_rested(posts: dict[int, frozenset[tuple[str, str]]], dossier: Dossier, now: dt.datetime) -> None:
    """A colleague frees a claim half an hour after its holder's last act."""
    row = dossier.row
    if (row["holder_office"], row["holder_role"]) not in posts.get(row["holder_id"], ()):
        return
    own = [
        entry.at
        for entry in dossier.journal
        if entry.who == f"staff:{row['holder_id']}"
        or ("holder_id" in entry.changed and entry.holder == row["holder_id"])
    ]
    if now < own[-1] + dt.timedelta(minutes=30):
        raise Refused("claim-too-fresh")


def _kind(office: str) -> tuple[str, str]:
    body, _, place = office.rpartition("-")
    return body, KIND_OF_OFFICE.get(len(place), "branch") if place.isdigit() else "branch"


def _province(office: str) -> str:
    place = office.rpartition("-")[2]
    return place if len(place) == 2 else PROVINCE_OF[place]
