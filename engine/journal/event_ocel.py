"""An event log as OCEL 2.0 (JSON): events with all the objects that they touch, not one case alone.

Objects are dossiers, offices, versions of procedures and, where it is asked for, members of staff (by number). A
dossier that another one opened is related to it. Events are written as they are read; the objects wait in a file of
their own, so memory does not grow with the log. Every value is text, as the published schema of the format has it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any

import orjson

from engine.journal.event_source import Chosen, Trace, Written, traces
from engine.rules.history.happenings import Happening
from engine.rules.procedure.act_names import act_name
from engine.transaction import Runtime

ALWAYS = "1970-01-01T00:00:00Z"
"""The moment from which an attribute holds that never changes, by the format's own convention."""
_EVENT = ("act", "state", "portal_status", "actor")
_OBJECT = {
    "dossier": ("procedure", "channel", "applicant_kind", "province"),
    "office": ("name",),
    "release": ("name",),
    "staff": (),
}


@dataclass(slots=True)
class _Met:
    """What the events named so far: their types, offices, releases and staff, and dossiers that may open others."""

    acts: set[str] = field(default_factory=set)
    offices: set[str] = field(default_factory=set)
    releases: dict[str, str] = field(default_factory=dict)
    staff: set[str] = field(default_factory=set)
    parents: dict[int, str] = field(default_factory=dict)


def ocel_pieces(runtime: Runtime, chosen: Chosen, language: str, written: Written) -> Iterator[bytes]:
    """The file in pieces; ``written`` counts along. Names of acts are in ``language``. Raises InvalidInput."""
    met = _Met()
    with tempfile.TemporaryFile() as waiting:
        yield b'{"events":['
        for trace in traces(runtime.database, runtime.catalogue, chosen):
            for one in trace.events:
                yield (b"," if written.events else b"") + orjson.dumps(
                    _event(runtime, trace, one, chosen, language, met)
                )
                written.events += 1
            _keep(waiting, _dossier(trace, met))
            written.dossiers += 1
        for shared in _others(runtime, met, language):
            _keep(waiting, shared)
        yield b'],"objects":['
        waiting.seek(0)
        yield from iter(lambda: waiting.read(1 << 16), b"")
    yield b'],"objectTypes":' + orjson.dumps([_type(name, keys) for name, keys in _OBJECT.items()])
    yield b',"eventTypes":' + orjson.dumps([_type(name, _EVENT) for name in sorted(met.acts)]) + b"}\n"


def _keep(waiting: IO[bytes], one: dict[str, Any]) -> None:
    waiting.write((b"," if waiting.tell() else b"") + orjson.dumps(one))


def _event(runtime: Runtime, trace: Trace, one: Happening, chosen: Chosen, language: str, met: _Met) -> dict[str, Any]:
    name = act_name(one.act, runtime.catalogue.workflow(one.release).release).in_(language)
    met.acts.add(name)
    met.offices.add(one.office)
    related = [(f"dossier:{trace.head.code}", "about"), (f"office:{one.office}", "at")]
    related.append((_release(runtime, one.release, met), "under"))
    if chosen.staff and one.person is not None:
        met.staff.add(f"{one.kind}:{one.person}")
        related.append((f"staff:{one.kind}:{one.person}", "by"))
    values = {"act": one.act, "state": one.state, "portal_status": str(one.portal), "actor": one.kind}
    return {
        "id": f"{trace.head.code}#{one.number}",
        "type": name,
        "time": one.at.isoformat().replace("+00:00", "Z"),
        "attributes": [{"name": key, "value": value} for key, value in values.items()],
        "relationships": [{"objectId": to, "qualifier": how} for to, how in related],
    }


def _dossier(trace: Trace, met: _Met) -> dict[str, Any]:
    head = trace.head
    met.offices.update((head.intake_office, head.handler_office))
    related = [(f"office:{head.intake_office}", "received by"), (f"office:{head.handler_office}", "handled by")]
    if head.parent_id in met.parents:
        related.append((f"dossier:{met.parents[head.parent_id]}", "opened by"))
    if trace.release.children:
        met.parents[head.id] = head.code
    since = head.filed_at.isoformat().replace("+00:00", "Z")
    values = {key: str(getattr(head, key)) for key in _OBJECT["dossier"]}
    return _object(f"dossier:{head.code}", "dossier", values, since, related)


def _release(runtime: Runtime, digest: str, met: _Met) -> str:
    if digest not in met.releases:
        release = runtime.catalogue.workflow(digest).release
        met.releases[digest] = f"release:{release.procedure}/{release.version}"
    return met.releases[digest]


def _others(runtime: Runtime, met: _Met, language: str) -> Iterator[dict[str, Any]]:
    """The objects that dossiers share."""
    for code in sorted(met.offices):
        known = runtime.catalogue.offices.get(code)
        yield _object(f"office:{code}", "office", {"name": known.name.in_(language) if known else code})
    for digest, key in sorted(met.releases.items(), key=lambda one: one[1]):
        yield _object(key, "release", {"name": runtime.catalogue.workflow(digest).release.name.in_(language)})
    for label in sorted(met.staff):
        yield _object(f"staff:{label}", "staff", {})


def _object(
    key: str, kind: str, values: dict[str, str], since: str = ALWAYS, related: list[tuple[str, str]] | None = None
) -> dict[str, Any]:
    return {
        "id": key,
        "type": kind,
        "attributes": [{"name": name, "value": value, "time": since} for name, value in values.items()],
        "relationships": [{"objectId": to, "qualifier": how} for to, how in related or []],
    }


def _type(name: str, keys: tuple[str, ...]) -> dict[str, Any]:
    return {"name": name, "attributes": [{"name": key, "type": "string"} for key in keys]}
