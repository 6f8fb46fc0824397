"""The engine's ports: Protocols for delivering notices, signing and storing files, which the adapters implement.

Only the command line, ``wsgi`` and the start of the worker choose the adapters.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

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


@dataclass(frozen=True, slots=True)
class Signature:
    """A detached signature over a file: ``value`` and ``certificate`` (or public key) as PEM or base64 text.

    ``statement`` is the signed text that names the file by its hash; empty if the file's own bytes were signed.
    """

    algorithm: str
    value: str
    certificate: str
    statement: str = ""


class Signer(Protocol):
    """Signs bytes in the name of a person of an office. Raises SigningFailed.

    ``certificate`` is that of the installation, as PEM, with which anybody checks its signatures.
    """

    def sign(self, content: bytes, *, person: str, office: str) -> Signature: ...

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


class GatewayFailed(Refusal):
    """The payment gateway did not do what it was asked. ``permanent``: trying again cannot help."""

    code = "gateway-failed"
    status = 502
    vi = "Cổng thanh toán không thực hiện được: {why}."
    en = "The payment gateway did not do it: {why}."

    def __init__(self, *, permanent: bool = False, **facts: object) -> None:
        self.permanent = permanent
        super().__init__(**facts)


@dataclass(frozen=True, slots=True)
class Ordered:
    """What the gateway calls a payment, and its page for the payer ('' where it has none)."""

    key: str
    pay_at: str


@dataclass(frozen=True, slots=True)
class RefundAnswer:
    """The outcome of an order to pay back: ``done``, ``refused`` or ``waiting``, and what the gateway calls it."""

    outcome: str
    key: str
    why: str = ""


class Gateway(Protocol):
    """A payment gateway. Every call may be made twice with the same key. Raises GatewayFailed."""

    def create(self, reference: str, vnd: int, about: str) -> Ordered:
        """Announces a charge under its reference."""
        ...

    def transactions(self, key: str) -> list[Any]:
        """The transactions of a payment as the gateway tells them (``engine.rules.payments.wire.paid_in``)."""
        ...

    def refund(self, key: str, transaction: str, vnd: int) -> RefundAnswer:
        """Pays back ``vnd`` đồng of a transaction; ``key`` names the order, and is never used for another."""
        ...


Compared = Literal["match", "differs", "unknown"]
"""How a field compares with what is known elsewhere."""


@dataclass(frozen=True, slots=True)
class PersonAsked:
    """What a person says of themselves. ``born`` is a day (``1990-11-04``) or empty; ``reference`` names the question,
    so that a second one with it is known there."""

    number: str
    name: str
    born: str
    address: str
    purpose: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityOutcome:
    """How each field compares with the population data. The data themselves are never asked for."""

    number: Compared
    name: Compared
    born: Compared
    address: Compared


class PopulationData(Protocol):
    """Compares what a person says with the national population data. Raises PopulationSilent."""

    def compare(self, asked: PersonAsked) -> IdentityOutcome: ...


class PopulationSilent(Refusal):
    """The population data did not answer in time, or not as the mapping says; reception goes on without them."""

    code = "population-silent"
    status = 503
    vi = "Cơ sở dữ liệu dân cư chưa trả lời. Vẫn tiếp nhận hồ sơ; đối chiếu giấy tờ như thường lệ."
    en = "The population data do not answer. Go on receiving, and compare the papers as usual."


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPage:
    """A page of a feed of another system. ``next`` is the cursor of the page after it, the same where none came."""

    items: tuple[dict[str, Any], ...]
    next: str


class SourceUnreachable(Refusal):
    """The other system does not answer, or not as was agreed; trying again may help."""

    code = "source-unreachable"
    status = 503
    vi = "Hệ thống kia không trả lời đúng: {why}."
    en = "The other system does not answer as it should: {why}."


class SourceRefuses(Refusal):
    """The other system refuses what it was told; trying again does not help."""

    code = "source-refuses"
    status = 502
    vi = "Hệ thống kia từ chối: {why}."
    en = "The other system refuses: {why}."


class PaperDiffers(Refusal):
    """The bytes of a paper are not those that were told of: another length or another hash."""

    code = "paper-differs"
    vi = "Giấy tờ {paper}: {why_vi}. Đề nghị bên kia gửi lại, rồi thử lại."
    en = "Paper {paper}: {why_en}. Ask the other side to send it again, then try again."


class FilingSource(Protocol):
    """Another system that takes filings: it is asked page by page, gives papers, and is told what became of each."""

    def page(self, feed: str, after: str, most: int) -> FeedPage:
        """The page of ``filings`` or ``mirrors`` after a cursor. Raises SourceUnreachable."""
        ...

    def paper(self, name: str, path: str, size: int, sha256: str, most: int) -> bytes:
        """The bytes of a paper, compared with what was told. Raises SourceUnreachable, PaperDiffers."""
        ...

    def answer(self, key: str, body: dict[str, Any]) -> None:
        """Tells what became of a filing; safe to call twice with one key. Raises SourceUnreachable, SourceRefuses."""
        ...


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


Fact = str | int | dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One message about a dossier to the national portal, in our facts (``engine.rules.portal.mapping``).

    ``key`` never changes, so a portal that de-duplicates keeps each once. ``sequence`` rises within a dossier. ``at``
    is the moment of the event that is told; its civil day in Viet Nam decides the codes. ``state`` is the workflow's.
    """

    key: str
    sequence: int
    kind: str
    at: dt.datetime
    state: str
    facts: Mapping[str, Fact]
    lists: Mapping[str, Sequence[Mapping[str, Fact]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the portal lists of a dossier: its code, and the fingerprint of the compared fields."""

    code: str
    fingerprint: str


class PortalFailed(DeliveryFailed):
    """The portal did not take a telling, or did not answer a question.

    ``cause`` is ``network`` (a retry may help), ``refused`` (the portal said no) or ``mapping`` (a code is missing).
    """

    code = "portal-failed"
    vi = "Cổng Dịch vụ công quốc gia không nhận: {why}."
    en = "The national portal did not take it: {why}."

    def __init__(self, *, cause: str, **facts: object) -> None:
        self.cause = cause
        super().__init__(permanent=cause != "network", **facts)


class Portal(Protocol):
    """The national portal. Every method but the first three asks it, and raises PortalFailed."""

    def fingerprint(self, telling: Telling) -> str:
        """The fingerprint that the portal should list for a ``dossier`` telling. Raises PortalFailed (mapping)."""
        ...

    def compared(self, telling: Telling) -> Mapping[str, str]:
        """The compared fields of a ``dossier`` telling as canonical texts, by kind. Raises PortalFailed (mapping)."""
        ...

    def tell(self, telling: Telling) -> str:
        """Tells once, and returns the portal's reference or ''. Safe to call twice."""
        ...

    def listed(self, after: str) -> Iterator[Held]:
        """What the portal holds of this agency behind a code, in the order of the codes' bytes, as a stream."""
        ...

    def held(self, code: str) -> Sequence[Mapping[str, str]]:
        """The records there under a code, each as canonical texts by kind; none, or more than one."""
        ...
