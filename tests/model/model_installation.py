"""All dossiers of the model, who works where, and filing: the model's side of ``file_dossier`` and of linked filing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.model import papers, terms
from tests.model.dossier import Dossier
from tests.model.hands import next_hands
from tests.model.parts import Paper, Question, Who
from tests.model.procedure import Procedure, Refused

SYSTEM = Who("system")
CENTRES = {"26080": "TT-26080", "26740": "TT-26740"}
PROVINCES = {"26080": "75", "26740": "79"}
BRANCHES = {"26080": "VPDK-CN-LONGKHANH", "26740": "VPDK-CN-QUAN1"}
OFFICES = {"UB-26080", "UB-26740", "UB-26098", "UB-75", "VPDK-75", "VPDK-CN-LONGKHANH", "THUE-75", "CA-26080"}
"""Offices that there are, to pass a dossier to or to ask; every other name that a test uses is of no office."""
BODIES_OF_THE_PROVINCE = {"1.003460": "CA", "1.115428": "UB", "BHYT.TE6": "BHXH", "CDCS.178": "SNV"}


def handler(procedure: str, kind: str, commune: str) -> str:
    """Which office decides, as the law of each procedure has it."""
    if procedure in BODIES_OF_THE_PROVINCE:
        return f"{BODIES_OF_THE_PROVINCE[procedure]}-{PROVINCES[commune]}"
    if procedure == "1.004222":
        return f"CA-{commune}"
    if procedure == "2.000635" and kind in ("organisation", "state_body"):
        return f"STP-{PROVINCES[commune]}"
    if procedure == "1.012783":
        large = kind in ("business", "organisation", "state_body")
        return f"VPDK-{PROVINCES[commune]}" if large else BRANCHES[commune]
    return f"UB-{commune}"


@dataclass
class Wanted:
    """What is handed in at a counter."""

    procedure: str
    commune: str
    kind: str
    channel: str
    fields: dict[str, Any]
    papers: list[dict[str, Any]]
    applicant: dict[str, Any]
    receive: bool = False


@dataclass
class ModelInstallation:
    """``releases`` are the procedures with their first and last day; ``counters`` how many codes each centre gave out
    on each day; ``posts`` the (office, role) of every person."""

    releases: list[tuple[Procedure, dt.date, dt.date]]
    counters: dict[tuple[str, dt.date], int] = field(default_factory=dict)
    posts: dict[int, frozenset[tuple[str, str]]] = field(default_factory=dict)
    dossiers: dict[str, Dossier] = field(default_factory=dict)

    def current(self, procedure: str, day: dt.date) -> Procedure:
        for release, first, last in self.releases:
            if release.code == procedure and first <= day <= last:
                return release
        raise Refused("no-release")

    def seen(self, who: Who, code: str, version: int | None, now: dt.datetime, question: int | None = None) -> Dossier:
        """The dossier, if the actor may know of it and saw its newest version; an office that was asked knows only of
        its own question."""
        dossier, today = self.dossiers.get(code), now.astimezone(terms.LOCAL).date()
        if dossier is None:
            raise Refused("not-found")
        seeing = {office for office, end in dossier.seen_by.items() if end is None or end > today}
        seeing |= {one.row["holder_office"] for one in self.dossiers.values() if dossier in one.children}
        asked = {one.office for one in dossier.questions if one.number == question and _still(one, today)}
        if not (who.kind == "system" or who.dossier == code or who.offices & (seeing | asked)):
            raise Refused("not-found")
        if version is not None and version != dossier.row["version"]:
            raise Refused("stale")
        return dossier

    # --- filing -------------------------------------------------------------------------------------------------------

    def file(self, who: Who, wanted: Wanted, now: dt.datetime) -> Dossier:
        """A person files at the centre of the commune."""
        day = now.astimezone(terms.LOCAL).date()
        procedure, centre = self.current(wanted.procedure, day), CENTRES[wanted.commune]
        receiving = {key: one for key, one in procedure.actions.items() if one["effect"] == "receive"}
        roles = {role for one in receiving.values() for role in one["by"]}
        if who.kind != "system" and not any((centre, role) in who.posts for role in roles):
            raise Refused("forbidden")
        dossier = self.open(who, procedure, wanted, now)
        if wanted.receive:
            key = next(key for key, one in receiving.items() if procedure.initial in one["sources"])
            self.take(dossier, who, key, now)
        return dossier

    def open(
        self,
        who: Who,
        procedure: Procedure,
        wanted: Wanted,
        now: dt.datetime,
        parent: tuple[Dossier, str] | None = None,
        taken_over: list[Paper] | None = None,
    ) -> Dossier:
        data, province = procedure.data, PROVINCES[wanted.commune]
        if wanted.channel not in data["channels"] or wanted.kind not in data["applicants"]:
            raise Refused("channel-closed")
        known = {
            "applicant": {
                "kind": wanted.kind,
                "commune": wanted.applicant.get("commune") or "",
                "province": province,
                "verified": bool(wanted.applicant.get("verified")),
            },
            "dossier": {
                "channel": wanted.channel,
                "province": province,
                "filed_on": parent[0].filed_on if parent else f"{now.astimezone(terms.LOCAL):%Y-%m-%d}",
            },
        }
        form = procedure.form(wanted.fields, known)
        given = [paper["key"] for paper in wanted.papers]
        if any(key not in data["documents"] or papers.brought_by_office(procedure, key) for key in given):
            raise Refused("invalid-input")
        row = self._row(procedure, wanted, now, parent)
        dossier = Dossier(procedure, row, form, dict(wanted.applicant), known["dossier"]["filed_on"])
        if parent is None and wanted.channel == "portal":
            dossier.begin_intake(now)
        step = procedure.initial
        dossier.write("file", who, now, {}, events=[("entered", step)])
        dossier.papers = [_handed_in(paper) for paper in wanted.papers] + (taken_over or [])
        dossier.charge(now)
        self.dossiers[dossier.code] = dossier
        return dossier

    def _row(
        self,
        procedure: Procedure,
        wanted: Wanted,
        now: dt.datetime,
        parent: tuple[Dossier, str] | None,
    ) -> dict[str, Any]:
        initial, centre = procedure.states[procedure.initial], CENTRES[wanted.commune]
        offices = self._offices(procedure, wanted.kind, wanted.commune)
        receiving = (one for one in procedure.actions.values() if one["effect"] == "receive")
        receiver = next(role for one in receiving for role in one["by"] if role in procedure.roles)
        nothing = dict.fromkeys(
            ("holder_id", "opened_at", "step_due_at", "received_at", "started_at", "due_at", "promised_at", "term",
             "finished_at", "returned_at", "support_office", "intake_from", "intake_due_at", "intake_done_at",
             "warned_at")
        )  # fmt: skip
        return nothing | {
            "code": self._next_code(centre, now),
            "procedure": procedure.code,
            "release": procedure.digest,
            "state": procedure.initial,
            "portal": initial["portal"],
            "clock": initial["clock"],
            "channel": wanted.channel,
            "applicant_kind": wanted.kind,
            "province": PROVINCES[wanted.commune],
            "place": wanted.commune,
            "intake_office": centre,
            "handler_office": offices["handler"],
            "offices": offices,
            "holder_office": centre,
            "holder_role": initial["role"] or receiver,
            "entered_at": now,
            "filed_at": now,
            "pauses": [],
            "extensions": [],
            "supplements": 0,
            "version": 0,
            "parent": parent[0].code if parent else None,
            "child_key": parent[1] if parent else None,
        }

    def _offices(self, procedure: Procedure, kind: str, commune: str) -> dict[str, str]:
        """The office of every routing key. All places of a test's form are the one commune."""
        offices = {"intake": CENTRES[commune]}
        for key, route in procedure.data["routing"].items():
            if key == "handler":
                offices[key] = handler(procedure.code, kind, commune)
            elif route["by"] == "competent:tax":
                offices[key] = f"THUE-{PROVINCES[commune]}"
            elif route["by"] == "competent:land-registration":
                offices[key] = BRANCHES[commune]
        return offices

    def _next_code(self, centre: str, now: dt.datetime) -> str:
        day = now.astimezone(terms.LOCAL).date()
        self.counters[centre, day] = self.counters.get((centre, day), 0) + 1
        return f"{IDENTIFIERS[centre]}-{day:%y%m%d}-{self.counters[centre, day]:04d}"

    # --- actions of the workflow --------------------------------------------------------------------------------------

    def role_for(self, dossier: Dossier, who: Who, action: str) -> str | None:
        """The role in which somebody may take an action; None when they may not."""
        by = dossier.procedure.actions[action]["by"]
        if who.kind == "system":
            return "system" if "system" in by else None
        if who.kind == "citizen":
            return "applicant" if "applicant" in by and who.dossier == dossier.code else None
        row = dossier.row
        for role in by:
            known = dossier.procedure.roles.get(role)
            if known and (row["offices"].get(known["unit"]), role) in who.posts:
                holds = row["holder_id"] if row["holder_role"] == role else None
                if holds in (None, who.person):
                    return str(role)
        return None

    def open_to(self, dossier: Dossier, who: Who, now: dt.datetime) -> set[str]:
        """The actions that somebody is offered."""
        facts, procedure = dossier.facts(now), dossier.procedure
        return {
            key
            for key, action in procedure.actions.items()
            if dossier.row["state"] in action["sources"]
            and procedure.target(key, facts) is not None
            and not dossier.only_refused(key, facts)
            and self.role_for(dossier, who, key) is not None
        }

    def take(
        self,
        dossier: Dossier,
        who: Who,
        action: str,
        now: dt.datetime,
        *,
        reason: str | None = None,
        fields: Mapping[str, Any] | None = None,
        assignee: int | None = None,
        asks: Sequence[str] = (),
    ) -> None:
        """Takes an action on a dossier that the actor may see."""
        procedure, row, before = dossier.procedure, dossier.row, dict(dossier.row)
        procedure.exists_in(row["state"], action)
        role = self.role_for(dossier, who, action)
        if role is None:
            raise Refused("forbidden")
        acting = procedure.actions[action]
        if acting["reason"] == "required" and not (reason or "").strip():
            raise Refused("reason-required")
        if fields:
            if acting["effect"] not in ("receive", "answer"):
                raise Refused("invalid-input")
            unasked = set(fields) - set(dossier.asked.get(row["state"], ()))
            if acting["effect"] == "answer" and who.kind == "citizen" and unasked:
                raise Refused("invalid-input")
            dossier.form = procedure.form({**dossier.form, **fields}, dossier.around(now))
            dossier.charge(now)
        target = procedure.target(action, dossier.facts(now))
        if target is None or dossier.only_refused(action, dossier.facts(now)):
            raise Refused("guard-failed")
        too_often = acting["warn_after"] is not None and row["supplements"] >= acting["warn_after"]
        brought = papers.brought_for(dossier, action)
        source = row["state"]
        papers.make_void(papers.undone(dossier, action, target))
        hands = next_hands(dossier, who, target, acting["effect"])
        dossier.enter(target, action, now)
        if hands is not None and (row["holder_office"], row["holder_role"]) in self.posts.get(hands, ()):
            row["holder_id"] = hands
        if asks and not papers.asks(dossier):
            raise Refused("invalid-input")
        if asks or target != source:
            dossier.asked[target] = tuple(asks)
        if assignee is not None:
            if (row["holder_office"], row["holder_role"]) not in self.posts.get(assignee, ()):
                raise Refused("invalid-input")
            row["holder_id"] = assignee
            if assignee != who.person:
                dossier.tell_inbox(f"person:{assignee}", "duoc-giao-viec", f"{len(dossier.journal) + 1}:assignee")
        running = [one for one in dossier.children if one.row["portal"] not in (3, 7, 8, 9, 10)]
        if running and row["portal"] in (3, 7, 8) and who.kind != "system":
            raise Refused("children-undecided")
        if brought:
            brought.taken.append((len(dossier.journal) + 1, action))
            brought.signed = brought.signed or acting["signature"] == "digital"
        if too_often:
            row["warned_at"] = now
            for recipient in {f"office:{row['handler_office']}/leader", dossier.holder}:
                dossier.tell_inbox(recipient, "qua-so-lan", f"{len(dossier.journal) + 1}:repeats")
        events = [("action", action)] + ([("entered", target)] if target != source else [])
        dossier.write(action, who, now, before, step=(source, target, acting["effect"], role), events=events)
        self._open_children(dossier, who, now)

    def _open_children(self, dossier: Dossier, who: Who, now: dt.datetime) -> None:
        there = {one.row["child_key"] for one in dossier.children}
        facts = dossier.facts(now)
        for key, child in dossier.procedure.data["children"].items():
            if child["opens"] != dossier.row["state"] or key in there:
                continue
            if not dossier.procedure.holds(child["when"], facts):
                continue
            procedure = self.current(child["procedure"], now.astimezone(terms.LOCAL).date())
            wanted = Wanted(
                procedure.code,
                dossier.row["place"],
                dossier.row["applicant_kind"],
                dossier.row["channel"],
                {field: dossier.form.get(name) for field, name in child["fields"].items()}
                | {
                    field: False
                    for field, name in child["fields"].items()
                    if name not in dossier.form and dossier.procedure.data["fields"][name]["type"] == "boolean"
                },
                [],
                dossier.applicant,
            )
            asked = procedure.data["documents"]
            taken_over = [
                Paper(one.key, dict(one.counts), one.file, reused_from=one.number if one.file else None)
                for one in dossier.standing_papers()
                if one.key in asked and one.accepted != 0 and not papers.brought_by_office(procedure, one.key)
            ]
            dossier.children.append(self.open(who, procedure, wanted, now, (dossier, key), taken_over))


def _still(question: Question, today: dt.date) -> bool:
    """Whether the office that was asked may still look at its question: for five days after the day of its answer."""
    if question.answered is None:
        return True
    return question.answered.astimezone(terms.LOCAL).date() >= today - dt.timedelta(days=5)


def _handed_in(paper: Mapping[str, Any]) -> Paper:
    return Paper(paper["key"], {kind: paper.get(kind, 0) for kind in ("original", "certified", "copy")})


IDENTIFIERS = {"TT-26080": "H75.26080", "TT-26740": "H79.26740"}
"""How the codes of a centre's dossiers begin."""
