"""The engine's ports: Protocols for delivering notices, signing and storing files, which the adapters implement.

Only the command line, ``wsgi`` and the start of the worker choose the adapters.
"""

from __future__ import annotations

import datetime as dt
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Protocol

from engine.errors import Refusal


class DeliveryFailed(Refusal):
    """The receiver did not accept a notice. ``permanent``: a retry cannot help."""

    code = "delivery-failed"
    status = 502
    vi = "Không gửi được thông báo qua {channel}: {why}."
    en = "The notice could not be delivered by {channel}: {why}."

    def __init__(self, *, permanent: bool = False, **facts: object) -> None:
        self.permanent = permanent
        super().__init__(**facts)


@dataclass(frozen=True, slots=True)
class Message:
    """One notice, ready to send. ``key`` is never reused: a receiver that de-duplicates by it gets each notice once.

    ``address`` is an e-mail address, a telephone number or a URL. ``data`` is the body of a webhook, or a CloudEvent
    where ``form`` is ``cloudevents`` or ``cloudevents-binary``.
    """

    key: str
    channel: str
    address: str
    subject: str
    body: str
    language: str = "vi"
    data: dict[str, Any] = field(default_factory=dict)
    secret: str | None = None
    form: str = "standard"


class Notifier(Protocol):
    """Delivers one message and returns the receiver's reference, or ''. Safe to call twice. Raises DeliveryFailed."""

    def send(self, message: Message) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureFacts:
    """What a signature in a PDF says of itself.

    ``signer`` and ``issuer`` are the common names in the certificate; ``level`` is the PAdES level that was reached
    (``B-B``, ``B-T``, ``B-LT``, ``B-LTA``); ``stamped_at`` is the moment that a timestamp authority vouches for.
    """

    signer: str
    issuer: str
    serial: str
    valid_until: dt.datetime
    level: str
    stamped_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Signature:
    """A detached signature over a file: ``value`` and ``certificate`` (or public key) as PEM or base64 text.

    ``statement`` is the signed text that names the file by its hash; empty if the file's own bytes were signed.
    ``content`` is the file with the signature in it, where the signature stands in the file (PAdES); it begins with the
    bytes that were given. ``about`` tells of the certificate and the timestamp then.
    """

    algorithm: str
    value: str
    certificate: str
    statement: str = ""
    content: bytes | None = None
    about: SignatureFacts | None = None


class Signer(Protocol):
    """Signs bytes in the name of a person of an office. Raises SigningFailed.

    ``check`` is the address at which anybody checks the result; a signature in a PDF prints it as a QR code.
    ``certificate`` is that of the installation, as PEM, with which anybody checks its signatures.
    """

    def sign(self, content: bytes, *, person: str, office: str, at: dt.datetime, check: str = "") -> Signature: ...

    def certificate(self) -> str: ...


class SigningFailed(Refusal):
    """The signature could not be made; the dossier waits where it is."""

    code = "signing-failed"
    status = 502
    vi = "Ký số không thành công: {why}. Hồ sơ vẫn chờ ký."
    en = "The digital signature failed: {why}. The dossier still waits for signature."


class Files(Protocol):
    """Stores contents under keys that cannot be guessed. A content is durable when ``put`` returns its key."""

    def put(self, content: bytes) -> str: ...

    def read(self, key: str) -> bytes: ...

    def remove(self, key: str) -> None:
        """Removes a content for good; one that is gone already is no fault."""
        ...

    @property
    def place(self) -> str:
        """Where the contents are, for a person to read."""

    def name(self) -> str | None:
        """The name that the store carries; None for one that was given none."""

    def give_name(self, name: str) -> str:
        """Names a store without a name; returns the name that it carries now, which may be another process's."""


class Scanner(Protocol):
    """Looks for malicious programs in an uploaded file. Raises FileInfected, ScannerSilent."""

    def check(self, content: bytes) -> None: ...

    def answers(self) -> bool:
        """Whether the scanner answers now."""
        ...


class NoScanner:
    """The scanner of an installation that has none: every file passes."""

    def check(self, content: bytes) -> None:
        """Passes."""

    def answers(self) -> bool:
        return True


class FileInfected(Refusal):
    """The scanner found a malicious program in the file; nothing was stored."""

    code = "file-infected"
    vi = "Tệp có mã độc nên không được nhận. Hãy quét vi rút trên máy, tạo lại tệp rồi gửi lại."
    en = "The file holds a malicious program and is not taken. Scan your device, make the file again, and send that."


class ScannerSilent(Refusal):
    """The scanner did not answer, so no file is taken for the moment; nothing was stored."""

    code = "scanner-silent"
    status = 503
    vi = "Hiện chưa kiểm tra được mã độc nên tạm chưa nhận tệp. Xin gửi lại sau ít phút."
    en = "Files cannot be checked for malicious programs at present, so none is taken. Send it again in some minutes."


class ProviderUnreachable(Refusal):
    """The identity provider does not answer, or not as its protocol asks."""

    code = "provider-unreachable"
    status = 503
    vi = "Hệ thống đăng nhập của cơ quan không trả lời. Hãy thử lại, hoặc đăng nhập bằng mật khẩu."
    en = "The sign-in service of the office does not answer. Try again, or sign in with a password."


class ProviderRefused(Refusal):
    """What came back from the identity provider proves nobody: it is forged, stale, used before, or a refusal."""

    code = "provider-refused"
    status = 401
    vi = "Đăng nhập bằng tài khoản cơ quan không thành công. Hãy bắt đầu lại từ trang đăng nhập."
    en = "Signing in with the office account failed. Start again from the sign-in page."


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that was begun: the address at the provider, and what the browser keeps until it comes back."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class ProvenSubject:
    """Whom an identity provider has proven. ``second_factor``: it asked for more than one."""

    issuer: str
    subject: str
    second_factor: bool


class IdentityProvider(Protocol):
    """Signs people in by OpenID Connect. ``back`` is the address that the provider leads back to."""

    def begin(self, back: str, *, again: bool) -> Begun:
        """Begins; ``again``: the provider must ask anew who it is. Raises ProviderUnreachable."""
        ...

    def finish(self, back: str, begun: Begun, address: str, now: float, *, again: bool) -> ProvenSubject:
        """The person whom the answer in ``address`` proves. Raises ProviderRefused, ProviderUnreachable."""
        ...


class Trace(Protocol):
    """Traces for operators. ``kind`` is request, act or job; ``name`` is the program's own word, never a person's."""

    def span(self, kind: str, name: str) -> AbstractContextManager[None]: ...


def span_of(trace: Trace | None, kind: str, name: str) -> AbstractContextManager[None]:
    """A span around a block, or nothing around it where no traces are kept."""
    return nullcontext() if trace is None else trace.span(kind, name)
