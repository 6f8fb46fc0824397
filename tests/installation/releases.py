"""The builder of every sample release of the tests, and the words, states and steps that samples are made of."""

from __future__ import annotations

import datetime as dt
from typing import Any

from engine.rules.procedure.definition import (
    Action,
    Branch,
    Effective,
    Release,
    Role,
    Route,
    Sector,
    Sla,
    State,
    Term,
    TermBranch,
)
from engine.text import Text

START = dt.date(2025, 7, 1)
"""The first day of most samples: the reform of 1 July 2025."""


def text(vi: str, en: str | None = None) -> Text:
    """Words in both languages; without English the Vietnamese words are marked as such."""
    return Text(vi, en or f"{vi} (en)")


def sample_release(**changes: Any) -> Release:
    """A procedure of four states: filed, in work, ready, returned. ``changes`` replaces whole parts of the release."""
    parts: dict[str, Any] = {
        "version": 1,
        "legal": ("118/2025/NĐ-CP",),
        "effective": Effective(START),
        "sector": Sector("HC", text("Hành chính")),
        "channels": ("counter", "portal"),
        "applicants": ("citizen",),
        "roles": roles("counter", "specialist"),
        "routing": {"intake": Route(by="any_commune_in_province"), "handler": Route(by="competent")},
        "sla": Sla((TermBranch(Term(5, "working_day")),)),
        "states": {
            "new": State(text("Mới", "New"), 1, "not_started", initial=True),
            "working": State(text("Đang xử lý", "In work"), 4, "running", "specialist"),
            "ready": State(text("Xong", "Ready"), 9, "stopped", "counter"),
            "returned": State(text("Đã trả", "Returned"), 10, "stopped", final=True),
        },
        "actions": {
            "receive": step(text("Tiếp nhận"), "new", "working", "counter", "receive"),
            "finish": step(text("Xong"), "working", "ready", "specialist", "finish"),
            "return": step(text("Trả"), "ready", "returned", "counter", "return"),
        },
    }
    return Release(**(parts | changes))


def roles(*names: str) -> dict[str, Role]:
    """These of the roles counter, specialist and leader."""
    known = {
        "counter": Role(text("Cán bộ tiếp nhận", "Counter clerk"), "intake"),
        "specialist": Role(text("Chuyên viên", "Specialist"), "handler"),
        "leader": Role(text("Lãnh đạo", "Leader"), "handler"),
    }
    return {name: known[name] for name in names}


def step(name: Text, sources: str, target: str, by: str, effect: Any, **more: Any) -> Action:
    """An action with one way out. ``sources`` and ``by`` hold one or several names, separated by spaces."""
    return Action(name, tuple(sources.split()), (Branch(target),), tuple(by.split()), effect, **more)
