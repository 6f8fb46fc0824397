"""How pages name the kinds of applicants."""

from __future__ import annotations

from collections.abc import Mapping

from engine.rules.procedure.definition import ApplicantKind
from engine.text import Text
from server.context import language

_KINDS: Mapping[ApplicantKind, Text] = {
    "citizen": Text("công dân", "citizen"),
    "business": Text("doanh nghiệp", "business"),
    "organisation": Text("tổ chức", "organisation"),
    "state_body": Text("cơ quan nhà nước", "state body"),
    "foreigner": Text("người nước ngoài", "foreigner"),
}


def applicant_words(kind: ApplicantKind) -> str:
    """The kind in the visitor's language, in small letters."""
    return _KINDS[kind].in_(language())
