"""How often an act speaks to the database: statements, and round trips on the wire as libpq saw them."""

from __future__ import annotations

import io
import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from api.app import create_app
from benchmarks.ground import WARD, WHY, Ground
from tests.installation.filings import PDF, PERMIT, filing
from tests.spoken import spoken

WARM_WALKS = 6
"""Until connections are open, statements are built, the catalogue is read, and every connection has prepared what it
says again."""
_TABLE = re.compile(r"(?:FROM|INTO|UPDATE)\s+(\w+)")


@dataclass(slots=True)
class Spoken:
    """What one request said: statements by kind, and how often it waited for an answer of the server."""

    statements: list[str] = field(default_factory=list)
    trips: int = 0

    @property
    def kinds(self) -> str:
        """Such as ``8 S, 1 U, 4 I``."""
        counted = Counter(statement.lstrip()[0].upper() for statement in self.statements)
        return ", ".join(f"{count} {letter}" for letter, count in counted.most_common())

    @property
    def tables(self) -> list[str]:
        """Each statement's verb and first table, in order."""
        found = []
        for statement in self.statements:
            named = _TABLE.search(statement)
            found.append(f"{statement.split()[0]} {named.group(1) if named else ''}")
        return found


class Listener:
    """Hears every statement of an SQLAlchemy engine, and every message of its psycopg connections."""

    def __init__(self, database: Engine) -> None:
        self._database = database
        self._trace = Path(tempfile.mkstemp(prefix="wire-")[1])
        self._file = os.open(self._trace, os.O_WRONLY | os.O_APPEND)
        self._read = 0
        event.listen(database, "connect", self._connected)

    @contextmanager
    def listening(self) -> Iterator[Spoken]:
        self._trips()
        found = Spoken()
        with spoken(self._database) as found.statements:
            yield found
        found.trips = self._trips()

    def close(self) -> None:
        os.close(self._file)
        self._trace.unlink()

    def _connected(self, connection: Any, _record: Any) -> None:
        connection.pgconn.trace(self._file)

    def _trips(self) -> int:
        """How often since last asked the direction on the wire turned from us to the server."""
        with self._trace.open("rb") as file:
            file.seek(self._read)
            lines = file.read().splitlines()
            self._read = file.tell()
        sides = [parts[1] for line in lines if len(parts := line.split(b"\t")) > 2 and parts[1] in (b"F", b"B")]
        return sum(1 for before, after in zip([b"B", *sides], sides, strict=False) if (before, after) == (b"B", b"F"))


def measure(ground: Ground) -> list[tuple[str, Spoken]]:
    """Walks one building permit, each request once it is warm; what every request said."""
    runtime = ground.runtime()
    listener = Listener(runtime.database)
    client = create_app(runtime).test_client()
    try:
        for _ in range(WARM_WALKS):
            _Walk(client, ground, listener).go()
        runtime.catalogue.refresh()
        return _Walk(client, ground, listener).go()
    finally:
        runtime.database.dispose()
        listener.close()


class _Walk:
    def __init__(self, client: FlaskClient, ground: Ground, listener: Listener) -> None:
        self._client, self._listener = client, listener
        self._tokens = ground.tokens[WARD]
        self._told: list[tuple[str, Spoken]] = []
        self._stands: dict[str, Any] = {}

    def go(self) -> list[tuple[str, Spoken]]:
        self._ask("counter", "file and receive", "POST", "", json=filing(PERMIT, WARD))
        self._act("counter", "forward")
        self._act("specialist", "inspect")
        self._act("specialist", "inspected")
        self._act("specialist", "submit")
        self._act("leader", "send_back", reason=WHY)
        self._act("specialist", "submit")
        self._ask("leader", "open (marks as seen)", "POST", "/opening")
        self._ask("leader", "claim", "PUT", "/assignment", json={})
        self._ask("leader", "add a note", "POST", "/notes", json={"text": "Đã gọi điện."})
        extension = {"term": {"amount": 2, "unit": "calendar_day"}, "reason": WHY}
        self._ask("leader", "extend the time limit", "POST", "/extensions", json=extension)
        upload = {"key": "ket_qua", "file": (io.BytesIO(PDF), "ket-qua.pdf")}
        self._ask("leader", "attach the result", "POST", "/documents", data=upload)
        self._act("leader", "sign")
        self._ask("counter", "settle a fee", "PUT", "/fees/nha_o", json={"method": "cash", "receipt": "BL-1"})
        self._act("counter", "return")
        self._ask("counter", "read the dossier", "GET", "")
        self._ask("counter", "list of a queue", "GET", f"?holder_office=TT-{WARD}&sort=due_at", whole=True)
        link = self._stands["link"].rsplit("/", 1)[-1]
        self._request("citizen's status", "GET", f"/api/v1/status/{link}", {})
        return self._told

    def _act(self, role: str, action: str, **more: Any) -> None:
        self._ask(role, f"action {action}", "POST", "/actions", json={"action": action, **more})

    def _ask(self, role: str, name: str, method: str, part: str, *, whole: bool = False, **given: Any) -> None:
        headers = {"Authorization": f"Bearer {self._tokens[role]}"}
        code = self._stands.get("code")
        if method != "GET":
            headers["Idempotency-Key"] = os.urandom(12).hex()
        if code is not None:
            headers["If-Match"] = f'"{self._stands["version"]}"'
        path = "/api/v1/dossiers" + (f"/{code}" if code is not None and not whole else "") + part
        told = self._request(name, method, path, headers, **given)
        if method != "GET":
            self._stands |= {key: told[key] for key in ("code", "version", "link") if key in told}

    def _request(self, name: str, method: str, path: str, headers: dict[str, str], **given: Any) -> dict[str, Any]:
        with self._listener.listening() as heard:
            answer = self._client.open(path, method=method, headers=headers, **given)
        assert 200 <= answer.status_code < 300, f"{name}: {answer.text}"
        if not any(told == name for told, _ in self._told):
            self._told.append((name, heard))
        return answer.json or {}


def table(told: list[tuple[str, Spoken]]) -> str:
    """In Markdown. S reads, I inserts, U updates, D deletes, W does several in one statement."""
    lines = ["| request | statements | round trips | kinds |", "|---|---|---|---|"]
    lines += [f"| {name} | {len(heard.statements)} | {heard.trips} | {heard.kinds} |" for name, heard in told]
    return "\n".join(lines)
