"""Consent to the reuse of papers: recorded with purpose, withdrawn for good, and heeded where papers are taken over."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from engine.acts.documents import add_document
from engine.acts.drafts.consent import give_consent, withdraw_consent
from engine.acts.file_dossier import file_dossier
from engine.dossier.consent import ReuseNeedsConsent
from engine.errors import Forbidden, InvalidInput
from engine.queries.known_person import known_person
from engine.store.documents import documents
from engine.store.reuse_consents import reuse_consents
from tests.installation.filings import PDF
from tests.installation.short_releases import LAND
from tests.installation.world import APPLICANT, BIEN_HOA, LONG_KHANH, PAPERS, World

NUMBER = str(APPLICANT["identity_number"])


def earlier(world: World) -> int:
    """An earlier dossier with a paper that may be taken over; the paper's id."""
    code = world.file().case.code
    world.act("counter", add_document, code, key="cccd", content=PDF, file_name="the.pdf")
    with world.reading() as connection:
        found: int = connection.execute(select(documents.c.id).where(documents.c.key == "cccd")).scalar_one()
    return found


def known(world: World) -> Any:
    workflow = world.runtime.catalogue.current(LAND, world.now.date())
    return world.try_act("counter", known_person, NUMBER, workflow)


def reusing(world: World, paper: int) -> Any:
    return world.filing(documents=[*PAPERS, {"key": "cccd", "reuse": paper}])


def test_without_a_rule_papers_are_reused_until_the_person_withdraws(world: World) -> None:
    paper = earlier(world)
    assert known(world).consent is None and "cccd" in known(world).papers
    world.act("counter", file_dossier, reusing(world, paper))
    world.act("counter", withdraw_consent, NUMBER, LONG_KHANH)
    assert known(world).consent.withdrawn_at == world.now and known(world).papers == {}
    world.refuse(ReuseNeedsConsent, "counter", file_dossier, reusing(world, paper))
    world.act("counter", give_consent, NUMBER, LONG_KHANH, "tiếp nhận hồ sơ")
    found = known(world).consent
    assert (found.purpose, found.withdrawn_at, found.office) == ("tiếp nhận hồ sơ", None, LONG_KHANH)
    world.act("counter", file_dossier, reusing(world, paper))
    assert NUMBER not in "\n".join(world.everything()["reuse_consents"])


def test_where_consent_is_asked_for_nothing_is_reused_before_it(world: World) -> None:
    paper = earlier(world)
    world.runtime = replace(world.runtime, settings=replace(world.runtime.settings, reuse_needs_consent=True))
    assert known(world).papers == {}
    world.refuse(ReuseNeedsConsent, "counter", file_dossier, reusing(world, paper))
    world.act("counter", give_consent, NUMBER, LONG_KHANH, "tiếp nhận hồ sơ")
    world.act("counter", give_consent, NUMBER, LONG_KHANH, "lần hai")
    with world.reading() as connection:
        assert connection.execute(select(reuse_consents.c.purpose)).scalars().all() == ["tiếp nhận hồ sơ"]
    world.act("counter", file_dossier, reusing(world, paper))


@pytest.mark.parametrize("act", [give_consent, withdraw_consent])
def test_only_the_counter_records_it_and_only_for_a_number(world: World, act: Any) -> None:
    more = ["vì"] if act is give_consent else []
    world.refuse(Forbidden, "counter", act, NUMBER, BIEN_HOA, *more)
    world.refuse(Forbidden, "system", act, NUMBER, LONG_KHANH, *more)
    world.refuse(InvalidInput, "counter", act, "12", LONG_KHANH, *more)
    if more:
        world.refuse(InvalidInput, "counter", act, NUMBER, LONG_KHANH, " ")
