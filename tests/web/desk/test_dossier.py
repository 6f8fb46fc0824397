"""The page of one dossier: what it shows to whom, its filters, presence, looks, and the statements that it takes."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from tests.installation.trial_content import OTHER_AUTHORITY
from tests.web.site import Site
from web.desk.dossier import ticket

HOSTILE = "<script>alert(1)</script> & \"'{{ 7 * 7 }}"


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
    assert code in page.text and "079300012345" not in page.text and "0901234567" not in page.text
    assert ("Vì sao chưa làm được" if lang == "vi" else "Why is the rest not possible") in page.text


def test_the_steps_have_keys_in_the_order_shown_and_say_where_they_lead(site: Site, code: str) -> None:
    page = site.person("specialist").get(f"/ho-so/{code}")
    steps = page.form(f"/ho-so/{code}/actions").select("[data-key]")
    assert [one["data-key"] for one in steps] == ["1", "2"]
    assert "Trình ký : Chờ ký · Lãnh đạo · UBND 26740" in page.text


@pytest.mark.parametrize("who", ["other-counter", "far-counter", "nobody", "admin"])
def test_who_has_no_part_in_it_finds_nothing(site: Site, code: str, who: str) -> None:
    for path in ("", "/lam/note", "/nguoi-nop", "/giay-to/1"):
        site.person(who).get(f"/ho-so/{code}{path}", status=404)


def test_a_monitor_sees_and_does_nothing(site: Site, code: str) -> None:
    page = site.person("monitor").get(f"/ho-so/{code}")
    assert page.soup.find("form", attrs={"action": f"/ho-so/{code}/actions"}) is None
    assert page.soup.find("form", attrs={"action": f"/ho-so/{code}/notes"}) is None
    assert "Lượt xem" in page.text
    assert "Chưa ai xem" in site.person("monitor").get(f"/ho-so/{code}?loc=xem").text
    assert "Lượt xem" not in site.person("specialist").get(f"/ho-so/{code}?loc=xem").text


def test_an_office_that_was_asked_sees_its_question_alone(site: Site, code: str) -> None:
    asking, other = site.person("specialist"), site.person("other-specialist")
    form = asking.get(f"/ho-so/{code}/lam/ask")
    asking.submit(form, f"/ho-so/{code}/verifications", office=OTHER_AUTHORITY, question="Có tranh chấp không?")
    page = other.get(f"/ho-so/{code}")
    assert "Có tranh chấp không?" in page.text and "Nguyễn Thị Đào" not in page.text
    answer = other.get(str(page.soup.select_one("a.btn-primary")["href"]))  # type: ignore[index]
    assert "Nguyễn Thị Đào" not in answer.text
    number = str(page.soup.select_one("a.btn-primary")["href"]).split("/")[-1]  # type: ignore[index]
    other.submit(answer, f"/ho-so/{code}/verifications/{number}", confirmed="true", answer="Không có")
    assert "Không có" in asking.get(f"/ho-so/{code}").text
    other.get(f"/ho-so/{code}/lam/note", status=404)


def test_the_applicant_is_unmasked_for_a_reason_which_is_written_down(site: Site, code: str) -> None:
    visitor = site.person("counter")
    form = visitor.get(f"/ho-so/{code}/nguoi-nop")
    assert "079300012345" not in form.text
    refused = visitor.submit(form, f"/ho-so/{code}/personal-data-views", status=422)
    seen = visitor.follow(visitor.submit(refused, f"/ho-so/{code}/personal-data-views", reason="gọi điện hẹn"))
    assert "079300012345" in seen.text and "Nguyễn Văn Cha" in seen.text
    assert "079300012345" not in site.person("specialist").get(seen.response.request.full_path).text
    looks = site.installation.person("admin").get(f"/api/v1/personal-data-views?dossier={code}").json["items"]
    assert [(one["what"], one["reason"]) for one in looks] == [("applicant", "gọi điện hẹn")]


def test_the_address_of_a_look_shows_nothing_once_it_has_ended(
    site: Site, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = site.person("counter")
    monkeypatch.setattr(ticket, "LASTS", -ticket.LASTS)
    form = visitor.get(f"/ho-so/{code}/nguoi-nop")
    led = visitor.submit(form, f"/ho-so/{code}/personal-data-views", reason="gọi điện hẹn")
    assert "079300012345" not in visitor.follow(led).text


def test_hostile_words_are_shown_as_words(site: Site) -> None:
    filed = site.installation.filed(applicant={"kind": "citizen", "name": HOSTILE}, note=HOSTILE)
    code, visitor = str(filed["code"]), site.person("counter")
    form = visitor.get(f"/ho-so/{code}/lam/note")
    visitor.submit(form, f"/ho-so/{code}/notes", text=HOSTILE)
    page = visitor.get(f"/ho-so/{code}")
    assert page.text.count(HOSTILE) >= 3
    assert all(one.get("src") for one in page.soup.find_all("script"))


def test_the_journal_is_shown_by_kind(site: Site, code: str) -> None:
    visitor = site.person("specialist")
    number = visitor.get(f"/ho-so/{code}").soup.select_one("form[action$='/check']")["action"].split("/")[-2]  # type: ignore[index, union-attr]
    visitor.submit(visitor.get(f"/ho-so/{code}"), f"/ho-so/{code}/documents/{number}/check", accepted="true")
    papers = visitor.get(f"/ho-so/{code}?loc=giay-to").soup.select("#nhat-ky .timeline li")
    assert len(papers) == 1 and "Kiểm tra giấy tờ" in papers[0].get_text()
    acts = visitor.get(f"/ho-so/{code}?loc=viec").soup.select("#nhat-ky .timeline li")
    assert len(acts) == 3
    assert "đã gửi" in visitor.get(f"/ho-so/{code}?loc=thong-bao").text


def test_others_are_shown_while_they_have_it_open_and_whether_they_type(site: Site, code: str) -> None:
    leader, visitor = site.person("leader"), site.person("specialist")
    page = leader.get(f"/ho-so/{code}")
    assert "Người leader đang mở hồ sơ này" in visitor.get(f"/ho-so/{code}").text
    assert "Người leader" not in page.soup.select_one("#presence").get_text()  # type: ignore[union-attr]
    csrf = page.soup.select_one("input[name=csrf]")["value"]  # type: ignore[index]
    leader.post(f"/ho-so/{code}/presence", status=200, csrf=csrf, typing="1")
    assert "đang nhập" in visitor.get(f"/ho-so/{code}").text
    leader.post(f"/ho-so/{code}/presence", status=403, typing="1")


def test_opening_it_stops_the_recall_and_tells_the_new_version(site: Site, code: str) -> None:
    visitor = site.person("specialist")
    page = visitor.get(f"/ho-so/{code}")
    assert page.soup.select_one("[data-opening]") is not None
    csrf = page.soup.select_one("input[name=csrf]")["value"]  # type: ignore[index]
    opened = visitor.post(f"/ho-so/{code}/opening", status=204, csrf=csrf)
    assert opened.response.headers["X-Version"] == str(site.installation.version_of(code))
    assert "người nhận đã mở hồ sơ" in site.person("counter").get(f"/ho-so/{code}/lam/recall").text
    assert visitor.get(f"/ho-so/{code}").soup.select_one("[data-opening]") is None


def test_an_act_goes_on_to_the_next_of_the_list(site: Site, code: str) -> None:
    second = str(site.installation.filed()["code"])
    site.installation.act("counter", second, "forward")
    visitor = site.person("specialist")
    first = visitor.get(f"/ho-so/{code}?trong=hang%3Ddang-xu-ly")
    assert first.soup.select_one("a[rel=next]")["href"].startswith(f"/ho-so/{second}?")  # type: ignore[index, union-attr]
    done = visitor.submit(first, f"/ho-so/{code}/actions", action="submit", then="next")
    assert done.location.startswith(f"/ho-so/{second}?trong=")
    last = visitor.submit(visitor.follow(done), f"/ho-so/{second}/actions", action="submit", then="next")
    assert last.location == "/ho-so?hang=dang-xu-ly"


def test_the_statements_of_the_page_are_bounded(both_sites: Site) -> None:
    site = both_sites
    code = str(site.installation.filed()["code"])
    site.installation.act("counter", code, "forward")
    visitor, asked = site.person("specialist"), list[str]()
    visitor.get(f"/ho-so/{code}")
    event.listen(site.installation.database, "before_cursor_execute", lambda *given: asked.append(given[2]))
    visitor.get(f"/ho-so/{code}")
    assert len([one for one in asked if one not in ("BEGIN", "ROLLBACK")]) <= 10, "\n".join(asked)
