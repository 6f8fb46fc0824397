"""Today: counts, what to do first, notices, what came; and the page of keys."""

from __future__ import annotations

import pytest

from tests.installation.trial_content import STAFF
from tests.spoken import spoken
from tests.web.site import Site

SLUGS = ("moi-tiep-nhan", "dang-xu-ly", "cho-bo-sung", "toi-han", "qua-han", "trinh-ky", "cho-tra")


@pytest.mark.parametrize("who", [*STAFF])
def test_every_count_leads_to_a_list_of_so_many(site: Site, who: str) -> None:
    codes = [site.installation.filed()["code"] for _ in range(3)]
    site.installation.act("counter", codes[0], "forward")
    visitor = site.person(who)
    page = visitor.get("/quay")
    tiles = page.soup.select("#so-lieu a")
    assert len(tiles) >= 6
    for tile in tiles:
        listed = visitor.get(str(tile["href"])).soup.select("input[name=chon]")
        assert (tile["href"], tile.b.get_text()) == (tile["href"], str(len(listed)))  # type: ignore[union-attr]


def test_the_menu_of_other_pages_gets_the_same_numbers(site: Site) -> None:
    site.installation.filed()
    visitor = site.person("counter")

    def numbers(path: str) -> dict[str, str]:
        shown = visitor.get(path).soup.select("#hang-doi a")
        return {str(one["href"]): one.get_text(" ", strip=True) for one in shown}

    assert numbers("/quay/hang-doi") == numbers("/quay")
    assert any(" 1 " in words for words in numbers("/quay/hang-doi").values())


def test_a_page_that_lies_open_is_answered_by_its_numbers_alone(site: Site) -> None:
    site.installation.filed()
    visitor = site.person("counter")
    whole = visitor.get("/quay")
    polled = " ".join(str(one["id"]) for one in whole.soup.select("[data-poll]"))
    part = visitor.get("/quay", headers={"X-Part": polled, "X-Poll": "1"})
    for one in polled.split():
        assert str(part.soup.select_one(f"#{one}")) == str(whole.soup.select_one(f"#{one}"))
    assert whole.soup.select_one("main") and not part.soup.select_one("main")
    assert visitor.get("/quay", headers={"X-Part": "hang-doi den"}).soup.select_one("#den"), "others: the page"


def test_says_what_to_do_first_with_the_next_act(site: Site) -> None:
    codes = [site.installation.filed()["code"] for _ in range(7)]
    page = site.person("counter").get("/quay")
    shown = [one.get_text(strip=True) for one in page.soup.select("#truoc tbody th a")]
    assert shown == codes[:5]
    assert "Chuyển" in page.soup.select("#truoc tbody td")[1].get_text()


def test_what_came_is_marked_new_until_seen(site: Site) -> None:
    code = site.installation.filed()["code"]
    site.installation.act("counter", code, "forward")
    specialist = site.person("specialist")
    page = specialist.get("/quay")
    assert code in page.soup.select_one("#den").text and "1 mới" in page.text  # type: ignore[union-attr]
    seen = specialist.follow(specialist.submit(page, "/quay/da-xem"))
    assert "1 mới" not in seen.text and code in seen.soup.select_one("#den").text  # type: ignore[union-attr]


def test_a_notice_is_shown_until_it_is_read_and_only_to_its_person(site: Site) -> None:
    code = site.installation.filed()["code"]
    site.installation.act("counter", code, "forward")
    given = site.installation.actor("specialist").person_id
    version = site.installation.version_of(code)
    answer = site.installation.person("leader").put(
        f"/api/v1/dossiers/{code}/assignment", {"person": given}, version=version
    )
    assert answer.status_code == 200, answer.text
    specialist = site.person("specialist")
    page = specialist.get("/quay")
    assert f"Anh/chị được giao hồ sơ này {code}" in page.text
    form = next(
        str(one["action"])
        for one in page.soup.select("form[action^='/quay/thong-bao/']")
        if "được giao" in one.parent.get_text()  # type: ignore[union-attr]
    )
    assert "được giao" not in site.person("colleague").get("/quay").text
    stranger = site.person("far-counter")
    csrf = stranger.get("/quay").soup.find("input", attrs={"name": "csrf"})["value"]  # type: ignore[index]
    stranger.post(form, status=404, csrf=csrf, key="k" * 24)
    assert "được giao" not in specialist.follow(specialist.submit(page, form)).text


@pytest.mark.parametrize(("who", "says"), [("nobody", "không giữ vai trò"), ("counter", "Không còn việc nào chờ")])
def test_the_empty_desk_says_why(site: Site, who: str, says: str) -> None:
    assert says in site.person(who).get("/quay").text
    assert "Good" in site.person(who).get("/quay", lang="en").text


def test_posts_need_their_token(site: Site) -> None:
    site.person("counter").post("/quay/da-xem", status=403)
    site.person("counter").get("/quay/da-xem", status=405)
    site.nobody().get("/quay", status=303)


def test_the_statements_are_few_whatever_there_is(both_sites: Site) -> None:
    counter = both_sites.person("counter")

    def statements() -> int:
        counter.get("/quay")
        with spoken(both_sites.installation.database) as told:
            counter.get("/quay")
        return len(told)

    both_sites.installation.filed()
    before = statements()
    for _ in range(5):
        both_sites.installation.filed()
    assert statements() == before <= 12


class TestKeys:
    def test_letters_are_switched_off_and_on_again(self, site: Site) -> None:
        counter = site.person("counter")
        page = counter.get("/quay/phim-tat")
        assert page.soup.body is not None and not page.soup.body.has_attr("data-no-keys")
        off = counter.follow(counter.submit(page, "/quay/phim-tat", phim="tat"))
        assert off.soup.body is not None and off.soup.body.has_attr("data-no-keys")
        on = counter.follow(counter.submit(off, "/quay/phim-tat", phim="bat"))
        assert on.soup.body is not None and not on.soup.body.has_attr("data-no-keys")

    def test_every_key_of_the_page_is_where_the_script_looks(self, site: Site) -> None:
        page = site.person("counter").get("/quay")
        keys = {str(one["data-key"]) for one in page.soup.select("[data-key]")}
        assert {"/", "?", "n", "g h"} <= keys
