"""What the population data said of the person on an intake form, as long as the form still has the same number."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import cast

from engine.rules.population import Compared
from engine.rules.values.identity_papers import identity_number
from engine.rules.values.wrong_value import WrongValue
from engine.store.identity_checks import checks_of, subject_of
from engine.transaction import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityCheck:
    """``answered``: there was an answer; without one every field is unknown."""

    at: dt.datetime
    answered: bool
    number: Compared
    name: Compared
    born: Compared
    address: Compared


def identity_check(unit: UnitOfWork, token: str, number: str) -> IdentityCheck | None:
    """The newest check of a draft about this number; None for none, and for a number that was changed since."""
    try:
        subjects = {subject_of(secret, identity_number(number)) for secret in unit.settings.secret_keys}
    except WrongValue:
        return None
    newest = next((one for one in checks_of(unit.reader(), token) if one.subject in subjects), None)
    if newest is None or newest.status == "asked":
        return None
    found = {name: cast(Compared, getattr(newest, name) or "unknown") for name in ("number", "name", "born", "address")}
    return IdentityCheck(at=newest.asked_at, answered=newest.status == "answered", **found)
