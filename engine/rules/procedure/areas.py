"""The function ``area("key")`` of conditions: the communes of a named set of the workflow file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from engine.errors import Refusal
from engine.rules.procedure.condition_types import Function
from engine.rules.procedure.parts import Area

AREA: Final = "area"


class UnknownArea(Refusal):
    """A condition names an area that the workflow file does not declare."""

    code = "unknown-area"
    vi = 'không có địa bàn "{area}" trong areas; có: {available}'
    en = 'there is no area "{area}" in areas; available: {available}'


def area_of(areas: Mapping[str, Area]) -> Function:
    """The function ``area`` over the areas of one release. It raises UnknownArea."""

    def communes(name: str) -> tuple[str, ...]:
        if name not in areas:
            raise UnknownArea(area=name, available=list(areas))
        return areas[name].communes

    return communes
