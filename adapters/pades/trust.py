"""Whom signatures are trusted from: the roots of the installation, revocation that is asked for, and timestamps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from asn1crypto import pem, x509
from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    ExpiredError,
    InsufficientRevinfoError,
    InvalidCertificateError,
    NotYetValidError,
    PathBuildingError,
    PathError,
    RevokedError,
    ValidationError,
)
from pyhanko_certvalidator.fetchers.requests_fetchers import RequestsFetcherBackend
from pyhanko_certvalidator.registry import SimpleCertificateStore

from engine.ports import SigningFailed
from engine.remote_signing import CertificateUnfit
from engine.setting_values import WrongSetting
from engine.signing_settings import SigningSettings

SECONDS = 10
"""The longest wait for an answer of a responder, a list or a timestamp authority."""
_TOLERANCE = dt.timedelta(minutes=5)
"""How far the clocks of the authorities may differ from ours."""
_USAGES = {"digital_signature", "non_repudiation"}


@dataclass(frozen=True, slots=True)
class Trust:
    """The trusted roots, and the timestamp authority if there is one."""

    roots: tuple[x509.Certificate, ...]
    tsa_url: str | None

    def context(self, others: Sequence[x509.Certificate], at: dt.datetime) -> ValidationContext:
        """What a signature of this moment is checked by: revocation must be known of every certificate.

        It keeps the answers of the authorities, so one for each signature asks each of them once.
        """
        return ValidationContext(
            trust_roots=list(self.roots),
            other_certs=list(others),
            moment=at,
            allow_fetching=True,
            revocation_mode="require",
            fetcher_backend=RequestsFetcherBackend(per_request_timeout=SECONDS),
            time_tolerance=_TOLERANCE,
        )

    def stamper(self) -> RequestsHTTPTimeStamper | None:
        """The client of the timestamp authority; None where none is set."""
        return _stamper(self.tsa_url) if self.tsa_url else None

    async def check(
        self, chain: Sequence[x509.Certificate], at: dt.datetime, context: ValidationContext | None = None
    ) -> None:
        """Checks a signatory's certificate, which stands first. Raises CertificateUnfit, SigningFailed."""
        context = context or self.context(chain[1:], at)
        try:
            validator = CertificateValidator(chain[0], list(chain[1:]), validation_context=context)
            await validator.async_validate_path()
        except (ValidationError, PathError) as error:
            raise unfit(error) from error
        if not may_sign(chain[0]):
            raise unfit(InvalidCertificateError("usage"))


@lru_cache(8)
def _stamper(url: str) -> RequestsHTTPTimeStamper:
    """One for a process: the first asks once more, to learn how much room a timestamp needs."""
    return RequestsHTTPTimeStamper(url, timeout=SECONDS)


def trust_of(settings: SigningSettings) -> Trust:
    """The trust that the settings ask for. Raises WrongSetting."""
    name = "MOTCUA_SIGNING_ROOTS"
    if settings.roots is None:
        raise WrongSetting(name=name, why="signing PDF files needs the certificates of the trusted roots (PEM)")
    try:
        return Trust(certificates_in(settings.roots.read_bytes()), settings.tsa_url)
    except (OSError, ValueError) as error:
        raise WrongSetting(name=name, why=f"{settings.roots} holds no certificates ({error})") from error


def certificates_in(text: bytes) -> tuple[x509.Certificate, ...]:
    """The certificates of PEM text, in order. Raises ValueError where there is none."""
    found = tuple(
        x509.Certificate.load(der) for kind, _, der in pem.unarmor(text, multiple=True) if kind == "CERTIFICATE"
    )
    if not found:
        raise ValueError("no certificate")
    return found


def may_sign(certificate: x509.Certificate) -> bool:
    """Whether the certificate's purposes include signing."""
    usage = certificate.key_usage_value
    return usage is None or bool(_USAGES & set(usage.native))


def as_pem(certificate: x509.Certificate) -> str:
    """A certificate as PEM text."""
    return str(pem.armor("CERTIFICATE", certificate.dump()).decode())


def store_of(chain: Sequence[x509.Certificate]) -> SimpleCertificateStore:
    """The certificates above the first one, for the signature to carry."""
    store = SimpleCertificateStore()
    store.register_multiple(chain)
    return store


def unfit(error: Exception) -> CertificateUnfit | SigningFailed:
    """Why a certificate is not accepted, in words; SigningFailed where only an answer about revocation is missing."""
    for kind, vi, en in _WHY:
        if isinstance(error, kind):
            return CertificateUnfit(why_vi=vi, why_en=en)
    if isinstance(error, InsufficientRevinfoError):
        return SigningFailed(why="chưa hỏi được tình trạng thu hồi chứng thư / the revocation status is not to be had")
    return CertificateUnfit(why_vi="chứng thư không hợp lệ để ký", why_en="it is not fit for signing")


_WHY: tuple[tuple[type[Exception], str, str], ...] = (
    (RevokedError, "chứng thư đã bị thu hồi", "it was revoked"),
    (ExpiredError, "chứng thư đã hết hạn", "it has expired"),
    (NotYetValidError, "chứng thư chưa đến ngày hiệu lực", "it is not valid yet"),
    (PathBuildingError, "không dẫn đến tổ chức chứng thực được tin cậy", "it leads to no trusted authority"),
    (InvalidCertificateError, "chứng thư không được dùng để ký", "it may not be used for signing"),
)
