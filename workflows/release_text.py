"""Writes a release as a workflow file, so that an author can go on from a published version whose file is not at hand.

The text means the same as the release: loading it gives the same digest. Comments of the first author are not in a
release, so they are not in the text.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from msgspec import UNSET

from engine.rules.procedure.definition import (
    Action,
    Branch,
    Child,
    Document,
    Fee,
    Field,
    Notice,
    Release,
    Route,
    State,
    Term,
    TermUnit,
)
from engine.rules.procedure.parts import Table
from engine.text import Text
from workflows.loader import check_bytes
from workflows.table_arms import Tables, price_of, term_of

_PLAIN = re.compile(r"[A-Za-zÀ-ỹ][A-Za-zÀ-ỹ0-9_.()/ -]*[A-Za-zÀ-ỹ0-9_)]|[a-z]")
_WORDS_OF_YAML = re.compile(r"(?i)(?:true|false|null|on|off|yes|no|y|n)")


def text_of(release: Release) -> str:
    """The workflow file of a release."""
    written = ""
    for unit in get_args(TermUnit):  # a release keeps no unit of its own: the one that gives the same digest
        written = _File(release, unit).text()
        made = check_bytes(written, f"{release.procedure}.yaml", []).draft
        if made is not None and made.digest() == release.digest():
            break
    return written


class _File:
    """The parts of one release, written with ``unit`` as the unit of its time limit."""

    def __init__(self, release: Release, unit: TermUnit) -> None:
        self.release, self.unit = release, unit
        self.tables = Tables(release.tables, release.fields, release.areas)

    def text(self) -> str:
        lines = [f"{key}: {flow(value)}" for key, value in self._head().items() if value is not None]
        for key, group in (self._what_it_asks() | self._what_happens()).items():
            if group:
                lines += ["", f"{key}:"]
                lines += [f"  {_key(name)}: {flow(one)}" for name, one in group.items() if one is not None]
        if self.release.notify:
            lines += ["", "notify:", *(f"  - {flow(_notice(one))}" for one in self.release.notify)]
        return "\n".join(lines) + "\n"

    def _head(self) -> dict[str, object]:
        release = self.release
        return {
            "procedure": Quoted(release.procedure),
            "version": release.version,
            "name": _named(release.name),
            "short": _named(release.short) if release.short else None,
            "legal": list(release.legal),
            "effective": self._effective(),
            "sector": {"code": release.sector.code, **_named(release.sector.name)},
            "channels": list(release.channels),
            "applicants": list(release.applicants),
            "public": None if release.public else False,
        }

    def _what_it_asks(self) -> dict[str, Mapping[str, object]]:
        release = self.release
        return {
            "roles": {key: {**_named(one.name), "unit": one.unit} for key, one in release.roles.items()},
            "routing": {key: self._route(key, one) for key, one in release.routing.items()},
            "fields": {key: _field(one) for key, one in release.fields.items()},
            "documents": {key: _document(one) for key, one in release.documents.items()},
            "fees": {key: self._fee(one) for key, one in release.fees.items()},
            "tables": {key: _table(one) for key, one in release.tables.items()},
            "areas": {
                key: {**_named(one.name), "communes": list(map(Quoted, one.communes)), "legal": one.legal}
                for key, one in release.areas.items()
            },
        }

    def _what_happens(self) -> dict[str, Mapping[str, object]]:
        release = self.release
        return {
            "sla": self._sla(),
            "states": {key: _state(one) for key, one in release.states.items()},
            "actions": {key: self._action(one) for key, one in release.actions.items()},
            "children": {key: _child(one) for key, one in release.children.items()},
            "rights": {key: list(roles) for key, roles in release.rights.items()},
        }

    def _effective(self) -> dict[str, Any]:
        one = self.release.effective
        return {
            "from": one.start,
            "until": one.until,
            "running": one.running,
            "replaces": None if one.replaces is UNSET else one.replaces,
            "migrate": one.migrate or None,
        }

    def _by_table(self, branches: Sequence[Branch]) -> str | None:
        """The table whose arms these are."""
        wanted = [(one.then, one.when) for one in branches]
        arms = ((key, self.tables.arms(key)) for key in self.release.tables)
        return next((key for key, made in arms if [(one.outcome, one.when) for one in made] == wanted), None)

    def _branches(self, branches: Sequence[Branch]) -> object:
        if len(branches) == 1 and branches[0].when is None:
            return branches[0].then
        if (table := self._by_table(branches)) is not None:
            return {"table": table}
        return [{"else": one.then} if one.when is None else {"when": one.when, "to": one.then} for one in branches]

    def _route(self, key: str, route: Route) -> object:
        if route.branches:
            table = self._by_table(route.branches)
            made = self._branches(route.branches)
            return made if table or not isinstance(made, str) else [{"else": made}]
        if key == "intake" or route.by is None or not route.by.startswith("competent"):
            return route.by
        task = route.by.partition(":")[2]
        if task:
            return {"by": f'competent_unit("{task}", {route.place})' if route.place != "intake" else "competent"}
        return {"by": "competent", "place": route.place}

    def _fee(self, fee: Fee) -> dict[str, Any]:
        rest = {
            "per": fee.per,
            "tiers": [{"above": one.above, "vnd": one.vnd} for one in fee.tiers] if fee.tiers else None,
            "max": None if fee.most is UNSET else fee.most,
            "copies": fee.copies or None,
            "when": fee.when,
            "collect": fee.collect,
            "verified": None if fee.verified else False,
        }
        if not fee.prices:
            by_province = {Quoted(key): one for key, one in fee.by_province.items()} or None
            return {**_named(fee.name), "vnd": fee.vnd, "by_province": by_province, **rest}
        wanted = [(one.vnd, one.when) for one in fee.prices]
        arms = ((key, self.tables.arms(key)) for key in self.release.tables)
        found = (key for key, made in arms if [(price_of(one.outcome) or 0, one.when) for one in made] == wanted)
        return {**_named(fee.name), "table": next(found, None), **rest}

    def _sla(self) -> dict[str, Any]:
        sla = self.release.sla
        return {
            "unit": self.unit,
            "calendar": sla.calendar,
            "total": self._total(),
            "starts": sla.starts,
            "cutoff": Quoted(sla.cutoff) if sla.cutoff else None,
            "first_day": None if sla.first_day == "counted" else sla.first_day,
            "warn": {"before": sla.warn.amount} if sla.warn else None,
            "extensions": sla.extensions,
            "verified": None if sla.verified else False,
        }

    def _total(self) -> object:
        arms = self.release.sla.total
        if len(arms) == 1 and arms[0].when is None:
            return (arms[0].term.amount or None) if arms[0].term.unit == self.unit else [_arm(arms[0].term, None)]
        wanted = [(one.term, one.when) for one in arms]
        for key in self.release.tables:
            if [(term_of(one.outcome, self.unit), one.when) for one in self.tables.arms(key)] == wanted:
                return {"table": key}
        return [_arm(one.term, one.when) for one in arms]

    def _action(self, action: Action) -> dict[str, Any]:
        return {
            **_named(action.name),
            "from": _one_or_more(action.sources),
            "to": self._branches(action.to),
            "by": _one_or_more(action.by),
            "joint": None if action.joint is UNSET else action.joint,
            "guard": action.guard,
            "reason": None if action.reason == "optional" else action.reason,
            "print": action.form,
            "attach": action.attach,
            "signature": None if action.signature == "none" else action.signature,
            "warn_after": action.warn_after,
            "after": _after(action.after) if action.after else None,
            "effect": action.effect,
        }


class Quoted(str):
    """A text that is written in quotes although it looks plain: a code that YAML would read as a number."""


def _arm(term: Term, when: str | None) -> dict[str, Any]:
    unit = {"unit": term.unit}
    if when is None:
        return {"else": term.amount, **unit}
    return {"when": when, ("hours" if term.unit == "working_hour" else "days"): term.amount, **unit}


def _after(term: Term) -> str:
    units = {"working_day": "working days", "calendar_day": "calendar days", "working_hour": "working hours"}
    return f"{term.amount} {units[term.unit]}"


def _field(field: Field) -> dict[str, Any]:
    kept = {name: getattr(field, name) for name in ("decimals", "partial", "min_age", "max_age")}
    lists = {name: getattr(field, name) for name in ("not_after", "not_before", "differs_from")}
    return {
        "type": field.type,
        **_named(field.name),
        "required": field.required or None,
        "when": field.when,
        "help": _named(field.help) if field.help else None,
        "choices": {key: _named(one) for key, one in field.choices.items()} or None,
        "min": field.minimum,
        "max": field.maximum,
        "pattern": field.pattern,
        "personal": field.personal or None,
        **{name: None if value is UNSET else value for name, value in kept.items()},
        **{name: None if value is UNSET else list(value) for name, value in lists.items()},
    }


def _document(document: Document) -> dict[str, Any]:
    return {
        **_named(document.name),
        "original": document.original or None,
        "certified": document.certified or None,
        "copy": document.copy or None,
        "when": document.when,
        "on_missing": None if document.on_missing == "ask" else document.on_missing,
        "reusable": document.reusable or None,
        "result": document.result or None,
        "verified": None if document.verified else False,
    }


def _table(table: Table) -> dict[str, Any]:
    rules = []
    for rule in table.rules:
        cells = {
            key: {"not": list(map(Quoted, cell.items))} if cell.inverted else list(map(Quoted, cell.items))
            for key, cell in rule.cells.items()
        }
        outcome = Quoted(rule.outcome)
        rules.append({"else": outcome} if rule.otherwise else {**cells, "then": outcome})
    return {**_named(table.name), "hit": table.hit, "inputs": dict(table.inputs), "rules": rules}


def _state(state: State) -> dict[str, Any]:
    limit = state.limit
    amount = {} if limit is None else {"hours" if limit.unit == "working_hour" else "days": limit.amount}
    return {
        **_named(state.name),
        "portal": state.portal,
        "role": state.role,
        **amount,
        "clock": state.clock,
        "remind": state.remind.amount if state.remind else None,
        "initial": state.initial or None,
        "final": state.final or None,
    }


def _child(child: Child) -> dict[str, Any]:
    return {
        "procedure": Quoted(child.procedure),
        **_named(child.name),
        "opens": child.opens,
        "when": child.when,
        "fields": child.fields or None,
    }


def _notice(notice: Notice) -> dict[str, Any]:
    told = str(notice.term.amount) if notice.term else notice.subject
    return {
        "event": f"{notice.event}({told})" if told else notice.event,
        "to": _one_or_more(notice.to),
        "via": list(notice.via),
        "template": notice.template,
        "print": notice.form,
    }


def _named(text: Text) -> dict[str, Any]:
    """A name in both languages; the English one is left out where it only repeats the Vietnamese."""
    return {"vi": text.vi, "en": None if text.en == text.vi and not text.en.isascii() else text.en}


def _one_or_more(words: Sequence[str]) -> object:
    return words[0] if len(words) == 1 else list(words)


def _key(name: str) -> str:
    return json.dumps(name) if isinstance(name, Quoted) else name


def flow(value: object) -> str:
    """A value on one line, as authors write it."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(key)}: {flow(one)}" for key, one in value.items() if one is not None) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float, dt.date)):
        return f"{value:g}" if isinstance(value, float) else str(value)
    text = str(value)
    plain = not isinstance(value, Quoted) and _PLAIN.fullmatch(text) and not _WORDS_OF_YAML.fullmatch(text)
    return text if plain else json.dumps(text, ensure_ascii=False)
