"""The page of the archive: what stands where, and two administrators for a destruction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select, update

from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.archive import archive_bags, archive_destruction_items, archive_destructions
from engine.store.dossiers import dossiers
from engine.store.people import people
from engine.transaction import UnitOfWork, in_transaction
from tests.web.site import Site

HERE = "/quan-tri/luu-tru"


def kept(site: Site, proposer: str = "leader") -> str:
    """A transferred dossier on a list that ``proposer`` made; its code."""
    code, who = str(site.installation.filed()["code"]), site.installation.actor(proposer).person_id

    def act(unit: UnitOfWork) -> None:
        connection = unit.begin()
        dossier = connection.execute(select(dossiers.c.id).where(dossiers.c.code == code)).scalar_one()
        row: dict[str, Any] = {"dossier_id": dossier, "bag": code, "sha256": "ab" * 32, "files": 9, "bytes": 5_000_000}
        row |= {"entries": 3, "exported_at": unit.now, "transferred_at": unit.now, "archive": "Lưu trữ <b>mẫu</b>"}
        connection.execute(insert(archive_bags), row | {"receipt": "1/BN", "receipt_day": unit.today})
        told = {"status": "proposed", "schedule": "cd" * 32, "reason": "Hết hạn <i>", "proposed_at": unit.now}
        made = insert(archive_destructions).returning(archive_destructions.c.id)
        number = connection.execute(made, told | {"proposed_by": who}).scalar_one()
        item = {"destruction_id": number, "dossier_id": dossier, "since": unit.today, "term": "5 năm"}
        connection.execute(insert(archive_destruction_items), item)

    in_transaction(site.installation.runtime, SYSTEM_ACTOR, act)
    return code


def status(site: Site) -> str:
    with site.installation.reading() as connection:
        return str(connection.execute(select(archive_destructions.c.status)).scalar_one())


def test_it_shows_what_stands_where_in_both_languages(both_sites: Site) -> None:
    code = kept(both_sites)
    admin = both_sites.person("admin")
    page = admin.get(HERE)
    assert code in page.text and "1/BN" in page.text and "Lưu trữ <b>mẫu" in page.text
    assert "Nguyễn Thị Đào" not in page.text
    assert code not in admin.get(f"{HERE}?o=packed").text
    assert code in admin.get(f"{HERE}?o=transferred&truoc=99").text
    assert code in admin.get(f"{HERE}?o=nonsense&truoc=x").text
    assert "Transferred" in admin.get(HERE, lang="en").text


def test_another_administrator_decides_once(both_sites: Site) -> None:
    kept(both_sites)
    admin = both_sites.person("admin")
    page = admin.get(f"{HERE}/tieu-huy/1")
    assert admin.submit(page, f"{HERE}/tieu-huy/1", status=422).soup.find(id="verdict-error") is not None
    done = admin.submit(page, f"{HERE}/tieu-huy/1", verdict="approve")
    assert "Đã duyệt" in admin.follow(done).text and status(both_sites) == "approved"
    assert admin.submit(page, f"{HERE}/tieu-huy/1", verdict="approve").location == done.location
    assert admin.get(f"{HERE}/tieu-huy/1").soup.select_one("main form") is None


def test_who_proposed_does_not_decide_and_others_see_nothing(site: Site) -> None:
    kept(site, proposer="admin")
    page = site.person("admin").get(f"{HERE}/tieu-huy/1")
    assert "Cần người quản trị khác" in page.text and page.soup.select_one("main form") is None
    for path in (HERE, f"{HERE}/tieu-huy/1", f"{HERE}/tieu-huy/1/bien-ban"):
        site.person("leader").get(path, status=403)
    site.person("admin").get(f"{HERE}/tieu-huy/2", status=404)
    site.person("admin").get(f"{HERE}/tieu-huy/1/bien-ban", status=404)


def test_the_minutes_are_sent_as_they_are_kept(site: Site) -> None:
    kept(site)
    runtime = site.installation.runtime
    key = runtime.files.put(b"%PDF-1.7 minutes")

    def done(unit: UnitOfWork) -> None:
        told = {"status": "done", "minutes_key": key, "minutes_sha256": "ef" * 32, "done_at": unit.now}
        unit.begin().execute(update(archive_destructions).values(told))
        assert unit.begin().execute(select(people.c.id)).first()

    in_transaction(runtime, SYSTEM_ACTOR, done)
    answer = site.person("admin").get(f"{HERE}/tieu-huy/1/bien-ban")
    assert answer.response.data.startswith(b"%PDF-1.7") and "Biên bản" in site.person("admin").get(HERE).text
