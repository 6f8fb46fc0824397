"""What holds after every fault. Each invariant is worked out here from what was promised and from the journal, not by
asking the code that wrote it, except where recomputation by the rules is the very point."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from adapters.files_local import NoSuchFile
from engine.errors import NotFound
from engine.rules.deadlines import timing
from engine.rules.journal.entries import commitment, plain_row
from engine.rules.procedure.definition import APPLICANT, Notice, Release
from tests.faults.evidence import Evidence

SYSTEM = "system"
UNWRITTEN = {"id", "version", "head", "search"}
"""Columns that the journal does not carry."""
_OF_CLOCK = {"overdue": "overdue", "intake": "intake_overdue"}
"""The clocks that leave an entry of their own in the journal."""
TOLD_OF = {"extend_deadline": "gia-han", "transfer": "chuyen-co-quan"}
"""Acts that every applicant is told about, whatever the release says, and by which template."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One invariant: how many things were held to it, and what broke it."""

    name: str
    checked: int
    broken: list[str]


def examine(evidence: Evidence) -> list[Finding]:
    """Every invariant, in the order of the table."""
    return [_run(name, check, evidence) for name, check in INVARIANTS.items()]


def _run(name: str, check: Callable[[Evidence], Iterator[str | None]], evidence: Evidence) -> Finding:
    """A check yields None for each thing that is in order and a sentence for each that is not."""
    results = list(check(evidence))
    return Finding(name, len(results), [result for result in results if result is not None])


def kept(evidence: Evidence) -> Iterator[str | None]:
    """What was answered with success stands in the journal, under the version that was told."""
    ids = evidence.ids
    for done in evidence.acknowledged:
        entries = evidence.journal.get(ids.get(done.code, 0), [])
        found = entries[done.version - 1] if done.version <= len(entries) else None
        right = found is not None and found["act"] == done.act
        yield None if right else f"{done.code} v{done.version} {done.act} is lost: {found and found['act']}"


def once(evidence: Evidence) -> Iterator[str | None]:
    """No act of a person stands in the journal that was not answered, and each as often as it was answered."""
    promised = Counter((done.code, done.version) for done in evidence.acknowledged)
    filed = {done.code for done in evidence.acknowledged if done.request.path.endswith("/dossiers")}
    for code in evidence.ids:
        yield None if code in filed else f"{code} was filed without an answer"
    for number, entries in evidence.journal.items():
        code = evidence.dossiers[number]["code"]
        for entry in entries:
            if entry["actor"] == SYSTEM or (entry["number"] == 1 and entry["act"] == "file"):
                continue
            count = promised[code, entry["number"]]
            yield None if count == 1 else f"{code} v{entry['number']} {entry['act']} was answered {count} times"
    filings = Counter(done.code for done in evidence.acknowledged if done.request.path.endswith("/dossiers"))
    yield from (f"{code} was given to {count} filings" for code, count in filings.items() if count > 1)


def on_what_was_seen(evidence: Evidence) -> Iterator[str | None]:
    """An act that named the version it was decided on led to the very next one: nobody acted in between.

    An extension first writes that the time limit ran out, as the clock would have, in the same moment.
    """
    ids = evidence.ids
    for done in evidence.acknowledged:
        seen = done.request.version
        if seen is None:
            continue
        entries = [one for one in evidence.journal[ids[done.code]] if seen < one["number"] <= done.version]
        others = [one for one in entries[:-1] if (one["actor"], one["at"]) != (SYSTEM, entries[-1]["at"])]
        stale = done.version <= seen or others
        who = ", ".join(f"{one['act']} by {one['actor']}" for one in others)
        yield f"{done.code} {done.act}: decided on v{seen}, became v{done.version} after {who}" if stale else None


def states(evidence: Evidence) -> Iterator[str | None]:
    """The state belongs to the release, and portal status, clock and holder are those of the state."""
    for row in evidence.dossiers.values():
        state = _release(evidence, row).states.get(row["state"])
        right = state is not None and (row["portal"], row["clock"]) == (state.portal, state.clock)
        right = right and (row["state"] == "new" or row["holder_role"] == (state.role if state else None))
        yield None if right else f"{row['code']} stands in {row['state']}: {row['portal']} {row['clock']}"


def chains(evidence: Evidence) -> Iterator[str | None]:
    """Entries 1 to n without a gap, each hash over its bytes and the one before, the head in the row; private parts are
    what was committed to."""
    for number, row in evidence.dossiers.items():
        previous = "0" * 64
        entries = evidence.journal.get(number, [])
        if [entry["number"] for entry in entries] != list(range(1, row["version"] + 1)):
            yield f"{row['code']}: entries {[entry['number'] for entry in entries]} for version {row['version']}"
            continue
        for entry in entries:
            told = json.loads(entry["body"])
            right = hashlib.sha256(entry["body"].encode()).hexdigest() == entry["hash"]
            right = right and (told["previous"], told["number"]) == (previous, entry["number"])
            hidden = evidence.private.get((number, entry["number"]))
            promised = commitment(bytes(hidden["salt"]), hidden["data"]) if hidden else None
            right = right and told["private"] == promised
            yield None if right else f"{row['code']}: entry {entry['number']} is broken"
            previous = entry["hash"]
        yield None if previous == row["head"] else f"{row['code']}: the head is not the last entry"


def folds(evidence: Evidence) -> Iterator[str | None]:
    """Folding the journal gives the row."""
    for number, row in evidence.dossiers.items():
        told: dict[str, Any] = {}
        for entry in evidence.journal.get(number, []):
            told |= entry["told"]["changes"]
        stands = plain_row({key: value for key, value in row.items() if key not in UNWRITTEN})
        different = sorted(key for key in told.keys() | stands.keys() if told.get(key) != stands.get(key))
        yield f"{row['code']} differs from its journal: {different}" if different else None


def told(evidence: Evidence) -> Iterator[str | None]:
    """Every step and every clock that the release tells the applicant about, and every change of state that programs
    are told about, stands in the outbox once: no more, no less."""
    wanted = Counter(_wanted_notices(evidence))
    found = Counter(
        (
            row["dossier_id"],
            row["key"].split(":", 1)[1].rsplit(f":{row['template']}:", 1)[0],
            row["template"],
            row["channel"],
        )
        for row in evidence.outbox
        if (row["recipient"] == APPLICANT or row["channel"] == "webhook") and not row["key"].endswith(">anew")
    )
    for key in wanted.keys() | found.keys():
        right = wanted[key] == found[key] == 1
        yield None if right else f"notice {key}: wanted {wanted[key]}, written {found[key]}"


def delivered(evidence: Evidence) -> Iterator[str | None]:
    """What stands in the outbox was sent and has arrived; nothing else has; no key twice, none with another content.

    A notice that was tried, and whose appointment had changed by the next try, was dropped and written anew."""
    sent_out = {row["key"] for row in evidence.outbox if row["channel"] != "inbox"}
    for row in evidence.outbox:
        there = row["channel"] == "inbox" or row["recipient"].startswith("office:") or row["key"] in evidence.received
        anew = row["status"] == "dropped" and f"{row['id']}>anew" in sent_out
        right = (row["status"] == "sent" and there) or anew
        yield None if right else f"{row['key']} is {row['status']}, arrived: {there}, {row['error']}"
    yield from (f"{key} arrived and was never written" for key in evidence.received.keys() - sent_out)
    yield from (f"{key} stands in the notice file twice" for key in evidence.twice_in_file)
    yield from evidence.wrong_at_receiver


def due(evidence: Evidence) -> Iterator[str | None]:
    """Due moments equal a recomputation, and the clocks that wait are those that the row wants."""
    for number, row in evidence.dossiers.items():
        release = _release(evidence, row)
        calendar = evidence.runtime.catalogue.calendar(release.sla.calendar, row["handler_office"])
        again = timing.due_columns(row, release, calendar)
        different = sorted(key for key, value in again.items() if row[key] != value)
        yield f"{row['code']}: {different} differ from {again}" if different else None
        mine = evidence.clocks.get(number, [])
        fired = {_clock(clock) for clock in mine if clock["fired_at"] is not None}
        waiting = {_clock(clock) for clock in mine if clock["fired_at"] is None and clock["kind"] != "verify"}
        wanted = {_clock(clock) for clock in _wanted_clocks(row, release, calendar)} - fired
        # A reminder that has rung is followed by the next one after now, which the row alone does not tell.
        later = {clock for clock in waiting if clock[0] == "remind" and any(one[:2] == clock[:2] for one in fired)}
        yield None if waiting - later == wanted - later else f"{row['code']}: clocks {waiting ^ wanted}"


def rung_once(evidence: Evidence) -> Iterator[str | None]:
    """What a clock does stands in the journal once for each clock that fired, and for nothing else."""
    for number, row in evidence.dossiers.items():
        mine = evidence.clocks.get(number, [])
        done = Counter(
            clock["subject"] if clock["kind"] == "after" else _OF_CLOCK[clock["kind"]]
            for clock in mine
            if clock["fired_at"] is not None and clock["outcome"] == "done" and clock["kind"] in ("after", *_OF_CLOCK)
        )
        acted = Counter(entry["act"] for entry in evidence.journal[number] if entry["actor"] == SYSTEM)
        yield None if done == acted else f"{row['code']}: clocks did {dict(done)}, the journal says {dict(acted)}"
        late = [clock for clock in mine if clock["fired_at"] is None and clock["due_at"] <= evidence.runtime.now()]
        yield f"{row['code']}: {_clock(late[0])} is due and has not fired" if late else None
        failed = [clock["outcome"] for clock in mine if str(clock["outcome"]).startswith("fault:")]
        yield f"{row['code']}: clocks were given up: {failed}" if failed else None


def codes(evidence: Evidence) -> Iterator[str | None]:
    """Codes are consecutive per office and day, and the counter says how many there are."""
    given: dict[tuple[str, str], list[int]] = {}
    for row in evidence.dossiers.values():
        _, day, sequence = row["code"].rsplit("-", 2)
        given.setdefault((row["intake_office"], f"20{day[:2]}-{day[2:4]}-{day[4:]}"), []).append(int(sequence))
    for key in given.keys() | evidence.counters.keys():
        found, last = sorted(given.get(key, [])), evidence.counters.get(key, 0)
        yield None if found == list(range(1, last + 1)) else f"{key}: the counter says {last}, there are {found}"


def borders(evidence: Evidence) -> Iterator[str | None]:
    """Only offices that had a part in a dossier, by its journal, have a row for seeing it, and all of those.

    An office that was asked has none: it sees its question.
    """
    for number, row in evidence.dossiers.items():
        parts: set[str | None] = set()
        for entry in evidence.journal[number]:
            changes = entry["told"]["changes"]
            parts |= set((changes.get("offices") or {}).values())
            parts |= {changes.get(f"{name}_office") for name in ("intake", "support", "holder", "handler")}
        parts -= {None}
        seen = evidence.offices.get(number, set())
        yield None if seen == parts else f"{row['code']}: seen by {sorted(seen)}, parts of {sorted(map(str, parts))}"


def files(evidence: Evidence) -> Iterator[str | None]:
    """Every file that a document names is there, whole."""
    for document in evidence.documents:
        if document["storage_key"] is None:
            continue
        try:
            content = evidence.runtime.files.read(document["storage_key"])
        except NoSuchFile:
            content = b""
        right = hashlib.sha256(content).hexdigest() == document["sha256"]
        yield None if right else f"document {document['id']} has lost its file"


INVARIANTS: dict[str, Callable[[Evidence], Iterator[str | None]]] = {
    "answered acts stand in the journal": kept,
    "no act and no dossier twice or unasked": once,
    "acts follow the version they were decided on": on_what_was_seen,
    "states belong to the release": states,
    "journal chains whole": chains,
    "journal folds to the row": folds,
    "notices written once each": told,
    "notices delivered, each key once": delivered,
    "due moments and clocks recomputed": due,
    "clocks acted once": rung_once,
    "codes without a gap": codes,
    "seen by offices with a part only": borders,
    "files of documents whole": files,
}


def _release(evidence: Evidence, row: dict[str, Any]) -> Release:
    return evidence.runtime.catalogue.workflow(row["release"]).release


def _clock(clock: dict[str, Any]) -> tuple[str, str, Any]:
    return clock["kind"], clock["subject"], clock["due_at"]


def _wanted_clocks(row: dict[str, Any], release: Release, calendar: Any) -> Iterator[dict[str, Any]]:
    for clock in timing.wanted_clocks(row, release, calendar):
        yield {"kind": clock.kind, "subject": clock.subject, "due_at": clock.due_at}


def _wanted_notices(evidence: Evidence) -> Iterator[tuple[int, str, str, str]]:
    """(dossier, occasion, template, channel) of all that applicants and programs have to be told."""
    for number, row in evidence.dossiers.items():
        release, clock_before = _release(evidence, row), "not_started"
        for entry in evidence.journal[number]:
            told, changes = entry["told"]["data"], entry["told"]["changes"]
            clock_before, resumed = changes.get("clock", clock_before), clock_before == "paused"
            if resumed and clock_before == "running" and not _names_due(evidence, number, entry, release):
                for channel in ("sms", "email"):
                    yield number, f"{entry['number']}:resumed", "doi-ngay-hen", channel
            for event, subject in _events(entry["told"], release):
                for notice in release.notify:
                    if (notice.event, notice.subject) == (event, subject):
                        yield from _to_applicant(number, f"{entry['number']}:{event}:{subject}", notice)
                if event in ("entered", "recalled"):
                    yield number, str(entry["number"]), "dossier.state_changed", "webhook"
                if event == "recalled":
                    step = next(one for one in evidence.journal[number] if one["number"] == told["recalled"])
                    yield from _taken_back(number, entry, step, release)
                if event == "action" and subject in TOLD_OF:
                    for channel in ("sms", "email"):
                        yield number, f"{entry['number']}:{subject}", TOLD_OF[subject], channel
        for clock in evidence.clocks.get(number, []):
            if clock["fired_at"] is not None and clock["outcome"] == "done":
                yield from _of_clock(number, release, clock)


def _names_due(evidence: Evidence, number: int, entry: dict[str, Any], release: Release) -> bool:
    """Whether the act of an entry tells the applicant the appointment anyway, or there is none to tell."""
    body = entry["told"]
    due = body["changes"].get("due_at")
    if due is None or due <= body["at"]:
        return True
    if body["act"] == "recall":
        step = next(one for one in evidence.journal[number] if one["number"] == body["data"]["recalled"])
        return any(_taken_back(number, entry, step, release))
    told = set(_events(body, release))
    of_these = [one for one in release.notify if (one.event, one.subject) in told and APPLICANT in one.to]
    return any(_text_names_due(evidence, one.template) for one in of_these)


def _text_names_due(evidence: Evidence, template: str) -> bool:
    try:
        text = evidence.runtime.catalogue.template(template)["body"]["vi"]
    except NotFound:
        return True
    return "{due}" in text or "{appointment}" in text


def _taken_back(
    number: int, recall: dict[str, Any], step: dict[str, Any], release: Release
) -> Iterator[tuple[int, str, str, str]]:
    """What an applicant who was told of the recalled step has to be told."""
    left, action = recall["told"]["data"]["from"], step["told"]["data"]["action"]
    told = {("entered", left), ("action", action)}
    if any((one.event, one.subject) in told and APPLICANT in one.to for one in release.notify):
        template = "rut-yeu-cau" if release.states[left].portal in (5, 6) else "rut-thong-bao"
        for channel in ("sms", "email"):
            yield number, f"{recall['number']}:taken_back:{left}", template, channel


def _events(entry: dict[str, Any], release: Release) -> Iterator[tuple[str, str]]:
    if entry["act"] == "file":
        yield "entered", release.initial
    elif entry["act"] in TOLD_OF:
        yield "action", entry["act"]
    elif entry["act"] == "recall" and "key" in entry["data"]:  # a transfer was taken back
        yield "action", "transfer"
    elif entry["act"] == "recall":
        yield "recalled", entry["data"]["to"]
    elif "action" in entry["data"]:
        yield "action", entry["data"]["action"]
        if entry["data"]["from"] != entry["data"]["to"]:
            yield "entered", entry["data"]["to"]


def _of_clock(number: int, release: Release, clock: dict[str, Any]) -> Iterator[tuple[int, str, str, str]]:
    kind, subject = clock["kind"], clock["subject"]
    occasion = f"{kind}:{subject}:{clock['due_at'].isoformat()}"
    for index, notice in enumerate(release.notify):
        fits = {"remind": notice.subject == subject, "due_in": str(index) == subject, "overdue": True}
        if notice.event == kind and fits.get(kind, False):
            yield from _to_applicant(number, occasion, notice)


def _to_applicant(number: int, occasion: str, notice: Notice) -> Iterator[tuple[int, str, str, str]]:
    if APPLICANT in notice.to:
        for channel in notice.via:
            if channel in ("sms", "email"):
                yield number, occasion, notice.template, channel
