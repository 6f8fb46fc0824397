"""The lists of the desk: queues, filters, columns, search, selection."""

from __future__ import annotations

from tests.web.site import Site


def test_shows_the_dossiers_of_the_desk_most_urgent_first(site: Site) -> None:
    code = site.installation.filed()["code"]
    page = site.person("counter").get("/ho-so")
    assert code in page.text
