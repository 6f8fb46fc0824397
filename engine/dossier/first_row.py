"""The first row of a new dossier, and the applicant's keys to it: initial state, held by the receiving office."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from engine.rules.dossier_row import DossierRow
from engine.rules.procedure.definition import Release
from engine.security import citizen_link

_COLUMNS = tuple(DossierRow.__annotations__)


@dataclass(frozen=True, slots=True)
class Keys:
    """The applicant's keys to a new dossier. The database stores ``nonce`` and the hash of ``link_token``. Link and
    receipt code are shown once; both can be derived again from the nonce and the secret."""

    nonce: str
    link_token: str
    receipt_code: str

    @classmethod
    def fresh(cls, secrets: Sequence[str]) -> Keys:
        """Random keys, derived with the newest secret (``secrets[0]``)."""
        nonce = citizen_link.fresh_nonce()
        return cls(nonce, citizen_link.link_token(secrets[0], nonce), citizen_link.receipt_code(secrets[0], nonce))


def first_row(
    release: Release, digest: str, office: str, offices: Mapping[str, str], keys: Keys, now: dt.datetime
) -> DossierRow:
    """The columns that follow from the release and the routing. The clock has not started.

    The act fills in the rest: id, code, province, place, channel, kind of applicant, support office, and the parent of
    a linked dossier.
    """
    initial = release.states[release.initial]
    row = {
        "procedure": release.procedure,
        "release": digest,
        "state": release.initial,
        "portal": initial.portal,
        "clock": initial.clock,
        "intake_office": office,
        "handler_office": offices.get("handler", office),
        "offices": dict(offices),
        "holder_office": office,
        "holder_role": initial.role or _receiving_role(release),
        "entered_at": now,
        "filed_at": now,
        "pauses": [],
        "extensions": [],
        "supplements": 0,
        "link_nonce": keys.nonce,
        "link_hash": citizen_link.link_hash(keys.link_token),
        "search": "",
    }
    return cast(DossierRow, {**dict.fromkeys(_COLUMNS), **row})


def _receiving_role(release: Release) -> str | None:
    """The role that holds a filed dossier until it is received: the first one that may receive it."""
    actions = release.actions.values()
    roles = (role for action in actions if action.effect == "receive" for role in action.by)
    return next((role for role in roles if role in release.roles), None)
