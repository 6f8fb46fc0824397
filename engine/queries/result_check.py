"""What anybody who holds a signed result may know of it: whether it is genuine and stands, who signed it and when.

Nothing personal of the applicant is told: the token on a printed result proves no identity. The signing official acts
in public, and is named in the signature itself.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal, cast

from engine.dossier.case import Case, read_case
from engine.errors import NotFound
from engine.rules.part_rows import DocumentRow
from engine.store.dossier_parts import code_of_document
from engine.store.people import person_name
from engine.store.result_checks import document_of_token
from engine.text import Text
from engine.transaction import UnitOfWork


class NoSuchResult(NotFound):
    """No result was signed with this token."""

    code = "no-such-result"
    vi = "Không có kết quả nào mang mã kiểm tra này. Hãy quét lại mã QR trên giấy, hoặc hỏi cơ quan đã cấp."
    en = "No result carries this check code. Scan the QR code on the paper again, or ask the office that issued it."


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultCheck:
    """A signed result. ``state`` says whether it stands, was revoked (``ended_at``), or a later one replaced it.

    ``by_certificate`` says that a person's certificate signed the file itself; else the system signed in the person's
    name. ``stamped_at`` is the moment that a timestamp authority vouches for; ``valid_until`` is the certificate's last
    moment, which a lasting signature (``lasts``) outlives.
    """

    id: int
    token: str
    state: Literal["valid", "void", "replaced"]
    ended_at: dt.datetime | None
    name: Text
    dossier: str
    procedure: Text
    office: Text | None
    signer: str
    issuer: str
    by_certificate: bool
    signed_at: dt.datetime
    stamped_at: dt.datetime | None
    valid_until: dt.datetime | None
    lasts: bool
    sha256: str


def result_check(unit: UnitOfWork, token: str) -> ResultCheck:
    """The signed result with a token. ``unit`` reads as the system. Raises NoSuchResult."""
    document = document_of_token(unit.reader(), token)
    code = code_of_document(unit.reader(), document) if document is not None else None
    if document is None or code is None:
        raise NoSuchResult()
    case = read_case(unit, code, along=("documents",))
    rows = {row["id"]: row for row in case.documents()}
    if document not in rows or rows[document]["signature"] is None:
        raise NoSuchResult()
    return _check(case, rows[document])


def signed_results(case: Case) -> tuple[ResultCheck, ...]:
    """The signed results of a dossier that can be checked, oldest first."""
    signed = (row for row in case.documents() if row["signature"] and row["signature"].get("check"))
    return tuple(_check(case, row) for row in signed)


def _check(case: Case, row: DocumentRow) -> ResultCheck:
    signature = cast(dict[str, Any], row["signature"])
    about: dict[str, Any] = signature.get("about") or {}
    office = case.unit.catalogue.offices.get(signature["office"])
    document = case.release.documents.get(row["key"])
    state, ended = _state(case, row)
    return ResultCheck(
        id=row["id"],
        token=signature["check"],
        state=state,
        ended_at=ended,
        name=document.name if document is not None else Text("Giấy tờ khác", "Other document"),
        dossier=case.code,
        procedure=case.release.name,
        office=office.name if office is not None else None,
        signer=about.get("signer") or _name(case, signature["by"]),
        issuer=about.get("issuer", ""),
        by_certificate=bool(about),
        signed_at=dt.datetime.fromisoformat(signature["at"]),
        stamped_at=_moment(about.get("stamped_at")),
        valid_until=_moment(about.get("valid_until")),
        lasts=about.get("level") == "B-LTA",
        sha256=row["sha256"] or "",
    )


def _state(case: Case, row: DocumentRow) -> tuple[Literal["valid", "void", "replaced"], dt.datetime | None]:
    later = [
        one
        for one in case.documents()
        if one["key"] == row["key"] and one["id"] > row["id"] and one["signature"] and one["accepted"] != 0
    ]
    if later:
        return "replaced", dt.datetime.fromisoformat(cast(dict[str, Any], later[-1]["signature"])["at"])
    return ("void", row["checked_at"]) if row["accepted"] == 0 else ("valid", None)


def _name(case: Case, label: str) -> str:
    kind, _, number = label.partition(":")
    known = kind in ("staff", "admin") and number.isdigit()
    return (person_name(case.unit.reader(), int(number)) if known else None) or ""


def _moment(told: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(told) if told else None
