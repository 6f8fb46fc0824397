"""A person's consent to the reuse of papers over HTTP: the staff of a receiving office, and no number in an address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation.served import ServedInstallation, served_copy
from tests.installation.trial_content import CENTRE

AT = "/api/v1/reuse-consents"
WHO = {"identity_number": "001190004321", "office": CENTRE}


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[ServedInstallation]:
    opened = served_copy(tmp_path)
    yield opened
    opened.close()


def test_a_consent_is_given_listed_and_withdrawn(installation: ServedInstallation) -> None:
    counter = installation.person("counter")
    assert counter.post(f"{AT}/lookups", WHO).json == {"items": []}
    for _ in range(2):
        given = counter.post(AT, WHO | {"purpose": "nhận hồ sơ"})
        assert given.status_code == 200, given.text
    (one,) = given.json["items"]
    assert (one["office"], one["purpose"], one["withdrawn_at"]) == (CENTRE, "nhận hồ sơ", None)
    withdrawn = counter.post("/api/v1/reuse-consent-withdrawals", WHO)
    assert [bool(line["withdrawn_at"]) for line in withdrawn.json["items"]] == [True]
    counter.post(AT, WHO | {"purpose": "lần sau"})
    listed = counter.post(f"{AT}/lookups", WHO).json["items"]
    assert [(line["purpose"], bool(line["withdrawn_at"])) for line in listed] == [
        ("lần sau", False),
        ("nhận hồ sơ", True),
    ]


@pytest.mark.parametrize("who", ["far-counter", "other-counter", "nobody", "admin", "monitor"])
def test_nobody_else_learns_or_changes_anything(installation: ServedInstallation, who: str) -> None:
    installation.person("counter").post(AT, WHO | {"purpose": "nhận hồ sơ"})
    caller = installation.person(who)
    for path, more in ((f"{AT}/lookups", {}), (AT, {"purpose": "x"}), ("/api/v1/reuse-consent-withdrawals", {})):
        refused = caller.post(path, WHO | more)
        assert (refused.status_code, refused.json["code"]) == (403, "forbidden"), path
        assert "nhận hồ sơ" not in refused.text
    assert len(installation.person("counter").post(f"{AT}/lookups", WHO).json["items"]) == 1


@pytest.mark.parametrize("number", ["12", "x" * 12, "0" * 41])
def test_what_is_no_identity_number_is_refused(installation: ServedInstallation, number: str) -> None:
    for path, more in ((f"{AT}/lookups", {}), (AT, {"purpose": "x"}), ("/api/v1/reuse-consent-withdrawals", {})):
        refused = installation.person("counter").post(path, WHO | more | {"identity_number": number})
        assert refused.status_code == 422, (path, refused.text)
