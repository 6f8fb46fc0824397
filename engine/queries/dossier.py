"""One dossier as its offices see it: state, holder, clock, papers, fees and possible actions, personal data masked.

Every function takes an open ``Case`` and returns frozen dataclasses in domain types. The API turns them into JSON and
pages render them; neither decides anything about a dossier.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.dossier.case import Case
from engine.dossier.fee_names import fee_name
from engine.dossier.repeats import warning
from engine.queries.applicant import Applicant, applicant_of
from engine.queries.clock import IntakeView, Warned, intake_of, warnings_of
from engine.queries.state import StateView, state_of
from engine.rules.deadlines.due import remaining_in_words
from engine.rules.deadlines.intake import intake_overdue
from engine.rules.deadlines.timing import is_overdue
from engine.rules.masking import masked_form
from engine.rules.part_rows import DocumentRow
from engine.rules.procedure.balance import FeeBalance
from engine.rules.procedure.definition import Release
from engine.rules.procedure.machine import Option
from engine.text import Text

OTHER_DOCUMENT = Text("Giấy tờ khác", "Other document")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """The holder, who must act now: an office, a role there, and the person who claimed the dossier."""

    office: str | None
    role: str | None
    role_name: Text | None
    person: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A dossier's state, holder and moments; every act on a dossier answers with it."""

    code: str
    version: int
    procedure: str
    state: StateView
    holder: Holder
    clock: str
    received_at: dt.datetime | None
    due_at: dt.datetime | None
    promised_at: dt.datetime | None
    finished_at: dt.datetime | None
    supplements: int
    warnings: Sequence[Warned]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document of the dossier: copies on paper, a file, or both. ``accepted`` is None until somebody checked it.
    ``late`` says that it was added after the dossier had ended."""

    id: int
    key: str
    name: Text
    original: int
    certified: int
    copy: int
    digitised: bool
    file_name: str | None
    media_type: str | None
    size: int | None
    sha256: str | None
    reused_from: int | None
    accepted: bool | None
    checked_at: dt.datetime | None
    checked_by: int | None
    signed: bool
    added_at: dt.datetime
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """A fee in đồng: ``vnd`` is what is owed on the present facts, the amounts after ``receipt`` are those of
    ``FeeBalance``. ``collect`` is when it is due; ``settled_at`` is None until it was paid or waived."""

    key: str
    name: Text
    vnd: int
    collect: str
    settled_at: dt.datetime | None
    method: str | None
    receipt: str | None
    paid: int
    waived: int
    moved: int
    due: int
    refund: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """The inputs that an action requires; ``attach`` is the key of a document."""

    reason: bool
    attach: str | None
    signature: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An action of the release. If allowed to this actor now, ``role`` and ``behalf_of`` say how; else ``why`` not.

    ``form`` is the form to print with it. ``warning`` says that it was taken as often as the procedure foresees.
    """

    action: str
    name: Text
    allowed: bool
    why: Text | None
    role: str | None
    behalf_of: int | None
    needs: Needs
    form: str | None
    warning: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockView:
    """The clock of a dossier, with the trace that explains its due moment (empty before the start).

    ``remaining_minutes`` are working minutes.
    """

    clock: str
    term: Mapping[str, Any] | None
    due_at: dt.datetime | None
    promised_at: dt.datetime | None
    started_at: dt.datetime | None
    paused_since: dt.datetime | None
    remaining_minutes: int | None
    time_left: Text | None
    overdue: bool
    provisional: bool
    trace: Sequence[Mapping[str, Any]]
    intake: IntakeView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierView:
    """A whole dossier with papers, fees and possible actions, personal data masked."""

    standing: Standing
    procedure_name: Text
    release: str
    release_version: int
    channel: str
    applicant: Applicant
    fields: Mapping[str, Any]
    place: str | None
    province: str
    intake_office: str
    support_office: str | None
    handler_office: str
    entered_at: dt.datetime
    opened_at: dt.datetime | None
    step_due_at: dt.datetime | None
    filed_at: dt.datetime
    started_at: dt.datetime | None
    returned_at: dt.datetime | None
    overdue: bool
    intake_due_at: dt.datetime | None
    intake_done_at: dt.datetime | None
    intake_overdue: bool
    warned_at: dt.datetime | None
    time_left: Text | None
    extensions: Sequence[Mapping[str, Any]]
    pauses: Sequence[Mapping[str, Any]]
    documents: Sequence[Paper]
    missing_documents: Sequence[str]
    fees: Sequence[Fee]
    actions: Sequence[Offer]


def dossier_of(case: Case) -> DossierView:
    """The whole dossier. Reads papers and fees unless they came with the row."""
    row = case.row
    return DossierView(
        standing=standing_of(case),
        procedure_name=case.release.name,
        release=row["release"],
        release_version=case.release.version,
        channel=row["channel"],
        applicant=applicant_of(case),
        fields=masked_form(case.release, case.applicant["form"] or {}),
        place=row["place"],
        province=row["province"],
        intake_office=row["intake_office"],
        support_office=row["support_office"],
        handler_office=row["handler_office"],
        entered_at=row["entered_at"],
        opened_at=row["opened_at"],
        step_due_at=row["step_due_at"],
        filed_at=row["filed_at"],
        started_at=row["started_at"],
        returned_at=row["returned_at"],
        overdue=overdue(case),
        intake_due_at=row["intake_due_at"],
        intake_done_at=row["intake_done_at"],
        intake_overdue=intake_overdue(row["intake_due_at"], row["intake_done_at"], case.unit.now),
        warned_at=row["warned_at"],
        time_left=time_left(case),
        extensions=row["extensions"],
        pauses=row["pauses"],
        documents=papers_of(case),
        missing_documents=missing_of(case),
        fees=fees_of(case),
        actions=offers_of(case),
    )


def standing_of(case: Case) -> Standing:
    """The dossier's present state, holder and moments. Needs no query.

    An office that was only asked something is told neither holder nor moments.
    """
    row = case.row
    if case.limited:
        return _standing_of_asked(case)
    role = case.release.roles.get(row["holder_role"] or "")
    return Standing(
        code=row["code"],
        version=row["version"],
        procedure=row["procedure"],
        state=state_of(case.release, row["state"], row["portal"]),
        holder=Holder(
            office=row["holder_office"],
            role=row["holder_role"],
            role_name=role.name if role else None,
            person=row["holder_id"],
        ),
        clock=row["clock"],
        received_at=row["received_at"],
        due_at=row["due_at"],
        promised_at=row["promised_at"],
        finished_at=row["finished_at"],
        supplements=row["supplements"],
        warnings=warnings_of(case),
    )


def _standing_of_asked(case: Case) -> Standing:
    row = case.row
    return Standing(
        code=row["code"],
        version=row["version"],
        procedure=row["procedure"],
        state=state_of(case.release, row["state"], row["portal"]),
        holder=Holder(office=None, role=None, role_name=None, person=None),
        clock=row["clock"],
        received_at=None,
        due_at=None,
        promised_at=None,
        finished_at=None,
        supplements=0,
        warnings=(),
    )


def clock_of(case: Case) -> ClockView:
    """The clock, with the trace of the days that led to the due moment."""
    row, due = case.row, case.due()
    return ClockView(
        clock=row["clock"],
        term=row["term"],
        due_at=row["due_at"],
        promised_at=row["promised_at"],
        started_at=row["started_at"],
        paused_since=due.paused_since if due else None,
        remaining_minutes=due.remaining if due else None,
        time_left=time_left(case),
        overdue=overdue(case),
        provisional=bool(due and due.provisional),
        trace=due.to_data()["trace"] if due else (),
        intake=intake_of(case),
    )


def papers_of(case: Case) -> tuple[Paper, ...]:
    """The papers that were not removed, oldest first."""
    return tuple(_paper(row, case.release) for row in case.documents())


def missing_of(case: Case) -> tuple[str, ...]:
    """The keys of the papers that the release requires and that are missing."""
    return tuple(case.facts()["documents"]["missing"])


def fees_of(case: Case) -> tuple[Fee, ...]:
    """The fees, in order of their keys."""
    return tuple(_fee(fee, case.release) for fee in case.money().fees)


def offers_of(case: Case) -> tuple[Offer, ...]:
    """Every action of the release, allowed or with the reason for its refusal."""
    offers = []
    for option, verdict in case.options():
        allowed = option.allowed and verdict is not None and verdict.allowed
        offers.append(
            Offer(
                action=option.action,
                name=option.name,
                allowed=allowed,
                why=option.why if verdict is None else None if allowed else verdict.why,
                role=verdict.role if verdict is not None and allowed else None,
                behalf_of=verdict.behalf_of if verdict is not None and allowed else None,
                needs=needs_of(option),
                form=case.release.actions[option.action].form,
                warning=warning(case, option.action, case.release.actions[option.action]) if allowed else None,
            )
        )
    return tuple(offers)


def needs_of(option: Option) -> Needs:
    """The inputs that an action requires."""
    return Needs(reason=option.needs.reason, attach=option.needs.attach, signature=option.needs.signature)


def overdue(case: Case) -> bool:
    """Whether the clock runs and the due moment has passed."""
    return is_overdue(case.row["clock"], case.row["due_at"], case.unit.now)


def time_left(case: Case) -> Text | None:
    """The working time left in words (“Còn 1 ngày 3 giờ làm việc”); None unless the clock runs."""
    if case.row["clock"] != "running" or case.row["due_at"] is None:
        return None
    return remaining_in_words(case.calendar, case.row["due_at"], case.unit.now)


def _paper(row: DocumentRow, release: Release) -> Paper:
    known = release.documents.get(row["key"])
    return Paper(
        id=row["id"],
        key=row["key"],
        original=row["original"],
        certified=row["certified"],
        copy=row["copy"],
        file_name=row["file_name"],
        media_type=row["media_type"],
        size=row["size"],
        sha256=row["sha256"],
        name=known.name if known else OTHER_DOCUMENT,
        digitised=bool(row["digitised"]),
        reused_from=row["reused_from"],
        accepted=None if row["accepted"] is None else bool(row["accepted"]),
        checked_at=row["checked_at"],
        checked_by=row["checked_by"],
        signed=row["signature"] is not None,
        added_at=row["added_at"],
        late=bool(row["late"]),
    )


def _fee(fee: FeeBalance, release: Release) -> Fee:
    known = release.fees.get(fee.key)
    return Fee(
        key=fee.key,
        name=fee_name(release, fee.key),
        vnd=fee.owed,
        collect=known.collect if known else "during",
        settled_at=fee.settled_at,
        method=fee.last.method if fee.last else None,
        receipt=fee.last.receipt if fee.last else None,
        paid=fee.paid,
        waived=fee.waived,
        moved=fee.moved,
        due=fee.due,
        refund=fee.refund,
    )
