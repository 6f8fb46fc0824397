"""The intake form as its template shows it, made from the texts that were typed so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from engine.dossier.intake_draft import Draft, DraftFile
from engine.dossier.reused_papers import KnownPaper
from engine.queries.identity_check import IdentityCheck, identity_check
from engine.queries.intake_choices import KeptDraft, ProcedureLine, procedure_meant, procedures_like
from engine.queries.intake_preview import Preview, Wanted, preview
from engine.queries.known_person import KnownPerson, known_person
from engine.rules.offices.offices import Office
from engine.rules.procedure.definition import Field, Release
from engine.rules.procedure.machine import Workflow
from engine.text import Text
from engine.transaction import UnitOfWork
from web.desk.intake_places import Place
from web.desk.intake_values import KINDS_OF_COPY, Read, Typed, read_filing
from web.text import tx

_KEYBOARD = {"number": "numeric", "money": "numeric", "identity_number": "numeric", "date": "numeric"}


@dataclass(frozen=True, slots=True)
class FormField:
    """A field of the procedure: ``kind`` is its type in the workflow file, ``options`` are those of a choice."""

    name: str
    label: Text
    help: Text | None
    kind: str
    required: bool
    value: str
    options: tuple[tuple[str, Text], ...]
    place: Place | None
    keyboard: str


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A paper with what was typed for it, its files, and the earlier files that may be taken over."""

    wanted: Wanted
    ticked: bool
    counts: Mapping[str, str]
    files: tuple[DraftFile, ...]
    earlier: tuple[KnownPaper, ...]
    reuse: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Everything on the page. Before a procedure is chosen there are only suggestions and drafts."""

    token: str
    saved: bool
    offices: tuple[Office, ...]
    office: Office
    typed: Typed
    suggestions: tuple[ProcedureLine, ...]
    drafts: tuple[KeptDraft, ...]
    release: Release | None = None
    fields: tuple[FormField, ...] = ()
    papers: tuple[PaperRow, ...] = ()
    preview: Preview | None = None
    places: Mapping[str, Place] = field(default_factory=dict)
    faults: Mapping[str, Text] = field(default_factory=dict)
    known: KnownPerson | None = None
    can_check: bool = False
    checked: IdentityCheck | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A procedure that was chosen, the texts with every tick, and the filing they make."""

    workflow: Workflow
    typed: Typed
    read: Read
    preview: Preview


def office_of(offices: tuple[Office, ...], code: str) -> Office:
    """The office that was chosen, else the first one where the clerk works."""
    return next((one for one in offices if one.code == code), offices[0])


def ready(unit: UnitOfWork, typed: Typed, office: Office, files: tuple[DraftFile, ...]) -> Ready | None:
    """The filing that the texts make; None until they name one procedure."""
    workflow = procedure_meant(unit, typed.get("procedure"), office.code)
    if workflow is None:
        return None
    typed = _completed(typed, workflow.release)
    read = read_filing(unit, workflow.release, typed, office.code, files)
    seen = preview(unit, workflow, read.filing)
    if typed.get("all_papers"):
        ticks = {f"papers.{one.key}.tick": "on" for one in seen.papers}
        left = {name: value for name, value in typed.values.items() if name != "all_papers"}
        return ready(unit, replace(typed, values=left | ticks), office, files)
    return Ready(workflow=workflow, typed=typed, read=read, preview=seen)


def intake_of(
    unit: UnitOfWork,
    typed: Typed,
    offices: tuple[Office, ...],
    token: str,
    draft: Draft | None,
    drafts: tuple[KeptDraft, ...],
) -> Intake:
    """The page for the texts that were typed."""
    office = office_of(offices, typed.get("office"))
    files = draft.files if draft is not None else ()
    made = ready(unit, typed, office, files)
    if made is None:
        words = typed.get("procedure")
        lines = procedures_like(unit, words, office.code)
        return Intake(
            token=token,
            saved=draft is not None,
            offices=offices,
            office=office,
            typed=typed,
            suggestions=lines,
            drafts=drafts,
        )
    return _of_procedure(unit, made, offices, office, token, draft, drafts)


def _of_procedure(
    unit: UnitOfWork,
    made: Ready,
    offices: tuple[Office, ...],
    office: Office,
    token: str,
    draft: Draft | None,
    drafts: tuple[KeptDraft, ...],
) -> Intake:
    files = draft.files if draft is not None else ()
    known = known_person(unit, made.typed.get("applicant.identity_number"), made.workflow)
    release, seen = made.workflow.release, made.preview
    return Intake(
        token=token,
        saved=draft is not None,
        offices=offices,
        office=office,
        typed=made.typed,
        suggestions=(),
        drafts=drafts,
        release=release,
        fields=tuple(
            _field(release.fields[key], key, made) for key in seen.shown if release.fields[key].type != "file"
        ),
        papers=tuple(_paper(one, made.typed, files, known) for one in seen.papers),
        preview=seen,
        places=made.read.places,
        faults={**seen.faults, **made.read.faults},
        known=known,
        can_check=unit.runtime.population is not None,
        checked=identity_check(unit, token, made.typed.get("applicant.identity_number")),
    )


def labels_of(release: Release) -> dict[str, Text]:
    """What the fields are called in a summary of faults, by the place that a refusal names."""
    named = {f"fields.{key}": one.name for key, one in release.fields.items()}
    for key, paper in release.documents.items():
        named |= {f"papers.{key}.{kind}": paper.name for kind in KINDS_OF_COPY}
    return named | _LABELS


def _completed(typed: Typed, release: Release) -> Typed:
    """With code and name in the field of the procedure, and a kind of applicant that the procedure knows."""
    values = dict(typed.values)
    values["procedure"] = f"{release.procedure} {tx(release.in_lists)}"
    if values.get("applicant.kind") not in release.applicants:
        values["applicant.kind"] = release.applicants[0]
    return replace(typed, values=values)


def _field(one: Field, key: str, made: Ready) -> FormField:
    name = f"fields.{key}"
    options = tuple(one.choices.items())
    return FormField(
        name=name,
        label=one.name,
        help=one.help,
        kind=one.type,
        required=one.required,
        value=made.typed.get(name),
        options=options,
        place=made.read.places.get(name),
        keyboard=_KEYBOARD.get(one.type, ""),
    )


def _paper(one: Wanted, typed: Typed, files: tuple[DraftFile, ...], known: KnownPerson | None) -> PaperRow:
    place = f"papers.{one.key}"
    return PaperRow(
        wanted=one,
        ticked=bool(typed.get(f"{place}.tick")),
        counts={kind: typed.get(f"{place}.{kind}") for kind in KINDS_OF_COPY},
        files=tuple(file for file in files if file.key == one.key),
        earlier=known.papers.get(one.key, ()) if known else (),
        reuse=typed.get(f"{place}.reuse"),
    )


_LABELS = {
    "applicant.kind": Text("Loại người nộp", "Kind of applicant"),
    "applicant.name": Text("Họ và tên", "Full name"),
    "applicant.identity_number": Text("Số định danh", "Identity number"),
    "applicant.phone": Text("Điện thoại", "Telephone"),
    "applicant.email": Text("Thư điện tử", "E-mail"),
    "applicant.address": Text("Nơi ở", "Address"),
    "applicant.commune": Text("Phường, xã hiện nay", "Present commune"),
    "representative.name": Text("Họ tên người đại diện", "Representative's name"),
    "representative.authority": Text("Căn cứ đại diện", "Authority to represent"),
    "representative.identity_number": Text("Số giấy tờ người đại diện", "Representative's identity paper"),
    "representative.phone": Text("Điện thoại người đại diện", "Representative's telephone"),
    "card": Text("Mã QR căn cước", "QR text of the card"),
    "procedure": Text("Thủ tục", "Procedure"),
    "handler_office": Text("Cơ quan giải quyết", "Deciding office"),
    "handler_reason": Text("Lý do chọn cơ quan", "Reason for the office"),
    "reason": Text("Lý do", "Reason"),
}
