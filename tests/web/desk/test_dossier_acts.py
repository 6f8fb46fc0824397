"""Every act on a dossier from its page: done once, refused with what was typed kept, and shown as a conflict."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest

from tests.file_samples import pdf
from tests.installation.trial_content import OTHER_AUTHORITY
from tests.web.site import Site

_WAYS = ("POST", "PUT", "PATCH", "DELETE")


@pytest.fixture
def code(site: Site) -> str:
    """A dossier that waits for a specialist."""
    code = str(site.installation.filed()["code"])
    site.installation.act("counter", code, "forward")
    return code


def _unnamed(rule: str) -> str:
    """The rule with its kinds of arguments, without their names, except the dossier's code."""
    return re.sub(r"<(\w+:)?(?!code>)\w+>", r"<\1>", rule)


def test_every_act_of_the_api_on_a_dossier_has_its_door(site: Site) -> None:
    rules = list(site.installation.app.url_map.iter_rules())
    api = {(way, _unnamed(one.rule)) for one in rules for way in one.methods or () if way in _WAYS}
    wanted = {
        one.removeprefix("/api/v1/dossiers/<code>/") + ("/removal" if way == "DELETE" else "")
        for way, one in api
        if one.startswith("/api/v1/dossiers/<code>/")
    }
    there = {
        one.removeprefix("/ho-so/<code>/") for way, one in api if way == "POST" and one.startswith("/ho-so/<code>/")
    }
    assert len(wanted) > 20
    assert wanted - there == set()


def test_a_step_is_taken_by_one_press_and_once(site: Site, code: str) -> None:
    visitor = site.person("specialist")
    page = visitor.get(f"/ho-so/{code}")
    button = page.soup.find("button", attrs={"name": "action", "value": "submit"})
    assert button is not None
    done = visitor.submit(page, f"/ho-so/{code}/actions", action="submit")
    again = visitor.submit(page, f"/ho-so/{code}/actions", action="submit")
    assert done.location == again.location == f"/ho-so/{code}"
    shown = visitor.follow(done)
    assert "Chờ ký" in shown.soup.h1.get_text()  # type: ignore[union-attr]
    journal = site.installation.person("counter").get(f"/api/v1/dossiers/{code}/journal").json["items"]
    assert [line["act"] for line in journal].count("submit") == 1


def test_a_request_for_papers_names_them_and_asks_a_reason(site: Site, code: str) -> None:
    visitor = site.person("specialist")
    form = visitor.get(f"/ho-so/{code}/lam/step/ask")
    assert {one["value"] for one in form.soup.select("input[name=ask_documents]")} == {"form", "card"}
    refused = visitor.submit(form, f"/ho-so/{code}/actions", status=422, reason="", ask_documents=["card"])
    assert "Phải ghi lý do" in refused.text
    marked = refused.soup.select("input[name=ask_documents][checked]")
    assert [one["value"] for one in marked] == ["card"]
    visitor.submit(refused, f"/ho-so/{code}/actions", reason="Ảnh mờ", ask_documents=["card"], ask_fields=["purpose"])
    journal = site.installation.person("counter").get(f"/api/v1/dossiers/{code}/journal").json["items"]
    assert journal[-1]["data"]["asks"] == {"documents": ["card"], "fields": ["purpose"]}


def test_a_step_can_choose_its_receiver(site: Site, code: str) -> None:
    visitor = site.person("specialist")
    form = visitor.get(f"/ho-so/{code}/lam/step/submit")
    people = form.soup.select("select[name=assignee] option")
    assert [one.get_text() for one in people] == ["theo quy tắc", "Người leader"]
    visitor.submit(form, f"/ho-so/{code}/actions", assignee=str(people[1]["value"]), reason="chị nhận")
    assert "Người leader đang giữ" in visitor.get(f"/ho-so/{code}").text


@pytest.mark.parametrize(
    ("who", "door", "noun", "fields", "act"),
    [
        ("specialist", "claim", "assignment/claim", {}, "claim"),
        ("counter", "note", "notes", {"text": "gọi lại <b>chiều</b>"}, "add_note"),
        ("counter", "rectify", "rectifications", {"fields.purpose": "mua nhà", "reason": "nhập sai"}, "rectify"),
        ("leader", "extend", "extensions", {"amount": "2", "reason": "chờ xác minh"}, "extend_deadline"),
        ("counter", "recall", "recalls", {"reason": "bấm nhầm"}, "recall"),
        ("counter", "renew-link", "link-renewals", {"reason": "mất giấy"}, "renew_link"),
        ("counter", "party", "parties", {"kind": "co_applicant", "name": "Trần Văn Bốn"}, "add_party"),
        ("counter", "withdraw", "withdrawals", {"reason": "đổi ý", "paper": "đơn ngày 02/03"}, "withdraw"),
        ("counter", "waive/fee", "fees/fee/waiver", {"receipt": "Điều 7"}, "settle_fee"),
        ("counter", "fee/fee", "fees/fee", {"method": "cash", "receipt": "BL 7", "vnd": "20.000"}, "settle_fee"),
        (
            "specialist",
            "ask",
            "verifications",
            {"office": f"X ({OTHER_AUTHORITY})", "question": "?"},
            "ask_verification",
        ),
        (
            "leader",
            "transfer",
            "transfers",
            {"office": OTHER_AUTHORITY, "reason": "đúng nơi", "legal": "Luật 1"},
            "transfer",
        ),
        (
            "counter",
            "heir",
            "successions",
            {"applicant.name": "Nguyễn Văn Con", "reason": "đã mất", "proof": "giấy chứng tử"},
            "succeed_applicant",
        ),
    ],
)
def test_an_act_is_done_from_its_form(
    site: Site, code: str, who: str, door: str, noun: str, fields: dict[str, Any], act: str
) -> None:
    visitor = site.person(who)
    form = visitor.get(f"/ho-so/{code}/lam/{door}")
    done = visitor.submit(form, f"/ho-so/{code}/{noun}", **fields)
    assert done.location == f"/ho-so/{code}"
    journal = site.installation.person("counter").get(f"/api/v1/dossiers/{code}/journal").json["items"]
    assert journal[-1]["act"] == act


def test_who_may_not_do_an_act_is_told_why_and_changes_nothing(site: Site, code: str) -> None:
    visitor = site.person("specialist")
    form = visitor.get(f"/ho-so/{code}/lam/withdraw")
    assert "chỉ cán bộ tiếp nhận" in form.text and form.soup.find("form", attrs={"data-main": True}) is None
    page = visitor.get(f"/ho-so/{code}")
    keys = {one["name"]: one["value"] for one in page.form(f"/ho-so/{code}/actions").select("input[type=hidden]")}
    version = site.installation.version_of(code)
    refused = visitor.post(f"/ho-so/{code}/withdrawals", status=403, reason="x", paper="y", **keys)
    assert "Không được phép" in refused.text
    assert site.installation.version_of(code) == version


def test_a_stale_form_shows_who_did_what_and_keeps_what_was_typed(site: Site, code: str) -> None:
    visitor = site.person("specialist")
    form = visitor.get(f"/ho-so/{code}/lam/step/ask")
    site.installation.act("leader", code, "stop", reason="vượt thẩm quyền")
    page = visitor.submit(form, f"/ho-so/{code}/actions", status=412, reason="Thiếu bản vẽ <i>móng</i>")
    assert "Người leader đã thực hiện “Dừng”" in page.text and "vượt thẩm quyền" in page.text
    before, now = page.soup.select("#truoc dd")[0].get_text(), page.soup.select("#nay dd")[0].get_text()
    assert (before, now) == ("Đang thẩm định", "Dừng")
    kept = page.soup.select_one("textarea[name=text]")
    assert kept is not None and "Thiếu bản vẽ <i>móng</i>" in kept.get_text()
    visitor.submit(page, f"/ho-so/{code}/notes")
    assert "Thiếu bản vẽ" in visitor.get(f"/ho-so/{code}").text


def test_a_stale_act_that_is_still_possible_can_be_sent_again(site: Site, code: str) -> None:
    visitor = site.person("specialist")
    form = visitor.get(f"/ho-so/{code}/lam/step/ask")
    site.person("counter").submit(
        site.person("counter").get(f"/ho-so/{code}/lam/rectify"),
        f"/ho-so/{code}/rectifications",
        **{"fields.purpose": "khác", "reason": "sai"},
    )
    page = visitor.submit(form, f"/ho-so/{code}/actions", status=412, reason="Ảnh mờ", ask_documents=["card"])
    assert page.soup.select_one("textarea[name=reason]").get_text().strip() == "Ảnh mờ"  # type: ignore[union-attr]
    visitor.submit(page, f"/ho-so/{code}/actions")
    assert "Chờ bổ sung" in visitor.get(f"/ho-so/{code}").soup.h1.get_text()  # type: ignore[union-attr]


def test_a_paper_is_added_seen_as_a_picture_downloaded_checked_and_removed(site: Site, code: str) -> None:
    visitor = site.person("specialist")
    form = visitor.get(f"/ho-so/{code}/lam/paper")
    file = (io.BytesIO(pdf()), "tờ khai.pdf")
    visitor.submit(form, f"/ho-so/{code}/documents", paper="card", file=file)
    page = visitor.get(f"/ho-so/{code}")
    number = page.soup.select_one("form[action$='/views']")["action"].split("/")[-2]  # type: ignore[index, union-attr]
    opened = visitor.follow(visitor.submit(page, f"/ho-so/{code}/documents/{number}/views"))
    image = opened.soup.select_one("img.page-picture")
    assert image is not None
    picture = visitor.client.get(str(image["src"]))
    assert picture.status_code == 200 and picture.data.startswith(b"\x89PNG")
    assert visitor.client.get(str(image["src"]).split("?")[0]).status_code == 403
    assert site.person("counter").client.get(str(image["src"])).status_code == 403
    csrf = opened.soup.select_one("input[name=csrf]")["value"]  # type: ignore[index]
    got = visitor.client.post(f"/ho-so/{code}/documents/{number}", data={"csrf": csrf})
    assert got.data == pdf() and got.headers["Content-Disposition"].startswith("attachment")
    rejected = visitor.get(f"/ho-so/{code}/lam/check/{number}")
    refused = visitor.submit(rejected, f"/ho-so/{code}/documents/{number}/check", status=422, accepted="false")
    assert "phải ghi giấy tờ sai ở điểm nào" in refused.text
    visitor.submit(refused, f"/ho-so/{code}/documents/{number}/check", accepted="false", reason="mờ")
    removal = visitor.get(f"/ho-so/{code}/lam/remove/{number}")
    visitor.submit(removal, f"/ho-so/{code}/documents/{number}/removal", reason="thay bản khác")
    journal = site.installation.person("counter").get(f"/api/v1/dossiers/{code}/journal").json["items"]
    assert [line["act"] for line in journal[-3:]] == ["add_document", "check_document", "remove_document"]


def test_an_ended_dossier_is_reopened_by_its_leader(site: Site, code: str) -> None:
    site.installation.act("leader", code, "stop", reason="sai")
    visitor = site.person("leader")
    form = visitor.get(f"/ho-so/{code}/lam/reopen")
    visitor.submit(form, f"/ho-so/{code}/reopenings", legal="Điều 5", reason="dừng nhầm")
    assert "Đang thẩm định" in visitor.get(f"/ho-so/{code}").soup.h1.get_text()  # type: ignore[union-attr]
