"""The wire format of the national portal, made of our facts by the mapping file; and the fingerprint of a record.

A value is always text, as the public implementations send it; what is not known is an empty text. The fingerprint is
the SHA-256 of the compared fields, one ``name=value`` a line in the order of the mapping, a list as JSON with sorted
keys.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence

from engine.clock import LOCAL, civil_day
from engine.connection_ports import Fact, PortalFailed, Telling
from engine.rules.portal.mapping import FACTS, LISTS, NotMapped, PortalMapping

Written = str | list[dict[str, str]]


def message_of(mapping: PortalMapping, telling: Telling) -> dict[str, Written]:
    """The one element of ``data`` that tells it. Raises PortalFailed (mapping)."""
    form, day = mapping.messages[telling.kind], civil_day(telling.at)
    try:
        fields: dict[str, Written] = {name: _fact(mapping, telling, fact, day) for name, fact in form.fields.items()}
        lists = {name: _list(mapping, telling, ours, day) for name, ours in form.lists.items()}
    except NotMapped as missing:
        raise PortalFailed(cause="mapping", channel="portal", why=missing.sentence("en").rstrip(".")) from missing
    return {**fields, **lists}


def compared_fields(mapping: PortalMapping, message: Mapping[str, object]) -> dict[str, str]:
    """The compared fields of a message as canonical texts, by kind of difference."""
    return {kind: canonical(message.get(name)) for kind, name in mapping.compare.items()}


def fingerprint_of(mapping: PortalMapping, message: Mapping[str, object]) -> str:
    """The fingerprint of a message."""
    lines = "".join(f"{name}={canonical(message.get(name))}\n" for name in mapping.compare.values())
    return hashlib.sha256(lines.encode()).hexdigest()


def canonical(value: object) -> str:
    """A value as one text: a list as JSON with sorted keys, nothing as an empty text.

    >>> canonical([{"b": "2", "a": "1"}]), canonical(None), canonical([])
    ('[{"a":"1","b":"2"}]', '', '')
    """
    if value is None or value == []:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _fact(mapping: PortalMapping, telling: Telling, name: str, day: dt.date) -> str:
    value, kind = telling.facts.get(name), FACTS[name]
    if value is None:
        return ""
    if kind == "agency":
        return mapping.agency(str(value), str(telling.facts.get(f"{name}.identifier") or ""), day)
    if kind == "unit":
        return mapping.units.on(str(value), day) or str(value)
    if kind == "procedure":
        return mapping.procedures.on(str(value), day) or str(value)
    if kind == "status":
        own = mapping.states.get((str(telling.facts["procedure"]), telling.state))
        return mapping.code("status", own or str(value), day)
    return _plain(mapping, kind, value, day)


def _list(mapping: PortalMapping, telling: Telling, ours: str, day: dt.date) -> list[dict[str, str]]:
    kinds, names = LISTS[ours], mapping.lists[ours]
    rows: Sequence[Mapping[str, Fact]] = telling.lists.get(ours, ())
    return [{name: _entry(mapping, kinds[fact], row.get(fact), day) for name, fact in names.items()} for row in rows]


def _entry(mapping: PortalMapping, kind: str, value: Fact, day: dt.date) -> str:
    return "" if value is None else _plain(mapping, kind, value, day)


def _plain(mapping: PortalMapping, kind: str, value: Fact, day: dt.date) -> str:
    if isinstance(value, dt.datetime):
        return value.astimezone(LOCAL).strftime(mapping.moments)
    return mapping.code(kind, str(value), day) if kind in mapping.codes else str(value)
