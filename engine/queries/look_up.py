"""The look-up of a dossier by its code and receipt code, with equal work whether the dossier exists or not.

Neither the answer nor its time may distinguish a wrong dossier code from a wrong receipt code.
"""

from __future__ import annotations

from sqlalchemy import Connection

from engine.errors import NotFound
from engine.rules.plain_text import plain_text
from engine.rules.procedure.permissions import Actor
from engine.security.citizen_link import receipt_matches
from engine.settings import Settings
from engine.store.sessions import Keys, dossier_keys

_NOBODY = "0" * 32
"""A nonce that no dossier has, for the same work without a dossier."""


class NoSuchReceipt(NotFound):
    """The dossier code or the receipt code is wrong; the refusal does not say which."""

    code = "no-such-receipt"
    vi = "Mã hồ sơ hoặc mã biên nhận không đúng."
    en = "The dossier code or the receipt code is wrong."


def code_of(typed: str) -> str:
    """The dossier code that somebody typed: without blanks, in capitals, with a hyphen for every dash.

    >>> code_of("h19.26080 \u2013 261122 \u2013 0000123")
    'H19.26080-261122-0000123'
    """
    return plain_text(typed).replace(" ", "").upper()


def look_up(connection: Connection, settings: Settings, code: str, receipt_code: str) -> tuple[Actor, str]:
    """The applicant of the dossier as an actor, and the dossier's code. Raises NoSuchReceipt."""
    found = keys_by_receipt(connection, settings, code, receipt_code)
    return Actor("citizen", "citizen", dossier_id=found.id), found.code


def keys_by_receipt(connection: Connection, settings: Settings, code: str, receipt_code: str) -> Keys:
    """The present keys of the dossier. Raises NoSuchReceipt."""
    found = dossier_keys(connection, code_of(code))
    nonce = found.link_nonce if found is not None else _NOBODY
    right = receipt_matches(settings.secret_keys, nonce, receipt_code)
    if found is None or not right:
        raise NoSuchReceipt()
    return found
