"""The editor without scripts: findings beside their lines with explanation and fix, parts, quick try, stories."""

from __future__ import annotations

import json
from typing import Any

from tests.web.admin.drafted import DRAFTS, file_of, made_from_version, place_of, without_errors
from tests.web.site import Site
from tests.web.visitor import Page, Visitor

STORY = """
procedure: "1.000001"
scenarios:
  - vi: Đường thường
    en: The usual way
    given: {filed: 2026-03-06 15:30, commune: "26740", province: "79", fields: {land.commune: "26740"}}
    steps:
      - {at: 2026-03-06 15:30, do: receive, by: counter, state: accepted}
      - {at: 2026-03-06 16:00, do: forward, by: counter, state: STATE}
"""


def _check(visitor: Visitor, page: Page, *, status: int = 200, headers: Any = None, **fields: str) -> Page:
    """Presses "Check", or another button that leads there."""
    place = place_of(page)
    form = page.form(place)
    sent = {str(one["name"]): str(one.get("value", "")) for one in form.select("input[name]")}
    sent |= {str(one["name"]): one.get_text().removeprefix("\n") for one in form.select("textarea[name]")}
    return visitor.post(f"{place}/kiem-tra", status=status, headers=headers, **{**sent, **fields})


def _rules(page: Page) -> list[str]:
    return [one["rule"] for one in json.loads(str(page.soup.select_one("#ket-qua")["data-findings"]))]  # type: ignore[index]


def test_errors_stand_at_their_lines_with_their_explanation(site: Site) -> None:
    admin = site.person("admin")
    page = made_from_version(admin)
    wrong = without_errors(page).replace("clock: paused", "clok: paused").replace("to: signing", "to: signng")
    checked = _check(admin, page, text=wrong)
    line = wrong.splitlines().index(next(one for one in wrong.splitlines() if "clok" in one)) + 1
    assert "2 lỗi: chưa lập kế hoạch được" in checked.text
    assert checked.soup.select_one(f"#con-loi a[href='#d{line}']") is not None
    beside = checked.soup.select_one(f"#d{line} ~ .finding")
    assert beside is not None and "Có phải ý bạn là" in beside.get_text() and "clock" in beside.get_text()
    assert "Vì sao" in checked.text and checked.soup.select_one("#con-loi details pre") is not None
    assert checked.soup.select_one("#ke-hoach button[aria-disabled]") is not None
    assert file_of(admin.get(place_of(page))) == file_of(page)  # checking saved nothing


def test_a_button_mends_one_word_and_another_all_of_them(site: Site) -> None:
    admin = site.person("admin")
    page = made_from_version(admin)
    good = without_errors(page)
    wrong = good.replace("clock: paused", "clok: paused").replace("to: signing", "to: signng")
    checked = _check(admin, page, text=wrong)
    button = checked.soup.select_one("#con-loi button[data-mend]")
    assert button is not None
    one = _check(admin, checked, sua=str(button["value"]))
    assert "Đã sửa 1 chỗ" in one.text and "clok" not in file_of(one) and "signng" in file_of(one)
    # The text went on meanwhile: the word is found where it stands now.
    moved = _check(admin, checked, text="# a line more\n" + wrong, sua=str(button["value"]))
    assert "clok" not in file_of(moved) and "signng" in file_of(moved)
    every = _check(admin, checked, sua="all")
    assert (
        "Đã sửa 2 chỗ" in every.text and file_of(every) == good and _rules(every) == ["missing-short", "silent-remind"]
    )
    assert "chưa lưu" in every.text


def test_parts_and_picture_follow_the_text(site: Site) -> None:
    admin = site.person("admin")
    page = made_from_version(admin)
    checked = _check(admin, page, text=without_errors(page))
    parts = {str(one.get_text()): str(one["href"]) for one in checked.soup.select("#muc a")}
    assert {"states", "actions", "sla"} <= parts.keys()
    assert checked.soup.select_one(parts["states"]).find_next("pre").get_text() == "states:"  # type: ignore[union-attr]
    assert checked.soup.select_one("#so-do svg.pic") is not None
    unreadable = _check(admin, page, text="procedure: [")
    assert "Chưa đọc được tệp" in unreadable.text and unreadable.soup.select_one("svg.pic") is None
    empty = _check(admin, page, text="")
    assert empty.soup.select_one("#con-loi") is not None


def test_a_quick_try_tells_the_due_moment_and_every_day(site: Site) -> None:
    admin = site.person("admin")
    page = made_from_version(admin)
    tried = _check(admin, page, luc="06/03/2026 15:30")
    assert "Hẹn trả 15:30 thứ Sáu 13/03/2026" in tried.text
    days = [one.get_text(" ", strip=True) for one in tried.soup.select("#thu tbody tr")]
    assert len(days) == 8 and "thứ Bảy 07/03/2026 không nghỉ hằng tuần" in days[1]
    assert "Giờ viết như" in _check(admin, page, luc="mai").text
    assert "không" in _check(admin, page, luc="06/03/1990 15:30").text.lower()
    assert "Hẹn trả" in _check(admin, page, luc="2026-03-06T15:30", lich="nowhere", nhanh="9").text


def test_stories_are_run_and_what_they_lack_is_named(site: Site) -> None:
    admin = site.person("admin")
    page = made_from_version(admin)
    text = without_errors(page)
    good = _check(admin, page, text=text, stories=STORY.replace("STATE", "checking"))
    assert good.soup.select_one("#chuyen .tag-good") is not None and "Đường thường" in good.text
    assert "Phần chưa có câu chuyện" in good.text
    wrong = _check(admin, page, text=text, stories=STORY.replace("STATE", "signing"))
    assert "chờ signing, được checking" in wrong.text
    assert "cau-chuyen.yaml:1:1" in _check(admin, page, text=text, stories="scenarios: [").text
    # While somebody types, what takes long is left out.
    polled = _check(admin, page, text=text, stories=STORY.replace("STATE", "checking"), headers={"X-Poll": "1"})
    assert polled.soup.select_one("svg.pic") is None and polled.soup.select_one("#chuyen .tag-good") is None


def test_completion_gets_the_keys_of_the_format_in_the_language_of_the_page(site: Site) -> None:
    admin = site.person("admin")
    for lang, wanted in (("vi", "số phiên bản"), ("en", "version number")):
        schema = json.loads(admin.get(f"{DRAFTS}/khoa", lang=lang).response.get_data(as_text=True))
        assert schema["properties"]["version"]["description"] == wanted


def test_a_hostile_file_is_text(site: Site) -> None:
    admin = site.person("admin")
    page = made_from_version(admin)
    hostile = 'procedure: "</textarea><script>x()</script>"\nname: {vi: "<img src=x onerror=x()>"}\n'
    checked = _check(admin, page, text=hostile, stories="</textarea><b>")
    assert file_of(checked) == hostile and checked.soup.select_one("script:not([src])") is None
    shown = admin.follow(admin.submit(checked, place_of(page)))
    assert shown.soup.select_one("h1 img") is None and "<img src=x" in shown.text


def test_a_file_of_the_largest_size_is_checked_and_a_larger_one_refused(site: Site) -> None:
    admin = site.person("admin")
    page = made_from_version(admin)
    _check(admin, page, status=422, text="#" + "x" * 262_144)
    admin.submit(page, place_of(page), status=422, text="é" * 140_000)
