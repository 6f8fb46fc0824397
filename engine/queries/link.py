"""The keys of a dossier for its applicant's pages: by the token of the link, or by the code that a cookie names."""

from __future__ import annotations

import re

from sqlalchemy import Connection

from engine.security.citizen_link import link_hash
from engine.store.sessions import Keys as Keys
from engine.store.sessions import dossier_by_link, dossier_keys

_TOKEN = re.compile(r"[A-Za-z0-9_\-]{20,200}")


def keys_of_link(connection: Connection, token: str) -> Keys | None:
    """The dossier that a link opens; None when it opens none."""
    return dossier_by_link(connection, link_hash(token)) if _TOKEN.fullmatch(token) else None


def applicant_keys(connection: Connection, code: str) -> Keys | None:
    """The present keys of the dossier with this code; None when there is none."""
    return dossier_keys(connection, code)
