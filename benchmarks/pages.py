"""What a page costs beside the API's request for the same thing: time by the clock, of the processor, and statements.

Both are asked in this process, without a network, in turns, so that what else the machine does falls on both alike. The
processor's time is that of the program; PostgreSQL's own comes on top, and is in the time by the clock.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import NotFound

from api.app import create_app
from benchmarks.ground import WARD
from benchmarks.page_grounds import Stand
from benchmarks.sessions import bearer_token, link_of, page_session
from tests.spoken import spoken
from web.app import PAGES, register_pages
from web.cookies import SESSION

TURNS, WARM = 100, 10
_OFFICE = f"UB-{WARD}"
_QUEUE = f"/api/v1/dossiers?holder_office={_OFFICE}&sort=due_at&limit=50"
_GROUPS = {group.name for group in PAGES}


@dataclass(frozen=True, slots=True)
class Pair:
    """A page and the API's request for the same thing (empty: there is none), asked by a role; ``most``: the bound of
    processor time in milliseconds, 0 where there is none."""

    name: str
    who: str
    page: str
    api: str = ""
    most: float = 0.0


PAIRS = (
    Pair("today", "specialist", "/quay", f"/api/v1/reports/queues?office={_OFFICE}"),
    Pair("queue, 50 lines", "specialist", "/ho-so", _QUEUE, 12),
    Pair("search by a name", "counter", "/ho-so?q=nguyen", "/api/v1/dossiers?q=nguyen&limit=50", 12),
    Pair("dossier", "specialist", "/ho-so/{code}", "/api/v1/dossiers/{code}", 12),
    Pair("intake", "counter", "/quay/tiep-nhan", "/api/v1/procedures"),
    Pair("sign queue", "leader", "/ky", _QUEUE),
    Pair("citizen's status", "citizen", "/h/{code}", "/api/v1/status/{link}", 5),
    Pair("citizen's start", "nobody", "/"),
    Pair("centres", "nobody", "/trung-tam"),
    Pair("sign in", "nobody", "/dang-nhap"),
)


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds by the clock (median, 95th percentile) and of the processor (median), statements, and bytes."""

    p50: float
    p95: float
    cpu: float
    statements: int
    size: int


Costs = list[tuple[Pair, Cost | None, Cost | None]]


def measure(stand: Stand, say: Callable[[str], None], turns: int = TURNS) -> Costs:
    """Each page beside its request; None for a page that the product does not have, and where there is no request."""
    app = create_app(stand.runtime, pages=register_pages)
    asking = _Asking(app, stand)
    told: Costs = []
    try:
        for pair in PAIRS:
            page = asking.page(pair)
            calls = [call for call in (page, asking.api(pair)) if call is not None]
            found = iter(_in_turns(stand, calls, turns))
            one = (pair, next(found) if page is not None else None, next(found, None))
            told.append(one)
            say(f"{stand.name}: {_line(*one)}")
    finally:
        stand.runtime.database.dispose()
    return told


def table(stand: str, told: Costs) -> str:
    """In Markdown."""
    lines = [
        f"{stand}:",
        "",
        "| page | p50 / p95 ms | processor ms (bound) | statements | kB | API: p50 / p95 ms | processor | statements |",
        "|---|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*lines, *(_line(*one) for one in told)])


def _line(pair: Pair, page: Cost | None, api: Cost | None) -> str:
    bound = f" ({pair.most:g})" if pair.most else ""
    cells = ["not there", "", "", ""]
    if page is not None:
        cells = [f"{page.p50:.1f} / {page.p95:.1f}", f"{page.cpu:.1f}{bound}", f"{page.statements}"]
        cells.append(f"{page.size / 1000:.1f}")
    beside = ["", "", ""]
    if api is not None:
        beside = [f"{api.p50:.1f} / {api.p95:.1f}", f"{api.cpu:.1f}", f"{api.statements}"]
    return f"| {pair.name} | {' | '.join([*cells, *beside])} |"


class _Asking:
    """The people of a stand, each with a session of pages and one of the API."""

    def __init__(self, app: Flask, stand: Stand) -> None:
        self._app, self._stand = app, stand
        self._link = link_of(stand.runtime, stand.code)
        self._clients: dict[str, FlaskClient] = {}
        self._tokens: dict[str, str] = {}

    def page(self, pair: Pair) -> Callable[[], int] | None:
        """Asks for the page, and says how many bytes it has; None where there is no such page."""
        path = self._filled(pair.page)
        try:
            rule, _ = self._app.url_map.bind("127.0.0.1").match(path.partition("?")[0], return_rule=True)
        except NotFound:
            return None
        if str(rule.endpoint).partition(".")[0] not in _GROUPS or ("{code}" in pair.page) != ("code" in rule.arguments):
            return None  # the API's, or the page of a link
        client = self._client(pair.who)
        return lambda: _asked(client, path, {})

    def api(self, pair: Pair) -> Callable[[], int] | None:
        """Asks the API for the same."""
        if not pair.api:
            return None
        path, headers = self._filled(pair.api), self._bearer(pair.who)
        client = self._app.test_client(use_cookies=False)
        return lambda: _asked(client, path, headers)

    def _filled(self, path: str) -> str:
        return path.format(code=self._stand.code, link=self._link)

    def _client(self, who: str) -> FlaskClient:
        if who not in self._clients:
            client = self._clients[who] = self._app.test_client()
            if who == "citizen":
                client.get(f"/h/{self._link}")
            elif who != "nobody":
                token = page_session(self._stand.runtime, self._stand.people[who])
                client.set_cookie(SESSION, token, secure=True)
        return self._clients[who]

    def _bearer(self, who: str) -> dict[str, str]:
        if who not in self._stand.people:
            return {}
        if who not in self._tokens:
            self._tokens[who] = bearer_token(self._stand.runtime, self._stand.people[who])
        return {"Authorization": f"Bearer {self._tokens[who]}"}


def _asked(client: FlaskClient, path: str, headers: dict[str, str]) -> int:
    answer = client.get(path, headers=headers)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}: {answer.text[:400]}")
    return len(answer.data)


def _in_turns(stand: Stand, calls: list[Callable[[], int]], turns: int) -> list[Cost]:
    spent: list[list[tuple[float, float]]] = [[] for _ in calls]
    for turn in range(turns + WARM):
        for which, call in enumerate(calls):
            wall, cpu = time.perf_counter(), time.thread_time()
            call()
            took = (time.perf_counter() - wall) * 1000, (time.thread_time() - cpu) * 1000
            if turn >= WARM:
                spent[which].append(took)
    return [_cost(stand, call, ones) for call, ones in zip(calls, spent, strict=True)]


def _cost(stand: Stand, call: Callable[[], int], spent: list[tuple[float, float]]) -> Cost:
    with spoken(stand.runtime.database) as said:
        size = call()
    walls, cpus = (sorted(one) for one in zip(*spent, strict=True))
    middle, high = len(walls) // 2, len(walls) * 95 // 100
    return Cost(walls[middle], walls[high], cpus[middle], len(said), size)
