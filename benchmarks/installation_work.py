"""What a country's offices and citizens ask for in an hour: the mix of ``benchmarks.national_hour``.

A dossier makes eight acts on average: two of three are building permits (nine acts: filed and received, five steps, the
result attached, the fee settled, and one more step) and one is a birth registration (six). So one act in eight is an
intake, and the dossiers that wait stay about as many as they are; whose turn it is, is who waited longest. Beside the
acts a clerk reads the queue once for every four of them, and an applicant looks two times in the life of a dossier:
four of five by the link they got, one by code and receipt code.
"""

from __future__ import annotations

import os
import random
from collections import deque
from dataclasses import dataclass
from typing import Any

import orjson

from benchmarks.arrivals import Asked, Stream
from benchmarks.client import request
from benchmarks.database import NAME, MeasuredServer
from benchmarks.ground import SECRET, WAYS, Ground, timely
from engine.security.citizen_link import link_token, receipt_code
from tests.installation.filings import BIRTH, PDF, PERMIT, filing

INTAKE_SHARE = 1 / 8
PERMIT_SHARE = 2 / 3
QUEUES_AN_ACT = 1 / 4
LOOKS_AN_ACT = 1 / 4
BY_CODE_SHARE = 1 / 5
ADDRESSES = 60_000
"""Citizens ask from so many addresses, told by X-Forwarded-For as the proxy of an installation tells them, so that the
limits by address stay on and are kept."""
BOUNDARY = "motcua-benchmark"
STANDS_AT = {"checking": 1, "drafting": 3, "signing": 4}
"""Where in the way of a permit a dossier in this state stands."""


@dataclass(slots=True)
class Dossier:
    """One that waits for its next step. ``at`` counts the steps of its procedure's way."""

    code: str
    version: int
    ward: str
    procedure: str
    at: int


class InstallationWork:
    """Gives the next request of each kind, and goes on with what is answered."""

    def __init__(self, server: MeasuredServer, ground: Ground, seed: int = 7) -> None:
        self._tokens = ground.tokens
        self._wards = sorted(ground.tokens)
        self._dice = random.Random(seed)
        self.stale = 0
        with server.connect(NAME) as admin:
            self._waiting = deque(self._standing(admin))
            some = admin.execute("SELECT code, link_nonce FROM dossiers ORDER BY random() LIMIT 5000").fetchall()
        self._known = [(code, link_token(SECRET, nonce), receipt_code(SECRET, nonce)) for code, nonce in some]

    @property
    def waiting(self) -> int:
        """Dossiers that wait for their next step."""
        return len(self._waiting)

    def streams(self, rate: float) -> list[Stream]:
        """So many acts a second, and what is read beside them."""
        return [
            Stream(rate, self.act),
            Stream(rate * QUEUES_AN_ACT, self.queue),
            Stream(rate * LOOKS_AN_ACT, self.look),
        ]

    def act(self) -> Asked:
        if not self._waiting or self._dice.random() < INTAKE_SHARE:
            return self._intake()
        return self._step(self._waiting.popleft())

    def queue(self) -> Asked:
        ward, role = self._dice.choice(self._wards), self._dice.choice(("specialist", "leader"))
        path = f"/api/v1/dossiers?holder_office=UB-{ward}&sort=due_at"
        return Asked("queue", request("GET", path, token=self._tokens[ward][role]), _nothing)

    def look(self) -> Asked:
        code, token, receipt = self._dice.choice(self._known)
        number = self._dice.randrange(ADDRESSES)
        address = f"10.7.{number >> 8}.{number & 255}"
        if self._dice.random() < BY_CODE_SHARE:
            body = orjson.dumps({"code": code, "receipt_code": receipt})
            return Asked("look by code", request("POST", "/api/v1/status-lookups", body, address=address), _nothing)
        return Asked("look by link", request("GET", f"/api/v1/status/{token}", address=address), _nothing)

    def _standing(self, admin: Any) -> list[Dossier]:
        offices = [f"UB-{ward}" for ward in self._wards]
        rows = admin.execute(
            """SELECT code, version, state, substr(handler_office, 4) FROM dossiers WHERE procedure = %s
            AND state = ANY(%s) AND holder_office = ANY(%s) ORDER BY entered_at LIMIT 20000""",
            [PERMIT, list(STANDS_AT), offices],
        ).fetchall()
        self._dice.shuffle(rows)
        return [Dossier(code, version, ward, PERMIT, STANDS_AT[state]) for code, version, state, ward in rows]

    def _intake(self) -> Asked:
        ward = self._dice.choice(self._wards)
        procedure = PERMIT if self._dice.random() < PERMIT_SHARE else BIRTH
        body = orjson.dumps(timely(filing(procedure, ward)))
        made = request("POST", "/api/v1/dossiers", body, self._tokens[ward]["counter"], _key())

        def told(status: int, answer: bytes) -> None:
            if status == 201:
                stands = orjson.loads(answer)
                self._waiting.append(Dossier(stands["code"], stands["version"], ward, procedure, 0))

        return Asked("intake", made, told)

    def _step(self, dossier: Dossier) -> Asked:
        role, action = WAYS[dossier.procedure][dossier.at]
        token, at = self._tokens[dossier.ward][role], f"/api/v1/dossiers/{dossier.code}"
        if action == "attach":
            made = _upload(f"{at}/documents", token, dossier.version)
        elif action == "pay":
            body = orjson.dumps({"method": "cash", "receipt": "BL-1"})
            made = request("PUT", f"{at}/fees/nha_o", body, token, _key(), dossier.version)
        else:
            body = orjson.dumps({"action": action})
            made = request("POST", f"{at}/actions", body, token, _key(), dossier.version)

        def told(status: int, answer: bytes) -> None:
            if 200 <= status < 300:
                dossier.version, dossier.at = orjson.loads(answer)["version"], dossier.at + 1
                if dossier.at < len(WAYS[dossier.procedure]):
                    self._waiting.append(dossier)

        return Asked("attach" if action == "attach" else "step", made, told)


def _upload(path: str, token: str, version: int) -> bytes:
    part = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name="
    body = (
        f'{part}"key"\r\n\r\nket_qua\r\n{part}"file"; filename="ket-qua.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
    ).encode()
    body += PDF + f"\r\n--{BOUNDARY}--\r\n".encode()
    return request("POST", path, body, token, _key(), version, kind=f"multipart/form-data; boundary={BOUNDARY}")


def _key() -> str:
    return os.urandom(12).hex()


def _nothing(_status: int, _answer: bytes) -> None:
    """What was read is not looked at."""
