"""Walks one dossier through the demonstration and prints each step, a request of the person in charge."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from cli.demo import telling
from cli.demo.client import Client
from cli.demo.people import PASSWORD
from engine.errors import Refusal

DELIVERED_WITHIN = 30.0  # seconds


class NotDelivered(Refusal):
    """The worker did not deliver the notices of a dossier in time."""

    code = "demo-not-delivered"
    status = 500
    vi = "Chưa thấy đủ thông báo của hồ sơ {code}: có {found}."
    en = "The notices of dossier {code} did not all arrive: found {found}."


class Stage:
    """The environment of a demonstration: the address of the web process, the clock's file and the notice file."""

    def __init__(self, base: str, clock_file: Path, notice_file: Path) -> None:
        self.base, self._clock_file, self._notice_file = base, clock_file, notice_file
        self._clients: dict[str, Client] = {}
        self._now = ""

    def set_time(self, moment: str) -> None:
        """Sets the clock of every process at once (ISO 8601 with zone). On a new day everybody signs in again."""
        fresh = self._clock_file.with_suffix(".new")
        fresh.write_text(moment)
        fresh.replace(self._clock_file)
        if moment[:10] != self._now[:10]:
            self._clients.clear()
        self._now = moment

    @property
    def now(self) -> str:
        """The moment last set, or the real one where none was set."""
        return self._now or dt.datetime.now(dt.UTC).isoformat()

    def person(self, username: str) -> Client:
        """The session of one of the sample staff."""
        if username not in self._clients:
            self._clients[username] = Client(self.base, username, PASSWORD)
        return self._clients[username]

    def notices(self, code: str) -> list[dict[str, Any]]:
        """The notices about a dossier that the worker has delivered so far."""
        if not self._notice_file.exists():
            return []
        lines = (orjson.loads(line) for line in self._notice_file.read_bytes().splitlines())
        return [line for line in lines if line["data"].get("code") == code]

    def wait_for_notices(self, code: str, least: int) -> list[dict[str, Any]]:
        """Waits until the worker has delivered ``least`` notices about a dossier; returns them. Raises NotDelivered."""
        deadline = time.monotonic() + DELIVERED_WITHIN
        while time.monotonic() < deadline:
            found = self.notices(code)
            if len(found) >= least:
                return found
            time.sleep(0.1)
        raise NotDelivered(code=code, found=len(self.notices(code)))


class Walk:
    """One dossier, from filing to return."""

    def __init__(self, stage: Stage, clerk: str, filing: dict[str, Any]) -> None:
        self.stage = stage
        filed = stage.person(clerk).call("POST", "/api/v1/dossiers", filing)
        self.code: str = filed["code"]
        self.link_token: str = filed["link_token"]
        self.receipt_code: str = filed["receipt_code"]
        self.standing = filed
        self._reader = clerk
        telling.step(stage.now, clerk, "nộp và tiếp nhận" if filing.get("receive") else "nộp hồ sơ", filed)

    def act(self, who: str, action: str, **more: Any) -> None:
        """Takes an action of the workflow file as a member of staff."""
        body = {"action": action, **more}
        self._tell(who, action, lambda client: client.call("POST", self._path("actions"), body, self.version))

    def citizen(self, action: str, **more: Any) -> None:
        """Takes an action as the citizen, through the link on the receipt."""
        path = f"/api/v1/status/{self.link_token}/actions"
        self.standing = self.standing | Client(self.stage.base).call("POST", path, {"action": action, **more})
        self._refresh()
        telling.step(self.stage.now, "người nộp (liên kết)", action, self.standing)

    def attach(self, who: str, key: str, file_name: str, content: bytes) -> None:
        """Uploads a file as one of the dossier's documents."""
        client = self.stage.person(who)
        client.upload(self._path("documents"), self.version, key, file_name, content)
        self._refresh(who)

    def settle(self, who: str, key: str, method: str = "cash") -> None:
        """Pays a fee."""
        body = {"method": method, "receipt": f"BL-{self.code[-4:]}"}
        self._tell(who, f"thu {key}", lambda client: client.call("PUT", self._path(f"fees/{key}"), body, self.version))

    def show(self, who: str) -> dict[str, Any]:
        """The whole dossier, as one of its staff sees it."""
        return self.stage.person(who).call("GET", self._path())

    def explain(self, who: str) -> None:
        """Prints why the dossier is due when it is due."""
        telling.explanation(self.stage.person(who).call("GET", self._path("clock")))

    @property
    def version(self) -> int:
        return int(self.standing["version"])

    def _tell(self, who: str, what: str, request: Callable[[Client], dict[str, Any]]) -> None:
        self.standing = self.standing | request(self.stage.person(who))
        self._reader = who
        telling.step(self.stage.now, who, what, self.standing)

    def _refresh(self, who: str | None = None) -> None:
        self._reader = who or self._reader
        self.standing = self.standing | self.show(self._reader)

    def _path(self, part: str = "") -> str:
        return f"/api/v1/dossiers/{self.code}" + (f"/{part}" if part else "")
