"""The text of a bank-transfer QR code (VietQR): EMVCo's merchant-presented format with the template of Napas.

Sources: EMVCo, "QR Code Specification for Payment Systems, Merchant-Presented Mode" (identifier, two digits of length,
value; CRC-16 by ISO/IEC 13239 with polynomial 1021 and initial value FFFF), and Napas, "Technical Specifications on
NAPAS QR Switching, Part IV: QR code format", version 1.5.2 of January 2021 (template 38 with the identifier A000000727,
service QRIBFTTA: a transfer to an account).
"""

from __future__ import annotations

NAPAS = "A000000727"
TO_ACCOUNT = "QRIBFTTA"
DONG = "704"  # ISO 4217
_DYNAMIC = "12"  # for one payment
_LONGEST = 99


def transfer_text(bin_: str, account: str, vnd: int, reference: str) -> str:
    """The text of the code for a transfer of ``vnd`` đồng to an account, with the reference as its purpose.

    ``bin_`` has six digits. Raises ValueError for what does not fit into the format.

    >>> transfer_text("970415", "0011001932418", 120000, "ung ho lu lut")[-44:]
    '4061200005802VN62170813ung ho lu lut6304C15C'
    """
    if vnd < 1 or not (reference.isascii() and 1 <= len(reference) <= 25):
        raise ValueError("a transfer has an amount from 1 đồng, and a purpose of 1 to 25 ASCII characters")
    holder = _field("00", bin_) + _field("01", account)
    parts = (
        _field("00", "01"),
        _field("01", _DYNAMIC),
        _field("38", _field("00", NAPAS) + _field("01", holder) + _field("02", TO_ACCOUNT)),
        _field("53", DONG),
        _field("54", str(vnd)),
        _field("58", "VN"),
        _field("62", _field("08", reference)),
    )
    told = "".join(parts) + "6304"
    return f"{told}{crc16(told.encode()):04X}"


def crc16(content: bytes) -> int:
    """CRC-16/CCITT-FALSE: polynomial 1021, initial value FFFF, nothing reflected.

    >>> f"{crc16(b'123456789'):04X}"
    '29B1'
    """
    value = 0xFFFF
    for byte in content:
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1) ^ (0x1021 if value & 0x8000 else 0)
        value &= 0xFFFF
    return value


def _field(name: str, value: str) -> str:
    if not 1 <= len(value) <= _LONGEST:
        raise ValueError(f"field {name} has 1 to {_LONGEST} characters")
    return f"{name}{len(value):02d}{value}"
