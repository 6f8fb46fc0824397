"""The simulator: a dossier walked step by step, with its state in the address."""

from __future__ import annotations

from urllib.parse import urlencode

from tests.web.admin.drafted import made_from_version, place_of, without_errors
from tests.web.site import Site
from tests.web.visitor import Page

AT = "/quan-tri/thu-tuc/thu"
START = [("phien-ban", "1.000001@1"), ("nhan", "06/03/2026 15:30")]


def _walk(site: Site, *steps: str, status: int = 200, more: tuple[tuple[str, str], ...] = ()) -> Page:
    query = urlencode([*START, *more, *(("buoc", one) for one in steps)])
    return site.person("admin").get(f"{AT}?{query}", status=status)


def _doors(page: Page) -> list[str]:
    return [str(one["value"]) for one in page.soup.select("button[name=lam]")]


def _states(page: Page) -> list[str]:
    return [row.select("td")[1].get_text(" ", strip=True) for row in page.soup.select("#da-di tbody tr")]


def test_it_begins_with_the_actions_of_the_first_state(site: Site) -> None:
    page = _walk(site)
    assert "Chưa có bước nào" in page.text
    assert _doors(page)[0] == "receive" and set(_doors(page)) == {"receive", "refuse", "withdraw", "settle", "wait"}


def test_each_step_tells_the_state_the_clock_and_each_day(site: Site) -> None:
    page = _walk(site, "2026-03-06T15:30 receive", "2026-03-06T16:00 forward")
    assert _states(page) == ["Đã tiếp nhận", "Đang thẩm định"]
    assert "đồng hồ đang chạy" in page.text and "Hẹn trả 15:30 thứ Sáu 13/03/2026" in page.text
    assert "thứ Bảy 07/03/2026 không nghỉ hằng tuần" in page.text
    paused = _walk(site, "2026-03-06T15:30 receive", "2026-03-06T16:00 forward", "2026-03-09T09:00 ask")
    assert "đồng hồ tạm dừng" in paused.text and "answer" in _doors(paused)


def test_a_button_takes_the_next_step_and_a_link_takes_it_back(site: Site) -> None:
    first = _walk(site, "2026-03-06T15:30 receive")
    kept = [str(one["value"]) for one in first.soup.select("input[name=buoc]")]
    assert kept == ["2026-03-06T15:30 receive"]
    second = _walk(site, *kept, more=(("luc", "06/03/2026 16:00"), ("lam", "forward")))
    assert _states(second) == ["Đã tiếp nhận", "Đang thẩm định"]
    back = next(one for one in second.soup.select("a") if "Bỏ bước cuối" in one.get_text())
    assert _states(site.person("admin").get(str(back["href"]))) == ["Đã tiếp nhận"]
    afresh = next(one for one in second.soup.select("a") if "Làm lại" in one.get_text())
    assert _states(site.person("admin").get(str(afresh["href"]))) == []


def test_a_refused_step_is_told_and_is_not_taken(site: Site) -> None:
    page = _walk(site, "2026-03-06T15:30 receive", "2026-03-06T14:00 forward")
    assert "Bước này không làm được" in page.text and "hãy xếp theo thời gian" in page.text
    assert _states(page) == ["Đã tiếp nhận"]
    assert [str(one["value"]) for one in page.soup.select("input[name=buoc]")] == ["2026-03-06T15:30 receive"]
    assert "Bước này không làm được" in _walk(site, "2026-03-06T15:30 sign").text


def test_a_fee_is_settled_where_a_guard_asks_for_it(site: Site) -> None:
    way = ("receive", "forward", "submit", "sign")
    steps = [f"2026-03-09T{8 + number:02}:00 {one}" for number, one in enumerate(way)]
    ready = _walk(site, *steps)
    assert "còn phải thu 50.000" in ready.text
    done = _walk(site, *steps, "2026-03-09T14:00 return")
    assert "kết thúc" in done.text and not _doors(done)
    assert _states(done)[-1] == "Đã trả"


def test_an_unknown_step_a_wrong_value_and_no_version_break_nothing(site: Site) -> None:
    assert _states(_walk(site, "2026-13-06T15:30 receive", "x", "2026-03-06T15:30 nothing-such")) == []
    assert "Hồ sơ mẫu chưa hợp lệ" in _walk(site, more=(("f.land.commune", "khong-co"),)).text
    admin = site.person("admin")
    for query in (
        "",
        "?phien-ban=9.999999@1",
        "?phien-ban=1.000001@99",
        "?nhap=77",
        "?phien-ban=1.000001&lich=nowhere",
    ):
        admin.get(f"{AT}{query}", status=404)
    assert "phiên bản 1" in admin.get(f"{AT}?phien-ban=1.000001").text


def test_a_draft_is_walked_before_it_is_published(site: Site) -> None:
    admin = site.person("admin")
    page = made_from_version(admin)
    tab = next(str(one["href"]) for one in page.soup.select(".tabs a") if AT in str(one["href"]))
    assert "có 1 lỗi" in admin.get(tab, status=422).text
    changed = without_errors(page).replace("total: 5", "total: 2")
    admin.submit(page, place_of(page), text=changed)
    walked = admin.get(f"{tab}&{urlencode([('nhan', '09/03/2026 08:00'), ('buoc', '2026-03-09T08:00 receive')])}")
    assert "Hẹn trả 17:00 thứ Ba 10/03/2026" in walked.text
    assert "Về bản nháp" in walked.text


def test_the_simulator_speaks_english(site: Site) -> None:
    query = urlencode([*START, ("buoc", "2026-03-06T15:30 receive")])
    page = site.person("admin").get(f"{AT}?{query}", lang="en")
    assert "The way so far" in page.text and "weekly rest" in page.text
