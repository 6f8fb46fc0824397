"""The second factor: codes that an app shows for 30 seconds (TOTP, RFC 6238), and recovery codes on paper."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import re
import secrets

import pyotp

SECONDS = 30
RECOVERY_CODES = 10
_CODE = re.compile(r"[0-9]{6}")
_RECOVERY = re.compile(r"[a-z2-7]{16}")


def fresh_secret() -> str:
    """A secret of 160 random bits in Base32, as apps take it."""
    return pyotp.random_base32()


def app_address(secret: str, username: str, issuer: str) -> str:
    """What the QR code for the app says: ``otpauth://totp/…``."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=issuer)


def step_of(secret: str, code: str, now: dt.datetime) -> int | None:
    """The step of 30 seconds whose code this is: the present one, the one before or after it; None for a wrong code."""
    plain = code.replace(" ", "")
    if not _CODE.fullmatch(plain):
        return None
    present = int(now.timestamp()) // SECONDS
    app = pyotp.TOTP(secret)
    right = [step for step in (present - 1, present, present + 1) if hmac.compare_digest(app.generate_otp(step), plain)]
    return right[-1] if right else None


def fresh_recovery_code() -> str:
    """A code of 80 random bits, in four groups: ``k2tb-…``."""
    plain = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(plain[at : at + 4] for at in range(0, 16, 4))


def recovery_hash(code: str) -> str | None:
    """The hash under which a recovery code is stored; None when it has not the form of one.

    80 random bits need no slow hash.
    """
    plain = re.sub(r"[\s-]", "", code.lower())
    return hashlib.sha256(b"recovery:" + plain.encode()).hexdigest() if _RECOVERY.fullmatch(plain) else None
