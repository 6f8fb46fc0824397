"""Mirrored dossiers that differ from their source: on a page, by a command, and among the incidents however many."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import insert, select, update

from cli.main import main
from engine.queries.incidents import every_incident
from engine.queries.mirrors import differing_mirrors, mirrors_that_differ
from engine.rules.filings.mirror_differences import DUE, STATE
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store import incidents as bounds
from engine.store.dossiers import dossiers, mirrors
from engine.transaction import UnitOfWork, in_transaction
from tests.web.site import Site

HERE = "/quan-tri/ho-so-ngoai"
BY_STATE = [{"what": STATE, "here": "checking", "there": "5"}]
BY_BOTH = [{"what": DUE, "here": "05/03/2026", "there": "06/03/2026"}, {"what": "số <b>", "here": "1", "there": ""}]


def mirrored(site: Site, source: str, differs: list[dict[str, str]]) -> str:
    """A dossier that stands as one of another system; its code."""
    code = str(site.installation.filed()["code"])

    def act(unit: UnitOfWork) -> None:
        connection = unit.begin()
        number = connection.execute(select(dossiers.c.id).where(dossiers.c.code == code)).scalar_one()
        connection.execute(update(dossiers).where(dossiers.c.id == number).values(source=source))
        row = {"dossier_id": number, "source": source, "number": f"26{number:04}", "synced_at": unit.now}
        connection.execute(insert(mirrors), row | {"differs": differs})

    in_transaction(site.installation.runtime, SYSTEM_ACTOR, act)
    return code


def test_the_page_tells_source_sync_difference_and_whose_turn_it_is(both_sites: Site) -> None:
    site = both_sites
    first, second = mirrored(site, "BXD", BY_STATE), mirrored(site, "BTP", BY_BOTH)
    same = mirrored(site, "BXD", [])
    release = site.installation.runtime.catalogue.current("1.000001", site.installation.runtime.now().date()).release
    state_name = release.states["checking"].name.vi
    page = site.person("admin").get(HERE)
    rows = {row.th.a.get_text(): " ".join(row.get_text(" ").split()) for row in page.soup.select("tbody tr")}  # type: ignore[union-attr]
    assert set(rows) == {first, second} and same not in page.text
    assert (
        "BXD" in rows[first]
        and state_name in rows[first]
        and "checking" not in rows[first]
        and "Người quản trị ở đây" in rows[first]
    )
    assert "mirrors.states" in rows[first] and "06/03/2026" in rows[second]
    assert "Hệ thống giữ hồ sơ" in rows[second] and "Người có thẩm quyền ở hai hệ thống" in rows[second]
    assert "Số <b>" in rows[second] and not page.soup.select("tbody b")
    assert "Nguyễn Thị Đào" not in page.text
    english = site.person("admin").get(f"{HERE}?nguon=BTP", lang="en")
    assert second in english.text and first not in english.text and "The system that has the dossier" in english.text
    assert HERE in {str(link["href"]) for link in site.person("admin").get("/su-co").soup.select("main a")}
    assert HERE in {str(link["href"]) for link in site.person("admin").get("/quan-tri/dong-bo").soup.select("main a")}
    site.person("leader").get(HERE, status=403)


def test_nothing_that_differs_is_said_so(site: Site) -> None:
    mirrored(site, "BXD", [])
    page = site.person("admin").get(f"{HERE}?nguon=khong-co&sau=x")
    assert "Không hồ sơ nào khác" in page.text


def test_a_long_list_has_pages(site: Site) -> None:
    codes = [mirrored(site, "BXD", BY_STATE) for _ in range(3)]

    def act(unit: UnitOfWork) -> list[str]:
        found, after = [], None
        while True:
            page = differing_mirrors(unit, "BXD", after=after, limit=2)
            found, after = [*found, *(one.code for one in page.lines)], page.after
            if after is None:
                assert mirrors_that_differ(unit).differing == len(found)
                return found

    assert in_transaction(site.installation.runtime, SYSTEM_ACTOR, act) == codes


def test_a_difference_is_an_incident_however_many_dossiers_do_not_differ(
    both_sites: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bound counts what differs, not what is mirrored."""
    monkeypatch.setattr(bounds, "BOUND", 2)
    for _ in range(3):
        mirrored(both_sites, "BXD", [])
    code = mirrored(both_sites, "BXD", BY_STATE)
    found = in_transaction(both_sites.installation.runtime, SYSTEM_ACTOR, every_incident)
    assert [one.codes for one in found if one.kind == "mirrors"] == [(code,)]


def test_the_command_lists_them(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    code = mirrored(site, "BXD", BY_BOTH)
    monkeypatch.setattr("cli.filings.compose_from_environment", lambda **_: site.installation.runtime)
    lines = CliRunner().invoke(main, ["--lang", "en", "filings", "differences"], catch_exceptions=False).output
    assert code in lines and "due day: 05/03/2026 | 06/03/2026  the system that has the dossier" in lines
    told = CliRunner().invoke(main, ["filings", "differences", "--json"], catch_exceptions=False).output
    (line,) = json.loads(told)
    assert (line["code"], line["differences"][0]["what"]) == (code, {"vi": "hạn trả", "en": "due day"})
    none = (
        CliRunner()
        .invoke(main, ["--lang", "vi", "filings", "differences", "--source", "BTP"], catch_exceptions=False)
        .output
    )
    assert "Không hồ sơ nào khác" in none
