"""The citizen's two keys to a dossier: a link that cannot be guessed, and the receipt code beside the dossier code.

Official dossier codes are sequential, so a code alone opens nothing. Both keys are derived from a random nonce in the
dossier's row and a secret outside the database: the database alone gives neither away, and a new nonce revokes both.
The link's hash is stored, so that a link found on an old receipt still opens after the secret was rotated.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Sequence

RECEIPT_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U
RECEIPT_LENGTH = 10  # 50 bits; look-ups are limited per address and per code


def fresh_nonce() -> str:
    """128 random bits, as hexadecimal."""
    return secrets.token_hex(16)


def link_token(secret: str, nonce: str) -> str:
    """The token in the citizen's link: 192 bits, URL-safe."""
    digest = hmac.digest(secret.encode(), b"link:" + nonce.encode(), "sha256")
    return base64.urlsafe_b64encode(digest[:24]).decode()


def known_token(secrets_newest_first: Sequence[str], nonce: str, stored_hash: str) -> str:
    """The token that was handed out: the first secret's whose token has the stored hash (secrets rotate).

    Falls back to the newest secret's token when no secret matches.
    """
    return link_token(_secret_of(secrets_newest_first, nonce, stored_hash), nonce)


def known_receipt_code(secrets_newest_first: Sequence[str], nonce: str, stored_hash: str) -> str:
    """The receipt code that was handed out with the link of ``stored_hash``, by the same secret as ``known_token``."""
    return receipt_code(_secret_of(secrets_newest_first, nonce, stored_hash), nonce)


def _secret_of(secrets_newest_first: Sequence[str], nonce: str, stored_hash: str) -> str:
    for secret in secrets_newest_first:
        if hmac.compare_digest(link_hash(link_token(secret, nonce)), stored_hash):
            return secret
    return secrets_newest_first[0]


def link_hash(token: str) -> str:
    """The SHA-256 of a token, in hexadecimal: the database stores this and never the token."""
    return hashlib.sha256(token.encode()).hexdigest()


def receipt_code(secret: str, nonce: str) -> str:
    """The code on the receipt: 50 bits in two groups of five characters.

    >>> receipt_code("secret", "0" * 32)
    'S7HFJ-1CKYP'
    """
    number = int.from_bytes(hmac.digest(secret.encode(), b"receipt:" + nonce.encode(), "sha256")[:8], "big")
    letters = "".join(RECEIPT_ALPHABET[(number >> (5 * index)) & 31] for index in range(RECEIPT_LENGTH))
    return f"{letters[:5]}-{letters[5:]}"


def receipt_matches(secrets_newest_first: Sequence[str], nonce: str, typed: str) -> bool:
    """Whether a typed receipt code is right; dashes, blanks, full width, case, O for 0, I or L for 1 do not matter.

    Every secret is tried, so the time taken does not tell which one matched.

    >>> receipt_matches(["secret"], "0" * 32, receipt_code("secret", "0" * 32).lower().replace("-", " "))
    True
    """
    signs = unicodedata.normalize("NFKC", typed).upper()
    plain = "".join(sign for sign in signs if sign.isalnum()).translate(str.maketrans("OIL", "011"))
    right = False
    for secret in secrets_newest_first:
        expected = receipt_code(secret, nonce).replace("-", "")
        right |= hmac.compare_digest(plain.encode(), expected.encode())
    return right
