"""Checks that need a running installation: a repeated request gets the same answer, and lists keep to borders."""

from __future__ import annotations

import random
from collections.abc import Iterator

import orjson
import urllib3

from tests.faults.evidence import Evidence
from tests.faults.installation import RunningInstallation
from tests.faults.invariants import Finding
from tests.faults.load import API, Load, Request

REPEATED = 150


def ask_again(installation: RunningInstallation, load: Load, evidence: Evidence, dice: random.Random) -> list[Finding]:
    """The invariants that are asked over HTTP. Time must not have gone on for days since the load."""
    http = urllib3.PoolManager(timeout=30, retries=False)
    return [
        _finding("repeated requests get the same answer", _repeated(http, load, dice)),
        _finding("lists show what one's office has a part in", _lists(http, load, evidence)),
    ]


def _finding(name: str, results: Iterator[str | None]) -> Finding:
    found = list(results)
    return Finding(name, len(found), [one for one in found if one is not None])


def _repeated(http: urllib3.PoolManager, load: Load, dice: random.Random) -> Iterator[str | None]:
    acknowledged = list(load.acknowledged)
    for done in dice.sample(acknowledged, min(REPEATED, len(acknowledged))):
        answer = load.send(http, done.request)
        same = (answer.status, answer.data) == (done.status, done.answer)
        marked = answer.headers.get("Idempotency-Replayed") == "true"
        yield None if same and marked else f"{done.code} {done.act}: {answer.status} {answer.data[:200]!r}"


def _lists(http: urllib3.PoolManager, load: Load, evidence: Evidence) -> Iterator[str | None]:
    for member in evidence.members:
        codes, after = set(), ""
        while after is not None:
            path = f"{API}/dossiers?limit=200" + (f"&after={after}" if after else "")
            page = orjson.loads(load.send(http, Request(member["username"], "GET", path)).data)
            codes |= {item["code"] for item in page["items"]}
            after = page["next"]
        parts = {
            evidence.dossiers[number]["code"]
            for number, offices in evidence.offices.items()
            if member["office"] in offices
        }
        yield None if codes == parts else f"{member['username']} sees {sorted(codes ^ parts)[:5]} wrongly"
