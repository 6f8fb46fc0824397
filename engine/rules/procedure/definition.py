"""The release of a procedure: everything a workflow file says, checked, normalised and immutable.

An author writes YAML with short forms; ``workflows.loader`` turns it into the normal form below, where every branch is
a list, every term has a unit and every default is written out. The normal form has canonical bytes (JSON, sorted keys,
UTF-8, NFC) and their SHA-256 is the release's digest: same meaning, same digest, whatever the comments and key order.
A dossier keeps the digest of the release it was received under.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import unicodedata
from typing import Literal, get_args

import msgspec

from engine.errors import Refusal
from engine.rules.procedure.portal_status import PortalStatus
from engine.text import Text

ApplicantKind = Literal["citizen", "business", "organisation", "state_body", "foreigner"]
"""Who may file: LoaiDoiTuong of the national portal has 1 citizen (and foreigner), 2 business, 3 state body."""
Channel = Literal["counter", "portal", "post"]
PaymentMethod = Literal["cash", "transfer", "card", "portal", "waived"]
"""How a fee is settled; waiving one needs its legal ground."""
Clock = Literal["not_started", "running", "paused", "stopped"]
TermUnit = Literal["working_day", "working_hour", "calendar_day", "same_day"]
FieldType = Literal[
    "text",
    "long_text",
    "date",
    "number",
    "money",
    "choice",
    "boolean",
    "identity_number",
    "unit",
    "place",
    "person",
    "file",
]

APPLICANT_KINDS: tuple[ApplicantKind, ...] = get_args(ApplicantKind)
CHANNELS: tuple[Channel, ...] = get_args(Channel)
PAYMENT_METHODS: tuple[PaymentMethod, ...] = get_args(PaymentMethod)
APPLICANT = "applicant"  # the role of whoever filed; needs no membership
SYSTEM = "system"  # the role of a timer


class MalformedRelease(Refusal):
    """A released row does not hold a release in normal form: it was written by another version or damaged."""

    code = "malformed-release"
    status = 500
    vi = "Bản phát hành quy trình không đọc được: {why}."
    en = "The stored release cannot be read: {why}."


class _Frozen(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=False):
    """Base of all parts: immutable, unknown keys refused."""


class Branch(_Frozen, frozen=True):
    """One arm of a choice; ``when`` is a CEL condition, None for the last arm (``else``)."""

    then: str
    when: str | None = None


class Term(_Frozen, frozen=True):
    """A span in the units of the law: working days, working hours or calendar days; ``same_day`` has amount 0."""

    amount: int
    unit: TermUnit


class TermBranch(_Frozen, frozen=True):
    """One arm of a choice between terms."""

    term: Term
    when: str | None = None


class Effective(_Frozen, frozen=True):
    """From when (inclusive) until when (inclusive, None: open) dossiers are received under this release.

    ``running`` says what happens to those that run: they ``keep`` their release, ``migrate`` to this one (states mapped
    by ``migrate``), or a person is asked (``ask``).
    """

    start: dt.date
    until: dt.date | None = None
    running: Literal["keep", "migrate", "ask"] = "keep"
    migrate: dict[str, str] = {}


class Sector(_Frozen, frozen=True):
    """Lĩnh vực: code and name of the field of administration a procedure belongs to."""

    code: str
    name: Text


class Role(_Frozen, frozen=True):
    """Who acts. ``unit`` names the routing key of the office that the person must be a member of."""

    name: Text
    unit: str


class Route(_Frozen, frozen=True):
    """How the office of one routing key is found.

    ``intake``: ``any_commune_in_province`` | ``any_centre_in_province`` | ``competent_commune``.
    Others: ``by`` names ``competent`` (the dated competence of this procedure) or ``competent:<task>`` (of a task such
    as ``tax``), over the commune that the fact ``place`` holds; or ``branches`` choose an office code by conditions.
    """

    by: str | None = None
    place: str | None = None
    branches: tuple[Branch, ...] = ()


class Field(_Frozen, frozen=True):
    """One value the applicant gives. Its key is dotted (``land.commune``) and is the name conditions read it by."""

    type: FieldType
    name: Text
    required: bool = False
    when: str | None = None
    help: Text | None = None
    choices: dict[str, Text] = {}
    minimum: int | None = None
    maximum: int | None = None
    pattern: str | None = None
    personal: bool = False


class Document(_Frozen, frozen=True):
    """A paper the file asks for (thành phần hồ sơ), with how many originals, certified copies and plain copies."""

    name: Text
    original: int = 0
    certified: int = 0
    copy: int = 0
    when: str | None = None
    on_missing: Literal["ask", "refuse"] = "ask"
    reusable: bool = False
    result: bool = False
    verified: bool = True


class Fee(_Frozen, frozen=True):
    """A fee in đồng. ``by_province`` (by its code) overrides ``vnd``; ``per`` names a number fact to multiply by."""

    name: Text
    vnd: int
    by_province: dict[str, int] = {}
    per: str | None = None
    when: str | None = None
    collect: Literal["on_receive", "on_return", "during"] = "on_receive"
    verified: bool = True


class Sla(_Frozen, frozen=True):
    """The time limit. ``starts`` names the action that starts the clock; ``cutoff`` (HH:MM) is for same-day terms;
    ``warn`` is how long before the due moment the holder is warned; ``extensions`` how many Forms 04 are lawful;
    ``first_day`` whether a term in working days runs from the hour of reception or, as the Civil Code (art. 147.2) has
    it, from the next day to the close of office hours."""

    total: tuple[TermBranch, ...]
    calendar: str = "vn"
    starts: str = "receive"
    cutoff: str | None = "15:00"
    first_day: Literal["counted", "not_counted"] = "counted"
    warn: Term | None = None
    extensions: int = 1
    verified: bool = True


class State(_Frozen, frozen=True):
    """One state. ``portal`` is the national status code 1–10. ``role`` holds the dossier here (None: nobody of the
    offices). ``limit`` is the step's own time limit; ``remind`` asks again after that long in a paused state."""

    name: Text
    portal: int
    clock: Clock
    role: str | None = None
    initial: bool = False
    final: bool = False
    limit: Term | None = None
    remind: Term | None = None

    @property
    def status(self) -> PortalStatus:
        """The national status, with its meaning."""
        return PortalStatus(self.portal)


class Action(_Frozen, frozen=True):
    """One step from any of ``sources`` to the first branch of ``to`` whose condition holds.

    ``by`` are roles (``applicant`` and ``system`` are built in). ``guard`` must hold. ``after`` makes a timer take the
    action that long after its source state was entered. ``attach`` names the document that must be attached with it.
    ``effect`` is what the action means to the house, so that acts, forms and reports need not guess from names.
    """

    name: Text
    sources: tuple[str, ...]
    to: tuple[Branch, ...]
    by: tuple[str, ...]
    effect: Literal[
        "receive",
        "refuse",
        "forward",
        "ask",
        "answer",
        "back",
        "submit",
        "sign",
        "finish",
        "return",
        "withdraw",
        "stop",
        "step",
    ]
    guard: str | None = None
    reason: Literal["required", "optional"] = "optional"
    form: str | None = None
    attach: str | None = None
    signature: Literal["none", "digital"] = "none"
    warn_after: int | None = None
    after: Term | None = None


class Notice(_Frozen, frozen=True):
    """Whom to tell what. ``event`` is ``entered``/``action`` with ``subject`` a state or action, ``remind``, ``due_in``
    (with ``term``) or ``overdue``. ``to`` are roles, ``applicant`` or ``holder``; ``via`` are channels in order."""

    event: Literal["entered", "action", "remind", "due_in", "overdue"]
    to: tuple[str, ...]
    via: tuple[Literal["sms", "email", "inbox", "webhook"], ...]
    template: str
    subject: str | None = None
    term: Term | None = None
    form: str | None = None


class Child(_Frozen, frozen=True):
    """A dossier of another procedure that is opened when this one reaches ``opens`` (liên thông). ``fields`` maps the
    child's field keys to facts of the parent."""

    procedure: str
    name: Text
    opens: str
    when: str | None = None
    fields: dict[str, str] = {}


class Release(_Frozen, frozen=True):
    """A procedure as it is carried out from one date to another. See the module docstring."""

    procedure: str
    version: int
    name: Text
    legal: tuple[str, ...]
    effective: Effective
    sector: Sector
    channels: tuple[Channel, ...]
    applicants: tuple[ApplicantKind, ...]
    roles: dict[str, Role]
    routing: dict[str, Route]
    sla: Sla
    states: dict[str, State]
    actions: dict[str, Action]
    fields: dict[str, Field] = {}
    documents: dict[str, Document] = {}
    fees: dict[str, Fee] = {}
    notify: tuple[Notice, ...] = ()
    children: dict[str, Child] = {}
    public: bool = True

    @property
    def initial(self) -> str:
        """The key of the one initial state."""
        return next(key for key, state in self.states.items() if state.initial)

    def canonical(self) -> bytes:
        """Canonical bytes: JSON, keys sorted, UTF-8, NFC. The digest is over these."""
        return unicodedata.normalize("NFC", _encoder.encode(self).decode()).encode()

    def to_bytes(self) -> bytes:
        """The normal form as JSON in the author's order of keys, which forms and lists follow; not what is digested."""
        return msgspec.json.encode(self)

    def digest(self) -> str:
        """SHA-256 of the canonical bytes, 64 hexadecimal digits."""
        return hashlib.sha256(self.canonical()).hexdigest()


_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder(Release)


def release_from_bytes(data: bytes | str) -> Release:
    """The release that canonical bytes hold. Raises MalformedRelease."""
    try:
        return _decoder.decode(data)
    except msgspec.ValidationError as error:
        raise MalformedRelease(why=str(error)) from error
