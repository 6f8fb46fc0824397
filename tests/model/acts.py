"""The acts that the engine offers on every dossier, as the model has them: what each changes, and what it is refused
for. Each takes the model, the actor, the moment and a dossier that the actor may see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from tests.model import papers, terms
from tests.model.dossier import Dossier
from tests.model.model_installation import OFFICES, ModelInstallation
from tests.model.parts import Entry, Paper, Question, Who
from tests.model.procedure import Procedure, Refused
from tests.model.rights import gives_the_role, may, must_be_open, must_be_staff, must_have_rested, must_may, parts_of

PASSED_OVER = {"add_note", "add_document", "assign", "link", "overdue", "recount", "intake_overdue"}


# --- who holds it -------------------------------------------------------------------------------------------------


def claim(model: ModelInstallation, who: Who, now: dt.datetime, dossier: Dossier) -> None:
    must_be_open(dossier)
    must_may(dossier, who, "claim")
    if dossier.row["holder_id"] != who.person:
        before = dict(dossier.row)
        dossier.row |= {"holder_id": who.person, "opened_at": dossier.row["opened_at"] or now}
        dossier.write("claim", who, now, before)


def release_claim(
    model: ModelInstallation, who: Who, now: dt.datetime, dossier: Dossier, reason: str | None = None
) -> None:
    must_be_staff(who)
    holder, before = dossier.row["holder_id"], dict(dossier.row)
    if holder is not None and holder == who.person:
        dossier.row["holder_id"] = None
        dossier.write("release_claim", who, now, before)
        return
    must_may(dossier, who, "free")
    if holder is None:
        return
    if "leader" not in parts_of(dossier, who):
        must_have_rested(model.posts, dossier, now)
        if not reason:
            raise Refused("invalid-input")
    dossier.row |= {"holder_id": None, "opened_at": None}
    number = dossier.write("free_claim", who, now, before)
    dossier.tell_inbox(f"person:{holder}", "go-nhan-viec", f"{number}:free_claim")


def assign(model: ModelInstallation, who: Who, now: dt.datetime, dossier: Dossier, person: int) -> None:
    must_be_open(dossier)
    row, before = dossier.row, dict(dossier.row)
    if row["holder_office"] is None:
        raise Refused("invalid-input")
    must_may(dossier, who, "assign")
    if (row["holder_office"], row["holder_role"]) not in model.posts.get(person, ()):
        raise Refused("invalid-input")
    holder = row["holder_id"]
    if holder != person:
        row["holder_id"] = person
        number = dossier.write("assign", who, now, before)
        for told, template in ((person, "duoc-giao-viec"), (holder, "go-nhan-viec")):
            if told not in (None, who.person):
                dossier.tell_inbox(f"person:{told}", template, f"{number}:assign")


def mark_opened(model: ModelInstallation, who: Who, now: dt.datetime, dossier: Dossier) -> None:
    row, before = dossier.row, dict(dossier.row)
    parts = {*row["offices"].values(), row["intake_office"], row["holder_office"]}
    if who.kind == "staff" and not parts & who.offices:
        raise Refused("forbidden")
    if row["opened_at"] is None and (row["holder_office"], row["holder_role"]) in who.posts:
        row["opened_at"] = now
        dossier.write("open", who, now, before)


def transfer(
    model: ModelInstallation,
    who: Who,
    now: dt.datetime,
    dossier: Dossier,
    office: str,
    reason: str,
    key: str = "handler",
    legal: str | None = None,
) -> None:
    must_be_open(dossier)
    must_may(dossier, who, "transfer")
    row, before = dossier.row, dict(dossier.row)
    if key == "intake" or key not in dossier.procedure.data["routing"]:
        raise Refused("invalid-input")
    if office not in OFFICES or not reason.strip() or office == row["offices"][key]:
        raise Refused("invalid-input")
    if not gives_the_role(model.posts, dossier, key, office) and not (legal and may(dossier, who, "elsewhere")):
        raise Refused("needs-legal-ground")
    moved = (key, row["offices"][key], office)
    _pass_on(dossier, key, office)
    number = dossier.write("transfer", who, now, before, events=[("action", "transfer")], moved=moved)
    dossier.tell(_TO_APPLICANT | {"template": "chuyen-co-quan"}, f"{number}:transfer")


def _pass_on(dossier: Dossier, key: str, office: str) -> None:
    row, role = dossier.row, dossier.state["role"]
    row["offices"] = {**row["offices"], key: office}
    if key == "handler":
        row["handler_office"] = office
    if role is not None and dossier.procedure.roles[role]["unit"] == key:
        row |= {"holder_office": office, "holder_role": role, "holder_id": None, "opened_at": None}


def _take_back(who: Who, now: dt.datetime, dossier: Dossier, number: int, last: Entry) -> None:
    """The sender takes a transfer back."""
    row, before = dossier.row, dict(dossier.row)
    key, source, target = last.moved or ("", "", "")
    if dossier.state["final"] or (row["holder_office"] == target and row["opened_at"] is not None):
        raise Refused("cannot-recall")
    posts = {(place, role) for place in (source, row["holder_office"]) for role in (row["holder_role"], "leader")}
    if last.who != dossier.label(who) or not posts & who.posts:
        raise Refused("forbidden")
    _pass_on(dossier, key, source)
    if row["holder_office"] == source and may(dossier, who, "claim"):
        row |= {"holder_id": who.person, "opened_at": now}
    number = dossier.write("recall", who, now, before, events=[("action", "transfer")], recalls=number)
    dossier.tell(_TO_APPLICANT | {"template": "chuyen-co-quan"}, f"{number}:transfer")


def recall(model: ModelInstallation, who: Who, now: dt.datetime, dossier: Dossier) -> None:
    row, before = dossier.row, dict(dossier.row)
    number, last = next(one for one in reversed([*enumerate(dossier.journal, 1)]) if one[1].act not in PASSED_OVER)
    if last.moved:
        _take_back(who, now, dossier, number, last)
        return
    if last.step is None or last.step[0] == last.step[1]:
        raise Refused("cannot-recall")
    source = dossier.procedure.states.get(last.step[0])
    if row["opened_at"] is not None or dossier.state["final"]:
        raise Refused("cannot-recall")
    role = dossier.procedure.roles.get(last.step[3])
    if last.who != dossier.label(who) or role is None or (row["offices"][role["unit"]], last.step[3]) not in who.posts:
        raise Refused("forbidden")
    if source is None or source["portal"] == 1:
        raise Refused("cannot-recall")
    if "pauses" in last.changed and row["pauses"] and row["pauses"][-1]["end"] is None:
        row["pauses"] = row["pauses"][:-1]
    if "supplements" in last.changed:
        row["supplements"] -= 1
    if "warned_at" in last.changed:
        row["warned_at"] = None
    papers.make_void(papers.brought_since(dossier, number))
    dossier.enter(last.step[0], None, now)
    if row["holder_office"] is not None:
        row |= {"holder_id": who.person, "opened_at": now}
    left = before["state"]
    told = [*dossier.procedure.notices("action", last.act), *dossier.procedure.notices("entered", left)]
    named = any("applicant" in notice["to"] for notice in told)
    number = dossier.write("recall", who, now, before, recalls=number, named=named)
    if any("applicant" in notice["to"] for notice in told):
        back = {"template": "rut-yeu-cau" if before["portal"] in (5, 6) else "rut-thong-bao"}
        dossier.tell(_TO_APPLICANT | back, f"{number}:taken_back:{left}")


# --- what stands in it --------------------------------------------------------------------------------------------


def add_document(
    model: ModelInstallation,
    who: Who,
    now: dt.datetime,
    dossier: Dossier,
    key: str,
    copies: Mapping[str, int],
    file: bool,
) -> None:
    must_be_open(dossier)
    if who.kind == "citizen" or not papers.brought_by_office(dossier.procedure, key):
        must_may(dossier, who, "add")
    papers.may_bring(model, dossier, who, key)
    counts = {kind: copies.get(kind, 0) for kind in ("original", "certified", "copy")}
    known = key == "other" or key in dossier.procedure.data["documents"]
    if not known or any(not 0 <= count <= 999 for count in counts.values()) or not (file or any(counts.values())):
        raise Refused("invalid-input")
    dossier.papers.append(Paper(key, counts, file, brought=(len(dossier.journal) + 1, who.kind)))
    dossier.write("add_document", who, now, dict(dossier.row))


def check_document(
    model: ModelInstallation,
    who: Who,
    now: dt.datetime,
    dossier: Dossier,
    number: int,
    accepted: bool,
    reason: str | None,
) -> None:
    must_may(dossier, who, "check")
    must_be_open(dossier)
    paper = _paper(dossier, number)
    papers.may_check(model, dossier, who, paper, accepted)
    if not accepted and not reason:
        raise Refused("invalid-input")
    paper.accepted = int(accepted)
    dossier.write("check_document", who, now, dict(dossier.row))


def remove_document(
    model: ModelInstallation, who: Who, now: dt.datetime, dossier: Dossier, number: int, reason: str
) -> None:
    must_may(dossier, who, "remove")
    must_be_open(dossier)
    paper = _paper(dossier, number)
    if not reason:
        raise Refused("invalid-input")
    others = (one for other in model.dossiers.values() for one in other.standing_papers())
    papers.may_remove(model, dossier, who, paper)
    if any(one.reused_from == number for one in others):
        raise Refused("paper-in-use")
    paper.removed = True
    dossier.write("remove_document", who, now, dict(dossier.row))


def settle_fee(
    model: ModelInstallation, who: Who, now: dt.datetime, dossier: Dossier, key: str, method: str, receipt: str | None
) -> None:
    must_may(dossier, who, "waive" if method == "waived" else "pay")
    if method not in ("cash", "transfer", "card", "portal", "waived") or (method == "waived" and not receipt):
        raise Refused("invalid-input")
    fee = dossier.account(dossier.facts(now)).get(key)
    if fee is None:
        raise Refused("not-found")
    if not fee.due and (fee.moved or key in dossier.paid):
        raise Refused("fee-settled")
    dossier.paid.setdefault(key, []).append((fee.due, method))
    dossier.charge(now)
    dossier.write("settle_fee", who, now, dict(dossier.row))


def rectify(
    model: ModelInstallation,
    who: Who,
    now: dt.datetime,
    dossier: Dossier,
    reason: str,
    fields: Mapping[str, Any],
    name: str | None,
) -> None:
    must_may(dossier, who, "rectify")
    if not reason or not (fields or name):
        raise Refused("invalid-input")
    if name:
        dossier.applicant["name"] = name
    if fields:
        dossier.form = dossier.procedure.form({**dossier.form, **fields}, dossier.around(now))
    dossier.charge(now)
    dossier.write("rectify", who, now, dict(dossier.row))


def add_note(model: ModelInstallation, who: Who, now: dt.datetime, dossier: Dossier, text: str) -> None:
    must_may(dossier, who, "note")
    if not text.strip():
        raise Refused("invalid-input")
    dossier.write("add_note", who, now, dict(dossier.row))


# --- its time, its release, its questions ---------------------------------------------------------------------------


def extend_deadline(
    model: ModelInstallation, who: Who, now: dt.datetime, dossier: Dossier, term: dict[str, Any], reason: str
) -> None:
    must_may(dossier, who, "extend")
    row, before = dossier.row, dict(dossier.row)
    if not reason:
        raise Refused("invalid-input")
    if row["clock"] not in ("running", "paused") or row["started_at"] is None:
        raise Refused("cannot-extend")
    if len(row["extensions"]) >= dossier.procedure.sla["extensions"]:
        raise Refused("cannot-extend")
    dossier.extend(term, now)
    number = dossier.write("extend_deadline", who, now, before, events=[("action", "extend_deadline")])
    dossier.tell(_TO_APPLICANT | {"template": "gia-han"}, f"{number}:extend_deadline")


def ask_verification(
    model: ModelInstallation, who: Who, now: dt.datetime, dossier: Dossier, office: str, question: str, number: int
) -> None:
    """``number`` is the row's id that the engine gave the question (any, when it refused)."""
    must_be_open(dossier)
    must_may(dossier, who, "ask")
    if office not in OFFICES or not question.strip() or office == dossier.row["holder_office"]:
        raise Refused("invalid-input")
    due_at = terms.ends(now, {"amount": 3, "unit": "working_day"})
    dossier.questions.append(Question(number, office, due_at))
    entry = dossier.write("ask_verification", who, now, dict(dossier.row))
    dossier.clocks["verify", str(number), due_at] = None
    dossier.tell_inbox(f"office:{office}/specialist", "xac-minh", f"{entry}:xac-minh")


def answer_verification(model: ModelInstallation, who: Who, now: dt.datetime, dossier: Dossier, number: int) -> None:
    must_be_staff(who)
    asked = next((one for one in dossier.questions if one.number == number), None)
    if asked is None:
        raise Refused("not-found")
    if asked.office not in who.offices:
        raise Refused("forbidden")
    if asked.answered:
        raise Refused("verification-answered")
    asked.answered = now
    entry = dossier.write("answer_verification", who, now, dict(dossier.row))
    dossier.tell_inbox(dossier.holder, "da-xac-minh", f"{entry}:da-xac-minh")


def migrate(model: ModelInstallation, who: Who, now: dt.datetime, dossier: Dossier, procedure: Procedure) -> None:
    if dossier.procedure is procedure:
        return
    before, key = dict(dossier.row), dossier.row["state"]
    state = procedure.data["effective"]["migrate"].get(key, key)
    if state not in procedure.states:
        raise Refused("lost-state")
    dossier.stand_in(procedure, state, now)
    dossier.write("migrate", who, now, before)
    dossier.arm(now, stays=True)
    dossier.charge(now)


# --- who may --------------------------------------------------------------------------------------------------------

_TO_APPLICANT: dict[str, Any] = {"to": ["applicant"], "via": ["sms", "email"]}


def _paper(dossier: Dossier, number: int) -> Paper:
    found = next((one for one in dossier.standing_papers() if one.number == number), None)
    if found is None:
        raise Refused("not-found")
    return found
