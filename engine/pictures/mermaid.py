"""A procedure as a Mermaid state diagram: text that documents, wikis and code hosts draw themselves."""

from __future__ import annotations

import re

from engine.pictures.graph import ways_of
from engine.rules.procedure.definition import Release

_TAKEN = frozenset({"as", "class", "classdef", "default", "direction", "end", "fork", "join", "note", "state", "style"})
"""Words that mean something else to Mermaid where a state is named."""

_SPECIAL = re.compile(r"[^\w\s.,()/–\-]")


def mermaid_of(release: Release, language: str) -> str:
    """The text of a ``stateDiagram-v2`` with every state, every action and the names of both."""
    lines = ["stateDiagram-v2", "    direction TB"]
    lines += [f"    {_id(key)} : {_said(state.name.in_(language))}" for key, state in release.states.items()]
    lines.append(f"    [*] --> {_id(release.initial)}")
    for action in release.actions.values():
        for source in action.sources:
            for target in ways_of(action):
                lines.append(f"    {_id(source)} --> {_id(target)} : {_said(action.name.in_(language))}")
    lines += [f"    {_id(key)} --> [*]" for key, state in release.states.items() if state.final]
    return "\n".join(lines) + "\n"


def _id(key: str) -> str:
    return f"{key}_" if key.lower() in _TAKEN else key


def _said(words: str) -> str:
    """The words with every sign that could mean something to Mermaid as a character code.

    >>> _said('Trả "ngay"; xong')
    'Trả #34;ngay#34;#59; xong'
    """
    return _SPECIAL.sub(lambda sign: f"#{ord(sign.group())};", " ".join(words.split()))
