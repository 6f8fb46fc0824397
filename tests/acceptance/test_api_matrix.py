"""Who may change what, and when: every changing route × role × state of the dossier, walked over the routes themselves.

``MAY`` is the whole rule. A route that is not in it fails, as does one that anybody else, or in another state, gets
through; what is refused has changed nothing. Whoever has no part in a dossier meets a 404 that tells nothing, in every
state and on every route.
"""

from __future__ import annotations

import io
import logging
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import func, select
from werkzeug.routing import Rule

from engine.store.dossiers import dossiers
from engine.store.journal import journal, reads
from server.identity import Access
from tests.acceptance import test_api_access as access
from tests.acceptance.dossiers_in_states import WAYS, bring_to
from tests.installation.served import ServedInstallation, served_copy
from tests.installation.trial_content import AUTHORITY, CENTRE

INSIDERS = ("counter", "specialist", "leader", "monitor")
OUTSIDERS = ("other-counter", "other-specialist", "far-counter", "nobody", "admin")
STATES = ("new", "accepted", "checking", "held", "returned", "withdrawn")
ACTION_OF = {"new": "receive", "checking": "submit", "held": "submit", "supplement": "answer", "ready": "return"}
ABSENT = "H26740-260302-9999"

OPEN, ALWAYS, HELD = {"new", "accepted", "checking", "held"}, set(STATES), {"held"}
AT_THE_COUNTER, AT_THE_DESK = {"new", "accepted"}, {"checking", "held"}
BEEN_AT_THE_DESK = {*AT_THE_DESK, "returned"}


NO_MATTER = {
    "POST notes",
    "POST rectifications",
    "POST personal-data-views",
    "POST documents",
    "POST link-renewals",
    "POST forms/<form>/issues",
}
"""After these the dossier is as good as a fresh one for whoever comes next."""


def _all_who_handle(states: set[str]) -> dict[str, set[str]]:
    """The counter from the start, the deciding office once the dossier has reached it; the colleague is looked at while
    another holds the dossier."""
    been = states & BEEN_AT_THE_DESK
    return {"counter": states, "specialist": been, "leader": been, "colleague": HELD}


MAY: dict[str, dict[str, set[str]]] = {
    "POST actions": {"counter": AT_THE_COUNTER, "specialist": AT_THE_DESK},
    "POST opening": {"counter": AT_THE_COUNTER, "specialist": {"checking"}},
    "PUT assignment": {"counter": AT_THE_COUNTER, "specialist": {"checking"}},
    "DELETE assignment": {"specialist": HELD, "leader": HELD},
    "POST freed-claims": {"leader": HELD},  # a colleague only after a grace: test_free_claim.py
    "POST recalls": {"counter": {"checking"}},
    "POST documents": _all_who_handle(OPEN),
    "PUT documents/<int:number>/check": _all_who_handle(OPEN),
    "DELETE documents/<int:number>": _all_who_handle(OPEN),
    "PUT fees/<key>": _all_who_handle({*OPEN, "withdrawn"}),
    "POST charges": {},  # no account is on record: test_charges.py
    "POST gateway-refunds": {},  # no gateway is connected: test_payment_gateway.py
    "POST refunds": {},  # nothing was paid too much: test_api_papers.py
    "POST fee-corrections": {who: {"returned"} for who in ("counter", "specialist", "leader")},
    "POST fee-cancellations": {who: {"returned"} for who in ("counter", "specialist", "leader")},
    "POST verifications": {"counter": AT_THE_COUNTER, "specialist": AT_THE_DESK},
    "PUT verifications/<int:number>": {},  # only the office that was asked: test_api_papers.py
    "POST extensions": {"specialist": AT_THE_DESK, "leader": AT_THE_DESK, "colleague": HELD},
    "POST transfers": {"counter": AT_THE_COUNTER, "specialist": AT_THE_DESK, "leader": AT_THE_DESK},
    "POST links": _all_who_handle(ALWAYS),
    "POST notes": _all_who_handle(ALWAYS),
    "POST rectifications": _all_who_handle(ALWAYS),
    "POST forms/<form>/issues": {"counter": {*ALWAYS} - {"new"}},  # Form 01, which carries the link
    "POST personal-data-views": _all_who_handle(ALWAYS),
    "POST link-renewals": {"counter": ALWAYS},
    "POST withdrawals": {"counter": OPEN},
    "POST reopenings": {"leader": {"returned"}},
    "POST parties": _all_who_handle(OPEN),
    "DELETE parties/<int:number>": {},  # nobody is named yet: test_acts_parties.py
    "POST handovers": {"counter": {"returned"}},
    "POST successions": {"counter": OPEN},
    "POST refilings": {},  # no other procedure is served here: test_acts_endings.py
}


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedInstallation]:
    """One installation for the walks over all routes."""
    with _opened(tmp_path_factory.mktemp("matrix")) as opened:
        yield opened


@contextmanager
def _opened(folder: Path) -> Iterator[ServedInstallation]:
    """Its forms are printed as the data that would stand in them."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    opened = served_copy(folder, render_form=lambda _number, data: repr(data).encode())
    yield opened
    opened.close()
    structlog.reset_defaults()


def changing(installation: ServedInstallation) -> list[tuple[Rule, str]]:
    """The routes by which staff change a dossier."""
    return [
        (rule, method)
        for rule, method in access.routes(installation)
        if access.rule_of(installation, rule) is Access.STAFF and "<code>" in rule.rule and method != "GET"
    ]


LISTS = {
    "/api/v1/me": [""],
    "/api/v1/inbox": ["", "?unread=true"],
    "/api/v1/dossiers": [
        *("", "?q=dao", "?q=H26740", "?sort=due_at", "?overdue=false", "?portal=7", "?state=returned", "?limit=1"),
        *(f"?{where}={office}" for where in ("office", "holder_office") for office in (CENTRE, AUTHORITY)),
        *("?holder=me", "?holder=2", "?due_before=2027-01-01T00:00:00Z", "?procedure=1.000001"),
    ],
    "/api/v1/reforms": [""],
    "/api/v1/reports/floors": [""],
    "/api/v1/reports/readiness": [""],
    "/api/v1/reports/subscriptions": [""],
    "/api/v1/reports/personal-data-views": ["", "?person=2"],
    "/api/v1/reforms/<int:number>/triage": [""],
    **{path: [query, query.replace(CENTRE, AUTHORITY)] for path, query in access.QUERIES.items()},
}
"""Everything that shows several dossiers, or counts them, and the questions by which it might tell."""


def test_no_list_count_search_or_report_tells_outsiders_of_any_state(tmp_path: Path) -> None:
    with _opened(tmp_path) as installation:
        theirs = [bring_to(installation, state)["code"] for state in WAYS]
        lists = {
            rule.rule
            for rule, method in access.routes(installation)
            if method == "GET" and access.rule_of(installation, rule) is Access.STAFF and "<code>" not in rule.rule
        }
        assert lists == LISTS.keys(), "a new list needs its questions here"
        for rule, questions in LISTS.items():
            for question in questions:
                _must_not_tell(installation, rule.replace("<int:number>", "1") + question, theirs)
        with installation.runtime.database.connect() as connection:
            looked = set(connection.execute(select(reads.c.actor)).scalars())
        outsiders = {f"staff:{installation.person(who).get('/api/v1/me').json['id']}" for who in OUTSIDERS}
        assert looked and not looked & outsiders, "a question that shows nothing is no look at anybody"


def _must_not_tell(installation: ServedInstallation, address: str, theirs: list[str]) -> None:
    for who in OUTSIDERS:
        told = _text_of(installation.person(who).get(address))
        assert not [code for code in theirs if code in told], f"{who} {address}"
        assert "Đào" not in told and '"count"' not in told, f"{who} {address}"
    if "/register" in address and CENTRE in address:
        seen = installation.person("counter").get(address).text
        assert theirs[1] in seen, "what is looked for is there for those who may see it"


def _text_of(answer: Any) -> str:
    """What an answer says; of a workbook, what its parts say."""
    if not answer.data.startswith(b"PK"):
        return str(answer.text)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        return "".join(book.read(name).decode() for name in book.namelist())


def test_everybody_changes_what_the_rule_says_and_nothing_else(installation: ServedInstallation) -> None:
    seen: dict[str, dict[str, set[str]]] = {}
    for state in STATES:
        values = _values(installation, state)
        for rule, method in changing(installation):
            for who in (*INSIDERS, "colleague") if state == "held" else INSIDERS:
                before = _stands(installation, values["code"])
                answer = _ask(installation, rule, method, values, who, state)
                name = f"{method} {rule.rule.removeprefix('/api/v1/dossiers/<code>/')}"
                changed = seen.setdefault(name, {})
                if _stands(installation, values["code"]) != before:
                    assert answer.status_code < 300, f"{name} by {who} was refused and changed what is {state}"
                    changed.setdefault(who, set()).add(state)
                    if name not in NO_MATTER:
                        values = _values(installation, state)
                else:
                    assert answer.status_code in (200, 403, 404, 409), f"{name} {who} {state}: {answer.text}"
    assert seen == MAY


def test_in_every_state_a_dossier_of_others_is_as_one_that_is_not_there(installation: ServedInstallation) -> None:
    for state in STATES:
        values = _values(installation, state)
        for rule, method in access.routes(installation):
            if access.rule_of(installation, rule) is Access.STAFF and "<code>" in rule.rule:
                who = OUTSIDERS[hash_of(rule.rule + method + state) % len(OUTSIDERS)]
                theirs = _ask(installation, rule, method, values, who, state)
                absent = _ask(installation, rule, method, values | {"code": ABSENT}, who, state)
                assert (theirs.status_code, absent.status_code) == (404, 404), f"{method} {rule.rule} {who} {state}"
                assert _without_names(theirs, values["code"]) == _without_names(absent, ABSENT)


def hash_of(text: str) -> int:
    """The same in every process."""
    return sum(text.encode())


def _values(installation: ServedInstallation, state: str) -> dict[str, Any]:
    filed = bring_to(installation, state)
    papers = installation.person("counter").get(f"/api/v1/dossiers/{filed['code']}/documents").json["items"]
    return {
        "code": filed["code"],
        "token": filed["link_token"],
        "number": papers[0]["id"],
        "form": "01",
        "key": "fee",
        "other": _other(installation, filed["code"]),
    }


def _other(installation: ServedInstallation, code: str) -> str:
    """A second dossier that both offices have had, to link with."""
    for found in installation.person("counter").get("/api/v1/dossiers?state=checking&limit=2").json["items"]:
        if found["code"] != code:
            return str(found["code"])
    return str(bring_to(installation, "checking")["code"])


def _ask(
    installation: ServedInstallation, rule: Rule, method: str, values: dict[str, Any], who: str, state: str
) -> Any:
    caller, version = installation.person(who), _stands(installation, values["code"])[0]
    path = rule.rule.replace("<code>", values["code"])
    if rule.rule.endswith("/actions"):
        return caller.post(path, {"action": ACTION_OF.get(state, "forward")}, version=version)
    if rule.rule.endswith("/links"):
        return caller.post(path, {"dossier": values["other"], "kind": "related"}, version=version)
    return access.ask(caller, rule, method, values, version)


def _stands(installation: ServedInstallation, code: str) -> tuple[int, int, int]:
    """The version of a dossier, how many entries its journal has, and how many looks at personal data were noted."""
    of_this = select(dossiers.c.id).where(dossiers.c.code == code).scalar_subquery()
    entries = select(func.count()).select_from(journal).where(journal.c.dossier_id == of_this).scalar_subquery()
    looks = select(func.count()).select_from(reads).where(reads.c.dossier_id == of_this).scalar_subquery()
    with installation.runtime.database.connect() as connection:
        found = connection.execute(
            select(dossiers.c.version, entries, looks).where(dossiers.c.code == code)
        ).one_or_none()
    return (1, 0, 0) if found is None else (found[0], found[1], found[2])


def _without_names(answer: Any, code: str) -> dict[str, Any]:
    told: dict[str, Any] = {key: value for key, value in answer.json.items() if key not in ("instance", "facts")}
    return {key: str(value).replace(code, "…") for key, value in told.items()}
