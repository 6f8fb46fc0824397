"""Filings that are pushed: signed by Standard Webhooks, within the window, each written down once."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from standardwebhooks.webhooks import Webhook

from engine.filing_settings import FilingSettings
from engine.store.filings import filings
from tests.doubles.portal_filings import written
from tests.installation.served import ServedInstallation
from workflows.filings_file import read_filing_form

OLD, SECRET = ("whsec_" + letter * 43 + "=" for letter in "BA")
PATH = "/api/v1/connections/filings"


@pytest.fixture
def connected(both_installations: ServedInstallation) -> ServedInstallation:
    served = both_installations.app.extensions["motcua"]
    settings = FilingSettings(url="http://127.0.0.1:1", token=None, secrets=(SECRET, OLD), form=None)
    own = replace(served.runtime.settings, filings=settings)
    runtime = replace(served.runtime, settings=own, filing_form=read_filing_form())
    both_installations.app.extensions["motcua"] = replace(served, runtime=runtime)
    return both_installations


def pushed(
    installation: ServedInstallation, body: str, *, secret: str = SECRET, late: float = 0, **changes: str
) -> Any:
    """The answer to a push; ``late`` are the seconds by which its moment lies before the installation's."""
    runtime = installation.app.extensions["motcua"].runtime
    at = runtime.now() - dt.timedelta(seconds=late)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign("msg_1", at, body),
        "Content-Type": "application/json",
    }
    return installation.app.test_client().post(PATH, data=body.encode(), headers=headers | changes)


def known(installation: ServedInstallation) -> list[tuple[str, str, str]]:
    with installation.reading() as connection:
        found = connection.execute(select(filings.c.key, filings.c.way, filings.c.status).order_by(filings.c.id))
        return [tuple(row) for row in found]


def test_a_filing_is_written_down_once_however_often_it_is_pushed(connected: ServedInstallation) -> None:
    body = json.dumps(written("P1", procedure="1.000001"))
    answers = [pushed(connected, body, secret=secret) for secret in (SECRET, SECRET, OLD)]
    assert [one.status_code for one in answers] == [202, 202, 202]
    assert [one.json for one in answers] == [{"key": "P1", "new": new} for new in (True, False, False)]
    assert known(connected) == [("P1", "push", "waiting")]


@pytest.mark.parametrize(
    ("named", "more"),
    [
        ("another secret", {"secret": "whsec_" + "C" * 43 + "="}),
        ("too old", {"late": 301}),
        ("too new", {"late": -301}),
        ("no signature", {"webhook-signature": ""}),
        ("no moment", {"webhook-timestamp": "x"}),
        ("another id", {"webhook-id": "msg_2"}),
        ("a strange signature", {"webhook-signature": "v1,é v1a v2,AAAA"}),
    ],
)
def test_what_is_not_signed_as_agreed_is_refused(connected: ServedInstallation, named: str, more: Any) -> None:
    answer = pushed(connected, json.dumps(written("P1", procedure="1.000001")), **more)
    assert (answer.status_code, answer.json["code"]) == (401, "body-not-signed"), named
    assert known(connected) == []


def test_a_changed_body_and_what_is_no_filing(connected: ServedInstallation) -> None:
    body = json.dumps(written("P1", procedure="1.000001"))
    runtime = connected.app.extensions["motcua"].runtime
    signature = Webhook(SECRET).sign("msg_1", runtime.now(), body)
    assert pushed(connected, body + " ", **{"webhook-signature": signature}).status_code == 401
    assert pushed(connected, "[]").status_code == 400
    assert pushed(connected, '{"a": 1, "a": 2}').status_code == 400
    assert pushed(connected, '"' + "x" * 1_000_001).status_code == 413
    odd = pushed(connected, "{}")
    assert odd.status_code == 202 and known(connected)[0][2] == "queued"


def test_without_a_connection_nothing_is_taken(both_installations: ServedInstallation) -> None:
    answer = both_installations.app.test_client().post(PATH, data=b"{}")
    assert (answer.status_code, answer.json["code"]) == (409, "no-filings")
