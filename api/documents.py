"""Operations on the papers of a dossier: listing, adding, downloading, checking and removing them."""

from __future__ import annotations

from typing import Any

from api import bodies, dossier_json, parameters, shapes
from api.answers import answer, etag
from api.dossier_act import STANDS, act, standing
from api.operations import ETAG, LOCATION, Gives, Resource
from api.versions import expected_version, version_if_given
from engine.acts.documents import add_document, check_document, remove_document
from engine.acts.read_personal_data import open_file
from engine.dossier.case import read_case
from engine.queries.dossier import missing_of, papers_of
from engine.queries.files import FileView, file_of
from engine.queries.signed_result import SignedResult, archive_of, signed_result
from engine.rules.file_types import TAKEN
from engine.transaction import UnitOfWork, in_transaction
from server.answer import Answer
from server.context import runtime
from server.identity import Access, actor, reading
from server.once import perform
from server.uploads import Upload, read_upload

documents = Resource("documents", __name__, description="Papers and files of a dossier.")


ADDED = Gives(status=201, shape=shapes.DocumentAdded, headers={**ETAG, **LOCATION}, description="Added.")


@documents.operation(
    "GET",
    "/dossiers/<code>/documents",
    access=Access.STAFF,
    gives=Gives(shape=shapes.Documents, headers=ETAG, description="Papers, and what is missing."),
    refuses=(404,),
)
def papers(code: str) -> Answer:
    """List the papers of a dossier"""
    with reading() as uow:
        case = read_case(uow, code, along=("documents",))
        items = [dossier_json.paper(one) for one in papers_of(case)]
        missing = missing_of(case)
        return answer({"items": items, "missing": list(missing)}, ETag=etag(case.row["version"]))


@documents.operation(
    "POST",
    "/dossiers/<code>/documents",
    access=Access.STAFF,
    upload=Upload,
    gives=ADDED,
    refuses=(403, 404, 409, 422, 503, 507),
    if_match="optional",
    key="required",
)
def add(code: str) -> Answer:
    """Add a paper: copies on paper, a file, or a document of an earlier dossier of the same person"""
    return added(code, f"/api/v1/dossiers/{code}/documents", read_upload())


@documents.operation(
    "GET",
    "/dossiers/<code>/documents/<int:number>",
    access=Access.STAFF,
    query=parameters.WhyRead,
    gives=Gives(media=[kind.media for kind in TAKEN], description="The file, always as an attachment."),
    refuses=(403, 404, 409),
)
def content(code: str, number: int, query: dict[str, Any]) -> Answer:
    """Download the file of a document; it is recorded as a reading of personal data"""

    def doing(unit: UnitOfWork) -> FileView:
        return file_of(open_file(unit, code, number, query["reason"]), number)

    file = in_transaction(runtime(), actor(), doing)
    headers = {"Content-Type": file.media_type, "Content-Disposition": f'attachment; filename="{file.name}"'}
    return Answer(200, runtime().files.read(file.storage_key), headers)


@documents.operation(
    "GET",
    "/dossiers/<code>/documents/<int:number>/signed.zip",
    access=Access.STAFF,
    query=parameters.WhyRead,
    gives=Gives(media=("application/zip",), description="File, statement, signature, certificate, and a guide."),
    refuses=(403, 404, 409),
)
def signed(code: str, number: int, query: dict[str, Any]) -> Answer:
    """Download a signed result with its signature, and with what it takes to check it elsewhere"""

    def doing(unit: UnitOfWork) -> SignedResult:
        return signed_result(open_file(unit, code, number, query["reason"]), number)

    found = in_transaction(runtime(), actor(), doing)
    packed = archive_of(found, runtime().files.read(found.file.storage_key))
    name = f"{found.file.name.rpartition('.')[0]}-signed.zip"
    return Answer(
        200, packed, {"Content-Type": "application/zip", "Content-Disposition": f'attachment; filename="{name}"'}
    )


@documents.operation(
    "GET",
    "/signing-certificate",
    access=Access.PUBLIC,
    gives=Gives(media=("application/x-pem-file",), description="The public key as PEM."),
)
def certificate() -> Answer:
    """The key of this installation, with which anybody checks the signatures on its results"""
    return Answer(200, runtime().signer.certificate().encode(), {"Content-Type": "application/x-pem-file"})


@documents.operation(
    "PUT",
    "/dossiers/<code>/documents/<int:number>/check",
    access=Access.STAFF,
    body=bodies.CheckDocument,
    gives=STANDS,
    refuses=(403, 404, 409),
    key="optional",
)
def check(code: str, number: int, body: dict[str, Any]) -> Answer:
    """Record that a paper was checked, and whether it is in order"""
    return act("check_document", lambda uow: check_document(uow, code, number, body["accepted"], body["reason"]))


@documents.operation(
    "DELETE",
    "/dossiers/<code>/documents/<int:number>",
    access=Access.STAFF,
    body=bodies.Reason,
    gives=STANDS,
    refuses=(403, 404, 409),
    if_match=True,
    key="optional",
)
def remove(code: str, number: int, body: dict[str, Any]) -> Answer:
    """Remove a paper from the dossier; its file and its journal entry are kept"""
    version = expected_version()
    return act("remove_document", lambda uow: remove_document(uow, code, number, body["reason"], version))


def added(code: str, where: str, given: dict[str, Any]) -> Answer:
    """Adds the upload that ``read_upload`` returned; ``where`` is the address of the dossier's documents."""

    version = version_if_given()

    def doing(uow: UnitOfWork) -> Answer:
        case, number = add_document(uow, code, version=version, **given)
        return standing(case, 201, {"document": number}, Location=f"{where}/{number}")

    return perform("add_document", doing, key_required=True)
