"""The working time of offices: found, looked at with its effect, published once, and taken back."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from engine.queries import office_effect
from engine.store.clocks import closures, office_hours, recounts
from tests.installation.trial_content import AUTHORITY, CENTRE
from tests.web.site import Site

HERE = "/quan-tri/co-quan"
WORDS = {"vi": "mất điện", "en": "power cut", "legal": "Thông báo 2"}


def counts(site: Site) -> tuple[int, ...]:
    with site.installation.reading() as connection:
        tables = (closures, office_hours, recounts)
        return tuple(connection.execute(select(func.count()).select_from(one)).scalar_one() for one in tables)


def days(site: Site) -> dict[str, str]:
    """Tomorrow and some days after it, as they are written."""
    page = site.person("admin").get(f"{HERE}/{AUTHORITY}/dong-cua")
    first = str(page.soup.find("input", id="first")["value"])  # type: ignore[index]
    return {"first": first, "last": first[:-4] + first[-4:]}


def test_an_office_is_found_without_accents(site: Site) -> None:
    admin = site.person("admin")
    assert CENTRE in admin.get(f"{HERE}?q={CENTRE.lower()}").text
    assert "Không tìm thấy cơ quan nào" in admin.get(f"{HERE}?q=zzzz").text
    site.person("leader").get(HERE, status=403)
    admin.get(f"{HERE}/khong-co", status=404)


def test_a_closure_is_looked_at_then_published_once_and_taken_back(both_sites: Site) -> None:
    both_sites.installation.act("counter", both_sites.installation.filed()["code"], "forward")
    admin, where = both_sites.person("admin"), f"{HERE}/{AUTHORITY}/dong-cua"
    sent = {**days(both_sites), **WORDS}
    seen = admin.submit(admin.get(where), where, status=200, step="preview", **sent)
    assert "1 hồ sơ có hạn khác" in seen.text and counts(both_sites) == (0, 0, 0)
    done = admin.submit(seen, where, step="publish", **sent)
    assert admin.submit(seen, where, step="publish", **sent).location == done.location
    page = admin.follow(done)
    assert "mất điện" in page.text and counts(both_sites) == (1, 0, 1)
    back = str(page.soup.find("a", href=lambda one: one and "/thu-lai?" in one)["href"])  # type: ignore[index]
    admin.submit(admin.get(back), f"{HERE}/{AUTHORITY}/thu-lai")
    assert counts(both_sites) == (0, 0, 2)


def test_a_saturday_morning_is_published(site: Site) -> None:
    admin, where = site.person("admin"), f"{HERE}/{CENTRE}/gio-rieng"
    sent = {"first": days(site)["first"], **WORDS}
    none = admin.submit(admin.get(where), where, status=422, step="publish", **sent)
    assert none.soup.find(id="sat-error") is not None
    wrong = admin.submit(admin.get(where), where, status=422, step="publish", sat="25:00-26:00", **sent)
    assert wrong.soup.find("input", id="sat")["value"] == "25:00-26:00"  # type: ignore[index]
    assert (
        "chưa có gì được công bố"
        in admin.submit(admin.get(where), where, status=200, step="preview", sat="08:00-11:30", **sent).text.lower()
    )
    admin.submit(admin.get(where), where, step="publish", sat="08:00-11:30", **sent)
    assert counts(site) == (0, 1, 1)


def test_a_day_that_cannot_be_read_keeps_what_was_typed(site: Site) -> None:
    admin, where = site.person("admin"), f"{HERE}/{CENTRE}/dong-cua"
    page = admin.submit(admin.get(where), where, status=422, step="publish", first="mai", last="mai", **WORDS)
    assert page.soup.find(id="first-error") is not None
    assert page.soup.find("input", id="legal")["value"] == "Thông báo 2"  # type: ignore[index]


def test_every_open_dossier_is_counted_and_the_oldest_are_named(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office_effect, "LISTED", 2)
    monkeypatch.setattr(office_effect, "_AT_A_TIME", 1)
    codes = [str(site.installation.filed()["code"]) for _ in range(3)]
    for code in codes:
        site.installation.act("counter", code, "forward")
    admin, where = site.person("admin"), f"{HERE}/{AUTHORITY}/dong-cua"
    seen = admin.submit(admin.get(where), where, status=200, step="preview", **days(site), **WORDS)
    assert "3 hồ sơ có hạn khác" in seen.text and "Trong 3 hồ sơ" in seen.text
    named = [row.get_text() for row in seen.soup.select("#ho-so-doi-han tbody th")]
    assert named == codes[:2] and "(2 hồ sơ cũ nhất)" in seen.text


def test_a_hotline_is_published_and_citizens_see_it(site: Site) -> None:
    admin, where = site.person("admin"), f"{HERE}/{CENTRE}/lien-lac"
    site.person("leader").get(where, status=403)
    page = admin.submit(admin.get(where), where, hotline="1900 0000", address="Số 1 <b>", reason="QĐ 1")
    shown = admin.follow(page).text
    assert "1900 0000" in shown and "Số 1 <b>" in shown
    assert "1900 0000" in site.nobody().get(f"/trung-tam/{CENTRE}").text
    admin.submit(admin.get(where), where, status=422, hotline="2", address="", reason="")
    assert "Công bố thông tin cơ quan" in admin.get("/quan-tri/can-bo/nhat-ky").text


def test_a_file_of_offices_is_tried_then_published(site: Site) -> None:
    admin, where = site.person("admin"), f"{HERE}/tep"
    tried = admin.submit(
        admin.get(where), where, status=200, text=f"code,hotline,name_en\n{CENTRE},1900 0003,Centre <i>\n"
    )
    assert "Chưa có gì được công bố" in tried.text and "Centre <i>" in tried.text
    assert "1900 0003" not in admin.get(f"{HERE}/{CENTRE}").text
    listed = admin.follow(admin.submit(tried, f"{where}/cong-bo", reason="QĐ 2"))
    assert "Đã công bố 1 cơ quan" in listed.text and "1900 0003" in admin.get(f"{HERE}/{CENTRE}").text
    wrong = admin.submit(admin.get(where), where, status=422, text=f"code,hotline\n{CENTRE},1\n{CENTRE},2\n")
    assert "dòng 3" in wrong.text and f"{CENTRE},2" in wrong.text
