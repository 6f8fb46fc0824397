"""The sealed forms of a dossier in its package: what is told of each issue, and the files that the office sealed.

A form that prints the applicant's keys goes in once these are void. Until then the package has the hash of its file:
whoever holds the package could otherwise rate, or send feedback, in the applicant's name.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

import orjson

from engine.archive.bag import Payload
from engine.dossier.case import Case
from engine.errors import Refusal
from engine.forms.data import WITH_LINK
from engine.forms.issued import Issue, issue_of
from engine.forms.issued import kept as kept_said
from engine.forms.sealed import SECRET_GONE, SealedFileLost, kept_file, seal_told
from engine.ports import Files
from engine.store.dossier_parts import issues_of_forms
from engine.store.form_seals import FormSeal, seals_of
from engine.text import Text

KEYS_OPEN: Final = Text(
    "in đường dẫn và mã biên nhận còn hiệu lực của người nộp; chỉ ghi mã băm",
    "prints the applicant's link and receipt code, which are still good; only the hash is given",
)


class FormLost(Refusal):
    """The sealed file of a form is missing or is not the one that was issued; the package would not be whole."""

    code = "archive-form-lost"
    status = 500
    vi = (
        "Tệp đã ký số của mẫu số {number} (lần cấp {issue}) trong hồ sơ {dossier} {why_vi}; không đóng gói. "
        "Hãy khôi phục từ bản sao lưu."
    )
    en = (
        "The sealed file of form {number} (issue {issue}) of dossier {dossier} {why_en}; not packed. "
        "Restore it from a backup."
    )


def packed_forms(case: Case, files: Files) -> tuple[list[dict[str, Any]], list[Payload]]:
    """What the metadata tell of every issued form, oldest first, and the sealed files that go in.

    Raises FormLost, FormDamaged.
    """
    seals = seals_of(case.unit.reader(), case.id)
    told, contents = list[dict[str, Any]](), list[Payload]()
    for row in issues_of_forms(case.unit.reader(), case.id):
        entry: dict[str, Any] = {**orjson.loads(row.body), "at": row.at}
        issue = issue_of(entry)
        entry["committed"] = entry["private"]
        one, content = _told(case, files, entry, issue, seals.get(issue.entry))
        told.append(one)
        if content is not None:
            contents.append(Payload(one["path"], content))
    return told, contents


def _told(
    case: Case, files: Files, entry: dict[str, Any], issue: Issue, known: FormSeal | None
) -> tuple[dict[str, Any], bytes | None]:
    seal = seal_told(known, issue.form)
    told = {name: getattr(issue, name) for name in ("form", "issue", "about", "entry", "replaces")}
    told |= {"number": issue.mark, "issued_at": issue.at.isoformat(), "seal": seal.state if seal else None}
    told |= {"sealed_at": None, "path": "", "sha256": None, "size": None}
    why = seal.why if seal else None
    content = None
    if known is not None and seal is not None and seal.state == "sealed" and seal.at is not None:
        content, why = _content(case, files, issue, known)
        told |= {"sealed_at": seal.at.isoformat()}
    if content is not None:
        told |= {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
        if _keys_open(case, entry, issue):
            content, why = None, KEYS_OPEN
        else:
            told["path"] = f"forms/issued/{issue.form}-{issue.issue}.pdf"
    return told | {"why": {"vi": why.vi, "en": why.en} if why else None}, content


def _content(case: Case, files: Files, issue: Issue, known: FormSeal) -> tuple[bytes | None, Text | None]:
    """The sealed file; None, and why, where its secret was taken out of the settings: no backup brings that back."""
    try:
        return kept_file(files, case.unit.settings.secret_keys, case.id, issue, known), None
    except SealedFileLost as error:
        if error.why == SECRET_GONE:
            return None, error.why
        why = error.why
        raise FormLost(number=issue.form, issue=issue.issue, dossier=case.code, why_vi=why.vi, why_en=why.en) from error


def _keys_open(case: Case, entry: dict[str, Any], issue: Issue) -> bool:
    """Whether the form prints keys of the applicant that still open the dossier."""
    return issue.form in WITH_LINK and kept_said(case, entry)["keys"]["nonce"] == case.row["link_nonce"]
