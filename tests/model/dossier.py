"""One dossier as the model sees it: its row, papers, fees, questions, clocks, journal and notices, in plain dicts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tests.model import terms
from tests.model.parts import Entry, Owed, Paper, Question, Who
from tests.model.procedure import Procedure, Refused, with_form

ENDED = {3, 7, 8, 9, 10}
TIMED = ("state", "entered_at", "clock", "due_at", "step_due_at", "intake_due_at", "intake_done_at")
INTAKE = {"amount": 8, "unit": "working_hour"}
NOTICES = Path(__file__).parents[2] / "workflows" / "notices"


@dataclass
class Dossier:
    """``clocks`` maps (kind, subject, due) to the outcome, None while armed; ``fees`` a key to [đồng owed, method or
    None], ``paid`` a key to what was paid or waived (đồng, method); ``filed_on`` is the day on which the family filed;
    ``notices`` are (occasion, template, recipient, channel)."""

    procedure: Procedure
    row: dict[str, Any]
    form: dict[str, Any]
    applicant: dict[str, Any]
    filed_on: str
    papers: list[Paper] = field(default_factory=list)
    fees: dict[str, list[Any]] = field(default_factory=dict)
    paid: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    clocks: dict[tuple[str, str, dt.datetime], str | None] = field(default_factory=dict)
    journal: list[Entry] = field(default_factory=list)
    notices: set[tuple[str, str, str, str]] = field(default_factory=set)
    seen_by: dict[str, dt.date | None] = field(default_factory=dict)
    """Offices that see it, with the day from which on they do not any more."""
    been: set[str] = field(default_factory=set)
    """Roles that ever had to act."""
    children: list[Dossier] = field(default_factory=list)
    asked: dict[str, tuple[str, ...]] = field(default_factory=dict)  # state → fields that the last step into it named

    @property
    def code(self) -> str:
        return str(self.row["code"])

    @property
    def state(self) -> dict[str, Any]:
        return self.procedure.states[self.row["state"]]

    def label(self, who: Who) -> str:
        """How the journal names an actor."""
        if who.kind == "citizen":
            return "citizen"
        return who.kind if who.person is None else f"{who.kind}:{who.person}"

    # --- what is known ------------------------------------------------------------------------------------------------

    def around(self, now: dt.datetime) -> dict[str, Any]:
        """Facts that are not in the form, papers and fees."""
        row, children = self.row, self.children
        started = (row["started_at"] or now).astimezone(terms.LOCAL)
        cutoff = self.procedure.sla["cutoff"]
        return {
            "applicant": {
                "kind": row["applicant_kind"],
                "commune": self.applicant.get("commune") or "",
                "province": row["province"],
                "verified": bool(self.applicant.get("verified")),
            },
            "dossier": {
                "channel": row["channel"],
                "supplements": row["supplements"],
                "extended": bool(row["extensions"]),
                "province": row["province"],
                "received_after_cutoff": bool(cutoff) and f"{started:%H:%M}" >= cutoff,
                "filed_on": self.filed_on,
            },
            "children": {
                "count": len(children),
                "finished": bool(children) and all(one.row["portal"] in (9, 10) for one in children),
                "missing": [one.row["child_key"] for one in children if one.row["portal"] not in (3, 7, 8, 9, 10)],
                "failed": [one.row["child_key"] for one in children if one.row["portal"] in (3, 7, 8)],
            },
            "verifications": {"open": sum(not one.answered for one in self.questions)},
        }

    def facts(self, now: dt.datetime) -> dict[str, Any]:
        """Everything that conditions may read."""
        known = with_form(self.around(now), self.form)
        missing = [key for key, wanted in self.procedure.papers_wanted(known).items() if not self._has(key, wanted)]
        owed = self.account(known)
        known["documents"] = {"complete": not missing, "missing": missing}
        due = sum(one.due for one in owed.values())
        known["fees"] = {"settled": due == 0, "total": sum(one.owed for one in owed.values()), "due": due}
        return known

    def account(self, known: dict[str, Any]) -> dict[str, Owed]:
        """What is owed under each key, and what of it is due: payments beyond what is owed count for other keys."""
        wanted = self.procedure.fees_wanted(known, self.row["province"])
        told: dict[str, Owed] = {}
        for key in sorted({*wanted, *self.paid}):
            given = self.paid.get(key, [])
            waived = sum(vnd for vnd, method in given if method == "waived")
            money = sum(vnd for vnd, method in given if method != "waived")
            told[key] = Owed(wanted.get(key, 0), max(wanted.get(key, 0) - waived, 0) - money)
        spare = sum(-one.due for one in told.values() if one.due < 0)
        for one in told.values():
            one.moved = min(max(one.due, 0), spare)
            spare, one.due = spare - one.moved, max(one.due, 0) - one.moved
        return told

    def standing_papers(self) -> list[Paper]:
        return [paper for paper in self.papers if not paper.removed]

    def _has(self, key: str, wanted: dict[str, Any]) -> bool:
        kinds = ("original", "certified", "copy")
        if not any(wanted[kind] for kind in kinds):
            return True
        there = [paper for paper in self.standing_papers() if paper.key == key and paper.accepted != 0]
        if any(paper.file for paper in there):
            return True
        return bool(there) and all(sum(one.counts[kind] for one in there) >= wanted[kind] for kind in kinds)

    # --- what changes -------------------------------------------------------------------------------------------------

    def enter(self, target: str, action: str | None, now: dt.datetime) -> None:
        """Brings the row to a state. ``action`` None: a recall."""
        row, state = self.row, self.procedure.states[target]
        term, left = self.procedure.term(self.facts(now)), self.state
        self._pause(state, target, now)
        row |= {"state": target, "portal": state["portal"], "clock": state["clock"], "entered_at": now}
        row["finished_at"] = (row["finished_at"] or now) if state["portal"] in ENDED else None
        row["returned_at"] = (row["returned_at"] or now) if state["portal"] == 10 else None
        limited = state["limit"] and state["clock"] == "running"
        row["step_due_at"] = terms.ends(now, state["limit"]) if limited else None
        starts = self.procedure.sla["starts"]
        begins = action is not None and starts in (action, self.procedure.actions[action]["effect"])
        begins = begins and row["started_at"] is None and state["clock"] in ("running", "paused")
        if begins:
            row |= {"started_at": now, "term": term}
        if row["received_at"] is None and (begins or state["portal"] in (2, 4)):
            row["received_at"] = now
        elif action is not None and state["portal"] == 5 and left["portal"] != 5 and row["received_at"] is not None:
            row["supplements"] += 1
        office = None if state["role"] is None else row["offices"][self.procedure.roles[state["role"]]["unit"]]
        row |= {"holder_office": office, "holder_role": state["role"], "holder_id": None, "opened_at": None}
        self.count_due()
        if row["intake_from"] is not None:
            waits = row["channel"] == "portal" and state["portal"] == 1
            if waits and row["intake_done_at"] is not None:
                self.begin_intake(now)
            elif not waits and row["intake_done_at"] is None:
                row["intake_done_at"] = now

    def begin_intake(self, now: dt.datetime) -> None:
        """An online filing waits to be received, refused or asked about."""
        self.row |= {"intake_from": now, "intake_due_at": terms.ends(now, INTAKE), "intake_done_at": None}

    def only_refused(self, action: str, facts: dict[str, Any]) -> bool:
        """Whether a paper is missing without which the dossier is neither received nor asked about."""
        if self.procedure.actions[action]["effect"] not in ("receive", "ask") or self.row["received_at"] is not None:
            return False
        papers = self.procedure.data["documents"]
        return any(papers[key]["on_missing"] == "refuse" for key in facts["documents"]["missing"])

    def stand_in(self, procedure: Procedure, state_key: str, now: dt.datetime) -> None:
        """Puts the dossier under another release without a step."""
        self.procedure, row = procedure, self.row
        state = procedure.states[state_key]
        office = row["offices"][procedure.roles[state["role"]]["unit"]] if state["role"] else None
        row |= {"release": procedure.digest, "state": state_key, "portal": state["portal"], "clock": state["clock"]}
        row |= {"holder_role": state["role"], "holder_office": office}
        self._pause(state, state_key, now)
        limited = state["limit"] and state["clock"] == "running"
        row["step_due_at"] = terms.ends(row["entered_at"], state["limit"]) if limited else None
        self.count_due()

    def _pause(self, state: dict[str, Any], key: str, now: dt.datetime) -> None:
        pauses = [dict(pause) for pause in self.row["pauses"]]
        standing = pauses and pauses[-1]["end"] is None
        if standing and state["clock"] != "paused":
            pauses[-1]["end"] = now.isoformat()
        if not standing and state["clock"] == "paused":
            pauses.append({"start": now.isoformat(), "end": None, "reason": key})
        self.row["pauses"] = pauses

    def count_due(self) -> None:
        row = self.row
        if row["started_at"] is not None:
            row["due_at"] = terms.due(row, self.procedure.sla)
            row["promised_at"] = row["due_at"] or row["promised_at"]

    def extend(self, term: dict[str, Any], now: dt.datetime) -> None:
        """More time, unless even the new end would not be after now."""
        more = [*self.row["extensions"], {"by": term, "at": now.isoformat(), "reason": "mau-04"}]
        end = terms.due({**self.row, "extensions": more}, self.procedure.sla)
        if end is not None and end <= now:
            raise Refused("extension-ends-in-the-past")
        self.row["extensions"] = more
        self.count_due()

    def charge(self, now: dt.datetime) -> None:
        """What was paid stays; what is owed is what the release asks for now."""
        self.fees = {
            key: [one.owed, self.paid[key][-1][1] if key in self.paid and not one.due else None]
            for key, one in self.account(self.facts(now)).items()
        }

    def write(self, act: str, who: Who, now: dt.datetime, before: dict[str, Any], **told: Any) -> int:
        """One more entry in the journal, and what follows from every act. Returns its number."""
        row = self.row
        changed = frozenset(key for key in row if key not in before or row[key] != before[key])
        entry = Entry(act, self.label(who), now, told.get("step"), changed, row["state"], row["holder_id"])
        entry.moved, entry.recalls = told.get("moved"), told.get("recalls")
        self.journal.append(entry)
        row["version"] = len(self.journal)
        self._see(before, now)
        self.been |= {row["holder_role"]} - {None}
        if changed & set(TIMED):
            self.arm(now, stays=not changed & {"state", "entered_at"})
        lines = [
            (notice, f"{row['version']}:{event}:{subject}")
            for event, subject in told.get("events", ())
            for notice in self.procedure.notices(event, subject)
        ]
        for notice, occasion in lines:
            self.tell(notice, occasion)
        resumed = before.get("clock") == "paused" and row["clock"] == "running" and row["started_at"] is not None
        named = told.get("named") or any("applicant" in one["to"] and _names_due(one["template"]) for one, _ in lines)
        if resumed and not named and row["due_at"] > now:
            again = {"to": ["applicant"], "via": ["sms", "email"], "template": "doi-ngay-hen"}
            self.tell(again, f"{row['version']}:resumed")
        return int(row["version"])

    def _see(self, before: dict[str, Any], now: dt.datetime) -> None:
        """Who has a part sees the dossier, and for five days who had one. A co-operating office sees it until five days
        after it has acted; one that never had to, until five days after the end."""
        row, last = self.row, now.astimezone(terms.LOCAL).date() + dt.timedelta(days=5)
        gone, came = (self._parts(one) for one in (before, row))
        self.seen_by |= dict.fromkeys(came - gone)
        for office in gone - came:
            self.seen_by[office] = last
        if not before:
            return
        others = {key: office for key, office in row["offices"].items() if key not in ("intake", "handler")}
        co_operating = {*others.values()} - {row["offices"]["intake"], row["intake_office"], row["handler_office"]}
        if bool(row["finished_at"]) != bool(before["finished_at"]):
            roles = self.procedure.roles
            been = {roles[role]["unit"] for role in {*self.been, row["holder_role"]} if role in roles}
            for office in {office for key, office in others.items() if key not in been} & co_operating:
                self.seen_by[office] = last if row["finished_at"] else None
        if row["holder_office"] != before["holder_office"]:
            for office in {before["holder_office"]} & co_operating:
                self.seen_by[office] = last
            for office in {row["holder_office"]} & co_operating:
                self.seen_by[office] = None

    @staticmethod
    def _parts(row: dict[str, Any]) -> set[str]:
        if not row:
            return set()
        single = {row["intake_office"], row["handler_office"], row["holder_office"]}
        return {*row["offices"].values(), *single} - {None}

    # --- clocks and notices -------------------------------------------------------------------------------------------

    def wanted_clocks(self) -> set[tuple[str, str, dt.datetime]]:
        row, sla, key = self.row, self.procedure.sla, self.row["state"]
        wanted = set()
        if row["clock"] == "running" and row["due_at"] is not None:
            wanted.add(("overdue", "", row["due_at"]))
            if sla["warn"]:
                wanted.add(("warn", "", terms.before(row["due_at"], sla["warn"])))
            for index, notice in enumerate(self.procedure.data["notify"]):
                if notice["event"] == "due_in" and notice["term"]:
                    wanted.add(("due_in", str(index), terms.before(row["due_at"], notice["term"])))
        if row["intake_due_at"] is not None and row["intake_done_at"] is None:
            wanted.add(("intake", "", row["intake_due_at"]))
        if row["step_due_at"] is not None:
            wanted.add(("step", key, row["step_due_at"]))
        if self.state["remind"]:
            wanted.add(("remind", key, terms.ends(row["entered_at"], self.state["remind"])))
        for name, action in self.procedure.actions.items():
            if action["after"] and key in action["sources"]:
                wanted.add(("after", name, terms.ends(row["entered_at"], action["after"])))
        return wanted

    def arm(self, now: dt.datetime, stays: bool) -> None:
        """Clocks that have not rung and are not wanted any more are gone; those that have rung stay as they are. A
        dossier that stays where it is, past its first reminder, keeps its next one."""
        wanted = self.wanted_clocks()
        reminded = stays and any(kind == "remind" and due_at <= now for kind, _, due_at in wanted)
        self.clocks = {
            key: outcome
            for key, outcome in self.clocks.items()
            if outcome is not None or key in wanted or key[0] == "verify" or (reminded and key[0] == "remind")
        }
        for key in wanted:
            self.clocks.setdefault(key, None)

    def due_clocks(self, now: dt.datetime) -> list[tuple[str, str, dt.datetime]]:
        return sorted(
            (key for key, outcome in self.clocks.items() if outcome is None and key[2] <= now),
            key=lambda key: (key[2], *key[:2]),
        )

    def tell(self, notice: dict[str, Any], occasion: str) -> None:
        """The notices that one line of the release brings about now."""
        for role in notice["to"]:
            for recipient, channels in self._behind(role, notice["via"]):
                for channel in channels:
                    self.notices.add((occasion, notice["template"], recipient, channel))

    def tell_inbox(self, recipient: str | None, template: str, occasion: str) -> None:
        if recipient:
            self.notices.add((occasion, template, recipient, "inbox"))

    @property
    def holder(self) -> str | None:
        """Who is told when the holder is told."""
        row = self.row
        if row["holder_id"] is not None:
            return f"person:{row['holder_id']}"
        return f"office:{row['holder_office']}/{row['holder_role']}" if row["holder_office"] else None

    def _behind(self, role: str, via: Iterable[str]) -> list[tuple[str, list[str]]]:
        if role == "applicant":
            reached = {"sms": self.applicant.get("phone"), "email": self.applicant.get("email")}
            return [("applicant", [channel for channel in via if reached.get(channel)])]
        channels = [channel for channel in via if channel in ("inbox", "email")] or ["inbox"]
        if role == "holder":
            return [(self.holder, channels)] if self.holder else []
        office = self.row["offices"].get(self.procedure.roles[role]["unit"])
        return [(f"office:{office}/{role}", channels)] if office else []


@cache
def _names_due(template: str) -> bool:
    """Whether the text of a notice names the appointment."""
    body = (NOTICES / f"{template}.yaml").read_text().partition("sms:")[0].partition("body:")[2]
    return "{due}" in body or "{appointment}" in body
