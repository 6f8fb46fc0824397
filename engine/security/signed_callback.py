"""Checks a message that another program signed, by the specification of Standard Webhooks.

The signature is ``v1,`` and base64 of HMAC-SHA256 over ``id.timestamp.body``; the header may hold several, with blanks.
A message older or newer than five minutes is refused, so that a recorded one cannot be played again; within them the
receiver remembers what it took. Source: https://github.com/standard-webhooks/standard-webhooks (specification 1.0.0).
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import re
from collections.abc import Sequence

WINDOW = dt.timedelta(minutes=5)


def is_genuine(
    key: str, timestamp: str, signatures: str, body: bytes, secrets: Sequence[str], now: dt.datetime
) -> bool:
    """Whether one of the signatures over the message is by one of the secrets (``whsec_…``), and its moment is now."""
    if not re.fullmatch(r"[\x21-\x7e]{1,200}", key) or not re.fullmatch(r"[0-9]{1,12}", timestamp):
        return False
    if abs(now.timestamp() - int(timestamp)) > WINDOW.total_seconds():
        return False
    signed = b".".join((key.encode(), timestamp.encode(), body))
    wanted = [hmac.digest(_bytes(one), signed, hashlib.sha256) for one in secrets]
    given = [_decoded(one.removeprefix("v1,")) for one in signatures.split(" ")[:10] if one.startswith("v1,")]
    return any(hmac.compare_digest(one, other) for one in given for other in wanted)


def usable_secret(secret: str) -> bool:
    """Whether a text is a signing secret: ``whsec_`` and base64 of at least 24 bytes."""
    return secret.startswith("whsec_") and len(_decoded(secret.removeprefix("whsec_"))) >= 24


def _bytes(secret: str) -> bytes:
    return _decoded(secret.removeprefix("whsec_"))


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text.encode(), validate=True)
    except (binascii.Error, ValueError):
        return b""
