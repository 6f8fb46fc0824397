"""Password hashes (argon2id); a check takes the same time whether the account exists or not."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """The argon2id hash that the database stores, with its parameters and salt."""
    return _hasher.hash(password)


def password_matches(stored: str | None, password: str) -> bool:
    """Whether ``password`` has the hash ``stored``; for None the answer is False after the same time."""
    nobody = _nobody()  # made at the first check, whether or not the account exists
    try:
        _hasher.verify(stored or nobody, password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


@cache
def _nobody() -> str:
    """What is checked where there is no account. It is not made at the start: it takes a tenth of a command's."""
    return _hasher.hash("nobody has this password, yet checking it takes as long as checking any other")


def outdated(stored: str) -> bool:
    """Whether the hash was made with other parameters than argon2's current ones, so that it should be renewed."""
    return _hasher.check_needs_rehash(stored)
