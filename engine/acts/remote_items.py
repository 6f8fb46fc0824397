"""The acts of a worker on a request for remote signatures, each in a transaction of its own.

A paper is prepared, its hash is sent, an answer comes, and the signature is put into the file by the signing action
itself. Every act finds the document in the status that it expects, or does nothing: so each happens once, whoever is
killed in between and however often a provider calls.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Sequence

from engine.acts.remote_sign import end_if_done, refused
from engine.acts.sign_dossier import PaperChanged, sign_dossier
from engine.dossier.case import read_case
from engine.dossier.how import How
from engine.dossier.papers import attached
from engine.errors import Conflict, Forbidden, Refusal, wrong
from engine.ports import Signature
from engine.remote_signing import PreparedPdf, RemoteAnswer
from engine.store.remote_signings import (
    RemoteItemRow,
    change_item,
    change_signing,
    item_with,
    items_of,
    signing_with,
    take_turn,
)
from engine.transaction import UnitOfWork


class RefusedInApp(Conflict):
    """The signatory refused to sign in the provider's app."""

    code = "refused-in-app"
    vi = "Đã từ chối ký trong ứng dụng{said_vi}. Hồ sơ vẫn chờ ký."
    en = "Signing was refused in the app{said_en}. The dossier still waits for signature."


class NotConfirmed(Conflict):
    """The signatory did not confirm in time."""

    code = "not-confirmed"
    vi = "Hết thời gian mà chưa xác nhận trong ứng dụng ký số. Hồ sơ vẫn chờ ký; có thể yêu cầu lại."
    en = "It was not confirmed in the signing app in time. The dossier still waits; ask again."


class FailedThere(Conflict):
    """The provider could not sign this document."""

    code = "failed-at-provider"
    vi = "Nhà cung cấp ký số báo lỗi{said_vi}. Hồ sơ vẫn chờ ký; có thể yêu cầu lại."
    en = "The signing provider reports a failure{said_en}. The dossier still waits; ask again."


class NotAPdf(Conflict):
    """Only PDF files can be signed remotely."""

    code = "not-a-pdf"
    vi = "“{name}” không phải tệp PDF nên không ký từ xa được. Hãy đính kèm bản PDF."
    en = "“{name}” is no PDF file, so it cannot be signed remotely. Attach it as PDF."


def begin_request(unit: UnitOfWork, number: int, until: dt.datetime) -> bool:
    """Takes the turn of a due request for this worker, until a moment; whether it got it."""
    return take_turn(unit.begin(), number, unit.now, until)


def keep_turn(unit: UnitOfWork, number: int, until: dt.datetime) -> None:
    """Keeps the turn of a worker that goes on with a request, until a moment."""
    signing = signing_with(unit.begin(), number, lock=True)
    if signing is not None and signing.status != "ended":
        change_signing(unit.begin(), number, next_at=until)


def keep_certificates(unit: UnitOfWork, number: int, credential: str, certificates: Sequence[str]) -> None:
    """Keeps what the provider knows the signatory by, and their certificate with its chain."""
    change_signing(unit.begin(), number, credential=credential, certificates=list(certificates))


def paper_to_prepare(unit: UnitOfWork, item: RemoteItemRow) -> str:
    """The storage key of the paper that an item is about, which the actor may sign and which is the one they saw.

    Raises PaperChanged, NotAPdf, Forbidden, ActionNotInState, InvalidInput, NotFound.
    """
    case = read_case(unit, item.dossier, along=("documents",))
    wanted = case.release.actions.get(item.action)
    if wanted is None or wanted.signature != "digital" or wanted.attach is None:
        raise wrong("action", "không phải thao tác ký số một tệp", "does not sign a file digitally")
    if case.row["state"] not in wanted.sources:
        case.workflow.advance(case.row["state"], item.action, case.facts())
    verdict = case.may(item.action)
    if not verdict.allowed:
        raise Forbidden(why_vi=verdict.why.vi if verdict.why else "", why_en=verdict.why.en if verdict.why else "")
    paper = attached(case, item.action, wanted.attach)
    if paper is None or paper["sha256"] != item.sha256 or paper["storage_key"] is None:
        raise PaperChanged(dossier=item.dossier)
    if paper["media_type"] != "application/pdf":
        raise NotAPdf(name=paper["file_name"] or wanted.attach)
    return paper["storage_key"]


def keep_prepared(unit: UnitOfWork, number: int, item: int, prepared: PreparedPdf, file: str) -> None:
    """Keeps what is signed of a PDF with room for a signature, which is stored under the key ``file``."""
    if item_with(unit.begin(), number, item, "waiting") is None:
        return
    told = {
        "file": file,
        "digest": prepared.digest.hex(),
        "attributes": base64.b64encode(prepared.attributes).decode(),
        "start": prepared.start,
        "end": prepared.end,
        "hash": prepared.hash,
    }
    change_item(unit.begin(), number, item, status="prepared", prepared=told)


def keep_sent(unit: UnitOfWork, number: int, transaction: str) -> None:
    """Keeps the provider's name of a request that it has taken."""
    change_signing(unit.begin(), number, status="sent", reference=transaction)


def take_answers(unit: UnitOfWork, number: int, answers: Sequence[RemoteAnswer]) -> int:
    """Takes what the provider says of the documents that it was asked about; returns how many have an outcome now.

    What has an outcome already keeps it. A worker looks after the request at once.
    """
    signing = signing_with(unit.begin(), number, lock=True)
    if signing is None or signing.status == "ended":
        return 0
    told, taken = {one.id: one for one in answers}, 0
    for item in items_of(unit.begin(), number, "prepared"):
        answer = told.get(str(item.number))
        if answer is None or answer.state == "pending":
            continue
        taken += 1
        if answer.state == "signed":
            value = base64.b64encode(answer.value or b"").decode()
            change_item(unit.begin(), number, item.number, status="signed", value=value)
        else:
            change_item(unit.begin(), number, item.number, **refused(_why(answer), unit.now))
    if not end_if_done(unit, number) and taken:
        change_signing(unit.begin(), number, next_at=unit.now, tries=0, trouble_vi=None, trouble_en=None)
    return taken


def finish_item(unit: UnitOfWork, number: int, item: int, signature: Signature) -> bool:
    """Takes the signing action with the signature that came; whether it did. Raises what ``sign_dossier`` raises."""
    row = item_with(unit.begin(), number, item, "signed")
    if row is None:
        return False
    how = How(signature=signature, token=row.token)
    sign_dossier(unit, row.dossier, row.action, sha256=row.sha256, how=how)
    unit.flush()
    change_item(unit.begin(), number, item, status="done", value=None, ended_at=unit.now)
    end_if_done(unit, number)
    return True


def refuse_remote(unit: UnitOfWork, number: int, items: Sequence[int], refusal: Refusal) -> None:
    """Writes why documents are not signed; the request ends if none is open."""
    for item in items:
        change_item(unit.begin(), number, item, **refused(refusal, unit.now))
    end_if_done(unit, number)


def look_again(unit: UnitOfWork, number: int, at: dt.datetime, trouble: Refusal | None = None) -> None:
    """Lets a worker look after an open request at a moment, with what the last try failed of."""
    signing = signing_with(unit.begin(), number, lock=True)
    if signing is None or signing.status == "ended":
        return
    why = (trouble.sentence("vi"), trouble.sentence("en")) if trouble else (None, None)
    tries = signing.tries + 1 if trouble else 0
    change_signing(unit.begin(), number, next_at=at, tries=tries, trouble_vi=why[0], trouble_en=why[1])


def _why(answer: RemoteAnswer) -> Refusal:
    said = {"said_vi": f": “{answer.reason}”", "said_en": f": “{answer.reason}”"} if answer.reason else {}
    said = said or {"said_vi": "", "said_en": ""}
    if answer.state == "refused":
        return RefusedInApp(**said)
    return NotConfirmed() if answer.state == "expired" else FailedThere(**said)
