"""An event log as XES (IEEE 1849-2016, kept by 1849-2023): a trace for each dossier, an event for each journal entry.

It is written dossier by dossier, so memory does not grow with the log.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import quoteattr

from engine.catalogue import Catalogue
from engine.journal.event_source import Chosen, Trace, Written, traces
from engine.rules.history.happenings import Happening
from engine.rules.procedure.act_names import act_name
from engine.transaction import Runtime

_EXTENSIONS = (("Concept", "concept"), ("Time", "time"), ("Organizational", "org"), ("Lifecycle", "lifecycle"))
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<log xes.version="1849.2016" xes.features="" xmlns="http://www.xes-standard.org/">\n'
    + "".join(
        f'<extension name="{name}" prefix="{prefix}" uri="http://www.xes-standard.org/{prefix}.xesext"/>\n'
        for name, prefix in _EXTENSIONS
    )
    + '<global scope="trace"><string key="concept:name" value=""/></global>\n'
    '<global scope="event"><string key="concept:name" value=""/>'
    '<date key="time:timestamp" value="1970-01-01T00:00:00.000+00:00"/>'
    '<string key="lifecycle:transition" value="complete"/></global>\n'
    '<classifier name="Activity" keys="concept:name"/>\n'
    '<classifier name="Act" keys="act"/>\n'
)


def xes_lines(runtime: Runtime, chosen: Chosen, language: str, written: Written) -> Iterator[bytes]:
    """The file in pieces; ``written`` counts along. Names of acts are in ``language``. Raises InvalidInput."""
    yield _HEAD.encode()
    for trace in traces(runtime.database, runtime.catalogue, chosen):
        yield _trace(trace, runtime.catalogue, chosen, language).encode()
        written.dossiers += 1
        written.events += len(trace.events)
    yield b"</log>\n"


def _trace(trace: Trace, catalogue: Catalogue, chosen: Chosen, language: str) -> str:
    head = trace.head
    told = [
        _string("concept:name", head.code),
        _string("procedure", head.procedure),
        f'<int key="version" value="{trace.release.version}"/>',
        _string("channel", head.channel),
        _string("applicant_kind", head.applicant_kind),
        _string("province", head.province),
        _string("intake_office", head.intake_office),
        _string("handler_office", head.handler_office),
    ]
    events = (_event(one, catalogue, chosen, language) for one in trace.events)
    return f"<trace>{''.join(told)}\n{''.join(events)}</trace>\n"


def _event(one: Happening, catalogue: Catalogue, chosen: Chosen, language: str) -> str:
    release = catalogue.workflow(one.release).release
    told = [
        _string("concept:name", act_name(one.act, release).in_(language)),
        f'<date key="time:timestamp" value="{one.at.isoformat(timespec="milliseconds")}"/>',
        _string("lifecycle:transition", "complete"),
        _string("org:group", one.office),
        _string("org:role", one.kind),
        _string("act", one.act),
        _string("state", one.state),
        f'<int key="portal_status" value="{one.portal}"/>',
    ]
    if chosen.staff and one.person is not None:
        told.append(_string("org:resource", f"{one.kind}:{one.person}"))
    return f"<event>{''.join(told)}</event>\n"


def _string(key: str, value: str) -> str:
    return f'<string key="{key}" value={quoteattr(value)}/>'
