"""The page of one dossier: what it shows to whom, its filters, and the number of statements that it takes."""

from __future__ import annotations

import pytest

from tests.web.site import Site


@pytest.fixture
def code(site: Site) -> str:
    """A dossier that waits for a specialist."""
    code = str(site.installation.filed()["code"])
    site.installation.act("counter", code, "forward", note="xem kỹ")
    return code


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("who", ["counter", "specialist", "leader"])
def test_shows_where_the_dossier_stands_and_what_is_possible(site: Site, code: str, who: str, lang: str) -> None:
    page = site.person(who).get(f"/ho-so/{code}", lang=lang)
    assert page.soup.h1 is not None
    assert ("Đang thẩm định" if lang == "vi" else "Under review") in page.soup.h1.get_text()
    assert code in page.text and "079300012345" not in page.text
