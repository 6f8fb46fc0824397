"""The pages of reorganisations: a plan is put up, approved, applied by the worker, decided on, and taken back."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from engine.acts.reform.drafts import ask_plan
from engine.errors import NotFound
from engine.jobs.reform_drafts import LEASE, make_plans
from engine.jobs.reforms import carry_out
from engine.store.reform_drafts import lease_draft, waiting_drafts
from engine.transaction import UnitOfWork
from tests.installation.june import DA_KAO, JULY, permit
from tests.installation.plans_of_reforms import planned
from tests.web.desk.conftest import Office
from tests.web.visitor import Page
from workflows.reform_files import REFORMS, read_reform

LIST = "/quan-tri/sap-xep"


def put_up(june: Office, folder: Path) -> str:
    """The address of a plan that ``admin`` put up."""
    plan = planned(june.world, folder)
    admin = june.person("admin")
    sent = (io.BytesIO(plan.path.read_bytes()), "plan.json")
    return str(admin.submit(admin.get(LIST), LIST, file=sent).location)


def approved(june: Office, folder: Path) -> str:
    """The address of a plan that ``admin2`` approved."""
    address = put_up(june, folder)
    second = june.person("admin2")
    second.submit(second.get(address), f"{address}/approvals", typed=address.rsplit("/", 1)[1][:8])
    return address


def applied(june: Office, folder: Path) -> str:
    """The address of a plan that was applied."""
    address = approved(june, folder)
    june.world.at(JULY)
    june.forget()
    admin = june.person("admin")
    admin.submit(admin.get(address), f"{address}/runs")
    carry_out(june.world.runtime)
    return address


def has(page: Page, action: str) -> bool:
    return page.soup.find("form", attrs={"action": action}) is not None


def test_a_plan_goes_its_whole_way(june: Office, tmp_path: Path) -> None:
    moves, waits = permit(june.world), permit(june.world, DA_KAO, **{"land.hamlet": "Khu phố 1"})
    assert "Chưa có kế hoạch" in june.person("admin").get(LIST).text
    address = put_up(june, tmp_path)
    own = june.person("admin").get(address)
    assert "2 hồ sơ: 1 tự chuyển, 1 chờ người quyết định, 0 không nơi nhận" in own.text
    assert not has(own, f"{address}/approvals"), "who put it up does not approve"
    second = june.person("admin2")
    digest = address.rsplit("/", 1)[1]
    wrong = second.submit(second.get(address), f"{address}/approvals", typed="00000000", status=422)
    assert "không phải mã của kế hoạch này" in wrong.text
    second.submit(wrong, f"{address}/approvals", typed=digest[:8])
    early = second.submit(second.get(address), f"{address}/runs", status=409)
    assert "chưa áp dụng được" in early.text

    june.world.at(JULY)
    june.forget()
    admin = june.person("admin")
    page = admin.get(address)
    begun = admin.submit(page, f"{address}/runs")
    admin.submit(page, f"{address}/runs")  # a double click
    assert admin.follow(begun).soup.select_one("#tien-do[data-poll]"), "the page follows what the worker does"
    carry_out(june.world.runtime)
    done = admin.get(address)
    assert "Đã áp dụng: 1 hồ sơ đã chuyển, 1 chờ người quyết định" in done.text
    assert not done.soup.select_one("[data-poll]")
    assert june.world.row(moves)["handler_office"] == "UB-26740"
    assert not has(done, f"{address}/decisions"), "an administrator decides for no province"

    chairman = june.person("chairman")
    mine = chairman.get(address)
    (key,) = [str(one["value"]) for one in mine.soup.select("input[name=groups]")]
    assert "Phường Đa Kao, Khu phố 1" in mine.text
    said = {"legal": "QĐ 5/QĐ-UBND", "reason": "Theo danh sách"}
    none = chairman.submit(mine, f"{address}/decisions", status=422, leave=("groups", "targets"), **said)
    assert "hãy chọn ít nhất một nhóm" in none.text.lower()
    chairman.submit(mine, f"{address}/decisions", groups=key, targets=f"{key}>26737", **said)
    assert june.world.row(waits)["handler_office"] == "UB-26737"
    again = {"key": "k" * 24, "groups": key, "targets": f"{key}>26740"}
    late = chairman.submit(mine, f"{address}/decisions", status=422, **again, **said)
    assert "không còn chờ" in late.text, "somebody had decided meanwhile"

    admin.submit(admin.get(address), f"{address}/reverts", reason="Thử")
    second = june.person("admin2")
    second.submit(second.get(address), f"{address}/approvals", typed=digest[:8])
    carry_out(june.world.runtime)
    assert "Đã hoàn lại: 2 hồ sơ" in second.get(address).text
    june.world.check()


def test_what_is_no_plan_is_refused_and_what_was_pasted_is_kept(june: Office) -> None:
    admin = june.person("admin")
    empty = admin.submit(admin.get(LIST), LIST, status=422)
    assert "hãy chọn tệp kế hoạch" in empty.text.lower()
    refused = admin.submit(admin.get(LIST), LIST, plan='{"no": "plan"}', status=422)
    assert "không phải kế hoạch dùng được" in refused.text
    assert '{"no": "plan"}' in refused.soup.select_one("textarea[name=plan]").text  # type: ignore[union-attr]


def test_a_plan_may_be_pasted_as_a_browser_sends_it(june: Office, tmp_path: Path) -> None:
    permit(june.world)
    text = planned(june.world, tmp_path).path.read_text().replace("\n", "\r\n")
    admin = june.person("admin")
    address = admin.submit(admin.get(LIST), LIST, plan=text).location
    kept = admin.client.get(f"{address}/ke-hoach.json")
    assert kept.get_data() == (tmp_path / "plan.json").read_bytes(), "the file is given back as it was planned"


def test_only_those_of_the_province_see_its_part(june: Office, tmp_path: Path) -> None:
    permit(june.world)
    address = put_up(june, tmp_path)
    chairman = june.person("chairman").get(address)
    assert "chỉ có phần của tỉnh anh/chị" in chairman.text
    assert "1 hồ sơ: 1 tự chuyển" in chairman.text
    june.person("chairman").post(f"{address}/approvals", status=403)
    june.person("counter").get(address, status=403)
    june.world.at(JULY)
    june.forget()
    elsewhere = june.person("monitor")  # of Đồng Nai
    assert "0 hồ sơ: 0 tự chuyển" in elsewhere.get(address).text
    assert "không có phần của anh/chị" in june.person("counter").get(LIST).text
    june.person("admin").get(f"{LIST}/{'0' * 64}", status=404)


def test_the_picture_and_its_table_say_the_same(june: Office, tmp_path: Path) -> None:
    for commune in ("26740", DA_KAO):
        permit(june.world, commune)
    page = june.person("admin").get(put_up(june, tmp_path) + "?tinh=79", lang="en")
    rows = [[cell.get_text() for cell in row.select("th, td")] for row in page.soup.select("#dong tbody tr")]
    assert sum(int(row[2]) for row in rows) == 2
    bands = [one.get_text() for one in page.soup.select("#dong path title")]
    assert sorted(bands) == sorted(f"{row[0]} → {row[1]}: {row[2]} dossier" for row in rows)
    assert "Waits for a person" in {row[1] for row in rows}


def test_a_plan_is_made_of_a_policy_then_put_up(june: Office, tmp_path: Path) -> None:
    permit(june.world)
    admin, where = june.person("admin"), f"{LIST}/chinh-sach"
    none = admin.submit(admin.get(LIST), where, status=422)
    assert "hãy chọn, tải lên hoặc dán" in none.text
    wrong = admin.submit(none, where, policy="reform: x\ndate: mai\n", status=422)
    assert "Dòng 2" in wrong.text and "date: mai" in wrong.text
    policy = (REFORMS / "2025-07-01.yaml").read_text()
    asked = admin.follow(admin.submit(wrong, where, policy=policy))
    assert "Đang lập" in asked.text
    assert make_plans(june.world.runtime) == 1 and make_plans(june.world.runtime) == 0
    made = admin.get(LIST)
    assert "Đã lập" in made.text
    address = f"{LIST}/{planned(june.world, tmp_path).digest}"
    page = admin.get(address)
    assert "1 hồ sơ: 1 tự chuyển" in page.text and not has(page, f"{address}/approvals")
    again = june.person("admin2")
    later = again.get(address)
    assert "Chờ phê duyệt" in admin.follow(admin.submit(page, f"{address}/proposals")).text
    again.submit(later, f"{address}/proposals", status=409)
    assert has(again.get(address), f"{address}/approvals")


def test_a_policy_that_cannot_be_planned_says_why(june: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    june.world.try_act("admin", ask_plan, read_reform(REFORMS / "2025-07-01.yaml", june.world.runtime.catalogue.map))

    def refuse(*_: object) -> None:
        raise NotFound(what="UB-X")

    monkeypatch.setattr("engine.jobs.reform_drafts.make_plan", refuse)
    assert make_plans(june.world.runtime) == 1
    page = june.person("admin").get(LIST)
    assert "Không lập được" in page.text and "UB-X" in page.text
    assert "UB-X" not in june.person("leader").get(LIST).text


def test_a_policy_whose_worker_was_killed_is_taken_up_again(june: Office) -> None:
    june.world.try_act("admin", ask_plan, read_reform(REFORMS / "2025-07-01.yaml", june.world.runtime.catalogue.map))

    def take(unit: UnitOfWork) -> bool:
        return lease_draft(unit.begin(), waiting_drafts(unit.begin(), unit.now)[0].id, unit.now, unit.now + LEASE)

    assert june.world.try_act("system", take)
    assert make_plans(june.world.runtime) == 0
    june.world.now += LEASE
    assert make_plans(june.world.runtime) == 1
