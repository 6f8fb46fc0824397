"""Comparing the applicant with the population data at intake: a button, an outcome, and never in the way."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from engine.connection_ports import IdentityOutcome, PersonAsked, PopulationSilent
from engine.store.identity_checks import identity_checks
from engine.store.journal import reads
from tests.web.desk.test_intake import AT, CARD, COMPLETE, codes, post, typed
from tests.web.site import Site


class Known:
    """Population data that know everybody by another name, or say nothing."""

    def __init__(self, *, silent: bool = False) -> None:
        self.silent, self.asked = silent, list[PersonAsked]()

    def compare(self, asked: PersonAsked) -> IdentityOutcome:
        self.asked.append(asked)
        if self.silent:
            raise PopulationSilent()
        return IdentityOutcome(number="match", name="differs", born="match", address="unknown")


def connect(site: Site, known: Known) -> None:
    served = site.installation.app.extensions["motcua"]
    site.installation.app.extensions["motcua"] = replace(served, runtime=replace(served.runtime, population=known))


def test_without_a_connection_there_is_no_button(site: Site) -> None:
    assert typed(site.person("counter"), procedure="1.000001", card=CARD).soup.find(id="doi-chieu") is None


def test_the_outcome_is_shown_by_field_and_joined_to_the_filing(both_sites: Site) -> None:
    known = Known()
    connect(both_sites, known)
    clerk = both_sites.person("counter")
    page = typed(clerk, **COMPLETE)
    button = page.soup.select_one("#doi-chieu button")
    assert button is not None and button["formaction"] == f"{AT}/doi-chieu"
    page = clerk.get(post(clerk, page, f"{AT}/doi-chieu", **COMPLETE).location.partition("#")[0])
    told = page.soup.select_one("#doi-chieu p")
    assert told is not None and "họ tên khác" in " ".join(told.get_text(" ").split())
    (asked,) = known.asked
    assert (asked.number, asked.name, asked.born) == ("079300012345", "Nguyễn Thị Đào", "1990-11-04")
    assert "1.000001" in asked.purpose
    changed = typed(clerk, **COMPLETE | {"card": "", "applicant.identity_number": "079300012346"})
    assert changed.soup.select_one("#doi-chieu [role=status]") is None
    post(clerk, page, AT, **COMPLETE, act="receive")
    assert len(codes(both_sites)) == 1
    with both_sites.installation.reading() as connection:
        assert "population" in connection.execute(select(reads.c.what)).scalars().all()
        assert connection.execute(select(identity_checks.c.dossier_id)).scalar_one() is not None


@pytest.mark.parametrize("connected", [True, False])
def test_no_answer_never_keeps_reception_waiting(site: Site, *, connected: bool) -> None:
    if connected:
        connect(site, Known(silent=True))
    clerk = site.person("counter")
    page = typed(clerk, **COMPLETE)
    page = clerk.get(post(clerk, page, f"{AT}/doi-chieu", **COMPLETE).location.partition("#")[0])
    assert ("chưa trả lời" in page.text) is connected
    post(clerk, page, AT, **COMPLETE, act="receive")
    assert len(codes(site)) == 1


def test_a_number_that_is_none_is_told_and_nothing_is_asked(site: Site) -> None:
    known = Known()
    connect(site, known)
    clerk = site.person("counter")
    wrong = COMPLETE | {"card": "", "applicant.identity_number": "12", "applicant.name": "Nguyễn Thị Đào"}
    refused = post(clerk, typed(clerk, **wrong), f"{AT}/doi-chieu", status=422, **wrong)
    assert refused.soup.find(id="applicant.identity_number-error") is not None and known.asked == []


def test_consent_is_recorded_and_withdrawn_by_buttons(site: Site) -> None:
    clerk = site.person("counter")
    post(clerk, typed(clerk, **COMPLETE), AT, **COMPLETE, act="receive")
    page = typed(clerk, **COMPLETE)
    assert "Chưa ghi nhận đồng ý" in str(page.soup.find(id="dong-y"))
    page = clerk.get(post(clerk, page, f"{AT}/dong-y", **COMPLETE, **{"dong-y": "co"}).location.partition("#")[0])
    assert "Đã đồng ý dùng lại" in str(page.soup.find(id="dong-y"))
    page = clerk.get(post(clerk, page, f"{AT}/dong-y", **COMPLETE, **{"dong-y": "rut"}).location.partition("#")[0])
    assert "Đã rút đồng ý" in str(page.soup.find(id="dong-y"))
