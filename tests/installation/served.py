"""An installation behind its HTTP interface, called in this process."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask

from api.app import RegisterPages
from engine.transaction import Runtime
from tests.installation.application import application, document_of
from tests.installation.caller import Caller
from tests.installation.installation import Installation
from tests.installation.runtime import NOW, runtime_over
from tests.installation.trial_content import TRIAL, filing


class ServedInstallation(Installation):
    """The interface over ``trial_content``, and the ways into it."""

    def __init__(self, runtime: Runtime, app: Flask) -> None:
        super().__init__(runtime)
        self.app = app
        self.document = document_of(app)
        self._callers: dict[str, Caller] = {}

    def anyone(self) -> Caller:
        return Caller(self.app, None, self.document)

    def person(self, name: str) -> Caller:
        """Someone of STAFF, with a session."""
        if name not in self._callers:
            self._callers[name] = Caller(self.app, self.token_of(name), self.document)
        return self._callers[name]

    def filed(self, **changes: Any) -> dict[str, Any]:
        """A dossier filed and received at CENTRE; the answer of the interface."""
        answer = self.person("counter").post("/api/v1/dossiers", filing(**changes))
        assert answer.status_code == 201, answer.text
        told: dict[str, Any] = answer.json
        return told

    def version_of(self, code: str) -> int:
        """The newest version, as the counter sees it."""
        return int(self.person("counter").get(f"/api/v1/dossiers/{code}").json["version"])

    def act(self, who: str, code: str, action: str, **more: Any) -> dict[str, Any]:
        """Takes an action on the newest version."""
        body = {"action": action, **more}
        answer = self.person(who).post(f"/api/v1/dossiers/{code}/actions", body, version=self.version_of(code))
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json
        return told


def open_installation(
    url: str,
    data: Path,
    *,
    now: Callable[[], dt.datetime] = lambda: NOW,
    render_form: Callable[..., bytes] | None = None,
    pages: RegisterPages | None = None,
    **environment: str,
) -> ServedInstallation:
    """The interface over a filled database, with ``pages`` where they are given."""
    runtime = runtime_over(url, data, now, **environment)
    return ServedInstallation(runtime, application(runtime, render_form=render_form, pages=pages))


def served_copy(folder: Path, **options: Any) -> ServedInstallation:
    """The interface over a SQLite copy of its own; ``options`` are those of ``open_installation``."""
    return open_installation(TRIAL.sqlite(folder), folder, **options)
