"""Asks the national population data over HTTP whether what a person says of themselves is what is known there.

One POST with the fields of the mapping file; the answer has an outcome for each. The data themselves never come back:
an answer that holds anything else than outcomes is dropped unread. Every wait and the whole exchange have a time limit.
"""

from __future__ import annotations

import http.client
import re
import time
from urllib.parse import urlsplit

import orjson
import structlog

from adapters.tls import trusted
from engine.connection_ports import IdentityOutcome, PersonAsked, PopulationSilent
from engine.errors import in_log
from engine.rules.population import FIELDS, Compared, PopulationMapping
from engine.setting_values import WrongSetting

log = structlog.get_logger("motcua.population")

LARGEST_ANSWER = 64 * 1024
_TOKEN = re.compile(r"[\x21-\x7e]{1,500}")


class HttpPopulation:
    """``address`` is that of the province's gateway; ``token`` goes with each question as a bearer."""

    def __init__(self, address: str, mapping: PopulationMapping, *, token: str = "", seconds: float = 4.0) -> None:
        """Raises WrongSetting."""
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise WrongSetting(name="MOTCUA_POPULATION_URL", why="it must be an http or https address")
        if token and not _TOKEN.fullmatch(token):
            raise WrongSetting(name="MOTCUA_POPULATION_TOKEN", why="it must be printable ASCII without blanks")
        self._secure, self._host, self._port = parts.scheme == "https", parts.hostname, parts.port
        self._target = parts.path.rstrip("/") + mapping.path
        self._mapping, self._token, self._seconds = mapping, token, seconds

    def compare(self, asked: PersonAsked) -> IdentityOutcome:
        """The outcome of each field. Raises PopulationSilent for no answer, a late one, and one that says nothing."""
        try:
            status, body = self._exchange(orjson.dumps(self._question(asked)))
        except (OSError, http.client.HTTPException) as error:
            log.warning("population-silent", why=in_log(error)[:200])
            raise PopulationSilent() from error
        if status != 200:
            log.warning("population-silent", why=f"status {status}")
            raise PopulationSilent()
        return self._outcome(body)

    def _question(self, asked: PersonAsked) -> dict[str, str]:
        told = {"number": asked.number, "name": asked.name, "born": asked.born, "address": asked.address}
        question = {there: told[ours] for ours, there in self._mapping.asks.items() if told[ours]}
        return question | {self._mapping.purpose: asked.purpose, self._mapping.reference: asked.reference}

    def _exchange(self, body: bytes) -> tuple[int, bytes]:
        end = time.monotonic() + self._seconds
        line = (
            http.client.HTTPSConnection(self._host, self._port, timeout=self._seconds, context=trusted())
            if self._secure
            else http.client.HTTPConnection(self._host, self._port, timeout=self._seconds)
        )
        headers = {"content-type": "application/json", "accept": "application/json", "user-agent": "motcua"}
        if self._token:
            headers["authorization"] = f"Bearer {self._token}"
        try:
            line.request("POST", self._target, body=body, headers=headers)
            answer, content = line.getresponse(), b""
            while piece := answer.read1(8192):
                content += piece
                if len(content) > LARGEST_ANSWER or time.monotonic() > end:
                    raise TimeoutError("the answer is too long or too slow")
            return answer.status, content
        finally:
            line.close()

    def _outcome(self, body: bytes) -> IdentityOutcome:
        try:
            told = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            log.warning("population-silent", why="the answer is no JSON")
            raise PopulationSilent() from error
        found: dict[str, Compared] = dict.fromkeys(FIELDS, "unknown")
        for ours, there in self._mapping.answers.items():
            word = told.get(there) if isinstance(told, dict) else None
            if isinstance(word, str) and word in self._mapping.words:
                found[ours] = self._mapping.words[word]
        if set(found.values()) == {"unknown"} and not isinstance(told, dict):
            raise PopulationSilent()
        return IdentityOutcome(**found)
