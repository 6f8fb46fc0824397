"""Schemathesis over the whole interface as one kind of actor: right and wrong data, chains of requests, all its checks.

Beside its own checks every answer is held to what only we know: a refusal carries a code of ours with that code's
status, and nothing of a dossier that the actor may not see stands in any answer.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

import orjson
import schemathesis
import werkzeug
from flask import Flask
from hypothesis import strategies as st
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.hooks import unregister

from server.identity import Access
from server.refusals import every_code
from server.validation_words import in_vietnamese
from tests.acceptance.fuzzed_installation import ACTORS, POSSIBLE, Ground

ACCESSES_OF = {
    actor: ("public", "link") if actor == "anyone" else ("admin", "staff") if actor == "admin" else ("staff",)
    for actor in ACTORS
}
"""What is asked as whom: what is open to anyone does not look at who asks."""
PHASES = ("examples", "coverage", "fuzzing", "stateful")
INNER = ("Traceback", "sqlalchemy", "psycopg", "site-packages", "SELECT ", "sqlite3")
"""What would tell of the inside; none of it is a word of any sentence of ours."""

UNSAYABLE = {"after", "end"}
"""A key of the next page is ours to make, and the end of a period depends on its start: no schema can say either."""

_POSITIVE = ["2xx", "3xx", "401", "403", "404", "409", "412", "429"]
_NEGATIVE = ["400", "401", "403", "404", "405", "409", "412", "413", "414", "415", "422", "428", "429", "431"]
_CODES = {one["code"]: one["status"] for one in every_code()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One run: who asks, in which phases, with how many examples an operation, decided by which seed."""

    actor: str
    examples: int
    phases: tuple[str, ...] = PHASES
    accesses: tuple[str, ...] = tuple(access.value for access in Access)
    seed: int = 1
    url: str | None = None
    """Where the interface is served; without it the application is called in this process."""


@dataclass(slots=True)
class Found:
    """What a run saw. ``broken`` maps each defect to its first example."""

    asked: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    answered: dict[str, Counter[int]] = field(default_factory=dict)
    broken: dict[tuple[str, ...], str] = field(default_factory=dict)


# A year that means something: what lies outside of 1900 to 2100 is refused, and no schema can bound a date.
schemathesis.openapi.format("date", st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)).map(str))
_MOMENTS = st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2099, 12, 31), timezones=st.just(dt.UTC))  # noqa: DTZ001
schemathesis.openapi.format("date-time", _MOMENTS.map(lambda moment: moment.isoformat().replace("+00:00", "Z")))


def fuzz(app: Flask, ground: Ground, plan: Plan, tell: Callable[[str], None] = lambda _: None) -> Found:
    """Runs a plan and returns what it saw."""
    found = Found()
    hidden = ground.hidden_from(plan.actor)
    with _without_probe_mistake(), _with_real_versions(ground):
        for event in from_schema(_schema(app, ground, plan)).execute():
            if isinstance(event, events.ScenarioFinished):
                _look_at(event.recorder, found, hidden)
            elif isinstance(event, events.NonFatalError):
                found.broken[("tool", event.label, type(event.value).__name__)] = str(event.value)[:600]
            elif isinstance(event, events.FatalError):
                raise event.exception
            elif isinstance(event, events.PhaseFinished):
                tell(f"{plan.actor}: {event.phase.name.value}, {found.asked} requests, {len(found.broken)} defects")
    return found


def _schema(app: Flask, ground: Ground, plan: Plan) -> Any:
    config = SchemathesisConfig.from_dict(_configuration(ground, plan))
    address = "/api/v1/openapi.json"
    if plan.url is None:
        whole = schemathesis.openapi.from_wsgi(address, app, config=config)
    else:
        whole = schemathesis.openapi.from_url(plan.url + address, config=config)
    whole.hook("filter_failure")(_is_a_defect)
    return whole.exclude(func=lambda context: context.operation.definition.raw["x-access"] not in plan.accesses)


def _configuration(ground: Ground, plan: Plan) -> dict[str, Any]:
    token = ground.token(plan.actor)
    words, bound = ground.words()
    return {
        "seed": plan.seed,
        "headers": {"Accept-Language": "en", **(_bearer(token) if token else {})},
        "continue-on-failure": True,
        # Machines differ in speed, and a large example is a good one.
        "suppress-health-check": ["too_slow", "data_too_large", "large_base_example"],
        "cache": {"enabled": False},
        "analysis": {"constants": {"enabled": False}},
        "generation": {"max-examples": plan.examples, "deterministic": plan.url is None, "database": "none"},
        "phases": {
            **{name: {"enabled": name in plan.phases} for name in PHASES},
            "coverage": {"enabled": "coverage" in plan.phases, "unexpected-methods": ["patch", "trace"]},
        },
        "dictionaries": {name: {"values": values} for name, values in words.items()},
        "parameters": bound,
        "checks": {
            "positive_data_acceptance": {"expected-statuses": _POSITIVE},
            "negative_data_rejection": {"expected-statuses": _NEGATIVE},
            "missing_required_header": {"expected-statuses": ["400", "401", "403", "404", "415", "422", "428"]},
        },
        # The session that signs out is not the one that everything else is asked with.
        "operations": [
            {
                "include-operation-id": "sessions.sign_out",
                "headers": {"Authorization": f"Bearer {ground.spare_token()}"},
            }
        ],
    }


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _is_a_defect(_context: Any, failure: Any, case: Any, response: Any) -> bool:
    """Whether a refusal of data that fit the document belies it. What the release, the catalogue or the calendar say
    stands in no document; only a sentence of the validation itself is one that the document should have told."""
    if type(failure).__name__ != "RejectedPositiveData" or response.status_code != 422:
        return True
    errors = orjson.loads(response.content).get("errors", {})
    told_by_shape = {place for place, what in errors.items() if in_vietnamese(what) != what}
    return bool(told_by_shape - UNSAYABLE)


@contextmanager
def _with_real_versions(ground: Ground) -> Iterator[None]:
    """The coverage phase cannot write a quoted text into a header and sends 0, and the same key with every request:
    instead the dossier's version is named and a fresh key sent, so that the request gets past the door."""
    keys = itertools.count(1)

    def before_call(_context: Any, case: Any, _sent: Any) -> None:
        _make_possible(case, ground)
        given, about = case.headers or {}, getattr(case.meta and case.meta.phase.data, "parameter", None)
        if about == "Authorization":  # left out on purpose: a touched case would be given it again
            return
        if given.get("If-Match") == "0":
            case.headers["If-Match"] = f'"{ground.version(str((case.path_parameters or {}).get("code", "")))}"'
        if given.get("Idempotency-Key") == "0":
            case.headers["Idempotency-Key"] = f"fuzz-{next(keys)}"

    schemathesis.hook("before_call")(before_call)
    try:
        yield
    finally:
        unregister(before_call)


def _make_possible(case: Any, ground: Ground) -> None:
    """Every other request that fits the document names the version that stands and gets a form that the procedure
    takes, since chance seldom finds the one and never writes the other."""
    fits = case.meta is not None and case.meta.generation.mode.is_positive
    where = case.path_parameters or {}
    if not fits or crc32(repr((where, case.body)).encode()) % 2:
        return
    if "If-Match" in (case.headers or {}):
        case.headers["If-Match"] = f'"{ground.version(str(where.get("code", "")))}"'
    if isinstance(case.body, dict):
        case.body = case.body | POSSIBLE.get(case.operation.label, {})


def _look_at(recorder: Any, found: Found, hidden: tuple[str, ...]) -> None:
    for number, interaction in recorder.interactions.items():
        case, response = recorder.cases[number].value, interaction.response
        if response is None:
            found.broken[("no answer", case.operation.label)] = str(interaction.request.uri)
            continue
        found.asked += 1
        found.statuses[response.status_code] += 1
        found.answered.setdefault(case.operation.label, Counter())[response.status_code] += 1
        for what in _wrong_with(interaction.request, response, hidden):
            found.broken.setdefault((case.operation.label, what), _example(interaction))
    for number, checks in recorder.checks.items():
        for check in checks:
            if check.failure_info is not None:
                failure = check.failure_info.failure
                what = (failure.operation or "", check.name, failure.title, failure._unique_key)
                found.broken.setdefault(what, f"{failure.message}\n{_example(recorder.interactions[number])}")


def _wrong_with(request: Any, response: Any, hidden: tuple[str, ...]) -> Iterator[str]:
    text = response.content.decode("utf-8", "replace")
    if response.status_code >= 400 and response.request.method != "HEAD":
        yield from _wrong_with_problem(response)
    sent = f"{request.uri} {request.body or b''!r}"
    for secret in hidden:
        if secret in text and secret not in sent:
            yield f"tells {secret!r}"
    for word in INNER:
        if word in text:
            yield f"tells of the inside: {word}"


def _wrong_with_problem(response: Any) -> Iterator[str]:
    try:
        code = orjson.loads(response.content)["code"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        yield f"{response.status_code} without a problem"
        return
    if _CODES.get(code) != response.status_code:
        yield f"{code} is answered with {response.status_code}"


def _example(interaction: Any) -> str:
    request, response = interaction.request, interaction.response
    body = (request.body or b"")[:400]
    answer = "" if response is None else f"{response.status_code} {response.content[:400]!r}"
    return f"{request.method} {request.uri[:400]} {dict(request.headers)} {body!r}\n-> {answer}"


@contextmanager
def _without_probe_mistake() -> Iterator[None]:
    """Schemathesis 4.32 hands the options of a network call to werkzeug's client in its probes of sign-in."""
    from schemathesis.python import wsgi

    class Client(werkzeug.Client):
        def open(self, *arguments: Any, **options: Any) -> Any:
            for name in ("max_redirects", "verify", "cert", "proxies", "timeout", "allow_redirects"):
                options.pop(name, None)
            return super().open(*arguments, **options)

    before = wsgi.get_client
    wsgi.get_client = lambda app: Client(app)
    try:
        yield
    finally:
        wsgi.get_client = before
