"""One birth registration walked through the pages, every form sent as a browser would: the end of ``demo --once``."""

from __future__ import annotations

import re

import click

from cli.demo import story, telling
from cli.demo.browser import Browser, Page, Value
from cli.demo.client import Unexpected
from cli.demo.people import PASSWORD
from cli.demo.walk import Stage

MORNING, NOON, AFTERNOON = (f"2026-03-03T{hour}:00+07:00" for hour in ("08:30", "10:40", "14:20"))
COUNTER, OFFICER, LEADER = "tiepnhan.saigon", "chuyenvien.saigon", "lanhdao.saigon"
_INTAKE = "/quay/tiep-nhan"
_LINK = re.compile(r"/h/([A-Za-z0-9_-]{32})")
_RECEIPT_CODE = re.compile(r"\b[0-9A-Z]{5}-[0-9A-Z]{5}\b")
_CODE = re.compile(rf"{_INTAKE}/([^/]+)/bien-nhan")


class PageWalk:
    """The people of one dossier, each with a browser."""

    def __init__(self, stage: Stage, result: bytes) -> None:
        self._stage, self._result = stage, result
        self._browsers: dict[str, Browser] = {}
        self.code = ""
        self._receipt_code = ""

    def go(self) -> None:
        """From the sign-in to the citizen who takes the result. Raises Unexpected, NoForm, NotDelivered."""
        telling.heading("5. Một hồ sơ qua các trang: đăng nhập, tiếp nhận, xử lý, ký, trả (through the pages)")
        self._stage.set_time(MORNING)
        self._receive()
        self._step(COUNTER, "forward", "chuyển xử lý")
        self._stage.set_time(NOON)
        self._step(OFFICER, "submit", "trình ký")
        self._sign()
        self._stage.set_time(AFTERNOON)
        self._step(COUNTER, "return", "trả kết quả")
        self._citizen()

    def _receive(self) -> None:
        """The counter chooses the procedure, fills in the form, and receives."""
        browser = self._signed_in(COUNTER)
        filing = story.birth_filing("")
        chosen = browser.send(browser.open(_INTAKE), _INTAKE, {"procedure": filing["procedure"]}, to=f"{_INTAKE}/nhap")
        given: dict[str, Value] = {"procedure": filing["procedure"], "act": "receive"}
        told = {name: filing["applicant"][name] for name in ("name", "identity_number", "phone", "email", "address")}
        given |= {f"applicant.{name}": value for name, value in told.items()}
        given |= {"applicant.commune": filing["applicant"]["commune"]}
        given |= {f"fields.{key}": _typed(value) for key, value in filing["fields"].items()}
        given |= {f"papers.{one['key']}.tick": "on" for one in filing["documents"]}
        receipt = browser.send(chosen, _INTAKE, given)
        found = _CODE.search(receipt.path)
        if found is None:
            raise Unexpected(method="POST", path=receipt.path, status=200, body=receipt.text[:600])
        self.code = found.group(1)
        self._receipt_code = next(iter(_RECEIPT_CODE.findall(receipt.text)), "")
        self._tell(COUNTER, "tiếp nhận và in", receipt)

    def _step(self, who: str, action: str, words: str) -> None:
        """Takes a step of the procedure on its form."""
        browser = self._signed_in(who)
        form = browser.open(f"/ho-so/{self.code}/lam/step/{action}")
        self._tell(who, words, browser.send(form, f"/ho-so/{self.code}/actions"))

    def _sign(self) -> None:
        """The leader attaches the result, sees its hash, and signs."""
        browser = self._signed_in(LEADER)
        seen = browser.open(f"/ky?xem={self.code}")
        file = ("giay-khai-sinh.pdf", self._result, "application/pdf")
        seen = browser.send(seen, f"/ky/{self.code}/ket-qua", {"tep": file})
        chosen = next((value for name, value in seen.boxes if name == "chon" and self.code in value), None)
        if chosen is None:
            raise Unexpected(method="GET", path=seen.path, status=200, body=f"{self.code}: {seen.text[:600]}")
        self._tell(LEADER, "ký", browser.send(seen, "/ky", {"chon": chosen}))

    def _citizen(self) -> None:
        """The citizen opens the link of the notice, sees that it is done, and takes the result."""
        notices = self._stage.wait_for_notices(self.code, least=3)
        link = next(found for notice in notices if (found := _LINK.search(notice["body"])))
        browser = Browser(self._stage.base)
        page = browser.open(f"/h/{link.group(1)}")
        self._tell("người nộp (liên kết)", "mở liên kết", page)
        asked = browser.open(f"/h/{self.code}/ket-qua")
        taken = browser.send(asked, f"/h/{self.code}/ket-qua", {"receipt_code": self._receipt_code})
        if not taken.content.startswith(b"%PDF"):
            raise Unexpected(method="POST", path=taken.path, status=200, body=taken.text[:600])
        click.echo(f"    ⇩ kết quả (result): {len(taken.content)} byte")

    def _signed_in(self, who: str) -> Browser:
        """The browser of a person, who signs in anew: a session ends after thirty minutes without a request."""
        browser = self._browsers[who] = Browser(self._stage.base)
        browser.send(browser.open("/dang-nhap"), "/dang-nhap", {"username": who, "password": PASSWORD})
        return browser

    def _tell(self, who: str, what: str, page: Page) -> None:
        state = self._stage.person(COUNTER).call("GET", f"/api/v1/dossiers/{self.code}")
        telling.step(self._stage.now, who, what, state)
        click.echo(f"    {page.path}")


def _typed(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
