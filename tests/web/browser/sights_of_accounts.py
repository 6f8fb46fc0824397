"""The pages of one's own account, in every state; signing in itself stands in ``sights.py``."""

from __future__ import annotations

from playwright.sync_api import Page

from cli.demo.people import PASSWORD
from tests.web.browser.journeys import SECURED
from tests.web.browser.sight import Sight, send, submit
from tests.web.browser.visitor import Visitor

FACTOR, CODE = "/tai-khoan/hai-lop", "/dang-nhap/ma-xac-thuc"


def _password_given(came: Visitor) -> None:
    send(came.go("/dang-nhap"), "main form", username=SECURED, password=PASSWORD)


def _wrong_code(page: Page) -> None:
    send(page, "main form", otp="000000")


def _wrong_password(page: Page) -> None:
    send(page, "main form", username=SECURED, password="khong-phai")


def _new_codes(page: Page) -> None:
    """New recovery codes are asked for: who it is has to be proven first."""
    send(page, f"form[action='{FACTOR}/ma-du-phong']")


def _proven(page: Page) -> None:
    _new_codes(page)
    if page.locator("[name=step_up_password]").count():
        page.locator("main details summary").first.click()
        send(page, "main form", step_up_password=PASSWORD)


ACCOUNT = [
    Sight("sign-in-wrong", "/dang-nhap", then=_wrong_password, like="sign-in"),
    Sight("code", CODE, first=_password_given, like="sign-in"),
    Sight("code-wrong", CODE, first=_password_given, then=_wrong_code, like="sign-in"),
    Sight("code-refused", CODE, first=_password_given, then=submit),
    Sight("own-second-factor", FACTOR, SECURED),
    Sight("own-step-up", FACTOR, SECURED, then=_new_codes),
    Sight("own-recovery-codes", FACTOR, SECURED, then=_proven),
    Sight("own-account", "/tai-khoan", SECURED),
]
