"""A joint step on the page of a dossier: who of several roles has acted, and who has not yet."""

from __future__ import annotations

import msgspec
import pytest

from engine.acts.publish import publish_release
from engine.rules.procedure.definition import Effective
from tests.installation.releases import START
from tests.installation.short_releases import land
from tests.web.desk.conftest import Office


@pytest.fixture
def reviewed(office: Office) -> str:
    """A dossier whose review two of three roles must finish."""
    review = msgspec.structs.replace(land().actions["finish_review"], by=("specialist", "leader", "tax"), joint=2)
    acts = land().actions | {"finish_review": review}
    office.world.try_act(
        "admin", publish_release, land(version=2, effective=Effective(START, replaces=1), actions=acts)
    )
    return office.world.land_at("checking")


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_page_counts_who_has_acted_and_names_who_has_not(office: Office, reviewed: str, lang: str) -> None:
    def said() -> str:
        part = office.person("specialist").get(f"/ho-so/{reviewed}", lang=lang).soup.select_one("#chung")
        return " ".join(part.get_text(" ", strip=True).split()) if part is not None else ""

    begun = said()
    assert ("0 trong 2 bên đã làm" if lang == "vi" else "0 of 2 have acted") in begun
    assert begun.count("chưa làm" if lang == "vi" else "not yet") == 3
    office.world.do("leader", reviewed, "finish_review")
    after = said()
    assert ("1 trong 2 bên đã làm" if lang == "vi" else "1 of 2 have acted") in after
    assert after.count("chưa làm" if lang == "vi" else "not yet") == 2
    assert ("Cần thêm 1 trong các bên còn lại" if lang == "vi" else "1 more of those left must act") in after
    office.world.do("specialist", reviewed, "finish_review")
    assert said() == ""  # the dossier has moved on
