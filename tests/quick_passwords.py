"""Passwords are hashed with little work in tests, but where a process of its own runs: the true work takes as long as
a dozen acts. ``tests/unit/test_quick_passwords.py`` holds that the product's own parameters stay what they are."""

from __future__ import annotations

from argon2 import PasswordHasher

from engine.security import passwords


def hash_quickly() -> None:
    """From now on, in this process. Hashes that were made with other parameters are still read."""
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=16, parallelism=1)
    passwords._nobody.cache_clear()
