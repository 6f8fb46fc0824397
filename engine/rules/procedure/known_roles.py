"""Which words are roles of a membership: those of the published procedures, and a few that are reserved."""

from __future__ import annotations

import difflib
from collections.abc import Collection

from engine.rules.procedure.permissions import LEADER, PASSIVE
from engine.text import Text

RESERVED = (LEADER, *sorted(PASSIVE))
"""Roles that no procedure has to name: the head of an office, an overseer of a province, and a clerk, who works at an
office in no role of a procedure, such as a deputy."""


def why_unknown(role: str, published: Collection[str]) -> Text | None:
    """Why a word is no role; None where it is one. ``published`` are the roles of all published procedures.

    While no procedure is published, there is nothing to compare with, and every word is taken.

    >>> why_unknown("specialst", ["counter", "specialist"]).en
    'no published procedure has the role specialst; did you mean “specialist”?'
    """
    known = sorted({*published, *RESERVED})
    if not published or role in known:
        return None
    near = difflib.get_close_matches(role.casefold(), known, n=1, cutoff=0.5)
    vi, en = (f"; ý bạn là “{near[0]}”?", f"; did you mean “{near[0]}”?") if near else ("", "")
    if not near:
        vi, en = f"; có: {', '.join(known)}", f"; there are: {', '.join(known)}"
    return Text(
        f"không thủ tục nào đã công bố có vai trò {role}{vi}", f"no published procedure has the role {role}{en}"
    )
