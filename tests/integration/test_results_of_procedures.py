"""Every shipped procedure with a result, in every state: who may bring it is whoever takes the action that attaches it.

The applicant's link, every other role of the procedure and the same role of another office are refused, and so is
everybody while the dossier is elsewhere. The states are set in the row, so that none is left out.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from sqlalchemy import update

from engine.acts.documents import add_document
from engine.errors import Refusal
from engine.rules.procedure.definition import Release
from engine.rules.procedure.permissions import Actor
from engine.store.dossiers import dossiers
from engine.transaction import UnitOfWork, in_transaction
from tests.installation.filings import PDF
from tests.model.real_installation import RealInstallation, later, open_real, shipped
from tests.model.walk import Walk

ATTACHING = [one for one in shipped() if any(action.attach for action in one.actions.values())]


class Undone(Exception):
    """Ends an act that was not refused, so that it leaves nothing."""


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def installation(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RealInstallation]:
    with open_real(request.param, tmp_path_factory.mktemp("installation")) as made:
        yield made


@pytest.mark.parametrize("release", ATTACHING, ids=[one.procedure for one in ATTACHING])
def test_a_result_is_brought_by_its_role_in_its_state_and_by_nobody_else(
    installation: RealInstallation, release: Release
) -> None:
    walk = Walk(random.Random(release.procedure), installation, release.procedure)
    while not walk.model.dossiers:
        walk.file(clean=True)
    installation.world.now = walk.now
    (code,) = walk.model.dossiers
    received = installation.world.row(code)["release"]
    release = next(one for one in (release, later(release.procedure)) if one.digest() == received)
    cast = _cast(installation, release, code)
    keys = {action.attach for action in release.actions.values() if action.attach}
    keys |= {key for key, document in release.documents.items() if document.result}
    assert keys and cast.keys() >= {"applicant", "stranger"}
    taken = 0
    for state in release.states:
        _stand_in(installation, release, code, state)
        for key in sorted(keys):
            for role, actor in cast.items():
                found = _brought(installation, actor, code, key)
                assert (found == "done") == _takes(release, key, role, state), (state, key, role, found)
                taken += found == "done"
                if role == "applicant":
                    asked = release.states[state].portal in (5, 6) or _answers(release, state)
                    assert (found == "forbidden") == (asked and not release.states[state].final), (state, key, found)
    assert taken


def _takes(release: Release, key: str, role: str, state: str) -> bool:
    if release.states[state].final:
        return False
    return any(one.attach == key and role in one.by and state in one.sources for one in release.actions.values())


def _answers(release: Release, state: str) -> bool:
    answers = (one for one in release.actions.values() if one.effect == "answer" and state in one.sources)
    return any("applicant" in one.by for one in answers)


def _cast(installation: RealInstallation, release: Release, code: str) -> dict[str, Actor]:
    """Somebody in every role of the procedure at its office, the same roles elsewhere, the link, and a timer."""
    row = installation.world.row(code)
    cast = {"applicant": Actor("citizen", "citizen", dossier_id=row["id"]), "timer": installation.world.actor("system")}
    for key, role in release.roles.items():
        office = row["offices"].get(role.unit)
        if office is not None:
            cast[key] = installation.actor(installation.hired(office, key)[0])
        cast["stranger"] = installation.actor(installation.hired("UB-26098", key)[0])
    cast["monitor"] = installation.actor(installation.hired(row["handler_office"], "monitor")[0])
    return cast


def _stand_in(installation: RealInstallation, release: Release, code: str, state: str) -> None:
    here = release.states[state]
    values = {"state": state, "portal": here.portal, "clock": here.clock, "holder_role": here.role}

    def stand(unit: UnitOfWork) -> None:
        unit.begin().execute(update(dossiers).where(dossiers.c.code == code).values(values))

    installation.world.try_act("system", stand)


def _brought(installation: RealInstallation, actor: Actor, code: str, key: str) -> str:
    def bring(unit: UnitOfWork) -> None:
        add_document(unit, code, key=key, content=PDF)
        raise Undone

    try:
        in_transaction(installation.world.runtime, actor, bring, now=installation.world.now)
    except Undone:
        return "done"
    except Refusal as refusal:
        return refusal.code
    raise AssertionError("neither done nor refused")
