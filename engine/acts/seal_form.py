"""The file of an issued form: its PDF, which carries the office's seal (PAdES) where the issue is to be sealed.

No signature can be made twice with the same bytes, so the first file of an issue is sealed and kept, and every later
one is that file. A signer that fails never holds back a form: it goes out without the seal, and an incident says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from engine.errors import Refusal, in_log
from engine.forms.issued import FormDamaged, FormErased, IssuedForm
from engine.forms.sealed import SealedFileLost, at_rest, kept_file
from engine.ports import SigningFailed
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.file_uses import files_in_use
from engine.store.form_seals import FormSeal, end_seal, seal_of
from engine.transaction import Runtime, UnitOfWork, in_transaction

log = structlog.get_logger("motcua.forms")

Render = Callable[[str, Mapping[str, Any]], bytes]
_NOT_WITHIN = (
    "khóa của hệ thống không ký trong tệp PDF, hoặc bản in không phải PDF; hãy đặt MOTCUA_SIGNING=pkcs12 hoặc pkcs11 / "
    "the installation's key does not sign within PDF files, or the print is no PDF; set MOTCUA_SIGNING=pkcs12 or pkcs11"
)
_OTHER_FILE = "tệp đã ký không chứa đúng biểu mẫu / the signed file does not hold the form"
_NO_SEAL = "bộ ký trả lại tệp chưa ký / the signer gave the file back without a signature"


def form_file(runtime: Runtime, made: IssuedForm, render: Render) -> bytes:
    """The PDF of an issue, the same bytes every time. Raises FormDamaged, FormErased."""
    known = _seal(runtime, made)
    if known is not None and known.ended_at is None:
        known = _first(runtime, made, render(made.issue.form, made.data))
    if known is None or known.storage_key is None:
        return render(made.issue.form, made.data)
    return _kept(runtime, made, known)


def keep_seal(unit: UnitOfWork, made: IssuedForm, key: str | None, sha256: str | None, why: str | None) -> bool:
    """Keeps how the first file of an issue was made: sealed, or without a seal and ``why``.

    False where another process was first, or the dossier's personal data were erased meanwhile.
    """
    values = {"storage_key": key, "sha256": sha256, "why": why, "ended_at": unit.now}
    return end_seal(unit.begin(), made.dossier, made.issue.entry, values)


def _seal(runtime: Runtime, made: IssuedForm) -> FormSeal | None:
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        return seal_of(connection, made.dossier, made.issue.entry)


def _first(runtime: Runtime, made: IssuedForm, plain: bytes) -> FormSeal:
    """Seals the first file and keeps it; outside a transaction, since authorities are asked over the network."""
    key, sha256, why = None, None, None
    try:
        content = at_rest(runtime.settings.secret_keys[0], made.dossier, made.issue, _signed(runtime, made, plain))
        key, sha256 = runtime.files.put(content), hashlib.sha256(content).hexdigest()
    except Exception as error:  # whatever a token or its library raises, the applicant gets the form
        why = _in_words(error)
        log.warning("form-unsealed", dossier=made.dossier, form=made.issue.form, why=in_log(error))
    ended = in_transaction(runtime, SYSTEM_ACTOR, lambda unit: keep_seal(unit, made, key, sha256, why))
    if not ended and key is not None:
        kept_key = key
        in_transaction(runtime, SYSTEM_ACTOR, lambda unit: _let_go(unit, kept_key))
    known = _seal(runtime, made)
    if known is None:
        raise FormErased(number=made.issue.form, issue=made.issue.issue)
    return known


def _let_go(unit: UnitOfWork, key: str) -> None:
    """Removes a file that came second, unless it is the very content that came first."""
    if not files_in_use(unit.begin(), [key]):
        unit.runtime.files.remove(key)


def _signed(runtime: Runtime, made: IssuedForm, plain: bytes) -> bytes:
    office = str(made.data["head"]["unit"])
    signed = runtime.signer.sign(plain, person=SYSTEM_ACTOR.label, office=office, at=runtime.now()).content
    if signed is None:
        raise SigningFailed(why=_NOT_WITHIN)
    if not signed.startswith(plain):
        raise SigningFailed(why=_OTHER_FILE)
    if signed == plain:
        raise SigningFailed(why=_NO_SEAL)
    return signed


def _kept(runtime: Runtime, made: IssuedForm, known: FormSeal) -> bytes:
    try:
        return kept_file(runtime.files, runtime.settings.secret_keys, made.dossier, made.issue, known)
    except SealedFileLost as error:
        raise FormDamaged(number=made.issue.form, issue=made.issue.issue) from error


def _in_words(error: Exception) -> str:
    if isinstance(error, SigningFailed):
        return str(error.facts.get("why"))
    if isinstance(error, Refusal):
        return f"{error.sentence('vi')} / {error.sentence('en')}"
    return in_log(error)
