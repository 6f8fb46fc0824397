"""The check of an applicant's data (name, identity number, contacts, commune) before an act stores them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from engine.errors import InvalidInput
from engine.rules.procedure.definition import APPLICANT_KINDS
from engine.rules.values.compact import compact
from engine.rules.values.identity_papers import identity_paper, year_of_birth
from engine.rules.values.tax_codes import tax_code
from engine.rules.values.telephones import telephone
from engine.rules.values.wrong_value import WrongValue
from engine.text import Text
from engine.transaction import UnitOfWork

LONGEST = {"name": 200, "identity_number": 20, "phone": 30, "email": 254, "address": 500, "commune": 8, "language": 2}
_LIKE_A_TAX_CODE = re.compile(r"[0-9]{10}|[0-9]{13}")
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+")
_ISSUED: dict[str, Callable[[str], str]] = {
    "citizen": partial(identity_paper, citizen=True),
    "foreigner": identity_paper,
}
"""The number by which a person is known. A body has a tax code, or a decision of any form."""

_WRITTEN = LONGEST | {"identity_number": 30}
"""How long each may be as it is written: the digits of a number in groups."""


def clean_applicant(
    unit: UnitOfWork,
    given: Mapping[str, Any],
    province: str,
    on: dt.date,
    stored: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The columns of ``applicants`` from the given data, plus ``kind``.

    The commune must have its code on the day ``on``, in any province. The telephone and the number of the identity
    paper come in their normal form. A value that is ``stored`` already is not checked again: the rules may have become
    stricter since. Raises InvalidInput with every fault.
    """
    errors: dict[str, Text] = {}
    kind = given.get("kind", "citizen")
    if kind not in APPLICANT_KINDS:
        errors["applicant.kind"] = Text(
            f"phải là một trong: {', '.join(APPLICANT_KINDS)}", f"must be one of {', '.join(APPLICANT_KINDS)}"
        )
    clean: dict[str, Any] = {"kind": kind}
    for key, most in _WRITTEN.items():
        value = given.get(key)
        clean[key] = value.strip() or None if isinstance(value, str) else None
        if isinstance(value, str) and len(value) > most:
            errors[f"applicant.{key}"] = Text(f"tối đa {most} ký tự", f"at most {most} characters")
    if not clean["name"]:
        errors["applicant.name"] = Text("là bắt buộc", "is required")
    errors |= _wrong_forms(clean, on, stored or {})
    most = LONGEST["identity_number"]
    if len(clean["identity_number"] or "") > most:
        errors["applicant.identity_number"] = Text(f"tối đa {most} ký tự", f"at most {most} characters")
    if clean["commune"] and unit.catalogue.territory.find(clean["commune"], "commune", on) is None:
        errors["applicant.commune"] = Text(
            "hôm nay không có xã, phường nào mang mã này", "no commune has this code today"
        )
    if errors:
        raise InvalidInput(errors)
    return clean | {"verified": int(bool(given.get("verified"))), "language": clean["language"] or "vi"}


def _wrong_forms(clean: dict[str, Any], on: dt.date, stored: Mapping[str, Any]) -> dict[str, Text]:
    """The faults of contacts and numbers; those without a fault are put into their normal form."""
    errors: dict[str, Text] = {}
    if clean["email"] and not _EMAIL.fullmatch(clean["email"]):
        errors["applicant.email"] = Text("không phải địa chỉ thư điện tử", "is not an e-mail address")
    if clean["language"] not in (None, "vi", "en"):
        errors["applicant.language"] = Text("phải là vi hoặc en", "must be vi or en")
    for key, normal in (("phone", telephone), ("identity_number", _ISSUED.get(str(clean["kind"]), _tax_code_if_one))):
        if not clean[key] or clean[key] == stored.get(key):
            continue
        try:
            clean[key] = normal(clean[key])
        except WrongValue as wrong:
            errors[f"applicant.{key}"] = wrong.text
    born = year_of_birth(clean["identity_number"] or "")
    if clean["kind"] == "citizen" and born is not None and born > on.year:
        vi, en = f"là số của người sinh năm {born}", f"is the number of somebody born in {born}"
        errors.setdefault("applicant.identity_number", Text(f"{vi}, chưa đến", f"{en}, yet to come"))
    return errors


def _tax_code_if_one(number: str) -> str:
    """The tax code in its normal form, or another number as it is: a state body or an association need not have one.

    Raises WrongValue for a tax code whose digits are not right.
    """
    return tax_code(number) if _LIKE_A_TAX_CODE.fullmatch(compact(number)) else number
