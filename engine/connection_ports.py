"""The engine's ports to the systems around: the national portal, a payment gateway, population data, inbound filings.

Each is a Protocol that an adapter implements, with the refusals that it may raise. ``engine.ports`` has the others.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from engine.errors import Refusal
from engine.ports import DeliveryFailed

Fact = str | int | dt.datetime | None


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
