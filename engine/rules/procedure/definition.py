"""The release of a procedure: the content of a workflow file, checked, normalised and immutable.

An author writes YAML with short forms. ``workflows.loader`` turns it into the normal form below, where every branch is
a list, every term has a unit and every default is written out. The normal form has canonical bytes (JSON, sorted keys,
UTF-8, NFC). Their SHA-256 is the release's digest: the same meaning gives the same digest, whatever the comments and
the order of keys. A dossier keeps the digest of the release under which it was received.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import unicodedata
from typing import Any, Literal, get_args

import msgspec
from msgspec import UNSET, UnsetType

from engine.errors import Refusal
from engine.rules.procedure.parts import Area, Price, Table
from engine.rules.procedure.portal_status import PortalStatus
from engine.text import Text

ApplicantKind = Literal["citizen", "business", "organisation", "state_body", "foreigner"]
"""Kinds of applicant. LoaiDoiTuong of the national portal has 1 citizen (and foreigner), 2 business, 3 state body."""
Channel = Literal["counter", "portal", "post", "vneid"]
PaymentMethod = Literal["cash", "transfer", "card", "portal", "waived"]
"""How a fee is settled; waiving one needs its legal ground."""
Clock = Literal["not_started", "running", "paused", "stopped"]
Effect = Literal[
    "receive", "refuse", "forward", "ask", "answer", "back", "submit", "sign", "finish", "return", "withdraw", "stop",
    "step",
]  # fmt: skip
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
    "identity_paper",
    "telephone",
    "tax_code",
    "unit",
    "place",
    "person",
    "file",
]

APPLICANT_KINDS: tuple[ApplicantKind, ...] = get_args(ApplicantKind)
CHANNELS: tuple[Channel, ...] = get_args(Channel)
ONLINE: tuple[Channel, ...] = ("portal", "vneid")
"""The channels without a counter: the national portal, and the application VNeID (Decree 367/2025/NĐ-CP)."""
PAYMENT_METHODS: tuple[PaymentMethod, ...] = get_args(PaymentMethod)
APPLICANT = "applicant"  # the built-in role of the applicant; needs no membership
SYSTEM = "system"  # the built-in role of timers


class MalformedRelease(Refusal):
    """A stored release is not in normal form: another version wrote it, or it is damaged."""

    code = "malformed-release"
    status = 500
    vi = "Bản phát hành quy trình không đọc được: {why}."
    en = "The stored release cannot be read: {why}."


class _Frozen(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=False):
    """The base of all parts: immutable; unknown keys are refused.

    A key that the format gained later is UNSET where nobody wrote it, and then is in no bytes: the digests of releases
    that were stored before stay what they were.
    """


class Branch(_Frozen, frozen=True):
    """One arm of a choice. ``when`` is a condition, None for the last arm (``else``)."""

    then: str
    when: str | None = None


class Term(_Frozen, frozen=True):
    """A time limit in a unit of the law: working days, working hours, calendar days, or ``same_day`` with amount 0.

    Working days and hours may have quarters (0.25, 2.5), which a float holds exactly; an amount without them is an int.
    """

    amount: int | float
    unit: TermUnit


class TermBranch(_Frozen, frozen=True):
    """One arm of a choice between terms; ``when`` as in ``Branch``."""

    term: Term
    when: str | None = None


class Effective(_Frozen, frozen=True):
    """The first and the last day (both inclusive; None: open) on which dossiers are received under this release.

    ``running`` says what happens to dossiers of earlier releases that are open: they ``keep`` their release,
    ``migrate`` to this one (states mapped by ``migrate``), or a person decides (``ask``). ``replaces`` is the earlier
    version that this one corrects from ``start`` on, also where both start on the same day; absent from the bytes
    where nothing is replaced, as published releases have it.
    """

    start: dt.date
    until: dt.date | None = None
    running: Literal["keep", "migrate", "ask"] = "keep"
    migrate: dict[str, str] = {}
    replaces: int | msgspec.UnsetType = msgspec.UNSET


class Sector(_Frozen, frozen=True):
    """The field of administration (lĩnh vực) that a procedure belongs to."""

    code: str
    name: Text


class Role(_Frozen, frozen=True):
    """A role of staff. ``unit`` is the routing key of the office in which the person must be a member."""

    name: Text
    unit: str


class Route(_Frozen, frozen=True):
    """The rule that finds the office of one routing key.

    For ``intake``, ``by`` is ``any_commune_in_province``, ``any_centre_in_province`` or ``competent_commune``. For
    other keys ``by`` is ``competent`` (the dated competence of this procedure) or ``competent:<task>`` (of a task such
    as ``tax``) over the commune in the fact ``place``, or the unit of the receiving office (``place`` is ``intake``);
    or ``branches`` choose an office code by conditions.
    """

    by: str | None = None
    place: str | None = None
    branches: tuple[Branch, ...] = ()


class Field(_Frozen, frozen=True):
    """One value that the applicant gives. Its key is dotted (``land.commune``) and is its name in conditions.

    ``decimals`` is the number of decimal places of a number. A ``partial`` date may lack its day or its month.
    ``not_after`` and ``not_before`` are the keys of other dates, or ``today`` (the day of filing). ``min_age`` and
    ``max_age`` are full years from this date to the day of filing. ``differs_from`` are fields with another value.
    """

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
    decimals: int | UnsetType = UNSET
    partial: bool | UnsetType = UNSET
    not_after: tuple[str, ...] | UnsetType = UNSET
    not_before: tuple[str, ...] | UnsetType = UNSET
    min_age: int | UnsetType = UNSET
    max_age: int | UnsetType = UNSET
    differs_from: tuple[str, ...] | UnsetType = UNSET

    @property
    def places(self) -> int:
        """The decimal places of a number; 0 for a whole one."""
        return self.decimals or 0


class Document(_Frozen, frozen=True):
    """A required paper (thành phần hồ sơ), with the numbers of originals, certified copies and plain copies."""

    name: Text
    original: int = 0
    certified: int = 0
    copy: int = 0
    when: str | None = None
    on_missing: Literal["ask", "refuse"] = "ask"
    reusable: bool = False
    result: bool = False
    verified: bool = True


class Tier(_Frozen, frozen=True):
    """What each further unit costs from the one after ``above`` on, in đồng."""

    above: int
    vnd: int


class Fee(_Frozen, frozen=True):
    """A fee in đồng. ``by_province`` (by its code) overrides ``vnd``; ``per`` names a number fact to multiply by.

    ``tiers`` give another price to the units above a number; ``most`` limits the sum; ``copies`` names the number fact
    by which the limited sum is multiplied (not given: one copy). The first of ``prices`` that holds replaces ``vnd``.
    The four came later: where a file does not use them they are absent from the bytes too, so that digests stay.
    """

    name: Text
    vnd: int
    by_province: dict[str, int] = {}
    per: str | None = None
    when: str | None = None
    collect: Literal["on_receive", "on_return", "during"] = "on_receive"
    verified: bool = True
    tiers: tuple[Tier, ...] | msgspec.UnsetType = msgspec.UNSET
    most: int | msgspec.UnsetType = msgspec.UNSET
    copies: str | msgspec.UnsetType = msgspec.UNSET
    prices: tuple[Price, ...] | msgspec.UnsetType = msgspec.UNSET


class Sla(_Frozen, frozen=True):
    """The time limit of the whole procedure.

    ``starts`` is the key or the effect of the action that starts the clock. ``cutoff`` (HH:MM) applies to same-day
    terms. ``warn`` is how long before the due moment the holder is warned. ``extensions`` is the lawful number of Forms
    04. ``first_day`` says whether a term in working days runs from the hour of reception (``counted``) or, by the Civil
    Code (art. 147.2), from the next day to the close of office hours.
    """

    total: tuple[TermBranch, ...]
    calendar: str = "vn"
    starts: str = "receive"
    cutoff: str | None = "15:00"
    first_day: Literal["counted", "not_counted"] = "counted"
    warn: Term | None = None
    extensions: int = 1
    verified: bool = True


class State(_Frozen, frozen=True):
    """One state of a workflow.

    ``portal`` is the national status code, 1 to 10. ``role`` holds the dossier here (None: no staff does). ``limit`` is
    the time limit of this step, of 0 where it takes no time. ``remind`` is the interval of reminders in a state that
    waits for the applicant.
    """

    name: Text
    portal: int
    clock: Clock
    role: str | None = None
    initial: bool = False
    final: bool = False
    limit: Term | None = None
    remind: Term | None = None

    @property
    def counted(self) -> Term | None:
        """The time limit by which this step is early, on time or late; None where it has none, or takes no time."""
        return self.limit if self.limit is not None and self.limit.amount else None

    @property
    def status(self) -> PortalStatus:
        """The national status, with its meaning."""
        return PortalStatus(self.portal)


class Action(_Frozen, frozen=True):
    """One step from any of ``sources`` to the first branch of ``to`` whose condition holds.

    ``by`` are roles (``applicant`` and ``system`` are built in). ``guard`` must hold. ``after`` makes a timer take the
    action that long after its source state was entered. ``attach`` names the document that must be attached with it.
    ``effect`` is the meaning of the action for acts, forms and reports, which never infer it from names. ``joint`` is
    how many of the roles must take it, in any order, before the dossier moves on; not given: one of them.
    """

    name: Text
    sources: tuple[str, ...]
    to: tuple[Branch, ...]
    by: tuple[str, ...]
    effect: Effect
    guard: str | None = None
    reason: Literal["required", "optional"] = "optional"
    form: str | None = None
    attach: str | None = None
    signature: Literal["none", "digital"] = "none"
    warn_after: int | None = None
    after: Term | None = None
    joint: int | UnsetType = UNSET


class Notice(_Frozen, frozen=True):
    """A message to send on an event.

    ``event`` is ``entered`` or ``remind`` (``subject`` is the state), ``action`` (``subject`` is the action),
    ``due_in`` (with ``term``) or ``overdue``. ``to`` are roles, ``applicant`` or ``holder``. ``via`` are channels in
    order.
    """

    event: Literal["entered", "action", "remind", "due_in", "overdue"]
    to: tuple[str, ...]
    via: tuple[Literal["sms", "email", "inbox", "webhook"], ...]
    template: str
    subject: str | None = None
    term: Term | None = None
    form: str | None = None


class Child(_Frozen, frozen=True):
    """A dossier of another procedure that is opened when this one enters the state ``opens`` (liên thông).

    ``fields`` maps the child's field keys to facts of the parent.
    """

    procedure: str
    name: Text
    opens: str
    when: str | None = None
    fields: dict[str, str] = {}


class Release(_Frozen, frozen=True):
    """A procedure as it applies from one date to another (see the module docstring)."""

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
    rights: dict[str, tuple[str, ...]] = {}
    """The roles to which a built-in act is narrowed, by act (``engine.rules.procedure.act_rights``)."""
    short: Text | UnsetType = UNSET
    """The name for lists; absent from the bytes where the file gives none."""
    tables: dict[str, Table] = {}
    """The decision tables, whose arms stand where they are used."""
    areas: dict[str, Area] = {}
    """The named sets of communes, which conditions ask as ``area("key")``."""

    @property
    def in_lists(self) -> Text:
        """The name that lists and tables show: the short one, else the whole name."""
        return self.short or self.name

    @property
    def open_channels(self) -> tuple[Channel, ...]:
        """The channels by which a dossier may be filed: VNeID wherever the portal is open (Decree 367/2025/NĐ-CP)."""
        more: tuple[Channel, ...] = ("vneid",) if "portal" in self.channels and "vneid" not in self.channels else ()
        return self.channels + more

    @property
    def initial(self) -> str:
        """The key of the one initial state."""
        return next(key for key, state in self.states.items() if state.initial)

    def canonical(self) -> bytes:
        """The canonical bytes, over which the digest is computed: JSON, keys sorted, UTF-8, NFC."""
        return unicodedata.normalize("NFC", _encoder.encode(_said(self)).decode()).encode()

    def to_bytes(self) -> bytes:
        """The normal form as JSON in the author's order of keys. Forms and lists follow it; the digest ignores it."""
        return msgspec.json.encode(_said(self))

    def digest(self) -> str:
        """The SHA-256 of the canonical bytes, 64 hexadecimal digits."""
        return hashlib.sha256(self.canonical()).hexdigest()


def _said(release: Release) -> dict[str, Any]:
    """The parts of a release by name. A later key is left out where the file does not use it, so that digests stay."""
    parts = {name: getattr(release, name) for name in release.__struct_fields__}
    return {name: part for name, part in parts.items() if name not in _LATER or part}


_LATER = frozenset({"areas", "rights", "short", "tables"})
"""Keys that the normal form did not have at first."""

_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder(Release)


def release_from_bytes(data: bytes | str) -> Release:
    """The release in the bytes of ``to_bytes`` or ``canonical``. Raises MalformedRelease."""
    try:
        return _decoder.decode(data)
    except msgspec.ValidationError as error:
        raise MalformedRelease(why=str(error)) from error
