"""Signatures in PDF files, as PAdES has them: room is made, the signature put in, and what proves it later is added.

Everything is appended to the file, so a signed PDF begins with exactly the bytes that the signatory saw. Beside the
signature stands a QR code at the foot of the first page, which leads to the page that checks the result; it is appended
before the signature, so the signature covers it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from asn1crypto import cms, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest
from pyhanko.sign.signers.pdf_signer import PdfTBSDocument
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.dss import async_add_validation_info
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from adapters.pades.ecdsa_value import value_in_cms
from adapters.pades.qr_stamp import add_qr
from adapters.pades.trust import Trust, as_pem, store_of, unfit
from engine.ports import Signature, SignatureFacts, SigningFailed
from engine.remote_signing import PreparedPdf, RemoteSigningFailed

ALGORITHM = "PAdES"
_ROOM = 24_576
"""Bytes kept for a signature with its chain and timestamp, as hexadecimal digits: some 12 kB of DER."""
_MD = "sha256"

Chain = Sequence[x509.Certificate]


@dataclass(frozen=True, slots=True)
class Signing:
    """What a signature is made with: the signatory's certificate with its chain, and what is trusted."""

    chain: Chain
    trust: Trust

    async def prepare(self, content: bytes, *, check: str) -> PreparedPdf:
        """Appends the QR code and room for a signature. Raises SigningFailed."""
        try:
            writer = IncrementalPdfFileWriter(io.BytesIO(content))
            taken = len(PdfFileReader(io.BytesIO(content)).embedded_signatures)
            if check and not taken:
                add_qr(writer, check)
            signer = self.signer(256)
            made = signers.PdfSigner(self._about(f"MotCua-{taken + 1}"), signer=signer)
            range_, _, out = await made.async_digest_doc_for_signing(writer, bytes_reserved=_ROOM)
            attributes = (await signer.signed_attrs(range_.document_digest, _MD, use_pades=True)).dump()
        except (PdfError, SigningError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise SigningFailed(why="tệp không phải PDF đọc được / the file is no readable PDF") from error
        return PreparedPdf(
            content=_bytes_of(out),
            digest=range_.document_digest,
            attributes=attributes,
            start=range_.reserved_region_start,
            end=range_.reserved_region_end,
            hash=hashlib.sha256(attributes).hexdigest(),
        )

    async def finish(self, prepared: PreparedPdf, value: bytes, at: dt.datetime) -> Signature:
        """Puts the signature into the PDF, checks it, and adds timestamp and validation data.

        Raises SigningFailed where an authority does not answer, RemoteSigningFailed where the signature is wrong, and
        CertificateUnfit.
        """
        context = self.trust.context(self.chain[1:], at)
        await self.trust.check(self.chain, at, context)
        range_ = PreparedByteRangeDigest(prepared.digest, prepared.start, prepared.end)
        stamper = self.trust.stamper()
        try:
            made = value_in_cms(value, self.chain[0])
            signed = await self.signer(made).async_sign_prescribed_attributes(
                _MD, cms.CMSAttributes.load(prepared.attributes), timestamper=stamper
            )
            out = io.BytesIO(prepared.content)
            await PdfTBSDocument.async_finish_signing(out, range_, signed)
            signature = _last(out)
            _must_be_intact(signature, self.chain)
            facts = _facts(signature, self.chain[0], "B-LTA" if stamper else "B-B")
            if stamper is not None:
                out = await _made_to_last(signature, stamper, context)
        except TimestampRequestError as error:
            raise SigningFailed(
                why="máy chủ dấu thời gian không trả lời / no answer of the timestamp authority"
            ) from error
        except (ValidationError, PathError) as error:
            raise unfit(error) from error
        content = out.getvalue()
        return Signature(
            algorithm=ALGORITHM,
            value=hashlib.sha256(content).hexdigest(),
            certificate="".join(map(as_pem, self.chain)),
            content=content,
            about=facts,
        )

    def signer(self, value: bytes | int) -> signers.ExternalSigner:
        """The signer of a value that was made elsewhere, or of one of so many bytes that is yet to be made."""
        return signers.ExternalSigner(self.chain[0], store_of(self.chain[1:]), signature_value=value)

    def _about(self, field: str) -> signers.PdfSignatureMetadata:
        return signers.PdfSignatureMetadata(
            field_name=field,
            md_algorithm=_MD,
            subfilter=fields.SigSeedSubFilter.PADES,
            name=self.chain[0].subject.native.get("common_name"),
        )


async def _made_to_last(
    signature: EmbeddedPdfSignature, stamper: TimeStamper, context: ValidationContext
) -> io.BytesIO:
    """Adds the answers of the authorities (DSS) and a timestamp over everything to the file of a signature."""
    with_data = await async_add_validation_info(signature, context)
    made = signers.PdfTimeStamper(stamper)
    stamped = await made.async_timestamp_pdf(IncrementalPdfFileWriter(with_data), _MD, context)
    return io.BytesIO(_bytes_of(stamped))


def _bytes_of(out: IO[bytes]) -> bytes:
    out.seek(0)
    return out.read()


def _last(out: io.BytesIO) -> EmbeddedPdfSignature:
    out.seek(0)
    found: EmbeddedPdfSignature = PdfFileReader(out).embedded_regular_signatures[-1]
    return found


def _must_be_intact(signature: EmbeddedPdfSignature, chain: Chain) -> None:
    """Requires that the value signs this very document with this very certificate. Raises RemoteSigningFailed."""
    try:
        digest = signature.compute_digest()
        intact, valid = validate_sig_integrity(signature.signer_info, chain[0], "data", digest)
    except (SignatureValidationError, ValueError):
        intact = valid = False
    if not (intact and valid):
        raise RemoteSigningFailed(
            permanent=True,
            why_vi="chữ ký nhận về không khớp với tài liệu đã gửi",
            why_en="the signature that came back does not fit the document that was sent",
        )


def _facts(signature: EmbeddedPdfSignature, certificate: x509.Certificate, level: str) -> SignatureFacts:
    return SignatureFacts(
        signer=str(certificate.subject.native.get("common_name", "")),
        issuer=str(certificate.issuer.native.get("common_name", "")),
        serial=str(certificate.serial_number),
        valid_until=certificate.not_valid_after,
        level=level,
        stamped_at=_stamped_at(signature.signer_info),
    )


def _stamped_at(signer: cms.SignerInfo) -> dt.datetime | None:
    """The moment in the timestamp of a signature."""
    for attribute in signer["unsigned_attrs"]:
        if attribute["type"].native == "signature_time_stamp_token":
            told = attribute["values"][0]["content"]["encap_content_info"]["content"].parsed
            moment: dt.datetime = told["gen_time"].native
            return moment
    return None
