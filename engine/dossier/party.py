"""The check of a person beside the applicant (representative, co-applicant, collector) before an act stores them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.dossier.case import Case
from engine.errors import InvalidInput
from engine.rules.values.identity_papers import identity_paper
from engine.rules.values.telephones import telephone
from engine.rules.values.wrong_value import WrongValue
from engine.text import Text

LONGEST = {"name": 200, "identity_number": 20, "phone": 30, "address": 500, "authority": 300, "tracking": 60}
_NORMAL: tuple[tuple[str, Callable[[str], str]], ...] = (("identity_number", identity_paper), ("phone", telephone))
_REQUIRED = Text("là bắt buộc", "is required")


def clean_party(case: Case, kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of ``parties`` from the given data, numbers in their normal form.

    A representative needs an authority, a collector an identity paper or an authority, a consignment its tracking
    number. ``document`` is the id of a paper of this dossier. Raises InvalidInput with every fault.
    """
    clean: dict[str, Any] = {name: _text(given.get(name)) for name in LONGEST}
    errors = {
        name: Text(f"tối đa {most} ký tự", f"at most {most} characters")
        for name, most in LONGEST.items()
        if clean[name] and len(clean[name]) > most
    }
    for name, normal in _NORMAL:
        try:
            clean[name] = normal(clean[name]) if clean[name] else None
        except WrongValue as wrong:
            errors[name] = wrong.text
    errors |= {name: _REQUIRED for name in _required(kind) if not clean[name]}
    if kind == "collector" and not (clean["identity_number"] or clean["authority"]):
        errors["identity_number"] = Text(
            "phải ghi giấy tờ tùy thân hoặc giấy ủy quyền", "give an identity paper or an authority"
        )
    document = given.get("document")
    if document is not None and document not in {row["id"] for row in case.documents()}:
        errors["document"] = Text("không phải giấy tờ của hồ sơ này", "is no document of this dossier")
    if errors:
        raise InvalidInput(errors)
    return {"kind": kind, **clean, "document_id": document}


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _required(kind: str) -> tuple[str, ...]:
    if kind == "post":
        return ("tracking",)
    return ("name", "authority") if kind == "representative" else ("name",)
