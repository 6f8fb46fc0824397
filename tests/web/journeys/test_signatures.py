"""Signatures in the browser: asked for in the app, refused, asked again, signed; a printed result is checked."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from engine.jobs.remote_signing import sign_due
from engine.store.result_checks import result_checks
from tests.doubles.standing_provider import StandingStill
from tests.installation.town import LEADER
from tests.web.browser.accessibility import axe_itself, findings
from tests.web.browser.journeys import Journeys
from tests.web.journeys.test_desk import RESULT

both = pytest.mark.parametrize("language", ["vi", "en"])


def looked_at(page: Page, name: str) -> None:
    """Nothing is wrong with the page; its picture is kept where MOTCUA_PICTURES says."""
    if folder := os.environ.get("MOTCUA_PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)
    assert findings(page) == []


def pressed(page: Page, selector: str) -> None:
    with page.expect_navigation():
        page.click(selector)


@both
def test_a_leader_signs_with_the_app(journeys: Journeys, language: str) -> None:
    town, provider = journeys.town, StandingStill()
    served = town.app.extensions["motcua"]
    town.app.extensions["motcua"] = replace(served, runtime=replace(served.runtime, remote=provider))
    town.runtime = replace(town.runtime, remote=provider)

    def go() -> None:
        town.now += dt.timedelta(seconds=10)
        sign_due(town.runtime, 30)

    known = town.known["to_sign"]
    came = journeys.staff(LEADER, language)
    came.context.add_init_script(axe_itself())
    page = came.go(f"/ky?ma={known.code}")
    looked_at(page, f"ky-{language}")
    page.set_input_files("[name=tep]", RESULT)  # type: ignore[arg-type]  # a file in memory
    pressed(page, f"form[action='/ky/{known.code}/ket-qua'] button")
    page.check(f"input[name=chon][value*='{known.code}']")
    pressed(page, "button[formaction='/ky/tu-xa']")
    looked_at(page, f"dang-gui-{language}")
    go()
    page.reload()
    looked_at(page, f"cho-xac-nhan-{language}")
    looked_at(came.go("/ky/tu-xa"), f"danh-sach-{language}")
    came.go("/ky")
    looked_at(came.page, f"ky-dang-cho-{language}")
    provider.say("refused")
    go()
    page = came.go("/ky/tu-xa")
    page.click("tbody a")
    looked_at(page, f"tu-choi-{language}")
    assert town.state(known) == "signing"
    pressed(page, "form[action$='/hoi-lai'] button")
    provider.say("signed")
    go()
    go()
    page.reload()
    looked_at(page, f"da-ky-{language}")
    assert town.state(known) == "ready"


@both
def test_whoever_holds_a_result_checks_it(journeys: Journeys, language: str, tmp_path: Path) -> None:
    town = journeys.town
    with town.reading() as connection:
        token = connection.execute(select(result_checks.c.token)).scalars().first()
    came = journeys.visit(language)
    came.context.add_init_script(axe_itself())
    looked_at(came.go(f"/kiem-tra/{token}"), f"kiem-tra-{language}")
    other = tmp_path / "other.pdf"
    other.write_bytes(b"%PDF-1.7 another")
    came.page.set_input_files("[name=tep]", str(other))
    pressed(came.page, "main form button")
    looked_at(came.page, f"tep-khac-{language}")
    citizen = journeys.applicant("ready", language)
    citizen.context.add_init_script(axe_itself())
    looked_at(citizen.go(f"/h/{town.known['ready'].code}/ket-qua"), f"ket-qua-{language}")
