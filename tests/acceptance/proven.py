"""What the tests of the link and of the gate to personal data share."""

from __future__ import annotations

import io
from typing import Any

import orjson
from sqlalchemy import select

from engine.store.journal import journal, reads
from engine.store.people import memberships
from engine.transaction import UnitOfWork
from tests.installation.filings import PDF
from tests.installation.served import ServedInstallation


def acted(installation: ServedInstallation, filed: dict[str, Any], **body: Any) -> Any:
    return installation.anyone().post(f"/api/v1/status/{filed['link_token']}/actions", body)


def entries(installation: ServedInstallation, act: str) -> list[dict[str, Any]]:
    with installation.reading() as connection:
        return [
            orjson.loads(one)
            for one in connection.execute(select(journal.c.body).where(journal.c.act == act)).scalars()
        ]


def noted(installation: ServedInstallation) -> list[tuple[str, str]]:
    with installation.reading() as connection:
        return [tuple(row) for row in connection.execute(select(reads.c.what, reads.c.reason).order_by(reads.c.id))]


def _number_of(installation: ServedInstallation, who: str) -> int:
    return int(installation.person(who).get("/api/v1/me").json["id"])


def employed(installation: ServedInstallation, who: str, *posts: tuple[str, str]) -> None:
    """Gives somebody these posts and no others."""
    person = _number_of(installation, who)

    def change(unit: UnitOfWork) -> None:
        own = select(memberships).where(memberships.c.person_id == person)
        pattern = dict(unit.begin().execute(own).mappings().first() or {"valid_to": None})
        unit.begin().execute(memberships.delete().where(memberships.c.person_id == person))
        since = unit.today.replace(month=1, day=1)
        for office, role in posts:
            row = pattern | {"person_id": person, "office": office, "role": role, "valid_from": since}
            unit.begin().execute(memberships.insert(), row)

    installation.try_act("system", change)


def scanned(installation: ServedInstallation, code: str) -> str:
    """The address of a scan."""
    form = {"key": "card", "file": (io.BytesIO(PDF), "cccd.pdf")}
    path = f"/api/v1/dossiers/{code}/documents"
    return str(
        installation.person("counter").post(path, data=form, content_type="multipart/form-data").headers["Location"]
    )
