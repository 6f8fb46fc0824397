"""How pages name the roles of staff: by their usual words, else as the published procedures call them."""

from __future__ import annotations

from collections.abc import Collection

from engine.clock import civil_day
from engine.text import Text
from server.context import language, runtime

_USUAL = {
    "counter": Text("Cán bộ tiếp nhận", "Counter clerk"),
    "specialist": Text("Công chức chuyên môn", "Specialist"),
    "leader": Text("Lãnh đạo ký", "Signing leader"),
    "monitor": Text("Người theo dõi, giám sát", "Overseer"),
    "clerk": Text("Cán bộ, không giữ vai trò xử lý", "Member of staff without a role in procedures"),
}
"""Roles that many procedures name differently, and those that none names."""


def role_words(roles: Collection[str]) -> list[str]:
    """The roles in the visitor's language, in the order of their words; the code of one that nothing names."""
    named = {role: _USUAL.get(role) or _in_procedures(role) for role in roles}
    return sorted(name.in_(language()) if name is not None else role for role, name in named.items())


def _in_procedures(role: str) -> Text | None:
    catalogue, today = runtime().catalogue, civil_day(runtime().now())
    for workflow in catalogue.procedures(today):
        if role in workflow.release.roles:
            return workflow.release.roles[role].name
    return None
