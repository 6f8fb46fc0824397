"""The lists of the desk: queues, filters, columns, search, saved views, and what marked lines are good for."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from bs4 import Tag

from tests.installation.trial_content import filing
from tests.spoken import spoken
from tests.web.site import Site
from tests.web.visitor import Page


def codes(page: Page) -> list[str]:
    return [str(box["value"]).split("@")[0] for box in page.soup.select("input[name=chon]")]


def named(name: str) -> dict[str, object]:
    usual: dict[str, object] = filing()["applicant"]
    return usual | {"name": name, "identity_number": None}


@pytest.fixture
def three(site: Site) -> list[str]:
    """Two dossiers at the counter, one at the specialist."""
    filed = [site.installation.filed()["code"] for _ in range(3)]
    site.installation.act("counter", filed[2], "forward")
    return filed


def test_shows_what_the_desk_must_act_on_and_opens_it_within_the_list(site: Site, three: list[str]) -> None:
    page = site.person("counter").get("/ho-so")
    assert codes(page) == three[:2] and page.soup.h1 is not None
    row = page.soup.find("tr", attrs={"data-open": True})
    assert isinstance(row, Tag) and row["data-open"] == f"/ho-so/{three[0]}?trong=-"
    assert "Nguyễn Thị Đào" in page.text and "Còn " in page.text
    assert codes(site.person("specialist").get("/ho-so?hang=dang-xu-ly")) == [three[2]]
    assert codes(site.person("far-counter").get("/ho-so?pham-vi=tat-ca")) == []


def test_everything_that_one_may_see_is_one_click_away(site: Site, three: list[str]) -> None:
    assert set(codes(site.person("counter").get("/ho-so?pham-vi=tat-ca"))) == set(three)


@pytest.mark.parametrize("text", ["dao", "NGUYEN THI ĐÀO", "0901234567", "thị đào"])
def test_a_search_needs_no_accents_and_looks_beyond_the_desk(site: Site, three: list[str], text: str) -> None:
    page = site.person("counter").get(f"/ho-so?q={quote(text)}")
    assert set(codes(page)) == set(three)
    assert codes(site.person("counter").get("/ho-so?q=khong-ai-ten-nay")) == []
    assert codes(site.person("far-counter").get(f"/ho-so?q={quote(text)}")) == []


def test_everything_is_listed_newest_first_unless_asked_otherwise(site: Site, three: list[str]) -> None:
    counter = site.person("counter")
    assert codes(counter.get("/ho-so?pham-vi=tat-ca")) == three[::-1]
    assert codes(counter.get("/ho-so?pham-vi=tat-ca&xep=han")) == three


def test_a_code_finds_its_dossier(site: Site, three: list[str]) -> None:
    assert codes(site.person("counter").get(f"/ho-so?q={three[1]}")) == [three[1]]


@pytest.mark.parametrize(
    ("query", "many"),
    [
        ("giu=toi", 0),
        ("giu=chua-ai", 2),
        ("giu=viec-cua-toi", 2),
        ("hang=moi-tiep-nhan", 2),
        ("hang=qua-han", 0),
        ("hang=trinh-ky", 0),
        ("den=01/01/2020", 0),
        ("den=31/12/2030", 2),
        ("kenh=portal", 0),
        ("kenh=counter&xep=moi", 2),
        ("nguon=ngoai", 0),
        ("nguon=trong", 2),
        ("tt=khong-co", 0),
        ("so=25&cot=ma,han", 2),
    ],
)
def test_the_address_is_the_list(site: Site, three: list[str], query: str, many: int) -> None:
    page = site.person("counter").get(f"/ho-so?{query}")
    assert len(codes(page)) == many
    counted = page.soup.select_one("#dem")
    assert counted is not None and counted.text.startswith(f"{many} hồ sơ")


@pytest.mark.parametrize(
    "query",
    ["sau=xyz", "hang=nope", "den=99/99/9999", "so=1000000", "tinh-trang=ba", "cot=x", "giu=1&buoc=%27"],
)
def test_what_cannot_be_read_counts_as_not_given(site: Site, three: list[str], query: str) -> None:
    assert site.person("counter").get(f"/ho-so?{query}").status == 200


def test_columns_are_chosen_in_the_address(site: Site, three: list[str]) -> None:
    heads = [
        one.get_text(strip=True)
        for one in site.person("counter").get("/ho-so?c=ngay-nop&c=kenh").soup.select("th[scope=col]")
    ]
    assert heads == ["Chọn", "Mã hồ sơ", "Ngày nộp", "Cách nộp"]


def test_hostile_names_are_shown_as_text(site: Site) -> None:
    site.installation.filed(applicant={**named("<img src=x onerror=alert(1)>")})
    page = site.person("counter").get("/ho-so?q=<script>alert(1)</script>")
    assert page.soup.find("img") is None and all(not one.get_text() for one in page.soup.find_all("script"))
    assert "<img src=x" in site.person("counter").get("/ho-so").text


def test_pages_follow_each_other(site: Site) -> None:
    filed = [site.installation.filed()["code"] for _ in range(27)]
    first = site.person("counter").get("/ho-so?so=25")
    following = first.soup.find("a", rel="next")
    assert isinstance(following, Tag) and len(codes(first)) == 25
    second = site.person("counter").get(str(following["href"]))
    assert sorted(codes(first) + codes(second)) == sorted(filed)


def test_both_languages_and_the_empty_list(site: Site) -> None:
    english = site.person("counter").get("/ho-so", lang="en")
    assert "There are no dossiers here" in english.text and "hồ sơ nào" not in english.text
    assert "Không có hồ sơ nào ở đây" in site.person("counter").get("/ho-so").text
    assert "Không có hồ sơ nào khớp" in site.person("counter").get("/ho-so?tt=1.2").text


@pytest.mark.parametrize("who", ["monitor", "nobody", "admin", "leader"])
def test_everybody_of_the_staff_has_a_list_of_what_they_may_see(site: Site, three: list[str], who: str) -> None:
    page = site.person(who).get("/ho-so?pham-vi=tat-ca")
    expected = {"monitor": set(three), "leader": set(three)}.get(who, set())
    assert set(codes(page)) == expected


def test_a_stranger_is_sent_to_sign_in(site: Site) -> None:
    assert site.nobody().get("/ho-so?hang=qua-han", status=303).location.startswith("/dang-nhap?tiep=/ho-so")


def test_the_statements_do_not_depend_on_the_number_of_lines(both_sites: Site) -> None:
    counter = both_sites.person("counter")

    def statements() -> int:
        counter.get("/ho-so")
        with spoken(both_sites.installation.database) as told:
            counter.get("/ho-so")
        return len(told)

    both_sites.installation.filed()
    before = statements()
    for _ in range(6):
        both_sites.installation.filed()
    assert statements() == before <= 20


class TestChoosing:
    def test_only_what_is_allowed_for_all_is_a_button(self, site: Site, three: list[str]) -> None:
        counter = site.person("counter")
        page = counter.submit(counter.get("/ho-so"), "/ho-so/chon", status=200, chon=[f"{three[0]}@2", f"{three[1]}@2"])
        offered = {button["value"] for button in page.soup.select("#thanh button[name=viec]")}
        assert {"claim", "step:forward"} <= offered
        everything = counter.get("/ho-so?pham-vi=tat-ca")
        mixed = counter.submit(everything, "/ho-so/chon", status=200, chon=[f"{code}@2" for code in three])
        assert "step:forward" not in {button["value"] for button in mixed.soup.select("#thanh button[name=viec]")}
        assert "2 trong 3 hồ sơ làm được" in mixed.text

    def test_the_marked_lines_can_be_printed(self, site: Site, three: list[str]) -> None:
        counter = site.person("counter")
        page = counter.submit(counter.get("/ho-so"), "/ho-so/chon", status=200, chon=[f"{three[0]}@2", f"{three[1]}@2"])
        link = page.soup.select_one("#thanh a[href^='/in?']")
        assert link is not None
        typed = counter.get(str(link["href"])).soup.select_one("textarea[name=ma]")
        assert typed is not None and set(typed.get_text().split()) == set(three[:2])

    def test_more_than_a_print_takes_are_not_offered_to_it(
        self, site: Site, three: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("web.desk.queue.MOST_PRINTED", 1)
        counter = site.person("counter")
        page = counter.submit(counter.get("/ho-so"), "/ho-so/chon", status=200, chon=[f"{three[0]}@2", f"{three[1]}@2"])
        assert page.soup.select_one("#thanh a[href^='/in?']") is None
        assert "mỗi lần tối đa 1 hồ sơ" in page.text

    def test_the_whole_list_can_be_chosen(self, site: Site, three: list[str]) -> None:
        counter = site.person("counter")
        page = counter.submit(counter.get("/ho-so?hang=moi-tiep-nhan"), "/ho-so/chon", status=200, ca="1")
        assert {str(one["value"]).split("@")[0] for one in page.soup.select("input[name=chon]")} == set(three[:2])

    def test_what_one_does_not_see_is_left_out(self, site: Site, three: list[str]) -> None:
        far = site.person("far-counter")
        page = far.submit(far.get("/quay/phim-tat"), "/quay/phim-tat", phim="bat")
        csrf = far.get("/quay").soup.find("input", attrs={"name": "csrf"})["value"]  # type: ignore[index]
        page = far.post("/ho-so/chon", status=200, csrf=csrf, chon=[f"{three[0]}@2"])
        assert three[0] not in page.text and "Chưa chọn hồ sơ nào" in page.text

    def test_no_token_no_answer(self, site: Site, three: list[str]) -> None:
        site.person("counter").post("/ho-so/chon", status=403, chon=[three[0]])
