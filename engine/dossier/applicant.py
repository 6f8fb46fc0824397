"""The check of an applicant's data (name, identity number, contacts, commune) before an act stores them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from engine.errors import InvalidInput
from engine.rules.procedure.definition import APPLICANT_KINDS
from engine.text import Text
from engine.transaction import UnitOfWork

LONGEST = {"name": 200, "identity_number": 20, "phone": 30, "email": 254, "address": 500, "commune": 8, "language": 2}
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+")
_PHONE = re.compile(r"\+?[0-9][0-9 .\-]{5,28}")
_IDENTITY = {"citizen": re.compile(r"\d{12}|\d{9}"), "foreigner": re.compile(r"[A-Za-z0-9]{5,20}")}


def clean_applicant(unit: UnitOfWork, given: Mapping[str, Any], province: str, on: dt.date) -> dict[str, Any]:
    """The columns of ``applicants`` from the given data, plus ``kind``.

    The commune must have its code on the day ``on``, in any province. Identity numbers of citizens have 12 digits (9 on
    the cards before 2016). Raises InvalidInput with every fault.
    """
    errors: dict[str, Text] = {}
    kind = given.get("kind", "citizen")
    if kind not in APPLICANT_KINDS:
        errors["applicant.kind"] = Text(
            f"phải là một trong: {', '.join(APPLICANT_KINDS)}", f"must be one of {', '.join(APPLICANT_KINDS)}"
        )
    clean: dict[str, Any] = {"kind": kind}
    for key, most in LONGEST.items():
        value = given.get(key)
        clean[key] = value.strip() or None if isinstance(value, str) else None
        if isinstance(value, str) and len(value) > most:
            errors[f"applicant.{key}"] = Text(f"tối đa {most} ký tự", f"at most {most} characters")
    if not clean["name"]:
        errors["applicant.name"] = Text("là bắt buộc", "is required")
    errors |= _wrong_forms(clean)
    if clean["commune"] and unit.catalogue.territory.find(clean["commune"], "commune", on) is None:
        errors["applicant.commune"] = Text(
            "hôm nay không có xã, phường nào mang mã này", "no commune has this code today"
        )
    if errors:
        raise InvalidInput(errors)
    return clean | {"verified": int(bool(given.get("verified"))), "language": clean["language"] or "vi"}


def _wrong_forms(clean: Mapping[str, Any]) -> dict[str, Text]:
    errors: dict[str, Text] = {}
    if clean["email"] and not _EMAIL.fullmatch(clean["email"]):
        errors["applicant.email"] = Text("không phải địa chỉ thư điện tử", "is not an e-mail address")
    if clean["phone"] and not _PHONE.fullmatch(clean["phone"]):
        errors["applicant.phone"] = Text("không phải số điện thoại", "is not a telephone number")
    if clean["language"] not in (None, "vi", "en"):
        errors["applicant.language"] = Text("phải là vi hoặc en", "must be vi or en")
    form = _IDENTITY.get(str(clean["kind"]))
    if clean["identity_number"] and form and not form.fullmatch(clean["identity_number"]):
        errors["applicant.identity_number"] = Text(
            "không phải số định danh của loại người nộp này", "is not an identity number of this kind of applicant"
        )
    return errors
