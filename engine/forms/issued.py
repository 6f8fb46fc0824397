"""A form as it was issued: what it said then is kept in the journal, and every later print shows exactly that."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from engine.dossier.case import Case
from engine.errors import Conflict
from engine.forms.data import applicants_keys
from engine.rules.journal.entries import canonical, commitment
from engine.store.dossier_parts import private_of
from engine.store.rows import PrivateRow

EDITION: Final = 1
"""The edition of the templates that forms are issued with. One that papers were issued with never changes."""
SECRETS: Final = frozenset({"status_url", "receipt_code"})
"""What Form 01 prints and the database does not hold: it follows from a nonce and the installation's secret."""


class FormErased(Conflict):
    """The personal data of the issued form were erased, and with them what it said."""

    code = "form-erased"
    vi = "Nội dung mẫu số {number} (lần cấp {issue}) đã được xóa cùng dữ liệu cá nhân."
    en = "What form {number} (issue {issue}) said was erased with the personal data."


class DossierErased(Conflict):
    """The personal data of the dossier were erased: a paper that is made now would leave them blank."""

    code = "form-of-erased-dossier"
    vi = (
        "Dữ liệu cá nhân của hồ sơ {dossier} đã được xóa, nên không cấp biểu mẫu ({number}) nữa. "
        "Hãy hỏi cơ quan lưu trữ đã nhận hồ sơ."
    )
    en = (
        "The personal data of dossier {dossier} were erased, so no form ({number}) is made of it any more. "
        "Ask the archive that took the dossier."
    )


class FormDamaged(Conflict):
    """What is kept of the issued form is not what the journal committed to; it is not printed."""

    code = "form-damaged"
    vi = "Nội dung lưu của mẫu số {number} (lần cấp {issue}) không khớp với nhật ký; không in. Hãy báo quản trị."
    en = "What is kept of form {number} (issue {issue}) does not match the journal; not printed. Tell an administrator."


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One issue of a form. ``about`` is the entry of the event, ``entry`` the one that holds what the form said.

    ``replaces`` is the issue that this one corrects. ``mark`` is the number on the paper (``12/TNHS``).
    """

    form: str
    issue: int
    at: dt.datetime
    entry: int
    about: int
    replaces: int | None
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedForm:
    """An issue of the dossier with this row id, with what it says, ready to be rendered."""

    dossier: int
    issue: Issue
    data: Mapping[str, Any]


def must_have_data(case: Case, number: str) -> None:
    """Requires that a paper made now has something to say. Raises DossierErased."""
    if case.applicant["name"] is None:  # every applicant has one until it is erased
        raise DossierErased(dossier=case.code, number=number)


def issue_of(entry: Mapping[str, Any]) -> Issue:
    """The issue that an entry of the act ``issue_form`` records."""
    data = entry["data"]
    return Issue(
        form=data["form"],
        issue=data["issue"],
        at=entry["at"],
        entry=entry["number"],
        about=data["about"],
        replaces=data["replaces"],
        mark=data["mark"],
    )


def content_hash(data: Mapping[str, Any]) -> str:
    """SHA-256 in hex of what a paper says: of its data as canonical JSON, without the applicant's keys."""
    return hashlib.sha256(canonical({key: value for key, value in data.items() if key not in SECRETS})).hexdigest()


def kept(case: Case, entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """The private part of an issue's entry. Raises FormErased, FormDamaged."""
    return known(entry, private_of(case.unit.reader(), case.id, issue_of(entry).entry))


def known(entry: Mapping[str, Any], row: PrivateRow | None) -> Mapping[str, Any]:
    """The private part of an issue's entry from its row. Raises FormErased, FormDamaged."""
    issue = issue_of(entry)
    if row is not None and row.erased_at is not None:
        raise FormErased(number=issue.form, issue=issue.issue)
    if row is None or not hmac.compare_digest(commitment(row.salt, row.data), entry["committed"]):
        raise FormDamaged(number=issue.form, issue=issue.issue)
    private: Mapping[str, Any] = row.data
    return private


def as_issued(case: Case, entry: Mapping[str, Any]) -> IssuedForm:
    """The form exactly as it was issued. Raises FormErased, FormDamaged."""
    return printable(case, issue_of(entry), kept(case, entry))


def printable(case: Case, issue: Issue, private: Mapping[str, Any]) -> IssuedForm:
    """An issue with the applicant's keys put in again, if it is one that prints them."""
    said = orjson.loads(canonical(private["form"]))
    keys = private.get("keys")
    if keys:
        said |= applicants_keys(case.unit.settings, keys["nonce"], keys["hash"])
    return IssuedForm(dossier=case.id, issue=issue, data=said)
