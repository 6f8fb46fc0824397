"""The running dossiers of a procedure, by the version that each goes by and by its state."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import cast

from sqlalchemy import Connection, func, select

from engine.store.dossiers import dossiers
from engine.store.releases import releases
from engine.store.rows import ReleaseRow


def running_by_release(connection: Connection, procedure: str) -> dict[str, dict[str, int]]:
    """The number of unfinished dossiers by digest of their release, and by state."""
    running = dossiers.c.finished_at.is_(None) & (dossiers.c.procedure == procedure)
    counted = select(dossiers.c.release, dossiers.c.state, func.count()).where(running)
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for digest, state, count in connection.execute(counted.group_by(dossiers.c.release, dossiers.c.state)):
        found[digest][state] = count
    return dict(found)


def releases_of(connection: Connection, procedure: str) -> Sequence[ReleaseRow]:
    """The published versions of a procedure in their order: digest, version, first and last day."""
    columns = (releases.c.procedure, releases.c.version, releases.c.digest, releases.c.start, releases.c.until)
    mine = select(*columns).where(releases.c.procedure == procedure).order_by(releases.c.version)
    return cast(Sequence[ReleaseRow], connection.execute(mine).all())


def document_of(connection: Connection, procedure: str, version: int) -> str | None:
    """The stored bytes of one version; None where it was never published."""
    this = select(releases.c.document).where(releases.c.procedure == procedure, releases.c.version == version)
    return cast(str | None, connection.execute(this).scalar())
