"""The durations of timers in the units of a workflow file."""

from __future__ import annotations

import re

from workflows.bpmn.markup import Node

_ISO = re.compile(r"P([1-9][0-9]{0,3})([DW])")
_OURS = re.compile(r"([1-9][0-9]{0,3}) (working_day|working_hour|calendar_day)")
_MOST = 9999


def after_of(timer: Node) -> str | None:
    """``after`` of an action, such as ``30 working days``; None where the timer has no such duration.

    ISO 8601 knows no working days: its days are calendar days. Our own export writes the others as the unit's name.
    """
    said = " ".join("".join(one.text for one in timer.all("timeDuration")).split())
    iso = _ISO.fullmatch(said)
    if iso is not None:
        days = int(iso[1]) * (7 if iso[2] == "W" else 1)
        return _written(days, "calendar_day") if days <= _MOST else None
    ours = _OURS.fullmatch(said)
    return _written(int(ours[1]), ours[2]) if ours is not None else None


def _written(amount: int, unit: str) -> str:
    return f"{amount} {unit.replace('_', ' ')}{'' if amount == 1 else 's'}"
