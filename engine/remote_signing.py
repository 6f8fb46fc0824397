"""The port of remote signing: hashes go to a provider, the signatory confirms them there, signatures come back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from engine.errors import Refusal
from engine.ports import Signature

State = Literal["pending", "signed", "refused", "expired", "failed"]


class RemoteSigningFailed(Refusal):
    """The provider did not do as asked. ``permanent``: the same request will not help."""

    code = "remote-signing-failed"
    status = 502
    vi = "Nhà cung cấp ký số từ xa không thực hiện được: {why_vi}. Hồ sơ vẫn chờ ký."
    en = "The remote-signing provider could not do it: {why_en}. The dossier still waits for signature."

    def __init__(self, *, permanent: bool = False, **facts: object) -> None:
        self.permanent = permanent
        super().__init__(**facts)


class CertificateUnfit(Refusal):
    """The signatory's certificate may not be used: its chain, dates, purpose or revocation say so."""

    code = "certificate-unfit"
    status = 409
    vi = "Chứng thư số của người ký không dùng được: {why_vi}. Hồ sơ vẫn chờ ký."
    en = "The signatory's certificate cannot be used: {why_en}. The dossier still waits for signature."


class CallbackForged(Refusal):
    """The call of the provider carries no valid signature, or an old one."""

    code = "callback-forged"
    status = 401
    vi = "Lời gọi không mang chữ ký hợp lệ của nhà cung cấp."
    en = "The call carries no valid signature of the provider."


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedPdf:
    """A PDF with room for a signature. ``hash`` (SHA-256, hexadecimal) of ``attributes`` is what is signed.

    ``start`` and ``end`` bound the room in ``content``, and ``digest`` is that of everything outside of it.
    """

    content: bytes
    digest: bytes
    attributes: bytes
    start: int
    end: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteDocument:
    """A document in a request: the ``id`` comes back with its signature; ``name`` is shown in the signatory's app."""

    id: str
    name: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteAnswer:
    """What became of one document: ``value`` is the raw signature of a signed one, ``reason`` the provider's words."""

    id: str
    state: State
    value: bytes | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteAnswers:
    """What a provider says of a request, known by our ``key`` or its ``transaction``."""

    key: str
    transaction: str
    documents: tuple[RemoteAnswer, ...]


class RemoteSigning(Protocol):
    """Signs PDF files at a provider. Every method may be called again: the provider knows a request by its key."""

    minutes: int
    """How long the signatory has to confirm."""
    poll_seconds: int
    """How long to wait before asking again."""
    most: int
    """Documents of one request."""

    def credential(self, username: str) -> str | None:
        """What the provider knows a person by; None for one who has nothing there. Raises RemoteSigningFailed."""
        ...

    def certificates(self, credential: str, at: dt.datetime) -> tuple[str, ...]:
        """The person's certificate with its chain as PEM, checked. Raises RemoteSigningFailed, CertificateUnfit."""
        ...

    def prepare(self, content: bytes, certificates: tuple[str, ...], *, check: str) -> PreparedPdf:
        """Makes room for a signature. Raises SigningFailed for a file that is no usable PDF."""
        ...

    def ask(self, key: str, credential: str, documents: tuple[RemoteDocument, ...]) -> str:
        """Sends hashes in one request; returns the provider's name of it. Raises RemoteSigningFailed."""
        ...

    def answers(self, key: str, transaction: str) -> RemoteAnswers | None:
        """What became of a request; None for one that the provider does not know. Raises RemoteSigningFailed."""
        ...

    def read_callback(self, headers: Mapping[str, str], body: bytes, now: dt.datetime) -> RemoteAnswers:
        """What a call of the provider says; the names of its headers are in small letters.

        Raises CallbackForged, RemoteSigningFailed.
        """
        ...

    def finish(self, prepared: PreparedPdf, value: bytes, certificates: tuple[str, ...], at: dt.datetime) -> Signature:
        """Puts the signature into its PDF, with timestamp and validation data.

        Raises SigningFailed (try again later), CertificateUnfit, RemoteSigningFailed for a wrong signature.
        """
        ...
