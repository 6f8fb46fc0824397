"""ECDSA signatures as providers give them: DER, as a CMS holds it, or the two numbers side by side (IEEE P1363)."""

from __future__ import annotations

from asn1crypto import algos, x509


def value_in_cms(value: bytes, certificate: x509.Certificate) -> bytes:
    """The value as a CMS holds it. What is neither form stays as it is, and is refused when it is checked.

    ``r`` and ``s`` side by side have twice the length of the curve's field: 64 bytes of P-256, 96 of P-384.
    """
    key = certificate.public_key
    if key.algorithm != "ec" or len(value) != 2 * ((key.bit_size + 7) // 8) or _is_der(value):
        return value
    der: bytes = algos.DSASignature.from_p1363(value).dump()
    return der


def _is_der(value: bytes) -> bool:
    try:
        found = algos.DSASignature.load(value, strict=True)
        return bool(found["r"].native > 0 and found["s"].native > 0 and found.dump(force=True) == value)
    except (ValueError, TypeError):
        return False
