"""The tests hash passwords with little work, and the product with as much as RFC 9106 asks for."""

from __future__ import annotations

import importlib.util

from engine.security import passwords


def test_the_product_hashes_as_the_rfc_asks_for_on_machines_with_little_memory() -> None:
    specification = importlib.util.find_spec(passwords.__name__)
    assert specification is not None and specification.loader is not None
    untouched = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(untouched)
    strong = untouched.hash_password("mat-khau-du-dai")
    assert strong.startswith("$argon2id$v=19$m=65536,t=3,p=4$") and not untouched.outdated(strong)


def test_in_tests_it_takes_less_and_is_still_told_apart() -> None:
    quick = passwords.hash_password("mat-khau-du-dai")
    assert quick.startswith("$argon2id$v=19$m=16,t=1,p=1$")
    assert passwords.password_matches(quick, "mat-khau-du-dai") and not passwords.password_matches(quick, "another")
    assert not passwords.password_matches(None, "nobody has this password")
