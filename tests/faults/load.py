"""Clerks and citizens at work over HTTP while the installation suffers, and what they were told.

Each request carries a key and is sent again, unchanged, until it is answered: a lost answer is no answer. Whatever was
answered with success is remembered; the invariants hold the installation to it.
"""

from __future__ import annotations

import random
import secrets
import threading
import time
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
import urllib3

from tests.faults import side_acts, staff, steps
from tests.faults.side_acts import SideAct
from tests.faults.steps import Step
from tests.installation import filings

OPEN_DOSSIERS = 40
"""How many dossiers are under way at once; the clerks pick among them, so they also get in each other's way."""
PATIENCE = 90.0  # seconds until a request without an answer counts as lost
API = "/api/v1"


@dataclass(slots=True)
class Request:
    """One request as it can be sent again. ``who``: a username, or None for the citizen's link."""

    who: str | None
    method: str
    path: str
    body: dict[str, Any] | None = None
    version: int | None = None
    attach: str | None = None
    key: str = field(default_factory=lambda: secrets.token_hex(12))


@dataclass(slots=True)
class Acknowledged:
    """A success that somebody was told: the act as the journal names it, and the dossier's version it led to."""

    act: str
    code: str
    version: int
    request: Request
    answer: bytes
    status: int
    begun: float
    told: float


@dataclass(slots=True)
class Known:
    """A dossier as the clerks last saw it."""

    code: str
    filed: dict[str, Any]
    link: str
    receipt: str
    state: str
    version: int
    unpaid: list[str]
    handler: str  # the office that decides; a transfer changes it
    papers: set[str] = field(default_factory=set)


class Lost(Exception):
    """A request that was never answered."""


class Load:
    """``threads`` people at work at the installation at ``base`` until ``acts`` successes or until told to stop."""

    def __init__(
        self,
        base: str,
        tokens: dict[str, str],
        *,
        acts: int,
        seed: int,
        threads: int = 8,
        passing: Collection[int] = (503,),
    ) -> None:
        """``passing`` are the statuses after which a client asks again; any other fault is held against the run."""
        self._passing = passing
        self._base, self._tokens, self._acts, self._seed, self._count = base, tokens, acts, seed, threads
        self.acknowledged: list[Acknowledged] = []
        self.refused: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.repeated = self.unavailable = 0
        self._known: list[Known] = []
        self._serial = 0
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    @property
    def done(self) -> bool:
        return self._stop.is_set() or len(self.acknowledged) >= self._acts

    @property
    def working(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def start(self) -> None:
        self._threads = [
            threading.Thread(target=self._work, args=(random.Random(f"{self._seed}/{number}"),), daemon=True)
            for number in range(self._count)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """No new request is begun; those without an answer are still repeated until they have one."""
        self._stop.set()
        for thread in self._threads:
            thread.join(PATIENCE + 30)

    def wait_for_turn(self) -> None:
        """Called before each thing that somebody does: here, everybody does as much as they can."""

    def send(self, http: urllib3.PoolManager, request: Request) -> urllib3.BaseHTTPResponse:
        """The answer, however often the request had to be sent. Raises Lost."""
        latest, pause = time.monotonic() + PATIENCE, 0.05
        while time.monotonic() < latest:
            try:
                answer = self._send_once(http, request)
            except urllib3.exceptions.HTTPError:
                answer = None
            if answer is not None and answer.status == 401 and request.who is not None:
                self._tokens.pop(request.who, None)  # the session has ended with the day
            elif answer is not None and answer.status >= 500:
                self.unavailable += answer.status == 503
                if answer.status not in self._passing:
                    self.wrong.append(
                        f"{request.method} {request.path} answered {answer.status}: {answer.data[:300]!r}"
                    )
            elif answer is not None:
                return answer
            self.repeated += 1
            time.sleep(pause)
            pause = min(pause * 1.5, 0.5)
        self.wrong.append(f"{request.method} {request.path} was not answered within {PATIENCE:g} s")
        raise Lost

    def _work(self, dice: random.Random) -> None:
        http = urllib3.PoolManager(timeout=urllib3.Timeout(connect=2, read=30), retries=False)
        while not self.done:
            self.wait_for_turn()
            try:
                self._do_one(http, dice)
            except Lost:
                continue
            except Exception as error:
                self.wrong.append(f"the driver failed: {type(error).__name__}: {error}")
                return

    def _do_one(self, http: urllib3.PoolManager, dice: random.Random) -> None:
        with self._lock:
            known = (
                dice.choice(self._known)
                if len(self._known) >= OPEN_DOSSIERS or (self._known and dice.random() < 0.7)
                else None
            )
        if known is None:
            self._file(http, dice)
        elif dice.random() < 0.15:
            self._aside(http, dice, known)
        else:
            self._step(http, dice, known)

    def _file(self, http: urllib3.PoolManager, dice: random.Random) -> None:
        with self._lock:
            self._serial += 1
            filed = steps.filing(dice, self._serial)
        clerk = dice.choice(staff.people_with(filed["intake_office"], "counter"))
        answer = self._ask(
            http, Request(clerk, "POST", f"{API}/dossiers", filed), "receive" if filed["receive"] else "file"
        )
        if answer is None:
            return
        fresh = Known(
            answer["code"],
            filed,
            answer["link_token"],
            answer["receipt_code"],
            answer["state"],
            answer["version"],
            steps.fees_of(filed),
            steps.handler_of(filed),
        )
        with self._lock:
            self._known.append(fresh)

    def _step(self, http: urllib3.PoolManager, dice: random.Random, known: Known) -> None:
        next_steps = steps.steps_from(known.filed, known.state)
        if not next_steps:
            self._forget(known)
            return
        step = dice.choices(next_steps, [one.weight for one in next_steps])[0]
        who = self._person(dice, known, step.by)
        if step.fees and known.unpaid:
            self._settle(http, known, who or "")
        elif step.attach and step.attach not in known.papers:
            self._attach(http, known, who or "", step.attach)
        else:
            self._act(http, dice, known, who, step)

    def _act(self, http: urllib3.PoolManager, dice: random.Random, known: Known, who: str | None, step: Step) -> None:
        path = f"{API}/status/{known.link}/actions" if who is None else self._at(known, "actions")
        proof = {"receipt_code": known.receipt} if who is None else {}
        request = Request(who, "POST", path, {"action": step.action, **step.body, **proof}, known.version)
        answer = self._ask(http, request, step.action)
        if answer is None or "state" not in answer:
            self._look(http, known)
            return
        self._note(known, answer)
        if who is not None and step.action in side_acts.RECALLED and dice.random() < side_acts.REGRETS:
            self._besides(http, known, side_acts.recall(who))

    def _settle(self, http: urllib3.PoolManager, known: Known, who: str) -> None:
        body = {"method": "cash", "receipt": f"BL-{known.code[-4:]}"}
        request = Request(who, "PUT", self._at(known, f"fees/{known.unpaid[0]}"), body, known.version)
        answer = self._ask(http, request, "settle_fee")
        if answer is None:
            self._look(http, known)
        else:
            known.unpaid = known.unpaid[1:]
            self._note(known, answer)

    def _attach(self, http: urllib3.PoolManager, known: Known, who: str, key: str) -> None:
        answer = self._ask(http, Request(who, "POST", self._at(known, "documents"), attach=key), "add_document")
        if answer is None:
            self._look(http, known)
        else:
            self._note(known, answer)
            with self._lock:
                if answer["version"] == known.version:  # a later step may have made the file void
                    known.papers.add(key)

    def _aside(self, http: urllib3.PoolManager, dice: random.Random, known: Known) -> None:
        """What is done between the steps. A question to another office is asked and answered by two people."""
        wanted = side_acts.choose(dice, known.filed, known.state, known.handler)
        if wanted is None:
            return
        if wanted.act == "answer_verification":
            found = self.send(http, Request(wanted.who, "GET", self._at(known, "verifications")))
            rows = orjson.loads(found.data).get("items", []) if found.status == 200 else []
            number = side_acts.unanswered(rows, wanted.who)
            if number is None:
                return
            wanted = replace(wanted, part=f"verifications/{number}")
        self._besides(http, known, wanted)

    def _besides(self, http: urllib3.PoolManager, known: Known, wanted: SideAct) -> None:
        version = known.version if wanted.versioned else None
        request = Request(wanted.who, wanted.method, self._at(known, wanted.part), wanted.body, version)
        answer = self._ask(http, request, wanted.act)
        if answer is None or wanted.act == "transfer":
            self._look(http, known)
        else:
            self._note(known, answer)

    def _ask(self, http: urllib3.PoolManager, request: Request, act: str) -> dict[str, Any] | None:
        """The answer to an act when it succeeded; a refusal is counted."""
        begun = time.monotonic()
        answer = self.send(http, request)
        read: dict[str, Any] = orjson.loads(answer.data) if answer.data else {}
        if not 200 <= answer.status < 300:
            self.refused[f"{answer.status} {read.get('code')}"] += 1
            undone = read.get("code") == "document-required"  # a colleague took the step back in which it was attached
            if answer.status in (400, 404, 415, 422, 428) and not undone:
                self.wrong.append(f"{act}: {request.method} {request.path} {request.body} {answer.status} {read}")
            return None
        if request.version is not None and read["version"] == request.version:
            return read  # it was so already: claiming what one holds
        done = Acknowledged(
            act, read["code"], read["version"], request, answer.data, answer.status, begun, time.monotonic()
        )
        with self._lock:
            self.acknowledged.append(done)
        return read

    def _look(self, http: urllib3.PoolManager, known: Known) -> None:
        """Reads the dossier anew after somebody else acted, as the counter that received it."""
        clerk = staff.people_with(known.filed["intake_office"], "counter")[0]
        answer = self.send(http, Request(clerk, "GET", self._at(known)))
        if answer.status == 200:
            self._note(known, orjson.loads(answer.data))
        else:
            self.wrong.append(f"GET {known.code} answered {answer.status}: {answer.data[:200]!r}")
            self._forget(known)

    def _note(self, known: Known, answer: dict[str, Any]) -> None:
        with self._lock:
            if answer["version"] >= known.version:
                before, missed = (known.state, known.handler), answer["version"] > known.version + 1
                known.version, known.state = answer["version"], answer["state"]
                known.handler = answer.get("handler_office", known.handler)
                if missed or before != (known.state, known.handler):
                    known.papers.clear()  # a result is attached where and by whom it is signed

    def _forget(self, known: Known) -> None:
        with self._lock:
            if known in self._known:
                self._known.remove(known)

    def _person(self, dice: random.Random, known: Known, role: str) -> str | None:
        if role == "applicant":
            return None
        return dice.choice(staff.people_with(steps.office_of(known.filed, role, known.handler), role))

    def _at(self, known: Known, part: str = "") -> str:
        return f"{API}/dossiers/{known.code}" + (f"/{part}" if part else "")

    def _send_once(self, http: urllib3.PoolManager, request: Request) -> urllib3.BaseHTTPResponse:
        headers = {"Accept-Language": "en"}
        if request.method != "GET":
            headers["Idempotency-Key"] = request.key
        if request.who is not None:
            headers["Authorization"] = f"Bearer {self._tokens[request.who]}"
        if request.version is not None:
            headers["If-Match"] = f'"{request.version}"'
        url = self._base + request.path
        if request.attach is not None:
            paper = {
                "key": request.attach,
                "file": (f"{request.attach}.pdf", filings.PDF, "application/pdf"),
            }
            return http.request(request.method, url, fields=paper, headers=headers)
        if request.body is not None:
            headers["Content-Type"] = "application/json"
        content = None if request.body is None else orjson.dumps(request.body)
        return http.request(request.method, url, body=content, headers=headers)
