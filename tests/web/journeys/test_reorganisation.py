"""A plan of a reorganisation in the browser, in each of its states."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from engine.jobs.reforms import carry_out
from tests.installation.june import DA_KAO, JULY, permit
from tests.installation.plans_of_reforms import planned
from tests.installation.world import open_world
from tests.web.admin.units.june_pages import june_pages
from tests.web.browser.accessibility import axe_itself, half_of_findings
from tests.web.browser.serving import served
from tests.web.browser.sight import send
from tests.web.browser.visitor import Visitor, visitor
from tests.web.desk.conftest import Office

LIST = "/quan-tri/sap-xep"


class Night:
    """The office of June, and a browser for each person."""

    def __init__(self, chromium: Browser, june: Office, base: str, stack: ExitStack) -> None:
        self.june, self.world, self._chromium, self._base, self._stack = june, june.world, chromium, base, stack

    def comes(self, name: str, language: str = "vi") -> Visitor:
        came = self._stack.enter_context(visitor(self._chromium, self._base, language))
        came.context.add_init_script(axe_itself())
        came.become(str(self.june.person(name).token))
        return came

    def later(self) -> None:
        self.world.at(JULY)
        self.june.forget()


@pytest.fixture
def night(chromium: Browser, tmp_path: Path) -> Iterator[Night]:
    with open_world("sqlite", tmp_path) as world, ExitStack() as stack:
        june = june_pages(world)
        base = stack.enter_context(served(june.installation.app))
        yield Night(chromium, june, base, stack)


def test_every_state_of_a_plan(night: Night, tmp_path: Path) -> None:
    permit(night.world)
    permit(night.world, DA_KAO, **{"land.hamlet": "Khu phố 1"})
    permit(night.world, DA_KAO)
    plan = planned(night.world, tmp_path)
    own, typed = f"{LIST}/{plan.digest}", plan.digest[:8]

    admin = night.comes("admin")
    page = admin.go(LIST)
    page.set_input_files("#file", str(plan.path))
    with page.expect_navigation():
        page.locator("#trinh button").click()
    assert half_of_findings(page) == []
    second = night.comes("admin2", "en")
    page = second.go(own)
    send(page, f"form[action='{own}/approvals']", typed="00000000")
    assert "not the number of this plan" in page.inner_text("main")
    assert half_of_findings(page, on_phone=True) == []
    send(page, f"form[action='{own}/approvals']", typed=typed)
    assert page.locator("#ap-dung button[aria-disabled]").count() == 1

    night.later()
    admin, chairman = night.comes("admin"), night.comes("chairman")
    page = admin.go(own)
    send(page, f"form[action='{own}/runs']")
    carry_out(night.world.runtime)
    page.wait_for_selector("#verdict:has-text('Đã áp dụng')")  # without loading the page again
    assert half_of_findings(page) == []
    page = chairman.go(own)
    assert page.locator("#cho tbody tr").count() == 2
    send(page, f"form[action='{own}/decisions']", legal="QĐ 5/QĐ-UBND")
    assert page.input_value("#legal") == "QĐ 5/QĐ-UBND"
    assert half_of_findings(page, on_phone=True) == []
    page.locator("#cho input[type=checkbox]").first.check()
    page.locator("#cho select").first.select_option(index=1)
    send(page, f"form[action='{own}/decisions']", reason="Theo danh sách của phường")
    assert page.locator("#cho tbody tr").count() == 1
