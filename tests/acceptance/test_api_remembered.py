"""Who acts is remembered from one request to the next, as a claim only: what has changed since is found at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.dossiers import dossiers
from engine.store.people import memberships, people, tokens
from engine.transaction import UnitOfWork, in_transaction
from tests.installation.served import ServedInstallation
from tests.installation.trial_content import CENTRE
from tests.spoken import spoken

Change = Callable[[UnitOfWork, int], object]


def _id(installation: ServedInstallation, name: str) -> int:
    with installation.runtime.database.connect() as connection:
        return int(connection.execute(select(people.c.id).where(people.c.username == name)).scalar_one())


def _leaves(unit: UnitOfWork, person: int) -> None:
    ended = update(memberships).where(memberships.c.person_id == person)
    unit.begin().execute(ended.values(valid_to=memberships.c.valid_from))


def _is_dismissed(unit: UnitOfWork, person: int) -> None:
    unit.begin().execute(update(people).where(people.c.id == person).values(active=0))


def _is_signed_out(unit: UnitOfWork, person: int) -> None:
    unit.begin().execute(update(tokens).where(tokens.c.person_id == person).values(revoked_at=unit.now))


def _was_let_in_for_shorter(unit: UnitOfWork, person: int) -> None:
    ended = unit.now - dt.timedelta(seconds=1)
    unit.begin().execute(update(tokens).where(tokens.c.person_id == person).values(expires_at=ended))


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        (_leaves, 404, "not-found"),
        (_is_dismissed, 401, "not-signed-in"),
        (_is_signed_out, 401, "not-signed-in"),
        (_was_let_in_for_shorter, 401, "not-signed-in"),
    ],
)
def test_what_was_taken_away_between_two_acts_is_gone_for_the_second(
    both_installations: ServedInstallation, change: Change, status: int, code: str
) -> None:
    installation = both_installations
    filed = installation.filed()
    counter, path = installation.person("counter"), f"/api/v1/dossiers/{filed['code']}"
    noted = counter.post(f"{path}/notes", {"text": "Một."}, version=filed["version"])
    assert noted.status_code == 200, noted.text
    person = _id(installation, "counter")
    in_transaction(installation.runtime, SYSTEM_ACTOR, lambda unit: change(unit, person))
    stands = int(noted.headers["ETag"].strip('"'))
    forward = counter.post(f"{path}/actions", {"action": "forward"}, version=stands)
    assert (forward.status_code, forward.json["code"]) == (status, code)
    with installation.runtime.database.connect() as connection:
        version = connection.execute(select(dossiers.c.version).where(dossiers.c.code == filed["code"])).scalar_one()
    assert version == stands


def test_what_was_given_between_two_acts_is_there_for_the_second(both_installations: ServedInstallation) -> None:
    installation = both_installations
    filed = installation.filed()
    specialist, path = installation.person("specialist"), f"/api/v1/dossiers/{filed['code']}"
    refused = specialist.post(f"{path}/actions", {"action": "forward"}, version=filed["version"])
    assert refused.status_code == 403
    person, other = _id(installation, "specialist"), _id(installation, "counter")

    def joins(unit: UnitOfWork) -> None:
        held = unit.begin().execute(select(memberships).where(memberships.c.person_id == other)).mappings().first()
        assert held is not None
        unit.begin().execute(memberships.insert(), {**held, "person_id": person})

    in_transaction(installation.runtime, SYSTEM_ACTOR, joins)
    taken = specialist.post(f"{path}/actions", {"action": "forward"}, version=filed["version"])
    assert taken.status_code == 200, taken.text


def test_a_second_act_reads_once_and_writes_once(both_installations: ServedInstallation) -> None:
    installation = both_installations
    filed = installation.filed()
    counter, path = installation.person("counter"), f"/api/v1/dossiers/{filed['code']}"
    with spoken(installation.runtime.database) as said:
        answer = counter.post(f"{path}/actions", {"action": "forward"}, version=filed["version"])
    assert answer.status_code == 200
    if installation.runtime.database.dialect.name == "postgresql":
        assert [one.split()[0] for one in said] == ["SELECT", "WITH"]
    else:
        assert sum(one.startswith("SELECT") for one in said) == 1


@pytest.mark.parametrize(("change", "status"), [(_leaves, 200), (_is_dismissed, 401), (_is_signed_out, 401)])
def test_who_reads_on_is_proven_before_anything_is_shown(
    both_installations: ServedInstallation, change: Change, status: int
) -> None:
    installation = both_installations
    code = installation.filed()["code"]
    counter, path = installation.person("counter"), f"/api/v1/dossiers?holder_office={CENTRE}&sort=due_at"
    assert [one["code"] for one in counter.get(path).json["items"]] == [code]
    with spoken(installation.runtime.database) as said:
        assert counter.get(path).status_code == 200
    assert sum(one.startswith("SELECT") for one in said) == 2
    person = _id(installation, "counter")
    in_transaction(installation.runtime, SYSTEM_ACTOR, lambda unit: change(unit, person))
    answer = counter.get(path)
    assert answer.status_code == status
    assert answer.json.get("items", []) == []


@pytest.mark.parametrize("change", [_is_dismissed, _is_signed_out, _was_let_in_for_shorter])
def test_an_answer_that_was_recorded_is_not_given_again_to_who_is_signed_in_no_more(
    both_installations: ServedInstallation, change: Change
) -> None:
    """The act is refused since the claim fell, and what is refused looks for the answer of the first request."""
    installation = both_installations
    filed, counter = installation.filed(), installation.person("counter")
    agreed = {"identity_number": "001190004321", "office": CENTRE, "purpose": "Một cửa"}
    sent: list[tuple[str, dict[str, str], int | None]] = [
        (f"/api/v1/dossiers/{filed['code']}/actions", {"action": "forward"}, filed["version"]),
        ("/api/v1/reuse-consents", agreed, None),  # about no dossier
    ]
    for path, body, version in sent:
        assert counter.post(path, body, version=version, key=path[8:]).headers.get("Idempotency-Replayed") is None
        assert counter.post(path, body, version=version, key=path[8:]).headers["Idempotency-Replayed"] == "true"
    person = _id(installation, "counter")
    in_transaction(installation.runtime, SYSTEM_ACTOR, lambda unit: change(unit, person))
    known = dict(installation.app.extensions["motcua"].identities)
    for path, body, version in sent:
        installation.app.extensions["motcua"].identities.update(known)  # another process knows the person still
        answer = counter.post(path, body, version=version, key=path[8:])
        assert (answer.status_code, answer.json["code"]) == (401, "not-signed-in"), path


def test_signing_out_revokes_the_token_once(both_installations: ServedInstallation) -> None:
    """The act ends the claim that it rests on, so the claim must be verified before it."""
    installation = both_installations
    counter = installation.person("counter")
    assert counter.get("/api/v1/me").status_code == 200
    with spoken(installation.runtime.database) as said:
        assert counter.delete("/api/v1/sessions").status_code == 204
    assert sum(one.startswith("UPDATE tokens") for one in said) == 1
    assert not any(one.startswith("ROLLBACK") for one in said)
    assert counter.get("/api/v1/me").status_code == 401
