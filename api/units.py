"""The operation that resolves a typed address, a name or a code to an administrative unit on a day."""

from __future__ import annotations

from typing import Any

from api import parameters, shapes
from api.answers import answer
from api.operations import Gives, Resource
from api.procedures import FOR_A_WHILE
from engine.clock import civil_day
from engine.rules.territory.resolution import Candidate
from engine.rules.territory.units import Unit
from server.answer import Answer
from server.context import runtime
from server.identity import Access

units = Resource("units", __name__, description="Administrative units, dated.")


@units.operation(
    "GET",
    "/units/resolve",
    access=Access.PUBLIC,
    query=parameters.Resolve,
    gives=Gives(shape=shapes.Resolution, description="One unit, candidates for a person, or none; with the reason."),
)
def resolve(query: dict[str, Any]) -> Answer:
    """Find the administrative unit of an address, a name or a code on a day"""
    on = query["on"] or civil_day(runtime().now())
    found = runtime().catalogue.addresses.resolve(query["q"], on)
    data = {
        "asked": found.asked,
        "on": found.on.isoformat(),
        "outcome": found.outcome,
        "unit": _unit(found.unit, found.candidates[0].full_name) if found.unit else None,
        "candidates": [_candidate(one) for one in found.candidates],
        "also": [_candidate(one) for one in found.also],
        "reason": {"vi": found.reason_vi, "en": found.reason_en},
        "leftover": found.leftover,
    }
    return answer(data, Cache_Control=FOR_A_WHILE)


def _candidate(one: Candidate) -> dict[str, Any]:
    return {
        "unit": _unit(one.unit, one.full_name),
        "origin": _unit(one.origin, one.origin_name),
        "share": None if one.share is None else float(one.share),
        "default": one.is_default,
        "standing": one.standing,
    }


def _unit(unit: Unit, full_name: str | None) -> dict[str, Any]:
    return {
        "id": unit.id,
        "code": unit.code,
        "level": unit.level,
        "kind": unit.kind,
        "name": unit.name_vi,
        "full_name": full_name,
        "valid_from": unit.valid_from.isoformat(),
        "valid_to": unit.valid_to.isoformat() if unit.valid_to else None,
    }
