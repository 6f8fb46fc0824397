"""A dossier that is being opened: what a filing says, the facts that follow from it, and the case before it has a row.

``open_dossier`` writes such a case; ``engine.queries.intake_preview`` computes on one that nobody writes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from engine.clock import civil_day
from engine.dossier.asks import Asks
from engine.dossier.case import Case
from engine.dossier.first_row import Keys, first_row
from engine.errors import Refusal, wrong
from engine.rules.dossier_row import DossierRow
from engine.rules.offices.offices import Office
from engine.rules.part_rows import ApplicantRow, DocumentRow
from engine.rules.procedure.machine import Workflow
from engine.store.documents import documents
from engine.transaction import UnitOfWork


class ChannelClosed(Refusal):
    """The procedure does not accept this channel or this kind of applicant."""

    code = "channel-closed"
    vi = "Thủ tục {procedure} không tiếp nhận {what}."
    en = "Procedure {procedure} does not take {what}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """The content of a filing.

    ``documents`` are mappings with key, original, certified, copy; also with ``reuse``, the id of a document of an
    earlier dossier of the same person, or with ``file``, the columns of a stored file. ``filed_at`` is the moment at
    which it came in by post or portal (default: now; never later). ``handler_office`` is a person's choice among
    candidates, with ``handler_reason``. ``receive`` makes ``file_dossier`` take the receiving action in the same
    transaction; ``received_at`` is then the moment of a reception that is entered later, with ``received_reason``.
    ``action`` is another first action in its place, to refuse the dossier or to ask for what is missing, with
    ``reason`` and ``asks``. ``parties`` are people beside the applicant, each with ``kind``. ``queue_number`` is the
    number that was called at the counter; the first journal entry keeps it. ``card`` is what the identity card says
    beside the applicant's data (born, sex, issued); the private part of that entry keeps it. ``inbound`` says from
    which filing of another system it comes; such a filing may bring papers that the procedure does not name.
    """

    procedure: str
    applicant: Mapping[str, Any]
    intake_office: str
    channel: str = "counter"
    fields: Mapping[str, Any] = field(default_factory=dict)
    documents: Sequence[Mapping[str, Any]] = ()
    support_office: str | None = None
    filed_at: dt.datetime | None = None
    handler_office: str | None = None
    handler_reason: str | None = None
    note: str | None = None
    receive: bool = False
    received_at: dt.datetime | None = None
    received_reason: str | None = None
    action: str | None = None
    reason: str | None = None
    asks: Asks = field(default_factory=Asks)
    parties: Sequence[Mapping[str, Any]] = ()
    queue_number: str | None = None
    card: Mapping[str, str] = field(default_factory=dict)
    inbound: Mapping[str, Any] = field(default_factory=dict)


def check_open(workflow: Workflow, filing: Filing, kind: str) -> None:
    """Requires that the procedure takes this channel and this kind of applicant. Raises ChannelClosed."""
    release = workflow.release
    if filing.channel not in release.open_channels:
        raise ChannelClosed(procedure=release.procedure, what=filing.channel)
    if kind not in release.applicants:
        raise ChannelClosed(procedure=release.procedure, what=kind)


def day_of_reception(filing: Filing, today: dt.date) -> dt.date:
    """The day whose release applies: that of a reception which is entered later, but never one to come."""
    return today if filing.received_at is None else min(civil_day(filing.received_at), today)


def moment_of_filing(filing: Filing, now: dt.datetime) -> dt.datetime:
    """When the filing came in. Raises InvalidInput for a moment to come."""
    if filing.filed_at is None:
        return min(filing.received_at or now, now)
    if filing.filed_at > now:
        raise wrong("filed_at", "nằm trong tương lai", "lies in the future")
    return filing.filed_at


def facts_beside_the_form(applicant: Mapping[str, Any], office: Office, filing: Filing, day: dt.date) -> dict[str, Any]:
    """The facts that do not come from the form; ``day`` is that of the filing."""
    return {
        "applicant": {
            "kind": applicant["kind"],
            "commune": applicant["commune"] or "",
            "province": office.province,
            "verified": bool(applicant["verified"]),
        },
        "dossier": {
            "channel": filing.channel,
            "province": office.province,
            "filed_on": day.isoformat(),
        },
    }


def new_case(
    unit: UnitOfWork,
    workflow: Workflow,
    office: Office,
    filing: Filing,
    applicant: Mapping[str, Any],
    form: Mapping[str, Any],
    *,
    offices: Mapping[str, str],
    keys: Keys,
    columns: Mapping[str, object],
) -> Case:
    """The case of a dossier without a row; ``columns`` are its id, code, place, moment of filing and parent."""
    row = first_row(workflow.release, workflow.digest, office.code, offices, keys, unit.now)
    row |= {"province": office.province, "support_office": filing.support_office}
    row |= {"channel": filing.channel, "applicant_kind": applicant["kind"]}
    row.update(cast(DossierRow, columns))
    personal = {key: applicant[key] for key in applicant if key != "kind"} | {"form": form}
    return Case.new(unit, row, cast(ApplicantRow, personal))


def bring_papers(case: Case, papers: Sequence[Mapping[str, Any]], ids: Sequence[int]) -> None:
    """Caches papers and fees on the case before they are written, so that the act need not read them back."""
    new = {"dossier_id": case.id, "digitised": 0, "late": 0, "added_at": case.unit.now}
    brought = [
        cast(DocumentRow, {**dict.fromkeys(documents.c.keys()), **new, **paper, "id": number})
        for number, paper in zip(ids, papers, strict=True)
    ]
    case.bring("documents", brought)
    case.bring("ledger", [])
    case.bring("fees", [])
    case.bring("fees", case.fees())
